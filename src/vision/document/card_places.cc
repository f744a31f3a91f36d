#include "vision/document/card_places.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/check.h"

namespace mq::vision {
namespace {

// Card pixels. Left ends of the labels, the middle of the number, middles of the titles.
constexpr Point kNameLabel{68, 98}, kSexLabel{68, 181}, kBirthLabel{68, 262},
    kAddressLabel{68, 344}, kNumberLabel{68, 556};
constexpr Point kNumberFrom{334, 558}, kNumberTo{948, 558};
constexpr Point kCountry{614, 112}, kTitle{614, 209}, kAuthorityLabel{192, 483},
    kValidityLabel{192, 555};

constexpr double kFarOff = 45;  // card pixels: an anchor that belongs to something else
constexpr double kSpread =
    150;  // card pixels that the labels must reach above the number for an affine map

Point between(Point a, Point b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }

struct Label {
  std::string_view text;
  Point place;
  bool middle;  // of the line, instead of its beginning
};

std::vector<Anchor> anchors_of(const CardLines& lines, std::span<const Label> labels) {
  std::vector<Anchor> out;
  for (const Label& label : labels) {
    for (const CardLine& line : lines.lines) {
      const auto found = find_in(*line.line, label.text);
      if (!found || *found != 0) continue;
      const auto& c = line.line->corners;
      out.push_back({label.place, label.middle ? line.line->middle() : between(c[0], c[3])});
      break;
    }
  }
  return out;
}

struct Fit {
  cv::Matx23d map;
  double worst = 0;  // card pixels
  std::size_t worst_at = 0;
};

// Least squares.
std::optional<Fit> solve(std::span<const Anchor> anchors, bool affine) {
  const int unknowns = affine ? 6 : 4, rows = static_cast<int>(2 * anchors.size());
  if (rows < unknowns) return std::nullopt;
  cv::Mat left = cv::Mat::zeros(rows, unknowns, CV_64F), right(rows, 1, CV_64F), found;
  for (int i = 0; i < rows / 2; ++i) {
    const auto& [card, picture] = anchors[static_cast<std::size_t>(i)];
    const double x = card.x, y = card.y;
    const std::array<double, 6> first =
        affine ? std::array<double, 6>{x, y, 1, 0, 0, 0} : std::array<double, 6>{x, -y, 1, 0};
    const std::array<double, 6> second =
        affine ? std::array<double, 6>{0, 0, 0, x, y, 1} : std::array<double, 6>{y, x, 0, 1};
    std::copy_n(first.begin(), unknowns, left.ptr<double>(2 * i));
    std::copy_n(second.begin(), unknowns, left.ptr<double>(2 * i + 1));
    right.at<double>(2 * i) = picture.x;
    right.at<double>(2 * i + 1) = picture.y;
  }
  if (!cv::solve(left, right, found, cv::DECOMP_SVD)) return std::nullopt;
  const auto* p = found.ptr<double>();
  Fit out;
  out.map = affine ? cv::Matx23d(p[0], p[1], p[2], p[3], p[4], p[5])
                   : cv::Matx23d(p[0], -p[1], p[2], p[1], p[0], p[3]);
  const double scale =
      std::sqrt(std::abs(out.map(0, 0) * out.map(1, 1) - out.map(0, 1) * out.map(1, 0)));
  if (!(scale > 1e-3)) return std::nullopt;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const auto& [card, picture] = anchors[i];
    const double dx = out.map(0, 0) * card.x + out.map(0, 1) * card.y + out.map(0, 2) - picture.x;
    const double dy = out.map(1, 0) * card.x + out.map(1, 1) * card.y + out.map(1, 2) - picture.y;
    const double off = std::hypot(dx, dy) / scale;
    if (off > out.worst) out.worst = off, out.worst_at = i;
  }
  return out;
}

// Both ends of the number (or both columns of a back) and labels well above it.
bool spread(std::span<const Anchor> anchors) {
  float left = 1e9F, right = -1e9F, top = 1e9F, bottom = -1e9F;
  int in_labels = 0;
  for (const Anchor& anchor : anchors) {
    left = std::min(left, anchor.card.x);
    right = std::max(right, anchor.card.x);
    top = std::min(top, anchor.card.y);
    bottom = std::max(bottom, anchor.card.y);
    if (anchor.card.x < 200) ++in_labels;
  }
  return in_labels >= 2 && anchors.size() >= 4 && right - left > 2 * kSpread &&
         bottom - top > kSpread;
}

}  // namespace

