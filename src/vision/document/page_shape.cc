#include "vision/document/page_shape.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mq::vision {
namespace {

constexpr float kLongEnough = 3;         // lengths to heights of a line whose direction counts
constexpr double kMostOff = 0.2;         // slope from the common one: stamps, watermarks
constexpr double kEndsOff = 1.5;         // pixels: how well a found line's ends are known
constexpr double kUsualLean = 0.1;       // how much slopes differ from the middle of a page to its end
constexpr double kMostLean = 0.3;        // more is no page that can be read
constexpr int kRounds = 4;

struct Row {
  double x = 0, y = 0, slope = 0, weight = 0;
};

// Where all rows meet, as the point (1, slope, lean) of the projective plane: at infinity for lean 0.
struct Pencil {
  double slope = 0, lean = 0;
};

// The quarter turn that brings the direction nearest to the rows.
cv::Matx33d quarter_turn(float direction, cv::Size picture, PageShape& out) {
  const int quarters = ((cvRound(direction / 90) % 4) + 4) % 4;
  out.width = quarters % 2 == 0 ? picture.width : picture.height;
  out.height = quarters % 2 == 0 ? picture.height : picture.width;
  const double w = picture.width, h = picture.height;
  switch (quarters) {
    case 1:
      return {0, 1, 0, -1, 0, w, 0, 0, 1};
    case 2:
      return {-1, 0, w, 0, -1, h, 0, 0, 1};
    case 3:
      return {0, -1, h, 1, 0, 0, 0, 0, 1};
    default:
      return cv::Matx33d::eye();
  }
}

struct Ends {
  Point begin, end;
};

Ends ends_of(const TextLine& line, const cv::Matx33d& how) {
  const auto& c = line.corners;
  return {mapped(how, {(c[0].x + c[3].x) / 2, (c[0].y + c[3].y) / 2}),
          mapped(how, {(c[1].x + c[2].x) / 2, (c[1].y + c[2].y) / 2})};
}

std::vector<Row> rows_of(const std::vector<TextLine>& lines, const cv::Matx33d& turn, const PageShape& page) {
  std::vector<Row> out;
  for (const TextLine& line : lines) {
    if (line.length() < kLongEnough * line.height()) continue;
    const auto [begin, end] = ends_of(line, turn);
    if (end.x - begin.x < 1) continue;
    Row row;
    // From the middle of the page, so that scale and place stay as they are there.
    row.x = (begin.x + end.x - page.width) / 2;
    row.y = (begin.y + end.y - page.height) / 2;
    row.slope = (end.y - begin.y) / static_cast<double>(end.x - begin.x);
    row.weight = std::pow(line.length() / kEndsOff, 2);
    out.push_back(row);
  }
  return out;
}

double middle_of(std::vector<double> values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// A line through (x, y) with this slope meets the point when slope = common + lean·(slope·x − y). Least squares with
// weights that let go of lines that run otherwise.
Pencil pencil_of(const std::vector<Row>& rows, double side) {
  Pencil out;
  if (rows.empty()) return out;
  std::vector<double> slopes;
  for (const Row& row : rows) slopes.push_back(row.slope);
  out.slope = middle_of(slopes);
  const double lean_weight = std::pow(side / (2 * kUsualLean), 2);
  for (int round = 0; round < kRounds; ++round) {
    double a = 0, b = 0, d = lean_weight, p = 0, q = 0;
    for (const Row& row : rows) {
      const double by = row.slope * row.x - row.y;
      const double off = row.slope - out.slope - out.lean * by;
      const double sure = off * std::sqrt(row.weight) / 3;
      const double weight = std::abs(off) > kMostOff ? 0 : row.weight / std::pow(1 + sure * sure, 2);
      a += weight;
      b += weight * by;
      d += weight * by * by;
      p += weight * row.slope;
      q += weight * row.slope * by;
    }
    const double det = a * d - b * b;
    if (a <= 0 || det <= 0) return out;
    out.slope = (p * d - q * b) / det;
    out.lean = std::clamp((a * q - b * p) / det, -2 * kMostLean / side, 2 * kMostLean / side);
  }
  return out;
}

// Brings where rows meet and where columns meet to infinity, and leaves the origin and the scale there as they are.
// Columns meet at (slope, 1, lean).
cv::Matx33d straightened(const Pencil& rows, const Pencil& columns) {
  const double det = 1 - rows.slope * columns.slope;
  const double gx = (rows.slope * columns.lean - rows.lean) / det;
  const double gy = (columns.slope * rows.lean - columns.lean) / det;
  return {1, -columns.slope, 0, -rows.slope, 1, 0, gx, gy, 1};
}

struct Mark {
  double x = 0, y = 0;
};

// Beginnings below each other and ends below each other fall into the same few bins when columns are upright.
double sharpness(const std::vector<Mark>& marks, const cv::Matx33d& how, double side, double bin,
                 std::vector<int>& bins) {
  std::fill(bins.begin(), bins.end(), 0);
  for (const Mark& mark : marks) {
    const double deep = how(2, 0) * mark.x + how(2, 1) * mark.y + 1;
    const double x = (how(0, 0) * mark.x + how(0, 1) * mark.y) / deep;
    const double at = (x + side) / bin;
    if (!(at >= 0) || at + 1 >= static_cast<double>(bins.size())) continue;
    ++bins[static_cast<std::size_t>(at)];
    ++bins[static_cast<std::size_t>(at) + 1];
  }
  double sum = 0;
  for (const int count : bins) sum += static_cast<double>(count) * count;
  return sum;
}

class ColumnSearch {
 public:
  ColumnSearch(const std::vector<TextLine>& lines, const cv::Matx33d& turn, const PageShape& page, const Pencil& rows)
      : rows_(rows), side_(std::max(page.width, page.height)) {
    std::vector<double> heights;
    for (const TextLine& line : lines) {
      const auto [begin, end] = ends_of(line, turn);
      begins_.push_back({begin.x - page.width / 2.0, begin.y - page.height / 2.0});
      ends_.push_back({end.x - page.width / 2.0, end.y - page.height / 2.0});
      heights.push_back(line.height());
    }
    if (!heights.empty()) bin_ = std::max(middle_of(heights) / 2, side_ / 1'000);
    bins_.resize(static_cast<std::size_t>(2 * side_ / bin_) + 2);
  }

  Pencil best() {
    // A page that is turned and nothing else has columns across its rows.
    Pencil out{-rows_.slope, 0};
    if (begins_.size() < kEnough) return out;
    const double turned = sharpness_of(out);
    double most = turned;
    for (const auto& [reach, step] : {std::pair{0.16, 0.008}, std::pair{0.008, 0.002}}) {
      const Pencil around = out;
      const int steps = static_cast<int>(std::round(reach / step));
      for (int i = -steps; i <= steps; ++i) {
        for (int j = -steps; j <= steps; ++j) {
          const Pencil at{around.slope + i * step, around.lean + j * step / (side_ / 2)};
          const double sharp = sharpness_of(at);
          if (sharp <= most) continue;
          most = sharp;
          out = at;
        }
      }
    }
    // A page that is only turned has a little chance of looking sharper otherwise.
    return most > turned * 1.1 ? out : Pencil{-rows_.slope, 0};
  }

 private:
  static constexpr std::size_t kEnough = 12;

  double sharpness_of(const Pencil& columns) {
    const cv::Matx33d how = straightened(rows_, columns);
    return sharpness(begins_, how, side_, bin_, bins_) + sharpness(ends_, how, side_, bin_, bins_);
  }

  Pencil rows_;
  double side_ = 1;
  double bin_ = 1;
  std::vector<Mark> begins_, ends_;
  std::vector<int> bins_;
};

cv::Matx33d moved(double x, double y) { return {1, 0, x, 0, 1, y, 0, 0, 1}; }

}  // namespace

Point mapped(const cv::Matx33d& how, Point p) {
  const cv::Vec3d out = how * cv::Vec3d(p.x, p.y, 1);
  return {static_cast<float>(out[0] / out[2]), static_cast<float>(out[1] / out[2])};
}

PageShape page_shape(const std::vector<TextLine>& lines, float direction, cv::Size picture) {
  PageShape out;
  const cv::Matx33d turn = quarter_turn(direction, picture, out);
  const Pencil rows = pencil_of(rows_of(lines, turn, out), std::max(out.width, out.height));
  const Pencil columns = ColumnSearch(lines, turn, out, rows).best();
  out.to_page = moved(out.width / 2.0, out.height / 2.0) * straightened(rows, columns) *
                moved(-out.width / 2.0, -out.height / 2.0) * turn;
  return out;
}

}  // namespace mq::vision
