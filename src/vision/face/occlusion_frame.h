// Where on a face occlusion_synthesis draws.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <vector>

#include "vision/face/occlusion_cloth.h"

namespace mq::vision {

// Coordinates of the face: x along the line from the person's right eye to the left one, y down the
// face, in distances between the eyes, from the middle between them.
class FaceFrame {
 public:
  explicit FaceFrame(const Landmarks& marks) {
    const cv::Point2f right = mean(marks, 36, 6);
    const cv::Point2f left = mean(marks, 42, 6);
    across_ = left - right;
    down_ = {-across_.y, across_.x};
    origin_ = (left + right) * 0.5F;
  }
  float unit() const { return std::hypot(across_.x, across_.y); }
  cv::Point2f at(double x, double y) const {
    return origin_ + across_ * static_cast<float>(x) + down_ * static_cast<float>(y);
  }
  cv::Point2f local(const Point& p) const {
    const cv::Point2f d = cv::Point2f(p.x, p.y) - origin_;
    const float norm = across_.dot(across_);
    return {d.dot(across_) / norm, d.dot(down_) / norm};
  }
  Outline outline(const std::vector<cv::Point2d>& local) const {
    Outline out;
    for (const auto& p : local) out.push_back(at(p.x, p.y));
    return out;
  }

 private:
  static cv::Point2f mean(const Landmarks& marks, int first, int count) {
    cv::Point2f sum;
    for (int i = first; i < first + count; ++i) sum += cv::Point2f(marks[i].x, marks[i].y);
    return sum / static_cast<float>(count);
  }
  cv::Point2f across_, down_, origin_;
};

inline constexpr float kLeastUnit =
    4;  // pixels between the eyes below which there is nothing to draw on
inline constexpr double kPi = std::numbers::pi;

inline std::vector<cv::Point2d> arc(double cx, double cy, double rx, double ry, double from,
                                    double to) {
  std::vector<cv::Point2d> out;
  constexpr int kSteps = 24;
  for (int i = 0; i <= kSteps; ++i) {
    const double angle = from + (to - from) * i / kSteps;
    out.emplace_back(cx + rx * std::cos(angle), cy + ry * std::sin(angle));
  }
  return out;
}

inline void append(std::vector<cv::Point2d>& to, const std::vector<cv::Point2d>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

inline int line_width(const FaceFrame& frame, double share) {
  return std::max(1, cvRound(share * frame.unit()));
}

}  // namespace mq::vision
