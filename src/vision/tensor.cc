#include "vision/tensor.h"

#include <algorithm>
#include <cmath>

namespace mq::vision {

Tensor planes(const cv::Mat& pixels, const std::array<float, 3>& mean, const std::array<float, 3>& scale) {
  const std::size_t size = static_cast<std::size_t>(pixels.rows) * pixels.cols;
  Tensor out(3 * size);
  std::size_t at = 0;
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* row = pixels.ptr<cv::Vec3b>(y);
    for (int x = 0; x < pixels.cols; ++x, ++at) {
      for (int c = 0; c < 3; ++c) {
        out[c * size + at] = (static_cast<float>(row[x][c]) - mean[c]) * scale[c];
      }
    }
  }
  return out;
}

Tensor plane(const cv::Mat& grey, float scale) {
  Tensor out;
  out.reserve(static_cast<std::size_t>(grey.rows) * grey.cols);
  for (int y = 0; y < grey.rows; ++y) {
    const auto* row = grey.ptr<std::uint8_t>(y);
    for (int x = 0; x < grey.cols; ++x) out.push_back(static_cast<float>(row[x]) * scale);
  }
  return out;
}

Tensor softmax(std::span<const float> logits) {
  const float most = *std::max_element(logits.begin(), logits.end());
  Tensor out(logits.size());
  float sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) sum += out[i] = std::exp(logits[i] - most);
  for (float& share : out) share /= sum;
  return out;
}

}  // namespace mq::vision
