#include "vision/document/name_ink.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/text/reader.h"

namespace mq::vision {
namespace {

// In heights of the strip: what is looked at behind the name, where a lost last character would be.
constexpr float kBehind = 1.3F;
constexpr float kBefore = 0.1F;
// In sizes of a character.
constexpr float kCovered = 0.62F;            // to both sides of a character's middle
constexpr float kCoveredNarrow = 0.36F;      // of a digit or a Latin letter, half as wide
constexpr float kReach = 0.75F;              // a character ends at most so far from its middle,
constexpr float kNear = 0.35F;               // and at least so far
constexpr float kWide = 1.2F;                // of a lost last character
constexpr float kLostAtLeast = 0.38F;        // columns with ink
constexpr float kLostNarrowAtLeast = 0.15F;  // beside a narrow one, where a lost one is narrow too
constexpr float kBearing = 0.08F;            // of paper to both sides of a character, together
constexpr int kSpeck = 1;                    // pixels of a column that are no stroke
constexpr float kFromMiddle = 0.3F;          // of the way between two characters: where one may end
constexpr int kPaperWindow = 25;
constexpr float kInkAbove = 0.5F;  // of full ink

// Where paper is 0 and the darkest of the text 255, whatever the light.
cv::Mat ink_of(const cv::Mat& strip) {
  cv::Mat grey, paper, dark;
  cv::cvtColor(strip, grey, cv::COLOR_BGR2GRAY);
  cv::blur(grey, paper, {3, 3});
  cv::dilate(paper, paper, cv::getStructuringElement(cv::MORPH_RECT, {kPaperWindow, kPaperWindow}));
  cv::blur(paper, paper, {kPaperWindow, kPaperWindow});
  cv::subtract(paper, grey, dark);
  // Full ink: a twentieth of the pixels is darker.
  std::array<int, 256> count{};
  for (int y = 0; y < dark.rows; ++y) {
    for (int x = 0; x < dark.cols; ++x) ++count[dark.at<std::uint8_t>(y, x)];
  }
  int full = 255;
  for (int rest = static_cast<int>(dark.total()) / 20; full > 1 && rest > 0; --full)
    rest -= count[static_cast<std::size_t>(full)];
  dark.convertTo(dark, CV_8U, 255.0 / std::max(full, 24));
  return dark;
}

struct Strip {
  cv::Mat ink;
  std::vector<float> middles;  // of the read characters
  std::vector<bool> narrow;    // whether each is half as wide as the others
  std::vector<int> columns;    // pixels of ink in each column
  float size = 0;              // of a character
};

Point between(Point a, Point b, float share) {
  return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

// The characters that stand in one place of a passage.
struct Row {
  const std::array<Point, 4>* place = nullptr;
  std::size_t first = 0;  // of its characters, in the passage
  std::span<const Point> middles;
  std::span<const Glyph> glyphs;
};

Strip strip_of(const cv::Mat& bgr, const Row& row) {
  const std::array<Point, 4>& place = *row.place;
  const float length = std::hypot(place[1].x - place[0].x, place[1].y - place[0].y);
  const float height = std::max(1.0F, std::hypot(place[3].x - place[0].x, place[3].y - place[0].y));
  const float before = -kBefore * height / length, behind = 1 + kBehind * height / length;
  const std::array<Point, 4> wide = {
      between(place[0], place[1], before), between(place[0], place[1], behind),
      between(place[3], place[2], behind), between(place[3], place[2], before)};
  Strip out;
  out.ink = ink_of(line_strip(bgr, wide));
  const float ux = (place[1].x - place[0].x) / length, uy = (place[1].y - place[0].y) / length;
  const float scale = static_cast<float>(out.ink.rows) / height;
  for (const Glyph& glyph : row.glyphs) out.narrow.push_back(glyph.text.size() == 1);
  for (const Point& p : row.middles) {
    out.middles.push_back(((p.x - place[0].x) * ux + (p.y - place[0].y) * uy + kBefore * height) *
                          scale);
  }
  const cv::Mat mask = out.ink > 255 * kInkAbove;
  for (int x = 0; x < mask.cols; ++x) out.columns.push_back(cv::countNonZero(mask.col(x)));
  // The highest character is as high as it is wide.
  const int guess = out.ink.rows / 3;
  int highest = 0;
  for (const float middle : out.middles) {
    const cv::Rect around =
        cv::Rect(cvRound(middle) - guess, 0, 2 * guess, mask.rows) & cv::Rect({0, 0}, mask.size());
    if (!around.empty()) highest = std::max(highest, cv::boundingRect(mask(around)).height);
  }
  out.size = std::clamp(static_cast<float>(highest), 0.5F * static_cast<float>(mask.rows),
                        0.9F * static_cast<float>(mask.rows));
  return out;
}

NameCell cell(const Strip& strip, float from, float to, std::size_t after, bool read) {
  const int left = std::clamp(cvRound(from), 0, strip.ink.cols - 1);
  const int right = std::clamp(cvRound(to), left + 1, strip.ink.cols);
  return {strip.ink.colRange(left, right), {}, after, read};
}

// The column with the least ink between two others.
float emptiest(const Strip& strip, float from, float to) {
  const int first = std::clamp(cvRound(from), 0, strip.ink.cols - 1);
  const int last = std::clamp(cvRound(to), first, strip.ink.cols - 1);
  int best = (first + last) / 2;
  for (int x = first; x <= last; ++x) {
    if (strip.columns[static_cast<std::size_t>(x)] < strip.columns[static_cast<std::size_t>(best)])
      best = x;
  }
  return static_cast<float>(best);
}

// Columns with ink that no read character accounts for, between two places.
bool holds_more(const Strip& strip, float from, float to, float least) {
  int inked = 0;
  for (int x = std::max(0, cvRound(from)); x < std::min(cvRound(to), strip.ink.cols); ++x) {
    inked += strip.columns[static_cast<std::size_t>(x)] > kSpeck ? 1 : 0;
  }
  return static_cast<float>(inked) >= least * strip.size;
}

float covered(const Strip& strip, std::size_t character) {
  return (strip.narrow[character] ? kCoveredNarrow : kCovered) * strip.size;
}

// Whether ink that no read character accounts for lies before character `i`; behind the last one
// for their number.
bool lost_before(const Strip& strip, std::size_t i) {
  const std::size_t count = strip.middles.size();
  const float from = i == 0 ? 0 : strip.middles[i - 1] + covered(strip, i - 1);
  const float to =
      i == count ? static_cast<float>(strip.ink.cols) : strip.middles[i] - covered(strip, i);
  const bool narrow = i > 0 && i < count && (strip.narrow[i - 1] || strip.narrow[i]);
  return holds_more(strip, from, to, narrow ? kLostNarrowAtLeast : kLostAtLeast);
}

void add_cells(const Strip& strip, std::size_t first, std::vector<NameCell>& out) {
  const auto end = static_cast<float>(strip.ink.cols);
  const std::size_t count = strip.middles.size();
  float left = 0;  // where the next cell begins
  for (std::size_t i = 0; i <= count; ++i) {
    const bool lost = lost_before(strip, i);
    // Where the read character before the gap ends, and where the one behind it begins.
    float right = i == 0 ? 0 : strip.middles[i - 1] + kReach * strip.size;
    float next = i == count ? end : strip.middles[i] - kReach * strip.size;
    if (lost) {
      if (i > 0) right = emptiest(strip, strip.middles[i - 1] + kNear * strip.size, right);
      next = i == count ? std::min(end, right + kWide * strip.size)
                        : emptiest(strip, next, strip.middles[i] - kNear * strip.size);
    } else if (i > 0 && i < count) {
      const float a = strip.middles[i - 1], b = strip.middles[i];
      right = next = emptiest(strip, a + kFromMiddle * (b - a), b - kFromMiddle * (b - a));
    }
    if (i > 0) out.push_back(cell(strip, left, right, first + i - 1, true));
    if (lost) out.push_back(cell(strip, right, next, first + i, false));
    left = std::max(0.0F, next);
  }
}

// Where the ink of a row of one character or more begins and ends.
cv::Range extent_of_ink(const Strip& strip) {
  const int end =
      std::min(static_cast<int>(strip.columns.size()), cvRound(strip.middles.back() + strip.size));
  cv::Range out(end, 0);
  for (int x = 0; x < end; ++x) {
    if (strip.columns[static_cast<std::size_t>(x)] <= kSpeck) continue;
    out.start = std::min(out.start, x);
    out.end = x + 1;
  }
  return out;
}

void cut_evenly(const Strip& strip, std::span<NameCell> cells) {
  const bool all_read =
      std::all_of(cells.begin(), cells.end(), [](const NameCell& one) { return one.read; });
  if (!all_read || cells.size() < 2) return;
  const cv::Range ink = extent_of_ink(strip);
  if (ink.size() <= 0) return;
  const float width =
      static_cast<float>(ink.size()) / (static_cast<float>(cells.size()) - kBearing);
  float left = static_cast<float>(ink.start) - width * kBearing / 2;
  for (NameCell& one : cells) {
    one.even = cell(strip, left, left + width, one.after, true).ink;
    left += width;
  }
}

std::vector<Row> rows_of(const Passage& text) {
  std::vector<Row> out;
  std::size_t first = 0;
  for (const auto& place : text.places) {
    // Characters belong to the place that they stand in.
    const float ux = place[1].x - place[0].x, uy = place[1].y - place[0].y;
    const float square = std::max(1.0F, ux * ux + uy * uy);
    std::size_t after = first;
    while (after < text.middles.size()) {
      const float share =
          ((text.middles[after].x - place[0].x) * ux + (text.middles[after].y - place[0].y) * uy) /
          square;
      if (share < -0.01F || share > 1.01F) break;
      ++after;
    }
    out.push_back({&place, first, std::span(text.middles).subspan(first, after - first),
                   std::span(text.glyphs).subspan(first, after - first)});
    first = after;
  }
  return out;
}

}  // namespace

std::vector<NameCell> cells_of_name(const cv::Mat& bgr, const Passage& name) {
  std::vector<NameCell> out;
  for (const Row& row : rows_of(name)) {
    const Strip strip = strip_of(bgr, row);
    const std::size_t before = out.size();
    add_cells(strip, row.first, out);
    cut_evenly(strip, std::span(out).subspan(before));
  }
  return out;
}

bool character_lost_between(const cv::Mat& bgr, const Passage& text) {
  for (const Row& row : rows_of(text)) {
    const Strip strip = strip_of(bgr, row);
    for (std::size_t i = 1; i < strip.middles.size(); ++i) {
      if (lost_before(strip, i)) return true;
    }
  }
  return false;
}

}  // namespace mq::vision
