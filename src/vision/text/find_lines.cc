#include "vision/text/find_lines.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr double kTextAbove = 0.3;
constexpr float kBoxAbove = 0.6F;
constexpr float kGrow = 1.5F;
constexpr float kShortestBefore = 3;  // shorter side in pixels, before and after growing
constexpr float kShortestAfter = 5;

// Which boxes belong to one line, in heights of the lower one.
constexpr float kHeightRatio = 1.6F;
constexpr float kOffset = 0.3F;
constexpr float kGap = 0.05F;
constexpr float kSameDirection = 10;  // degrees
constexpr float kSquare = 1.5F;

// The longer side lies along the text.
LineBox line_box(const cv::RotatedRect& rect) {
  LineBox out;
  out.middle = {rect.center.x, rect.center.y};
  out.length = rect.size.width;
  out.height = rect.size.height;
  out.angle = rect.angle;
  if (out.height > out.length) {
    std::swap(out.length, out.height);
    out.angle += 90;
  }
  out.angle = std::remainder(out.angle, 180.0F);
  if (out.angle <= -90) out.angle += 180;
  return out;
}

cv::RotatedRect rect_of(const LineBox& box) {
  return {{box.middle.x, box.middle.y}, {box.length, box.height}, box.angle};
}

float mean_inside(const cv::Mat& likely, const LineBox& box) {
  cv::Point2f corners[4];
  rect_of(box).points(corners);
  const cv::Rect around = rect_of(box).boundingRect() & cv::Rect({0, 0}, likely.size());
  if (around.empty()) return 0;
  cv::Point inside[4];
  for (int i = 0; i < 4; ++i) inside[i] = cv::Point(corners[i]) - around.tl();
  cv::Mat mask = cv::Mat::zeros(around.size(), CV_8U);
  cv::fillConvexPoly(mask, inside, 4, 255);
  return static_cast<float>(cv::mean(likely(around), mask)[0]);
}

Point along(const LineBox& box) {
  const double radians = box.angle * CV_PI / 180;
  return {static_cast<float>(std::cos(radians)), static_cast<float>(std::sin(radians))};
}

bool one_line(const LineBox& a, const LineBox& b, bool squares) {
  const float lower = std::min(a.height, b.height);
  if (!squares && std::max(a.length, b.length) < kSquare * lower) return false;
  if (std::max(a.height, b.height) > kHeightRatio * lower) return false;
  if (std::abs(std::remainder(a.angle - b.angle, 180.0F)) > kSameDirection) return false;
  const Point d = along(a.length >= b.length ? a : b);
  const Point between{b.middle.x - a.middle.x, b.middle.y - a.middle.y};
  const float off = std::abs(between.y * d.x - between.x * d.y);
  const float gap = std::abs(between.x * d.x + between.y * d.y) - (a.length + b.length) / 2;
  return off < kOffset * lower && gap <= kGap * lower;
}

LineBox both(const LineBox& a, const LineBox& b) {
  std::vector<cv::Point2f> corners(8);
  rect_of(a).points(corners.data());
  rect_of(b).points(corners.data() + 4);
  LineBox out = line_box(cv::minAreaRect(corners));
  out.score = (a.score * a.length + b.score * b.length) / (a.length + b.length);
  return out;
}

}  // namespace

std::vector<LineBox> lines_of(const cv::Mat& likely, std::size_t most) {
  cv::Mat text = likely > kTextAbove;
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(text, outlines, cv::RETR_LIST, cv::CHAIN_APPROX_SIMPLE);
  std::vector<LineBox> out;
  for (const auto& outline : outlines) {
    LineBox box = line_box(cv::minAreaRect(outline));
    if (box.height < kShortestBefore) continue;
    box.score = mean_inside(likely, box);
    if (box.score < kBoxAbove) continue;
    // A rectangle grown on all sides with round corners lies in the rectangle that is longer by twice that.
    const float by = kGrow * box.length * box.height / (2 * (box.length + box.height));
    box.length += 2 * by;
    box.height += 2 * by;
    if (box.height >= kShortestAfter) out.push_back(box);
  }
  std::sort(out.begin(), out.end(), [](const LineBox& a, const LineBox& b) {
    return a.score * a.length > b.score * b.length;
  });
  if (out.size() > most) out.resize(most);
  return out;
}

std::vector<LineBox> joined(std::vector<LineBox> boxes, bool squares) {
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      for (std::size_t j = i + 1; j < boxes.size(); ++j) {
        if (!one_line(boxes[i], boxes[j], squares)) continue;
        boxes[i] = both(boxes[i], boxes[j]);
        boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
        changed = true;
        --j;
      }
    }
  }
  return boxes;
}

}  // namespace mq::vision
