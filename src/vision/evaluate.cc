// Verification errors of labelled comparisons. Pure.
#include <algorithm>
#include <cmath>

#include "vision/vision.h"

namespace mq::vision {
namespace {

// Both ascending and not empty.
struct Scores {
  std::vector<float> genuine;
  std::vector<float> impostor;
};

double share_below(const std::vector<float>& sorted, float score) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), score);
  return static_cast<double>(at - sorted.begin()) / static_cast<double>(sorted.size());
}

double auc(const Scores& s) {
  double wins = 0;
  for (const float score : s.genuine) {
    const auto [low, high] = std::equal_range(s.impostor.begin(), s.impostor.end(), score);
    wins += static_cast<double>(low - s.impostor.begin()) + static_cast<double>(high - low) / 2;
  }
  return wins / static_cast<double>(s.genuine.size()) / static_cast<double>(s.impostor.size());
}

// Refusals grow and acceptances fall with the threshold, so their crossing is found by bisection over
// the scores themselves.
double eer(const Scores& s) {
  std::vector<float> thresholds = s.genuine;
  thresholds.insert(thresholds.end(), s.impostor.begin(), s.impostor.end());
  std::sort(thresholds.begin(), thresholds.end());
  const auto fnmr = [&](float t) { return share_below(s.genuine, t); };
  const auto fmr = [&](float t) { return 1 - share_below(s.impostor, t); };
  const auto crossed = std::partition_point(thresholds.begin(), thresholds.end(),
                                            [&](float t) { return fnmr(t) < fmr(t); });
  const auto middle_at = [&](float t) { return (fnmr(t) + fmr(t)) / 2; };
  const auto gap_at = [&](float t) { return std::abs(fnmr(t) - fmr(t)); };
  if (crossed == thresholds.end()) return middle_at(thresholds.back());
  if (crossed == thresholds.begin()) return middle_at(*crossed);
  const float before = *std::prev(crossed);
  return gap_at(before) < gap_at(*crossed) ? middle_at(before) : middle_at(*crossed);
}

double fnmr_at(const Scores& s, double rate) {
  const auto passing = static_cast<std::size_t>(rate * static_cast<double>(s.impostor.size()));
  const float first_refused = s.impostor[s.impostor.size() - 1 - passing];
  const auto at = std::upper_bound(s.genuine.begin(), s.genuine.end(), first_refused);
  return static_cast<double>(at - s.genuine.begin()) / static_cast<double>(s.genuine.size());
}

}  // namespace

VerificationErrors verification_errors(const std::vector<ScoredPair>& pairs) {
  Scores scores;
  for (const ScoredPair& p : pairs) (p.same ? scores.genuine : scores.impostor).push_back(p.score);
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  VerificationErrors out;
  out.genuine_pairs = scores.genuine.size();
  out.impostor_pairs = scores.impostor.size();
  if (scores.genuine.empty() || scores.impostor.empty()) return out;
  out.auc = auc(scores);
  out.eer = eer(scores);
  out.fnmr_at_1e2 = fnmr_at(scores, 1e-2);
  out.fnmr_at_1e3 = fnmr_at(scores, 1e-3);
  out.fnmr_at_1e4 = fnmr_at(scores, 1e-4);
  return out;
}

std::size_t wrong_at(const std::vector<ScoredPair>& pairs, float threshold) {
  return static_cast<std::size_t>(std::count_if(pairs.begin(), pairs.end(), [&](const ScoredPair& p) {
    return (p.score >= threshold) != p.same;
  }));
}

}  // namespace mq::vision
