#include <algorithm>
#include <cmath>
#include <random>

#include "base/check.h"
#include "vision/match/evaluate.h"

namespace mq::vision {
namespace {

constexpr double kTail = 0.025;

Interval middle_95(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::lround(place))];
  };
  return {at(kTail), at(1 - kTail)};
}

// One draw of people and what the tally looks like with them.
class Draw {
 public:
  Draw(const Tally& tally, const Crowd& crowd)
      : tally_(tally),
        crowd_(crowd),
        weight_(crowd.photos_of.size()),
        genuine_until_(tally.genuine().size() + 1),
        impostors_until_(tally.impostors().size() + 1) {
    std::vector<bool> compared(crowd.photos_of.size());
    for (std::size_t p = 0; p < compared.size(); ++p) compared[p] = crowd.photos_of[p] > 0;
    for (const Comparison& one : tally.genuine()) compared[crowd.person_of[one.a]] = true;
    for (std::size_t p = 0; p < compared.size(); ++p) {
      if (compared[p]) people_.push_back(p);
    }
  }

  void next(std::mt19937_64& random) {
    std::fill(weight_.begin(), weight_.end(), 0.0);
    std::uniform_int_distribution<std::size_t> anyone(0, people_.size() - 1);
    for (std::size_t i = 0; i < people_.size(); ++i) weight_[people_[anyone(random)]] += 1;
    double sum = 0, squares = 0;
    for (std::size_t p = 0; p < weight_.size(); ++p) {
      const double photos = weight_[p] * crowd_.photos_of[p];
      sum += photos;
      squares += photos * photos;
    }
    impostor_pairs_ = (sum * sum - squares) / 2;
    const auto& genuine = tally_.genuine();
    for (std::size_t i = 0; i < genuine.size(); ++i) {
      genuine_until_[i + 1] = genuine_until_[i] + weight_[crowd_.person_of[genuine[i].a]];
    }
    const auto& impostors = tally_.impostors();
    for (std::size_t i = 0; i < impostors.size(); ++i) {
      impostors_until_[i + 1] = impostors_until_[i] + weight_[crowd_.person_of[impostors[i].a]] *
                                                          weight_[crowd_.person_of[impostors[i].b]];
    }
  }

  bool usable() const { return impostor_pairs_ > 0 && genuine_until_.back() > 0; }
  // Of the `passed` highest impostors and the `refused` lowest genuine pairs.
  double fmr(std::uint64_t passed) const { return impostors_until_[passed] / impostor_pairs_; }
  double fnmr(std::uint64_t refused) const {
    return genuine_until_[refused] / genuine_until_.back();
  }

  double fnmr_at(double rate) const {
    const auto first =
        std::upper_bound(impostors_until_.begin(), impostors_until_.end(), rate * impostor_pairs_) -
        impostors_until_.begin();
    // Entry `first` of the sums is the first that is too many, made so by impostor first-1.
    const auto& impostors = tally_.impostors();
    const std::size_t refused_one = std::min<std::size_t>(first - 1, impostors.size() - 1);
    return fnmr(tally_.refused(std::nextafter(impostors[refused_one].score, 2.0F)));
  }

 private:
  const Tally& tally_;
  const Crowd& crowd_;
  std::vector<std::size_t> people_;    // who can be drawn: whoever was compared
  std::vector<double> weight_;         // how often each person was drawn
  std::vector<double> genuine_until_;  // summed weights, first entry 0
  std::vector<double> impostors_until_;
  double impostor_pairs_ = 0;
};

}  // namespace

BootstrapLimits people_bootstrap(const Tally& tally, const Crowd& crowd,
                                 std::span<const float> thresholds, std::span<const double> rates,
                                 int draws, std::uint64_t seed) {
  MQ_CHECK(!tally.genuine().empty() && !tally.impostors().empty());
  std::vector<std::vector<double>> fmr(thresholds.size()), fnmr(thresholds.size()),
      at(rates.size());
  std::mt19937_64 random(seed);
  Draw draw(tally, crowd);
  for (int i = 0; i < draws; ++i) {
    draw.next(random);
    if (!draw.usable()) continue;
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      const auto passed = tally.passed(thresholds[t]);
      if (passed <= tally.impostors().size()) fmr[t].push_back(draw.fmr(passed));
      fnmr[t].push_back(draw.fnmr(tally.refused(thresholds[t])));
    }
    for (std::size_t r = 0; r < rates.size(); ++r) at[r].push_back(draw.fnmr_at(rates[r]));
  }
  const auto limits = [](std::vector<std::vector<double>>& drawn) {
    std::vector<Interval> out;
    for (auto& values : drawn) out.push_back(values.empty() ? Interval{} : middle_95(values));
    return out;
  };
  return {limits(fmr), limits(fnmr), limits(at)};
}

}  // namespace mq::vision