std::vector<Anchor> front_anchors(const CardLines& lines, const Quad* number) {
  constexpr Label kLabels[] = {{"姓名", kNameLabel, false},
                               {"性别", kSexLabel, false},
                               {"出生", kBirthLabel, false},
                               {"住址", kAddressLabel, false},
                               {"公民身份", kNumberLabel, false}};
  std::vector<Anchor> out = anchors_of(lines, kLabels);
  if (number != nullptr) {
    out.push_back({kNumberFrom, between((*number)[0], (*number)[3])});
    out.push_back({kNumberTo, between((*number)[1], (*number)[2])});
  }
  return out;
}

std::vector<Anchor> back_anchors(const CardLines& lines) {
  constexpr Label kLabels[] = {{"中华人民共和国", kCountry, true},
                               {"居民身份证", kTitle, true},
                               {"签发机关", kAuthorityLabel, false},
                               {"有效期限", kValidityLabel, false}};
  return anchors_of(lines, kLabels);
}

std::optional<Quad> quad_of(std::vector<Anchor> anchors) {
  std::optional<Fit> fit;
  while (anchors.size() >= 2) {
    fit = solve(anchors, spread(anchors));
    if (!fit || fit->worst <= kFarOff || anchors.size() == 2) break;
    anchors.erase(anchors.begin() + static_cast<std::ptrdiff_t>(fit->worst_at));
  }
  if (!fit) return std::nullopt;
  const auto corner = [&](double x, double y) {
    const cv::Vec2d p = fit->map * cv::Vec3d(x, y, 1);
    return Point{static_cast<float>(p[0]), static_cast<float>(p[1])};
  };
  const Quad out{corner(0, 0), corner(kCardWidth, 0), corner(kCardWidth, kCardHeight),
                 corner(0, kCardHeight)};
  if (!convex(out)) return std::nullopt;
  return out;
}

bool convex(const Quad& quad) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Point a = quad[i], b = quad[(i + 1) % 4], c = quad[(i + 2) % 4];
    const float turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
    if (!(turn > 16)) return false;  // a side of four pixels is no side
  }
  return true;
}

cv::Matx33d to_picture(const Quad& quad) {
  MQ_CHECK(convex(quad));
  const cv::Point2f from[] = {{0, 0}, {kCardWidth, 0}, {kCardWidth, kCardHeight}, {0, kCardHeight}};
  const cv::Point2f to[] = {{quad[0].x, quad[0].y},
                            {quad[1].x, quad[1].y},
                            {quad[2].x, quad[2].y},
                            {quad[3].x, quad[3].y}};
  return cv::Matx33d(cv::getPerspectiveTransform(from, to));
}

Point at(const cv::Matx33d& map, Point p) {
  const cv::Vec3d h = map * cv::Vec3d(p.x, p.y, 1);
  return {static_cast<float>(h[0] / h[2]), static_cast<float>(h[1] / h[2])};
}

Point middle_of(const Quad& quad) {
  return {(quad[0].x + quad[1].x + quad[2].x + quad[3].x) / 4,
          (quad[0].y + quad[1].y + quad[2].y + quad[3].y) / 4};
}

bool inside(const Quad& quad, Point p, float margin) {
  std::array<cv::Point2f, 4> corners;
  for (std::size_t i = 0; i < 4; ++i) corners[i] = {quad[i].x, quad[i].y};
  return cv::pointPolygonTest(corners, {p.x, p.y}, true) >= -margin;
}

float width_of(const Quad& quad) {
  return (std::hypot(quad[1].x - quad[0].x, quad[1].y - quad[0].y) +
          std::hypot(quad[2].x - quad[3].x, quad[2].y - quad[3].y)) /
         2;
}

}  // namespace mq::vision
