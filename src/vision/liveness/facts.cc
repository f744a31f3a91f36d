#include "vision/liveness/facts.h"

#include <opencv2/imgproc.hpp>

#include "crypto/crypto.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

float sharpness_of(const Patch& patch) {
  const cv::Mat grey(kPatchHeight, kPatchWidth, CV_8U, const_cast<std::uint8_t*>(patch.data()));
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_32F);
  cv::Scalar mean, deviation;
  cv::meanStdDev(edges, mean, deviation);
  return static_cast<float>(deviation[0] * deviation[0]);
}

}  // namespace

Result<FrameFacts> observe_frame(const Engine& engine, ByteView frame, std::int64_t time_ms) {
  MQ_TRY(const Analysis analysis, engine.analyze(frame));
  FrameFacts out;
  out.time_ms = time_ms;
  const crypto::Digest digest = crypto::sha256(frame);
  for (int i = 0; i < 8; ++i) out.fingerprint = out.fingerprint << 8 | digest[static_cast<std::size_t>(i)];
  out.width = analysis.width;
  out.height = analysis.height;
  out.face_count = analysis.face_count;
  if (analysis.faces.empty()) return out;
  const Face& face = analysis.faces.front();
  if (analysis.faces.size() > 1) out.second_width = analysis.faces[1].box.width / face.box.width;
  out.box = face.box;
  out.pose = face.pose;
  out.landmarks = face.landmarks;
  out.right_eye_open = face.right_eye_open;
  out.left_eye_open = face.left_eye_open;
  out.mouth_open = face.mouth_open;
  out.passive = face.liveness.score;
  out.embedding = face.embedding;

  MQ_TRY(const Picture picture, decode(frame));
  cv::Mat grey;
  cv::cvtColor(picture.bgr, grey, cv::COLOR_BGR2GRAY);
  Landmarks marks = face.landmarks;
  for (Point& p : marks) p = {p.x / picture.scale, p.y / picture.scale};
  out.patch = face_patch(grey, marks);
  out.sharpness = sharpness_of(out.patch);
  return out;
}

}  // namespace mq::vision
