#include "vision/liveness/trial.h"

#include <algorithm>

#include "vision/liveness/observation.h"

namespace mq::vision {
namespace {

constexpr int kSteps = 3;
using Facts = std::vector<FrameFacts>;

Result<Facts> facts_of(const Engine& engine, const Segment& segment) {
  Facts out;
  for (const Bytes& frame : segment) {
    MQ_TRY(FrameFacts facts, observe_frame(engine, frame, 0));
    out.push_back(std::move(facts));
  }
  return out;
}

// The answers to all challenges are put together from one answer to each action, so that each frame
// is analysed and compared once.
struct Answers {
  Facts neutral;
  std::array<Facts, kActions> actions;
  std::array<std::vector<Relief>, kActions + 1> reliefs;  // the last of the neutral frames
};

Result<Answers> answer_all(const Engine& engine, const Synthesiser& synthesiser, Synthesis kind,
                           const LivenessSettings& settings) {
  Answers out;
  MQ_TRY(out.neutral, facts_of(engine, synthesiser.neutral(kind)));
  for (int a = 0; a < kActions; ++a) {
    MQ_TRY(out.actions[a], facts_of(engine, synthesiser.respond(kind, static_cast<Action>(a))));
  }
  const auto neutral = neutral_of(out.neutral, 1, settings);
  if (!neutral) return out;
  const FrameFacts& rest = out.neutral[neutral->frame];
  const ReliefReference reference(rest.patch, rest.landmarks);
  const auto compare = [&](const Facts& facts, std::vector<Relief>& reliefs) {
    for (const FrameFacts& f : facts) {
      reliefs.push_back(f.face_count == 0 ? Relief{} : reference.compare(f.patch, f.landmarks));
    }
  };
  compare(out.neutral, out.reliefs[kActions]);
  for (int a = 0; a < kActions; ++a) compare(out.actions[a], out.reliefs[a]);
  return out;
}

LivenessJudgement judge_answers(const Challenge& challenge, const Answers& answers,
                                const LivenessSettings& settings) {
  Facts frames = answers.neutral;
  std::vector<Relief> reliefs = answers.reliefs[kActions];
  std::vector<std::size_t> lengths;
  for (const Step& step : challenge.steps) {
    const auto a = static_cast<std::size_t>(step.action);
    frames.insert(frames.end(), answers.actions[a].begin(), answers.actions[a].end());
    reliefs.insert(reliefs.end(), answers.reliefs[a].begin(), answers.reliefs[a].end());
    lengths.push_back(answers.actions[a].size());
  }
  const Schedule schedule = schedule_of(challenge, answers.neutral.size(), lengths);
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i].time_ms = schedule.frame_ms[i];
  return judge_observed(
      challenge, {schedule.prompt_ms, schedule.tone_ms}, frames,
      [&](const Neutral&) { return reliefs; }, settings);
}

void add(const SynthesisTally& from, SynthesisTally& to) {
  to.tries += from.tries;
  to.passed += from.passed;
  to.photos_passed += from.photos_passed;
  for (const auto& [reason, count] : from.reasons) to.reasons[reason] += count;
  for (std::size_t a = 0; a < from.photos_done.size(); ++a)
    to.photos_done[a] += from.photos_done[a];
}

}  // namespace

SynthesisTrial& SynthesisTrial::operator+=(const SynthesisTrial& other) {
  photos += other.photos;
  challenges = std::max(challenges, other.challenges);
  for (std::size_t k = 0; k < kinds.size(); ++k) add(other.kinds[k], kinds[k]);
  return *this;
}

Status add_to_trial(const Engine& engine, ByteView photo, std::uint64_t seed,
                    const LivenessSettings& settings, SynthesisTrial& trial) {
  MQ_TRY(const Analysis analysis, engine.analyze(photo));
  if (analysis.faces.empty()) return VisionErrc::no_face;
  MQ_TRY(const Synthesiser synthesiser, Synthesiser::make(photo, analysis.faces.front(), seed));
  const auto challenges = all_challenges(kSteps, kSynthesisToneMs);
  for (int k = 0; k < kSyntheses; ++k) {
    MQ_TRY(const Answers answers,
           answer_all(engine, synthesiser, static_cast<Synthesis>(k), settings));
    SynthesisTally& tally = trial.kinds[static_cast<std::size_t>(k)];
    const std::size_t before = tally.passed;
    std::array<bool, kActions> done{};
    for (const Challenge& challenge : challenges) {
      const LivenessJudgement judgement = judge_answers(challenge, answers, settings);
      ++tally.tries;
      tally.passed += judgement.passed ? 1 : 0;
      for (const LivenessReason reason : judgement.reasons) ++tally.reasons[reason];
      for (const StepResult& step : judgement.steps) {
        if (step.done) done[static_cast<std::size_t>(step.action)] = true;
      }
    }
    for (std::size_t a = 0; a < done.size(); ++a) tally.photos_done[a] += done[a] ? 1 : 0;
    tally.photos_passed += tally.passed > before ? 1 : 0;
  }
  ++trial.photos;
  trial.challenges = challenges.size();
  return ok();
}

}  // namespace mq::vision
