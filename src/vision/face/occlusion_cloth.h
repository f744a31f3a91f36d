// Colours, patterns and light of the things that occlusion_synthesis draws.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/face/occlusion_synthesis.h"

namespace mq::vision {

using Outline = std::vector<cv::Point2f>;  // in pixels

enum class Pattern { none, stripes, checks, dots, noise };

struct Cloth {
  cv::Scalar colour;  // BGR
  cv::Scalar second;  // of the pattern
  Pattern pattern = Pattern::none;
  double size = 0.1;  // of the pattern, in shares of the drawn thing
  double opacity = 1;
  double shade = 0.4;  // how much of the light that was on the covered skin stays
  double shine = 0;    // brightness of one highlight
};

Cloth plain(const cv::Scalar& colour);
Cloth mask_cloth(Dice& dice);    // white, light blue, black, grey, pink, green, skin
Cloth random_cloth(Dice& dice);  // any colour and pattern
Cloth shaded(Cloth cloth, double by);

// Lays the cloth over the inside of the outline, with soft edges, folds of light and fine grain.
void lay(cv::Mat& bgr, const Outline& outline, const Cloth& cloth, Dice& dice);

// Brings back what was inside of the outline.
void restore(cv::Mat& bgr, const cv::Mat& before, const Outline& outline);

}  // namespace mq::vision
