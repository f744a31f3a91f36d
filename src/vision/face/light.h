// How a face is lit. Pure.
#pragma once

#include <opencv2/core.hpp>

namespace mq::vision {

// Everything but `mean` is of the oval of the face, without hair and background.
struct Light {
  float mean = 0;       // 0..255, of the whole aligned picture
  float deviation = 0;  // 0..255
  float dark = 0;       // share of pixels without detail, 0..1
  float bright = 0;
  float range = 0;   // entropy of the histogram in bits, 0..8
  float uneven = 0;  // difference of the two sides in shares of the brighter one, 0..1
};

// `grey` is the aligned face, 112x112, 8-bit.
Light light_of(const cv::Mat& grey);

// Variance of the Laplacian of an 8-bit grey picture.
float sharpness(const cv::Mat& grey);

}  // namespace mq::vision
