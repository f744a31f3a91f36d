#include "vision/document/picture_cut.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "base/check.h"

namespace mq::vision {
namespace {

constexpr int kShortest = 32;

Cut cut_by(const cv::Mat& bgr, const cv::Matx23d& to_picture, double scale, cv::Size size) {
  Cut out;
  out.to_picture = to_picture;
  out.scale = scale;
  cv::warpAffine(bgr, out.bgr, to_picture, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  return out;
}

}  // namespace

Extent::Extent(double radians) : c(std::cos(radians)), s(std::sin(radians)) {}

void Extent::add(Point p) {
  left = std::min(left, p.x * c + p.y * s);
  right = std::max(right, p.x * c + p.y * s);
  top = std::min(top, p.y * c - p.x * s);
  bottom = std::max(bottom, p.y * c - p.x * s);
}

void Extent::grow(double along, double across) {
  left -= along;
  right += along;
  top -= across;
  bottom += across;
}

Cut cut_out(const cv::Mat& bgr, const Extent& e, double scale, int longest) {
  // Cut (x, y) → turned (left + x / scale, top + y / scale) → picture.
  const cv::Matx23d to_picture{e.c / scale, -e.s / scale, e.left * e.c - e.top * e.s,
                               e.s / scale, e.c / scale,  e.left * e.s + e.top * e.c};
  const cv::Size size(std::clamp(cvRound((e.right - e.left) * scale), kShortest, longest),
                      std::clamp(cvRound((e.bottom - e.top) * scale), kShortest, longest));
  return cut_by(bgr, to_picture, scale, size);
}

Extent extent_of(const PageText& page) {
  MQ_CHECK(!page.lines.empty());
  Extent out(page.direction * std::numbers::pi / 180);
  for (const TextLine& line : page.lines) {
    for (const Point& p : line.corners) out.add(p);
  }
  return out;
}

Cut cut_along(const cv::Mat& bgr, const Quad& card, double margin, int width) {
  const double step = kCardWidth * (1 + 2 * margin) / width;  // card pixels
  const auto [x, y] = card[0];
  const double ux = (card[1].x - x) / kCardWidth, uy = (card[1].y - y) / kCardWidth;
  const double vx = (card[3].x - x) / kCardHeight, vy = (card[3].y - y) / kCardHeight;
  const double left = -margin * kCardWidth, top = -margin * kCardHeight;
  const cv::Matx23d to_picture{ux * step, vx * step, x + ux * left + vx * top,
                               uy * step, vy * step, y + uy * left + vy * top};
  const double scale = 1 / (step * std::hypot(ux, uy));
  return cut_by(bgr, to_picture, scale, {width, cvRound((kCardHeight - 2 * top) / step)});
}

}  // namespace mq::vision
