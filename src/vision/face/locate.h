// Faces with their landmarks, each in pixels in which it stands upright: the fast detector first, the
// thorough one for what it misses or for what turns out not to be upright.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/face/align.h"
#include "vision/face/blaze.h"
#include "vision/face/detect.h"

namespace mq::vision {

struct Located {
  FoundBy found_by = FoundBy::fast;
  float score = 0;
  // The pixels to measure in: the picture itself, or a turned cut-out of it.
  cv::Mat upright;
  cv::Mat upright_grey;
  Box box;              // in `upright`
  Landmarks landmarks;  // in `upright`
  Similarity to_upright;  // from the picture

  Point in_picture(Point p) const { return to_upright.apply_inverse(p); }
  Box box_in_picture() const;  // around the turned corners
  Landmarks landmarks_in_picture() const;
};

class Locator {
 public:
  static Result<Locator> load(const std::string& models_dir);

  // Widest first.
  std::vector<Located> find(const cv::Mat& bgr) const;

  // The same face looked at again, for when it may not stand upright or only a part of it was found: with
  // more room around it, turned as its landmarks and the thorough detector say, and by each quarter turn.
  // Only what the fast detector confirms.
  std::vector<Located> other_views(const cv::Mat& bgr, const Located& doubtful) const;

 private:
  Locator(Detector fast, BlazeDetector thorough, Landmarker landmarker);
  std::vector<Located> find_thoroughly(const cv::Mat& bgr) const;
  // The face around `box` after turning the picture back by `roll` degrees; its score is 0 when the fast
  // detector does not find it there, and its box then the given one.
  Located uprighted(const cv::Mat& bgr, const Box& box, float roll) const;

  Detector fast_;
  BlazeDetector thorough_;
  Landmarker landmarker_;
};

// Degrees by which the line of the eyes is turned clockwise, -180..180.
float roll_of(const Landmarks& landmarks);

}  // namespace mq::vision
