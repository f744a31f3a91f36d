// Pixels to network inputs and network outputs to shares.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <span>

#include "vision/network/model.h"

namespace mq::vision {

// 8-bit, three channels: (pixel − mean[c]) · scale[c], channel after channel in the order of `pixels`.
Tensor planes(const cv::Mat& pixels, const std::array<float, 3>& mean, const std::array<float, 3>& scale);

// 8-bit, one channel: pixel · scale.
Tensor plane(const cv::Mat& grey, float scale);

// Computed without overflow; the shares add up to one.
Tensor softmax(std::span<const float> logits);

}  // namespace mq::vision
