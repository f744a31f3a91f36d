// Where the faces are, and their 68 landmarks.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/network/model.h"
#include "vision/vision.h"

namespace mq::vision {

struct Detection {
  Box box;
  float score = 0;
};

// RFB-320: reliable from about 5 % of the picture's width, for faces up to about 45 degrees of
// roll.
class Detector {
 public:
  static const Model::Form& form();
  static Result<Detector> load(const std::string& models_dir);

  // In pixels of `bgr`, widest first. A face that fills the picture is found by a second look at
  // the picture with a border around it.
  std::vector<Detection> detect(const cv::Mat& bgr) const;

 private:
  explicit Detector(Model model) : model_(std::move(model)) {}
  std::vector<Detection> detect_once(const cv::Mat& bgr) const;
  Model model_;
};

// Whether a face could be there: partly in the picture, at least a pixel and at most twice the
// picture long, and no strip. What a network answers to a made-up picture is not bounded; the steps
// after it count on this.
bool plausible(const Box& box, const cv::Size& picture);

// Keeps the best-scored of the boxes that show the same face.
std::vector<Detection> suppress_overlaps(std::vector<Detection> found);

class Landmarker {
 public:
  static const Model::Form& form();
  static Result<Landmarker> load(const std::string& models_dir);
  std::array<Point, 68> find(const cv::Mat& grey, const Box& box) const;

 private:
  explicit Landmarker(Model model) : model_(std::move(model)) {}
  Model model_;
};

}  // namespace mq::vision
