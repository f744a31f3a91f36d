#include "vision/network/tensor.h"

#include <algorithm>
#include <cmath>

namespace mq::vision {

Tensor planes(const cv::Mat& pixels, const std::array<float, 3>& mean, const std::array<float, 3>& scale) {
  const std::size_t size = static_cast<std::size_t>(pixels.rows) * pixels.cols;
  Tensor out(3 * size);
  std::array<cv::Mat, 3> channels;
  cv::split(pixels, channels.data());
  for (std::size_t c = 0; c < channels.size(); ++c) {
    cv::Mat plane_of_channel(pixels.rows, pixels.cols, CV_32F, &out[c * size]);
    channels[c].convertTo(plane_of_channel, CV_32F, scale[c], -static_cast<double>(mean[c]) * scale[c]);
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
