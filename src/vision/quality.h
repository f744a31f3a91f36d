// Can this face be compared, and what should the person do if not. Pure functions on pixels and numbers.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/vision.h"

namespace mq::vision {

// Variance of the Laplacian of an 8-bit grey picture.
float sharpness(const cv::Mat& grey);

// Fills `usable` and `advice` from the measurements already in `face`. `others_widest` is the width of the
// widest other face in the picture, 0 when there is none.
void judge(Face& face, float others_widest);

// A second face this wide, in shares of the widest one, is a second person rather than a bystander.
inline constexpr float kBystanderShare = 0.5F;

}  // namespace mq::vision
