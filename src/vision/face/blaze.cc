#include "vision/face/blaze.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/face/detect.h"
#include "vision/network/tensor.h"

namespace mq::vision {
namespace {

constexpr int kSide = 256;
constexpr float kScoreAtLeast = 0.5F;
constexpr float kOverlapAtMost = 0.3F;  // intersection over union
constexpr int kNumbers = 16;            // centre, size, six points

// One of the two grids of anchors; only their centres matter to this network.
struct Grid {
  int cells;
  int anchors;  // per cell
};
constexpr std::array<Grid, 2> kGrids = {{{16, 2}, {8, 6}}};

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const float both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

// Letterbox: the picture in the middle of a black square.
struct Fitted {
  Tensor input;  // NHWC
  float scale = 1;
  float left = 0;
  float top = 0;
};

Fitted fit(const cv::Mat& bgr) {
  Fitted out;
  out.scale = static_cast<float>(kSide) / static_cast<float>(std::max(bgr.cols, bgr.rows));
  const cv::Size inner(std::clamp(cvRound(bgr.cols * out.scale), 1, kSide),
                       std::clamp(cvRound(bgr.rows * out.scale), 1, kSide));
  const cv::Point at((kSide - inner.width) / 2, (kSide - inner.height) / 2);
  out.left = static_cast<float>(at.x);
  out.top = static_cast<float>(at.y);
  cv::Mat canvas = cv::Mat::zeros(kSide, kSide, CV_8UC3);
  cv::Mat target = canvas(cv::Rect(at, inner));
  cv::resize(bgr, target, inner, 0, 0, out.scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::cvtColor(canvas, canvas, cv::COLOR_BGR2RGB);
  cv::Mat scaled;
  canvas.convertTo(scaled, CV_32FC3, 1 / 127.5, -1);
  out.input.assign(scaled.ptr<float>(), scaled.ptr<float>() + kSide * kSide * 3);
  return out;
}

BlazeFace decoded(const float* numbers, Point anchor, float score, const Fitted& fitted) {
  const auto place = [&](float x, float y) {
    return Point{(x + anchor.x - fitted.left) / fitted.scale, (y + anchor.y - fitted.top) / fitted.scale};
  };
  BlazeFace out;
  out.score = score;
  const float width = numbers[2] / fitted.scale;
  const float height = numbers[3] / fitted.scale;
  const Point centre = place(numbers[0], numbers[1]);
  out.box = {centre.x - width / 2, centre.y - height / 2, width, height};
  for (std::size_t i = 0; i < out.points.size(); ++i) {
    out.points[i] = place(numbers[4 + 2 * i], numbers[5 + 2 * i]);
  }
  return out;
}

}  // namespace

float BlazeFace::roll() const {
  const Point right = points[0];
  const Point left = points[1];
  return std::atan2(left.y - right.y, left.x - right.x) * static_cast<float>(180 / M_PI);
}

Result<BlazeDetector> BlazeDetector::load(const std::string& models_dir) {
  MQ_TRY(Model model,
         Model::load(models_dir + "/blazeface_fast.onnx", {1, kSide, kSide, 3},
                     {{"Identity:0", 512}, {"Identity_1:0", 384},
                      {"Identity_2:0", 512 * kNumbers}, {"Identity_3:0", 384 * kNumbers}}));
  return BlazeDetector(std::move(model));
}

std::vector<BlazeFace> BlazeDetector::detect(const cv::Mat& bgr) const {
  Fitted fitted = fit(bgr);
  const auto outputs = model_.run(fitted.input);
  std::vector<BlazeFace> found;
  for (std::size_t g = 0; g < kGrids.size(); ++g) {
    const Grid& grid = kGrids[g];
    const float pitch = static_cast<float>(kSide) / static_cast<float>(grid.cells);
    for (std::size_t i = 0; i < outputs[g].size(); ++i) {
      const float score = 1 / (1 + std::exp(-outputs[g][i]));
      if (!(score > kScoreAtLeast)) continue;
      const int cell = static_cast<int>(i) / grid.anchors;
      const Point anchor{(static_cast<float>(cell % grid.cells) + 0.5F) * pitch,
                         (static_cast<float>(cell / grid.cells) + 0.5F) * pitch};
      BlazeFace face = decoded(&outputs[2 + g][i * kNumbers], anchor, score, fitted);
      if (plausible(face.box, bgr.size())) found.push_back(face);
    }
  }
  std::sort(found.begin(), found.end(),
            [](const BlazeFace& a, const BlazeFace& b) { return a.score > b.score; });
  std::vector<BlazeFace> kept;
  for (const BlazeFace& one : found) {
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const BlazeFace& better) {
      return overlap(one.box, better.box) > kOverlapAtMost;
    });
    if (!covered) kept.push_back(one);
  }
  return kept;
}

}  // namespace mq::vision
