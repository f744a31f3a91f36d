// Masks, sunglasses and head coverings drawn over photos of faces, to train the occlusion heads on.
// Nobody has to collect photos of people wearing them, and every drawing has a certain label.
#pragma once

#include <opencv2/core.hpp>
#include <random>

#include "vision/face/face.h"

namespace mq::vision {

// Uniform numbers that are the same with every standard library, unlike its distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double share() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // 0 … 1, 1 excluded
  double between(double least, double most) { return least + (most - least) * share(); }
  int below(int count) { return static_cast<int>(share() * count); }
  bool chance(double probability) { return share() < probability; }

 private:
  std::mt19937_64 engine_;
};

// All draw into an 8-bit BGR picture, with landmarks in its pixels. Degenerate landmarks draw
// nothing.
void draw_mask(cv::Mat& bgr, const Landmarks& marks, Dice& dice);
void draw_sunglasses(cv::Mat& bgr, const Landmarks& marks, Dice& dice);
void draw_head_covering(cv::Mat& bgr, const Landmarks& marks, Dice& dice);

// Things that cover nothing that matters, so that they are not taken for the above: glasses with
// clear lenses, a mask pulled down to the chin, and a high collar or scarf below it.
void draw_clear_glasses(cv::Mat& bgr, const Landmarks& marks, Dice& dice);
void draw_chin_mask(cv::Mat& bgr, const Landmarks& marks, Dice& dice);
void draw_collar(cv::Mat& bgr, const Landmarks& marks, Dice& dice);

// Cuts the picture close around the face, often through the hair, as on cards and in portraits.
void crop_tightly(cv::Mat& bgr, const Landmarks& marks, Dice& dice);

// Another camera: brightness, contrast, tint, blur, noise and JPEG.
void disturb(cv::Mat& bgr, Dice& dice);

}  // namespace mq::vision
