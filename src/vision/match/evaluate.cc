#include "vision/match/evaluate.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace mq::vision {
namespace {

// In the middle of the widest range of thresholds with the fewest pairs on the wrong side.
float best_threshold(std::vector<ScoredPair> pairs) {
  std::sort(pairs.begin(), pairs.end(),
            [](const ScoredPair& x, const ScoredPair& y) { return x.score < y.score; });
  auto wrong = static_cast<std::int64_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& p) { return !p.same; }));
  std::int64_t least = wrong;
  float best = pairs.front().score, widest = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    // Above pairs[i]: it is refused from here on.
    wrong += pairs[i].same ? 1 : -1;
    const float next = i + 1 < pairs.size() ? pairs[i + 1].score : 1.0F;
    const float gap = next - pairs[i].score;
    if (gap <= 0 && i + 1 < pairs.size()) continue;  // a tie is refused or passed as a whole
    if (wrong < least || (wrong == least && gap > widest)) {
      least = wrong;
      widest = gap;
      best = pairs[i].score + gap / 2;
    }
  }
  return best;
}

}  // namespace

Share share(std::uint64_t count, std::uint64_t of) {
  return {count, of, wilson(count, of), clopper_pearson(count, of), {}};
}

OperatingPoint operating_point(const Tally& tally, double asked_fmr, float threshold) {
  return {asked_fmr, threshold, share(tally.passed(threshold), tally.impostor_pairs()),
          share(tally.refused(threshold), tally.genuine().size())};
}

std::uint64_t wrong_at(std::span<const ScoredPair> pairs, float threshold) {
  return static_cast<std::uint64_t>(
      std::count_if(pairs.begin(), pairs.end(),
                    [&](const ScoredPair& p) { return (p.score >= threshold) != p.same; }));
}

std::optional<TwoFold> two_fold_accuracy(std::span<const ScoredPair> pairs) {
  std::array<std::uint64_t, 2> total{};  // by class
  for (const ScoredPair& p : pairs) ++total[p.same ? 1 : 0];
  if (total[0] < 2 || total[1] < 2) return {};
  std::array<std::vector<ScoredPair>, 2> halves;
  std::array<std::uint64_t, 2> seen{};
  for (const ScoredPair& p : pairs) {
    const std::size_t kind = p.same ? 1 : 0;
    halves[seen[kind]++ < (total[kind] + 1) / 2 ? 0 : 1].push_back(p);
  }
  TwoFold out;
  std::uint64_t right = 0;
  for (const std::size_t half : {0U, 1U}) {
    out.threshold[half] = best_threshold(halves[half]);
    const auto& judged = halves[1 - half];
    const std::uint64_t good = judged.size() - wrong_at(judged, out.threshold[half]);
    out.accuracy += static_cast<double>(good) / static_cast<double>(judged.size()) / 2;
    right += good;
  }
  out.right = share(right, pairs.size());
  return out;
}

}  // namespace mq::vision
