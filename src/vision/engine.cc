#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/align.h"
#include "vision/decode.h"
#include "vision/detect.h"
#include "vision/model.h"
#include "vision/quality.h"
#include "vision/tensor.h"
#include "vision/vision.h"

namespace mq::vision {
namespace {

// A suspicion only: see Liveness. The network was trained with an even decision.
constexpr float kLivenessPasses = 0.5F;
constexpr float kPortraitMargin = 0.6F;
constexpr int kPortraitSide = 640;
constexpr int kPortraitQuality = 90;

// 66 bins of three degrees from −99.
float angle(const Tensor& logits) {
  const Tensor shares = softmax(logits);
  float sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) sum += shares[i] * static_cast<float>(i);
  return 3 * sum - 99;
}

Point middle(const std::array<Point, 68>& points, std::initializer_list<int> which) {
  Point sum;
  for (const int i : which) {
    sum.x += points[i].x / static_cast<float>(which.size());
    sum.y += points[i].y / static_cast<float>(which.size());
  }
  return sum;
}

float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

struct Models {
  Detector detector;
  Landmarker landmarker;
  Model feature;
  Model liveness;
  Model pose;
  Model eye;
};

Embedding embed_aligned(const Model& model, const cv::Mat& aligned) {
  Tensor input = planes(aligned, {127, 127, 127}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F});
  const Tensor output = model.run(input).front();
  double norm = 0;
  for (const float v : output) norm += static_cast<double>(v) * v;
  norm = std::max(std::sqrt(norm), 1e-12);
  Embedding out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(output[i] / norm);
  return out;
}

// The network was trained on crops 2.7 times the box, shifted into the picture where they would leave it.
Liveness liveness_of(const Model& model, const cv::Mat& bgr, const Box& box) {
  constexpr int kSide = 128;
  const auto w = static_cast<float>(bgr.cols);
  const auto h = static_cast<float>(bgr.rows);
  const float grow = std::min({(h - 1) / box.height, (w - 1) / box.width, 2.7F});
  const float crop_w = box.width * grow;
  const float crop_h = box.height * grow;
  const float left = std::clamp(box.x + box.width / 2 - crop_w / 2, 0.0F, std::max(0.0F, w - 1 - crop_w));
  const float top = std::clamp(box.y + box.height / 2 - crop_h / 2, 0.0F, std::max(0.0F, h - 1 - crop_h));
  const cv::Rect wanted(static_cast<int>(left), static_cast<int>(top), static_cast<int>(crop_w) + 1,
                        static_cast<int>(crop_h) + 1);
  const cv::Rect region = wanted & cv::Rect({0, 0}, bgr.size());
  if (region.empty()) return {};
  cv::Mat crop;
  cv::resize(bgr(region), crop, {kSide, kSide}, 0, 0, cv::INTER_LINEAR);
  Tensor input = planes(crop, {0, 0, 0}, {1, 1, 1});
  const float score = softmax(model.run(input).front())[0];
  return {score, score >= kLivenessPasses};
}

Pose pose_of(const Model& model, const cv::Mat& bgr, const Box& box) {
  constexpr int kSide = 224;
  cv::Mat crop = crop_square(bgr, box.x + box.width / 2, box.y + box.height / 2,
                             1.25F * std::max(box.width, box.height), kSide);
  cv::cvtColor(crop, crop, cv::COLOR_BGR2RGB);
  Tensor input = planes(crop, {0.485F * 255, 0.456F * 255, 0.406F * 255},
                        {1 / (0.229F * 255), 1 / (0.224F * 255), 1 / (0.225F * 255)});
  const auto heads = model.run(input);
  return {angle(heads[0]), angle(heads[1]), angle(heads[2])};
}

float eye_open(const Model& model, const cv::Mat& grey, Point centre, float corners) {
  constexpr int kSide = 24;
  const cv::Mat crop = crop_square(grey, centre.x, centre.y, 1.6F * corners, kSide);
  Tensor input = plane(crop, 1 / 255.0F);
  return softmax(model.run(input).front())[1];
}

Box scaled(Box box, float by) { return {box.x * by, box.y * by, box.width * by, box.height * by}; }

}  // namespace

struct Engine::Impl {
  Models models;

  // Landmarks, quality, pose, liveness and embedding of one detection, still in working pixels.
  // Nothing when the landmarks do not look like a face at all.
  std::optional<Face> measure(const cv::Mat& bgr, const cv::Mat& grey, const Detection& found) const;
};

