// Is something in front of the mouth, of the eyes, on the head? Logistic heads on the embedding and
// on the light, colour and texture of a wide crop of the head.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <string_view>

#include "vision/face/face.h"

namespace mq::vision {

// 0..1 each: about the probability in the training data, where a third of the faces is covered.
struct Occlusion {
  float mask = 0;
  float sunglasses = 0;
  float head_covering = 0;
};

// The wide crop is kCropCells² cells. Each cell tells how its colour differs from the skin between
// the brows, how much its light varies, and the direction of its edges; cells outside of the
// picture are zero.
inline constexpr int kCropCells = 9;
inline constexpr std::size_t kCellNumbers = 10;
inline constexpr std::size_t kCropNumbers = kCropCells * kCropCells * kCellNumbers;
inline constexpr std::size_t kOcclusionNumbers = 512 + kCropNumbers;
using OcclusionFeatures = std::array<float, kOcclusionNumbers>;

// `bgr` and `marks` in the same pixels. Degenerate landmarks leave the crop's part zero. Pure.
OcclusionFeatures occlusion_features(const Embedding& embedding, const cv::Mat& bgr,
                                     const Landmarks& marks);

struct LogisticHead {
  float bias = 0;
  std::array<float, kOcclusionNumbers> weights{};

  float operator()(const OcclusionFeatures& features) const;
};

struct OcclusionHeads {
  LogisticHead mask;
  LogisticHead sunglasses;
  LogisticHead head_covering;

  // Errors: models_missing (not three heads of the right size with finite numbers).
  static Result<OcclusionHeads> parse(std::string_view json);
  std::string to_json() const;

  Occlusion operator()(const OcclusionFeatures& features) const;
};

// Those of models/occlusion.json, which is part of the program.
const OcclusionHeads& shipped_occlusion_heads();
std::string_view shipped_occlusion();

}  // namespace mq::vision
