// BlazeFace (back camera, 256x256): the thorough detector. Slower than RFB-320, but it finds turned faces
// in any direction and says by six points how they are turned.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "vision/face/face.h"
#include "vision/network/model.h"

namespace mq::vision {

struct BlazeFace {
  Box box;  // square, brows to chin, in pixels of the picture
  float score = 0;
  // Eye of the person's right, left; nose tip; mouth centre; ear of the person's right, left.
  std::array<Point, 6> points{};

  // Degrees by which the head is turned clockwise in the picture, -180..180.
  float roll() const;
};

class BlazeDetector {
 public:
  static Result<BlazeDetector> load(const std::string& models_dir);

  // Best first; boxes of the same face are suppressed.
  std::vector<BlazeFace> detect(const cv::Mat& bgr) const;

 private:
  explicit BlazeDetector(Model model) : model_(std::move(model)) {}
  Model model_;
};

}  // namespace mq::vision
