// Similarity of two faces, what it means, and how often it is wrong. Pure.
#pragma once

#include <string_view>

#include "vision/face/face.h"
#include "vision/match/curve.h"
#include "vision/match/evaluate.h"

namespace mq::vision {

// The embedding of 1:N search, and the pair that one face is compared with another by. Templates
// are stored under these names, and curves are kept by them: scores of different models do not mix.
inline constexpr std::string_view kEmbeddingModel = "fr_feature@0.0.1";
inline constexpr std::string_view kTemplateModel = "fr_feature@0.0.1+mobilefacenet@1.0.24";

// The operating point as shipped: at most one in ten thousand strangers (of the measured
// population) passes.
inline constexpr double kDefaultFalseMatchRate = 1e-4;

// Cosine of two unit vectors, -1..1: a score of kEmbeddingModel.
float similarity(const Embedding& a, const Embedding& b);

// Mean of the cosines of both embeddings, -1..1: a score of kTemplateModel.
float similarity(const FaceTemplate& a, const FaceTemplate& b);

// The share of stranger pairs that score at least `score` with this model, 1e-6..1: the upper 95 %
// limit of what was measured on the set that the curve in use names (see FalseMatchCurve;
// models/curves.json as shipped, use_curves() for an operator's own). The rate among lookalikes of
// one population group is many times higher: operators calibrate with `eval face`. `model` is one
// of the two above (CHECK).
double false_match_rate(float score, std::string_view model = kTemplateModel);

// The inverse of false_match_rate (to float rounding); `rate` is clamped to 1e-6..1.
float threshold_for(double rate, std::string_view model = kTemplateModel);

}  // namespace mq::vision
