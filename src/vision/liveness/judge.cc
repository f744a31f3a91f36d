#include "vision/liveness/judge.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "vision/liveness/observation.h"

namespace mq::vision {
namespace {

std::optional<std::size_t> best_frame(const std::vector<FrameFacts>& frames, const Seen& seen,
                                      const Neutral& neutral, const LivenessSettings& s) {
  std::optional<std::size_t> best;
  double most = -1;
  for (const Observation& o : seen) {
    const FrameFacts& f = frames[o.frame];
    const bool at_rest = o.usable && !o.turned && !o.nodding && !o.eyes_shut &&
                         std::abs(o.turn) < s.turn_off && std::abs(o.rise) < s.nod_off &&
                         o.mouth < s.mouth_off && o.similarity >= s.least_similarity;
    const bool open = f.right_eye_open >= neutral.right_eye_open - 0.3 &&
                      f.left_eye_open >= neutral.left_eye_open - 0.3;
    if (!at_rest || !open) continue;
    const double angle = std::hypot(f.pose.yaw, f.pose.pitch);
    const double worth = static_cast<double>(f.sharpness) / (1 + angle / 20);
    if (worth > most) {
      most = worth;
      best = o.frame;
    }
  }
  return best;
}

double median_passive(const std::vector<FrameFacts>& frames) {
  std::vector<double> scores;
  for (const FrameFacts& f : frames) {
    if (f.face_count > 0) scores.push_back(f.passive);
  }
  if (scores.empty()) return 0;
  const auto middle = scores.begin() + static_cast<std::ptrdiff_t>(scores.size() / 2);
  std::nth_element(scores.begin(), middle, scores.end());
  return *middle;
}

}  // namespace

void add(Reasons& reasons, LivenessReason reason) {
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
}

LivenessJudgement judge_observed(const Challenge& challenge, const Prompts& prompts,
                                 const std::vector<FrameFacts>& frames, const Reliefs& reliefs,
                                 const LivenessSettings& settings) {
  MQ_CHECK(is_sound(challenge));
  MQ_CHECK(prompts.shown_ms.size() == challenge.steps.size());
  MQ_CHECK(prompts.tone_ms.size() == challenge.steps.size());
  LivenessJudgement out;
  for (const Step& step : challenge.steps) out.steps.push_back({.action = step.action});
  const bool rising = judge_timing(frames, prompts, settings, out.metrics, out.reasons);
  judge_presence(frames, settings, out.reasons);
  out.metrics.median_passive = median_passive(frames);
  const auto neutral = neutral_of(frames, prompts.shown_ms.front(), settings);
  if (!neutral) add(out.reasons, LivenessReason::no_neutral_face);
  // Times that do not rise have no windows to look into.
  if (!neutral || !rising) return out;

  const Seen seen = observe(frames, reliefs(*neutral), *neutral, settings);
  judge_identity(frames, seen, settings, out.metrics, out.reasons);
  judge_flatness(seen, settings, out.reasons);
  out.steps = judge_steps(challenge, prompts, seen, settings, out.reasons);
  out.best_frame = best_frame(frames, seen, *neutral, settings);
  if (!out.best_frame) add(out.reasons, LivenessReason::no_neutral_face);
  out.passed = out.reasons.empty();
  return out;
}

LivenessJudgement judge_sequence(const Challenge& challenge, const Prompts& prompts,
                                 const std::vector<FrameFacts>& frames, const LivenessSettings& settings) {
  const auto reliefs = [&](const Neutral& neutral) {
    const FrameFacts& rest = frames[neutral.frame];
    const ReliefReference reference(rest.patch, rest.landmarks);
    std::vector<Relief> out;
    for (const FrameFacts& f : frames) {
      out.push_back(f.face_count == 0 ? Relief{} : reference.compare(f.patch, f.landmarks));
    }
    return out;
  };
  return judge_observed(challenge, prompts, frames, reliefs, settings);
}

}  // namespace mq::vision
