#include "vision/network/tensor.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace mq::vision {

Tensor planes(const cv::Mat& pixels, const std::array<float, 3>& mean,
              const std::array<float, 3>& scale) {
  MQ_CHECK(pixels.type() == CV_8UC3);
  const std::size_t size = static_cast<std::size_t>(pixels.rows) * pixels.cols;
  Tensor out(3 * size);
  // One pass, a table a channel: splitting and converting by planes reads and writes everything
  // three times.
  std::array<std::array<float, 256>, 3> table;
  for (std::size_t c = 0; c < 3; ++c) {
    for (int v = 0; v < 256; ++v) table[c][v] = (static_cast<float>(v) - mean[c]) * scale[c];
  }
  std::size_t to = 0;
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* row = pixels.ptr<std::uint8_t>(y);
    for (int x = 0; x < pixels.cols; ++x, ++to, row += 3) {
      out[to] = table[0][row[0]];
      out[size + to] = table[1][row[1]];
      out[2 * size + to] = table[2][row[2]];
    }
  }
  return out;
}

Tensor plane(const cv::Mat& grey, float scale) {
  Tensor out(static_cast<std::size_t>(grey.rows) * grey.cols);
  cv::Mat numbers(grey.rows, grey.cols, CV_32F, out.data());
  grey.convertTo(numbers, CV_32F, scale);
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
