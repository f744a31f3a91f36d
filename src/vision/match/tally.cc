#include "vision/match/tally.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace mq::vision {
namespace {

bool rising(const Comparison& x, const Comparison& y) { return x.score < y.score; }
bool falling(const Comparison& x, const Comparison& y) { return x.score > y.score; }

}  // namespace

std::size_t Tally::bin_of(float score) {
  const double place = (static_cast<double>(std::clamp(score, -1.0F, 1.0F)) + 1) / 2 * kBins;
  return std::min(static_cast<std::size_t>(place), kBins - 1);
}

float Tally::floor_of(std::size_t bin) {
  return static_cast<float>(static_cast<double>(bin) / kBins * 2 - 1);
}

void Tally::add(const Comparison& one, bool same) {
  if (same) {
    genuine_.push_back(one);
  } else if (one.score < floor_) {
    ++bins_[bin_of(one.score)];
    ++counted_;
  } else {
    impostors_.push_back(one);
    if (impostors_.size() > 2 * exact_) count_lower_half();
  }
}

void Tally::count_lower_half() {
  bins_.resize(kBins);
  const auto cut = impostors_.begin() + static_cast<std::ptrdiff_t>(exact_);
  std::nth_element(impostors_.begin(), cut, impostors_.end(), falling);
  floor_ = cut->score;
  for (auto it = cut; it != impostors_.end(); ++it) ++bins_[bin_of(it->score)];
  counted_ += static_cast<std::uint64_t>(impostors_.end() - cut);
  impostors_.erase(cut, impostors_.end());
}

void Tally::finish() {
  std::sort(genuine_.begin(), genuine_.end(), rising);
  std::sort(impostors_.begin(), impostors_.end(), falling);
  std::partial_sum(bins_.begin(), bins_.end(), bins_.begin());
}

std::uint64_t Tally::refused(float threshold) const {
  const auto at = std::lower_bound(genuine_.begin(), genuine_.end(), Comparison{threshold}, rising);
  return static_cast<std::uint64_t>(at - genuine_.begin());
}

std::uint64_t Tally::passed(float threshold) const {
  // In a falling list, upper_bound is the first that is strictly lower.
  const auto at =
      std::upper_bound(impostors_.begin(), impostors_.end(), Comparison{threshold}, falling);
  const auto kept = static_cast<std::uint64_t>(at - impostors_.begin());
  if (counted_ == 0) return kept;
  const std::size_t bin = bin_of(threshold);
  return kept + counted_ - (bin == 0 ? 0 : bins_[bin - 1]);
}

float Tally::threshold_at(double rate) const {
  MQ_CHECK(impostor_pairs() > 0);
  const auto allowed = static_cast<std::uint64_t>(std::clamp(rate, 0.0, 1.0) *
                                                  static_cast<double>(impostor_pairs()));
  if (allowed >= impostor_pairs()) return -1;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (allowed < impostors_.size()) return std::nextafter(impostors_[allowed].score, kInfinity);
  // Bins are counted whole, so the first one whose passing share fits is the lowest threshold
  // known.
  const auto least = impostor_pairs() - allowed;
  const auto bin = std::lower_bound(bins_.begin(), bins_.end(), least) - bins_.begin();
  return floor_of(static_cast<std::size_t>(bin) + 1);
}

double Tally::auc() const {
  MQ_CHECK(!genuine_.empty() && impostor_pairs() > 0);
  double wins = 0;
  for (const Comparison& one : genuine_) {
    const auto [high, low] = std::equal_range(impostors_.begin(), impostors_.end(), one, falling);
    wins += static_cast<double>(impostors_.end() - low) + static_cast<double>(low - high) / 2;
    if (counted_ == 0) continue;
    const std::size_t bin = bin_of(one.score);
    const std::uint64_t below = bin == 0 ? 0 : bins_[bin - 1];
    wins += static_cast<double>(below) + static_cast<double>(bins_[bin] - below) / 2;
  }
  return wins / static_cast<double>(genuine_.size()) / static_cast<double>(impostor_pairs());
}

// Refusals grow and false matches fall with the threshold, so their crossing is found by bisection
// over the scores themselves.
double Tally::equal_error_rate() const {
  MQ_CHECK(!genuine_.empty() && impostor_pairs() > 0);
  std::vector<float> thresholds;
  thresholds.reserve(genuine_.size() + impostors_.size());
  for (const Comparison& one : genuine_) thresholds.push_back(one.score);
  for (const Comparison& one : impostors_) thresholds.push_back(one.score);
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) thresholds.push_back(floor_of(bin));
  std::sort(thresholds.begin(), thresholds.end());
  const auto shares = [&](float t) {
    return std::pair{static_cast<double>(refused(t)) / static_cast<double>(genuine_.size()),
                     static_cast<double>(passed(t)) / static_cast<double>(impostor_pairs())};
  };
  const auto crossed = std::partition_point(thresholds.begin(), thresholds.end(), [&](float t) {
    const auto [refusals, matches] = shares(t);
    return refusals < matches;
  });
  const auto middle_and_gap = [&](float t) {
    const auto [refusals, matches] = shares(t);
    return std::pair{(refusals + matches) / 2, std::abs(refusals - matches)};
  };
  if (crossed == thresholds.end()) return middle_and_gap(thresholds.back()).first;
  const auto at = middle_and_gap(*crossed);
  if (crossed == thresholds.begin()) return at.first;
  const auto before = middle_and_gap(*std::prev(crossed));
  return before.second < at.second ? before.first : at.first;
}

}  // namespace mq::vision
