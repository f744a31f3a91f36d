// The networks that measure one face: embedding, pose, liveness, eyes.
#pragma once

#include <opencv2/core.hpp>

#include "vision/face/face.h"
#include "vision/network/model.h"

namespace mq::vision {

struct Reading {
  Embedding embedding{};
  // Length of the network's output before it is brought to 1. Faces it cannot make sense of
  // (sideways, blurred, covered) come out short: sharp upright ones at 2.7 to 4.5, sideways ones
  // at 1.4 to 2.7.
  float norm = 0;
};

// Thread-safe after load().
class Networks {
 public:
  struct Forms {
    Model::Form feature, second, liveness, pose, eye;
  };
  static const Forms& forms();
  // How often the eye network looks at one eye.
  static constexpr int kLooksAtEye = 3;

  // Errors: models_missing.
  static Result<Networks> load(const std::string& models_dir);

  // `aligned` is the 112x112 BGR form, black outside of the picture.
  Reading embed(const cv::Mat& aligned) const;
  SecondEmbedding embed_second(const cv::Mat& aligned) const;
  // As the network puts it: see settled_pose(). `box` is the fast detector's.
  Pose pose(const cv::Mat& bgr, const Box& box) const;
  float liveness(const cv::Mat& bgr, const Box& box) const;                     // 0..1
  float right_eye_open(const cv::Mat& grey, const Landmarks& landmarks) const;  // 0..1
  float left_eye_open(const cv::Mat& grey, const Landmarks& landmarks) const;

 private:
  Networks(Model feature, Model second, Model liveness, Model pose, Model eye);
  float eye_open(const cv::Mat& grey, Point centre, float corners) const;

  Model feature_;
  Model second_;
  Model liveness_;
  Model pose_;
  Model eye_;
};

float distance(Point a, Point b);

}  // namespace mq::vision
