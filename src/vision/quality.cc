#include "vision/quality.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// Below the first a comparison is refused, below the second the person is only told.
constexpr float kSharpnessRefused = 8;
constexpr float kSharpnessWarned = 20;
constexpr float kLuminanceRefusedDark = 25;
constexpr float kLuminanceWarnedDark = 50;
constexpr float kLuminanceRefusedBright = 225;
constexpr float kLuminanceWarnedBright = 205;
constexpr float kYawAtMost = 25;
constexpr float kPitchAtMost = 20;
constexpr float kWidthRefused = 60;  // card-like photos at 56 px have an equal error rate of 1.3 %
constexpr float kWidthWarned = 100;
constexpr float kInterEyeRefused = 20;
constexpr float kEyesOpenAtLeast = 0.5F;

}  // namespace

float sharpness(const cv::Mat& grey) {
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_64F);
  cv::Scalar mean, deviation;
  cv::meanStdDev(edges, mean, deviation);
  return static_cast<float>(deviation[0] * deviation[0]);
}

void judge(Face& face, float others_widest) {
  const Quality& q = face.quality;
  const bool turned =
      std::abs(face.pose.yaw) > kYawAtMost || std::abs(face.pose.pitch) > kPitchAtMost;
  const bool small = face.box.width < kWidthRefused || q.inter_eye < kInterEyeRefused;
  const bool crowd = others_widest >= kBystanderShare * face.box.width;

  face.advice.clear();
  const auto advise = [&](bool when, Advice advice) {
    if (when) face.advice.push_back(advice);
  };
  advise(crowd, Advice::one_person_only);
  advise(small || face.box.width < kWidthWarned, Advice::come_closer);
  advise(turned, Advice::face_camera);
  advise(q.luminance < kLuminanceWarnedDark, Advice::more_light);
  advise(q.luminance > kLuminanceWarnedBright, Advice::less_light);
  advise(q.sharpness < kSharpnessWarned, Advice::hold_still);
  // The eye state is wrong for one open-eyed photo in twenty, so it never makes a face unusable.
  advise(q.eyes_open < kEyesOpenAtLeast, Advice::open_eyes);

  face.usable = !crowd && !small && !turned && q.sharpness >= kSharpnessRefused &&
                q.luminance >= kLuminanceRefusedDark && q.luminance <= kLuminanceRefusedBright;
}

Result<Face> principal_face(const Analysis& analysis) {
  if (analysis.faces.empty()) return VisionErrc::no_face;
  const Face& face = analysis.faces.front();
  if (analysis.faces.size() > 1 &&
      analysis.faces[1].box.width >= kBystanderShare * face.box.width) {
    return VisionErrc::several_faces;
  }
  if (face.box.width < kFaceMinWidth) return VisionErrc::face_too_small;
  return face;
}

}  // namespace mq::vision
