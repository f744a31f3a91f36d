#include "vision/face/light.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"

namespace mq::vision {
namespace {

// Sensors and JPEG leave no detail below and above these.
constexpr int kBlack = 20;
constexpr int kWhite = 248;

const cv::Mat& oval() {
  static const cv::Mat made = [] {
    cv::Mat out = cv::Mat::zeros(kAlignedSide, kAlignedSide, CV_8U);
    cv::ellipse(out, {56, 66}, {36, 46}, 0, 0, 360, 255, cv::FILLED);
    return out;
  }();
  return made;
}

}  // namespace

Light light_of(const cv::Mat& grey) {
  std::array<int, 256> histogram{};
  double left = 0, right = 0;
  int count = 0;
  for (int y = 0; y < grey.rows; ++y) {
    const auto* pixels = grey.ptr<std::uint8_t>(y);
    const auto* inside = oval().ptr<std::uint8_t>(y);
    for (int x = 0; x < grey.cols; ++x) {
      if (inside[x] == 0) continue;
      ++histogram[pixels[x]];
      ++count;
      if (x < kAlignedSide / 2) left += pixels[x];
      if (x > kAlignedSide / 2) right += pixels[x];
    }
  }
  Light out;
  out.mean = static_cast<float>(cv::mean(grey)[0]);
  double sum = 0, squares = 0, bits = 0;
  for (int level = 0; level < 256; ++level) {
    const double share = static_cast<double>(histogram[level]) / count;
    sum += share * level;
    squares += share * level * level;
    if (share > 0) bits -= share * std::log2(share);
    if (level <= kBlack) out.dark += static_cast<float>(share);
    if (level >= kWhite) out.bright += static_cast<float>(share);
  }
  out.deviation = static_cast<float>(std::sqrt(std::max(0.0, squares - sum * sum)));
  out.range = static_cast<float>(bits);
  out.uneven = static_cast<float>(std::abs(left - right) / std::max({left, right, 1.0}));
  return out;
}

float sharpness(const cv::Mat& grey) {
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_64F);
  cv::Scalar mean, deviation;
  cv::meanStdDev(edges, mean, deviation);
  return static_cast<float>(deviation[0] * deviation[0]);
}

}  // namespace mq::vision
