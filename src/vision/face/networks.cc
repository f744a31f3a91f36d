#include "vision/face/networks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/network/tensor.h"

namespace mq::vision {
namespace {

// Crops of the eye whose readings are averaged, in distances between its corners. The network was
// trained on 1.6; alone it takes 12.7 % of the photos of Labeled Faces in the Wild for having an
// eye closed.
constexpr std::array<float, Networks::kLooksAtEye> kEyeCrops = {1.4F, 1.6F, 1.8F};

// 66 bins of three degrees from −99.
float angle(const Tensor& logits) {
  const Tensor shares = softmax(logits);
  float sum = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) sum += shares[i] * static_cast<float>(i);
  return 3 * sum - 99;
}

Point middle(const Landmarks& points, std::initializer_list<int> which) {
  Point sum;
  for (const int i : which) {
    sum.x += points[i].x / static_cast<float>(which.size());
    sum.y += points[i].y / static_cast<float>(which.size());
  }
  return sum;
}

// Returns the length it had.
float to_unit_length(const Tensor& output, std::span<float> out) {
  double norm = 0;
  for (const float v : output) norm += static_cast<double>(v) * v;
  norm = std::max(std::sqrt(norm), 1e-12);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(output[i] / norm);
  return static_cast<float>(norm);
}

}  // namespace

float distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

Networks::Networks(Model feature, Model second, Model liveness, Model pose, Model eye)
    : feature_(std::move(feature)),
      second_(std::move(second)),
      liveness_(std::move(liveness)),
      pose_(std::move(pose)),
      eye_(std::move(eye)) {}

const Networks::Forms& Networks::forms() {
  static const Forms forms = {
      {"fr_feature_fast.onnx", {1, 3, 112, 112}, {{"output", 512}}},
      {"mobilefacenet.onnx", {1, 3, 112, 112}, {{"output", 192}}},
      {"fr_liveness_fast.onnx", {1, 3, 128, 128}, {{"output", 3}}},
      {"fr_pose_fast.onnx", {1, 3, 224, 224}, {{"output", 66}, {"617", 66}, {"618", 66}}},
      {"fr_eye.onnx", {1, 1, 24, 24}, {{"output", 2}}}};
  return forms;
}

Result<Networks> Networks::load(const std::string& models_dir) {
  MQ_TRY(Model feature, Model::load_form(models_dir, forms().feature));
  MQ_TRY(Model second, Model::load_form(models_dir, forms().second));
  MQ_TRY(Model liveness, Model::load_form(models_dir, forms().liveness));
  MQ_TRY(Model pose, Model::load_form(models_dir, forms().pose));
  MQ_TRY(Model eye, Model::load_form(models_dir, forms().eye));
  return Networks(std::move(feature), std::move(second), std::move(liveness), std::move(pose),
                  std::move(eye));
}

Reading Networks::embed(const cv::Mat& aligned) const {
  Tensor input = planes(aligned, {127, 127, 127}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F});
  Reading out;
  out.norm = to_unit_length(feature_.run(input).front(), out.embedding);
  return out;
}

SecondEmbedding Networks::embed_second(const cv::Mat& aligned) const {
  cv::Mat rgb;
  cv::cvtColor(aligned, rgb, cv::COLOR_BGR2RGB);
  Tensor input = planes(rgb, {127.5F, 127.5F, 127.5F}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F});
  SecondEmbedding out;
  to_unit_length(second_.run(input).front(), out);
  return out;
}

// The network was trained on crops 2.7 times the box, shifted into the picture where they would
// leave it.
float Networks::liveness(const cv::Mat& bgr, const Box& box) const {
  constexpr int kSide = 128;
  const auto w = static_cast<float>(bgr.cols);
  const auto h = static_cast<float>(bgr.rows);
  const float grow = std::min({(h - 1) / box.height, (w - 1) / box.width, 2.7F});
  const float crop_w = box.width * grow;
  const float crop_h = box.height * grow;
  const float left =
      std::clamp(box.x + box.width / 2 - crop_w / 2, 0.0F, std::max(0.0F, w - 1 - crop_w));
  const float top =
      std::clamp(box.y + box.height / 2 - crop_h / 2, 0.0F, std::max(0.0F, h - 1 - crop_h));
  const cv::Rect wanted(static_cast<int>(left), static_cast<int>(top), static_cast<int>(crop_w) + 1,
                        static_cast<int>(crop_h) + 1);
  const cv::Rect region = wanted & cv::Rect({0, 0}, bgr.size());
  if (region.empty()) return 0;
  cv::Mat crop;
  cv::resize(bgr(region), crop, {kSide, kSide}, 0, 0, cv::INTER_LINEAR);
  Tensor input = planes(crop, {0, 0, 0}, {1, 1, 1});
  return softmax(liveness_.run(input).front())[0];
}

Pose Networks::pose(const cv::Mat& bgr, const Box& box) const {
  constexpr int kSide = 224;
  cv::Mat crop = crop_square(bgr, box.x + box.width / 2, box.y + box.height / 2,
                             1.25F * std::max(box.width, box.height), kSide);
  cv::cvtColor(crop, crop, cv::COLOR_BGR2RGB);
  Tensor input = planes(crop, {0.485F * 255, 0.456F * 255, 0.406F * 255},
                        {1 / (0.229F * 255), 1 / (0.224F * 255), 1 / (0.225F * 255)});
  const auto heads = pose_.run(input);
  return {angle(heads[0]), angle(heads[1]), angle(heads[2])};
}

float Networks::eye_open(const cv::Mat& grey, Point centre, float corners) const {
  constexpr int kSide = 24;
  float sum = 0;
  for (const float crop : kEyeCrops) {
    Tensor input = plane(crop_square(grey, centre.x, centre.y, crop * corners, kSide), 1 / 255.0F);
    sum += softmax(eye_.run(input).front())[1];
  }
  return sum / static_cast<float>(kEyeCrops.size());
}

float Networks::right_eye_open(const cv::Mat& grey, const Landmarks& marks) const {
  return eye_open(grey, middle(marks, {37, 38, 40, 41}), distance(marks[36], marks[39]));
}

float Networks::left_eye_open(const cv::Mat& grey, const Landmarks& marks) const {
  return eye_open(grey, middle(marks, {43, 44, 46, 47}), distance(marks[42], marks[45]));
}

}  // namespace mq::vision
