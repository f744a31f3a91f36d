// A head in space from the 68 landmarks of a frontal photo and the depths of an average face, to be turned
// and to open its mouth and close its eyes. Good enough to exercise the judgement, not to measure it.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/liveness/warp.h"

namespace mq::vision {

struct HeadState {
  Rotation turn;
  double mouth = 0;  // 0 as in the photo … 1 wide open
  double eyes = 0;   // 0 as in the photo … 1 closed
};

class HeadModel {
 public:
  HeadModel(const cv::Mat& picture, const Landmarks& landmarks);

  // The picture with the head in that state; outside of the head it stays.
  cv::Mat show(const HeadState& state) const;

 private:
  std::vector<Place> animated(const HeadState& state) const;
  cv::Mat picture_;
  Mesh mesh_;
  std::vector<Place> rest_;     // of each vertex, around the axis the head turns about
  std::vector<double> follow_;  // 1 turns with the head … 0 stays with the picture
  cv::Point2d axis_;
  double eye_distance_ = 1;     // between the outer corners, in pixels
};

}  // namespace mq::vision
