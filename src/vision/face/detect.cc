#include "vision/face/detect.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/network/tensor.h"

namespace mq::vision {
namespace {

constexpr int kInputWidth = 320;
constexpr int kInputHeight = 240;
constexpr std::size_t kAnchors = 4420;
constexpr float kScoreAtLeast = 0.65F;
constexpr float kOverlapAtMost = 0.4F;  // intersection over union
constexpr float kInsideAtMost = 0.7F;   // intersection over the smaller box
// A box this tall, in shares of the picture, is at the edge of what the detector was trained on.
constexpr float kFillsPicture = 0.8F;

float area(const Box& box) { return box.width * box.height; }

float shared_area(const Box& a, const Box& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

// The same face: much overlap, or one box mostly inside of the other (a covered face is sometimes
// found twice, as a whole and as its visible part).
bool same_face(const Box& a, const Box& b) {
  const float both = shared_area(a, b);
  return both > kOverlapAtMost * (area(a) + area(b) - both) ||
         both > kInsideAtMost * std::min(area(a), area(b));
}

bool fills(const Detection& found, const cv::Size& size) {
  return found.box.height > kFillsPicture * static_cast<float>(size.height) ||
         found.box.width > kFillsPicture * static_cast<float>(size.width);
}

}  // namespace

bool plausible(const Box& box, const cv::Size& picture) {
  const auto [shorter, longer] = std::minmax(box.width, box.height);
  const float longest = 2 * static_cast<float>(std::max(picture.width, picture.height));
  constexpr float kStrip = 8;
  const Box whole{0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)};
  return shorter >= 1 && longer <= longest && longer <= kStrip * shorter &&
         shared_area(box, whole) > 0;
}

std::vector<Detection> suppress_overlaps(std::vector<Detection> found) {
  std::sort(found.begin(), found.end(),
            [](const Detection& a, const Detection& b) { return a.score > b.score; });
  std::vector<Detection> kept;
  for (const Detection& one : found) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Detection& better) {
      return same_face(one.box, better.box);
    });
    if (!covered) kept.push_back(one);
  }
  return kept;
}

const Model::Form& Detector::form() {
  static const Model::Form form = {"fr_detect.onnx",
                                   {1, 3, kInputHeight, kInputWidth},
                                   {{"scores", kAnchors * 2}, {"boxes", kAnchors * 4}}};
  return form;
}

Result<Detector> Detector::load(const std::string& models_dir) {
  MQ_TRY(Model model, Model::load_form(models_dir, form()));
  return Detector(std::move(model));
}

std::vector<Detection> Detector::detect_once(const cv::Mat& bgr) const {
  const float fit = std::min(static_cast<float>(kInputWidth) / static_cast<float>(bgr.cols),
                             static_cast<float>(kInputHeight) / static_cast<float>(bgr.rows));
  const cv::Size inner(std::clamp(cvRound(bgr.cols * fit), 1, kInputWidth),
                       std::clamp(cvRound(bgr.rows * fit), 1, kInputHeight));
  cv::Mat canvas(kInputHeight, kInputWidth, CV_8UC3, cv::Scalar::all(127));
  cv::Mat target = canvas(cv::Rect({0, 0}, inner));
  cv::resize(bgr, target, inner, 0, 0, fit < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::cvtColor(canvas, canvas, cv::COLOR_BGR2RGB);

  Tensor input = planes(canvas, {127, 127, 127}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F});
  const auto outputs = model_.run(input);
  const Tensor& scores = outputs[0];
  const Tensor& boxes = outputs[1];

  std::vector<Detection> found;
  for (std::size_t i = 0; i < kAnchors; ++i) {
    const float score = scores[2 * i + 1];
    if (!(score > kScoreAtLeast)) continue;
    const float* b = &boxes[4 * i];
    const Box box{b[0] * kInputWidth / fit, b[1] * kInputHeight / fit,
                  (b[2] - b[0]) * kInputWidth / fit, (b[3] - b[1]) * kInputHeight / fit};
    if (plausible(box, bgr.size())) found.push_back({box, score});
  }
  found = suppress_overlaps(std::move(found));
  std::sort(found.begin(), found.end(),
            [](const Detection& a, const Detection& b) { return a.box.width > b.box.width; });
  return found;
}

std::vector<Detection> Detector::detect(const cv::Mat& bgr) const {
  auto found = detect_once(bgr);
  if (!found.empty() && !fills(found.front(), bgr.size())) return found;

  const int border = std::max(bgr.cols, bgr.rows) / 3;
  cv::Mat padded;
  cv::copyMakeBorder(bgr, padded, border, border, border, border, cv::BORDER_CONSTANT,
                     cv::Scalar::all(127));
  auto again = detect_once(padded);
  for (Detection& one : again) {
    one.box.x -= static_cast<float>(border);
    one.box.y -= static_cast<float>(border);
  }
  return again.empty() ? found : again;
}

const Model::Form& Landmarker::form() {
  static const Model::Form form = {"fr_landmark.onnx", {1, 1, 64, 64}, {{"output", 136}}};
  return form;
}

Result<Landmarker> Landmarker::load(const std::string& models_dir) {
  MQ_TRY(Model model, Model::load_form(models_dir, form()));
  return Landmarker(std::move(model));
}

std::array<Point, 68> Landmarker::find(const cv::Mat& grey, const Box& box) const {
  constexpr int kSide = 64;
  const float side = box.height;
  const float cx = box.x + box.width / 2;
  const float cy = box.y + box.height / 2;
  Tensor input = plane(crop_square(grey, cx, cy, side, kSide), 1 / 256.0F);
  const Tensor output = model_.run(input).front();
  std::array<Point, 68> points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    // Of a face that the crop was made around, no point is farther out.
    const float x = std::clamp(output[2 * i], -1.0F, 2.0F);
    const float y = std::clamp(output[2 * i + 1], -1.0F, 2.0F);
    points[i] = {cx - side / 2 + x * side, cy - side / 2 + y * side};
  }
  return points;
}

}  // namespace mq::vision
