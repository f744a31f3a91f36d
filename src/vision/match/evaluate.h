// What labelled comparisons say about verification errors, with how sure that is. Pure.
//
// Terms of ISO/IEC 19795-1: FMR false match rate (strangers that pass), FNMR false non-match rate
// (the same person refused).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "vision/match/interval.h"
#include "vision/match/tally.h"

namespace mq::vision {

// One labelled comparison of a list of pairs.
struct ScoredPair {
  float score = 0;
  bool same = false;
};

// A share and its 95 % limits as if every comparison were independent, which those of one person
// are not: `people` are the limits of a bootstrap over people, where the people are known.
struct Share {
  std::uint64_t count = 0;
  std::uint64_t of = 0;
  Interval wilson;
  Interval clopper_pearson;
  std::optional<Interval> people;
  double value() const {
    return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
  }
};
Share share(std::uint64_t count, std::uint64_t of);

struct OperatingPoint {
  double asked_fmr = 0;
  float threshold = 0;
  Share fmr;  // observed at the threshold
  Share fnmr;
};
// At a threshold that is to give `asked_fmr`.
OperatingPoint operating_point(const Tally& tally, double asked_fmr, float threshold);

// Person bootstrap: people are drawn with replacement; a pair of strangers counts as often as both
// its people were drawn, a pair of one person as often as that person was. R. M. Bolle, N. K.
// Ratha, S. Pankanti, Computer Vision and Image Understanding 93 (2004) 1.
struct Crowd {
  std::span<const std::uint32_t> person_of;  // by the numbers of Comparison
  std::span<const std::uint32_t> photos_of;  // compared photos by person
};
struct BootstrapLimits {
  std::vector<Interval>
      fmr;  // at each threshold; absent (0..1) below the kept impostors of the tally
  std::vector<Interval> fnmr;          // at each threshold
  std::vector<Interval> fnmr_at_rate;  // at each rate, the threshold chosen anew in every draw
};
BootstrapLimits people_bootstrap(const Tally& tally, const Crowd& crowd,
                                 std::span<const float> thresholds, std::span<const double> rates,
                                 int draws, std::uint64_t seed);

// Accuracy with a threshold that never saw the pairs it is judged on: both classes are cut into
// halves in their order, the best threshold of one half is applied to the other. Absent with fewer
// than two genuine or two impostor pairs.
struct TwoFold {
  double accuracy = 0;  // mean of the two halves
  Share right;
  float threshold[2] = {0,
                        0};  // of the first half (applied to the second), and the other way round
};
std::optional<TwoFold> two_fold_accuracy(std::span<const ScoredPair> pairs);

// Pairs on the wrong side: genuine below the threshold, impostors at or above it.
std::uint64_t wrong_at(std::span<const ScoredPair> pairs, float threshold);

}  // namespace mq::vision
