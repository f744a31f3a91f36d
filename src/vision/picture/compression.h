// How much of a picture was lost to compression.
#pragma once

#include <opencv2/core.hpp>

namespace mq::vision {

// How much stronger the steps between neighbouring pixels are on the borders of 8x8 blocks than
// elsewhere: 1 without blocks, growing with JPEG compression. The grid may start anywhere, so
// cropping and turning do not hide it; scaling does. `grey` is 8-bit and not scaled since it was
// decoded; below 32x32 the answer is
// 1. Pure.
float blockiness(const cv::Mat& grey);

}  // namespace mq::vision
