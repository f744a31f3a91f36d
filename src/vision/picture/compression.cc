#include "vision/picture/compression.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mq::vision {
namespace {

constexpr int kBlock = 8;
constexpr int kLeastSide = 4 * kBlock;
// Steps as large as an edge of the scene say nothing about blocks.
constexpr int kLargestStep = 24;

// Mean step at each of the eight places a block border can have, across or down the picture.
std::array<double, kBlock> steps(const cv::Mat& grey, bool down) {
  std::array<double, kBlock> sums{};
  std::array<double, kBlock> counts{};
  const int rows = grey.rows - (down ? 1 : 0);
  const int cols = grey.cols - (down ? 0 : 1);
  for (int y = 0; y < rows; ++y) {
    const auto* here = grey.ptr<std::uint8_t>(y);
    const auto* next = down ? grey.ptr<std::uint8_t>(y + 1) : here + 1;
    for (int x = 0; x < cols; ++x) {
      const int step = std::abs(here[x] - next[x]);
      const auto place = static_cast<std::size_t>((down ? y : x) % kBlock);
      if (step > kLargestStep) continue;
      sums[place] += step;
      counts[place] += 1;
    }
  }
  for (std::size_t i = 0; i < kBlock; ++i) sums[i] /= std::max(1.0, counts[i]);
  return sums;
}

}  // namespace

float blockiness(const cv::Mat& grey) {
  if (grey.rows < kLeastSide || grey.cols < kLeastSide) return 1;
  // Noise adds to every step; without a floor a flat picture would divide nothing by nothing.
  constexpr double kFloor = 0.25;
  double out = 0;
  for (const bool down : {false, true}) {
    auto means = steps(grey, down);
    std::sort(means.begin(), means.end());
    const double usual = (means[3] + means[4]) / 2;
    out += (means.back() + kFloor) / (usual + kFloor) / 2;
  }
  return static_cast<float>(out);
}

}  // namespace mq::vision
