// Similarity and what it means. Pure.
#include <algorithm>
#include <array>
#include <cmath>

#include "vision/vision.h"

namespace mq::vision {
namespace {

struct Measured {
  double score;
  double log10_rate;
};

// All pairs of Labeled Faces in the Wild; models/manifest.json holds the same table.
constexpr std::array<Measured, 3> kMeasured = {{{0.333, -3}, {0.408, -4}, {0.471, -5}}};

// Beyond the table. The logarithm of an impostor tail is concave, so the flattest measured slope,
// one decade per 0.075, bounds it from above on both sides.
constexpr double kScorePerDecade = 0.075;
constexpr double kLeastLog = -6;  // the table's population has too few pairs to claim less

}  // namespace

float similarity(const Embedding& a, const Embedding& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return static_cast<float>(std::clamp(sum, -1.0, 1.0));
}

double false_match_rate(float score) {
  const double s = score;
  double log_rate = 0;
  if (s <= kMeasured.front().score) {
    log_rate = kMeasured.front().log10_rate + (kMeasured.front().score - s) / kScorePerDecade;
  } else if (s >= kMeasured.back().score) {
    log_rate = kMeasured.back().log10_rate - (s - kMeasured.back().score) / kScorePerDecade;
  } else {
    const auto* above =
        std::find_if(kMeasured.begin(), kMeasured.end(), [&](const Measured& m) { return m.score > s; });
    const auto* below = above - 1;
    const double share = (s - below->score) / (above->score - below->score);
    log_rate = below->log10_rate + share * (above->log10_rate - below->log10_rate);
  }
  return std::pow(10.0, std::clamp(log_rate, kLeastLog, 0.0));
}

float threshold_for(double rate) {
  const double log_rate = std::clamp(std::log10(std::max(rate, 1e-12)), kLeastLog, 0.0);
  double score = 0;
  if (log_rate >= kMeasured.front().log10_rate) {
    score = kMeasured.front().score - (log_rate - kMeasured.front().log10_rate) * kScorePerDecade;
  } else if (log_rate <= kMeasured.back().log10_rate) {
    score = kMeasured.back().score + (kMeasured.back().log10_rate - log_rate) * kScorePerDecade;
  } else {
    const auto* above = std::find_if(kMeasured.begin(), kMeasured.end(), [&](const Measured& m) {
      return m.log10_rate < log_rate;
    });
    const auto* below = above - 1;
    const double share = (log_rate - below->log10_rate) / (above->log10_rate - below->log10_rate);
    score = below->score + share * (above->score - below->score);
  }
  return static_cast<float>(score);
}

}  // namespace mq::vision
