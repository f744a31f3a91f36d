// The scores of a large number of comparisons, in bounded memory.
#pragma once

#include <cstdint>
#include <vector>

namespace mq::vision {

// One comparison; `a` and `b` are whatever the caller numbers, usually photos.
struct Comparison {
  float score = 0;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

// Genuine comparisons are all kept. Of the impostors the highest are kept, at least `exact` of
// them, and the rest only counted in bins of 2^-19: every figure that depends on false matches is
// exact as long as it lies in the kept part, and as if scores were rounded by a bin's width beyond
// it. First add(), then finish() once, then ask. Not thread-safe.
class Tally {
 public:
  static constexpr std::size_t kExact = 4'000'000;
  explicit Tally(std::size_t exact = kExact) : exact_(exact) {}

  void add(const Comparison& one, bool same);
  void finish();

  const std::vector<Comparison>& genuine() const { return genuine_; }  // ascending
  const std::vector<Comparison>& impostors() const {
    return impostors_;
  }  // the kept ones, descending
  std::uint64_t impostor_pairs() const { return impostors_.size() + counted_; }

  // Genuine comparisons below the threshold.
  std::uint64_t refused(float threshold) const;
  // Impostors at or above the threshold; below the kept part, as many as there may be.
  std::uint64_t passed(float threshold) const;

  // The lowest threshold that at most this share of the impostors passes. Needs an impostor.
  float threshold_at(double rate) const;

  // A genuine comparison outscores an impostor; a tie counts half. Needs one of each.
  double auc() const;
  // Where refusals and false matches are closest, the middle of both shares. Needs one of each.
  double equal_error_rate() const;

 private:
  static constexpr std::size_t kBins = 1U << 20U;
  static std::size_t bin_of(float score);
  static float floor_of(std::size_t bin);
  void count_lower_half();

  std::size_t exact_;
  std::vector<Comparison> genuine_;
  std::vector<Comparison> impostors_;
  std::vector<std::uint64_t>
      bins_;  // empty until something was counted; after finish() sums from below
  std::uint64_t counted_ = 0;
  float floor_ = -2;  // no counted score is above, no kept one below
};

}  // namespace mq::vision