std::optional<Face> Engine::Impl::measure(const cv::Mat& bgr, const cv::Mat& grey,
                                          const Detection& found) const {
  Face face;
  face.box = found.box;
  face.score = found.score;
  face.landmarks = models.landmarker.find(grey, found.box);
  const cv::Mat aligned = align_face(bgr, face.landmarks, Outside::black);
  if (aligned.empty()) return std::nullopt;
  face.pose = pose_of(models.pose, bgr, found.box);
  face.liveness = liveness_of(models.liveness, bgr, found.box);

  const auto& marks = face.landmarks;
  const FivePoints points = five_points(marks);
  face.quality.inter_eye = distance(points[0], points[1]);
  face.quality.eyes_open = std::min(
      eye_open(models.eye, grey, middle(marks, {37, 38, 40, 41}), distance(marks[36], marks[39])),
      eye_open(models.eye, grey, middle(marks, {43, 44, 46, 47}), distance(marks[42], marks[45])));

  cv::Mat aligned_grey;
  cv::cvtColor(align_face(bgr, marks, Outside::repeated), aligned_grey, cv::COLOR_BGR2GRAY);
  face.quality.sharpness = sharpness(aligned_grey);
  face.quality.luminance = static_cast<float>(cv::mean(aligned_grey)[0]);
  face.embedding = embed_aligned(models.feature, aligned);
  return face;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::load(const std::string& models_dir) {
  cv::setNumThreads(1);
  const FlushSubnormals guard;
  MQ_TRY(Detector detector, Detector::load(models_dir));
  MQ_TRY(Landmarker landmarker, Landmarker::load(models_dir));
  MQ_TRY(Model feature, Model::load(models_dir + "/fr_feature.onnx", {1, 3, 112, 112}, {{"output", 512}}));
  MQ_TRY(Model live, Model::load(models_dir + "/fr_liveness.onnx", {1, 3, 128, 128}, {{"output", 3}}));
  MQ_TRY(Model pose, Model::load(models_dir + "/fr_pose.onnx", {1, 3, 224, 224},
                                 {{"output", 66}, {"617", 66}, {"618", 66}}));
  MQ_TRY(Model eye, Model::load(models_dir + "/fr_eye.onnx", {1, 1, 24, 24}, {{"output", 2}}));
  auto impl = std::make_unique<Impl>(Impl{{std::move(detector), std::move(landmarker), std::move(feature),
                                           std::move(live), std::move(pose), std::move(eye)}});
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

Result<Analysis> Engine::analyze(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  auto found = impl_->models.detector.detect(picture.bgr);
  Analysis out;
  out.width = picture.width;
  out.height = picture.height;
  out.face_count = static_cast<int>(found.size());
  if (found.size() > limits::kImageMaxFaces) found.resize(limits::kImageMaxFaces);

  cv::Mat grey;
  cv::cvtColor(picture.bgr, grey, cv::COLOR_BGR2GRAY);
  for (const Detection& one : found) {
    auto face = impl_->measure(picture.bgr, grey, one);
    if (!face) continue;
    face->box = scaled(face->box, picture.scale);
    for (Point& p : face->landmarks) p = {p.x * picture.scale, p.y * picture.scale};
    face->quality.inter_eye *= picture.scale;
    out.faces.push_back(std::move(*face));
  }
  for (std::size_t i = 0; i < out.faces.size(); ++i) {
    const std::size_t widest_other = i == 0 ? 1 : 0;
    judge(out.faces[i],
          widest_other < out.faces.size() ? out.faces[widest_other].box.width : 0);
  }
  return out;
}

Result<Embedding> Engine::embed(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const auto found = impl_->models.detector.detect(picture.bgr);
  if (found.empty()) return VisionErrc::no_face;
  cv::Mat grey;
  cv::cvtColor(picture.bgr, grey, cv::COLOR_BGR2GRAY);
  const auto marks = impl_->models.landmarker.find(grey, found.front().box);
  const cv::Mat aligned = align_face(picture.bgr, marks, Outside::black);
  if (aligned.empty()) return VisionErrc::no_face;
  return embed_aligned(impl_->models.feature, aligned);
}

Result<Bytes> Engine::portrait_jpeg(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const auto found = impl_->models.detector.detect(picture.bgr);
  if (found.empty()) return VisionErrc::no_face;
  const Box& box = found.front().box;
  const float margin_x = kPortraitMargin * box.width;
  const float margin_y = kPortraitMargin * box.height;
  const cv::Rect wanted(cvRound(box.x - margin_x), cvRound(box.y - margin_y),
                        cvRound(box.width + 2 * margin_x), cvRound(box.height + 2 * margin_y));
  const cv::Rect region = wanted & cv::Rect({0, 0}, picture.bgr.size());
  if (region.empty()) return VisionErrc::no_face;
  cv::Mat crop = picture.bgr(region);
  if (crop.cols > kPortraitSide) {
    const int height = std::max(1, cvRound(static_cast<double>(crop.rows) * kPortraitSide / crop.cols));
    cv::resize(crop, crop, {kPortraitSide, height}, 0, 0, cv::INTER_AREA);
  }
  Bytes out;
  MQ_CHECK(cv::imencode(".jpg", crop, out, {cv::IMWRITE_JPEG_QUALITY, kPortraitQuality}));
  return out;
}

}  // namespace mq::vision
