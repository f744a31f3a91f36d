// Frames against the person's own neutral face: what is being done in each.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "vision/liveness/judge.h"

namespace mq::vision {

// One frame relative to the neutral ones. Lengths as in Relief.
struct Observation {
  std::int64_t time_ms = 0;
  std::size_t frame = 0;      // its place in the sequence
  bool usable = false;        // one face, aligned with the neutral one
  double match = 0;
  double turn = 0;            // positive to the person's own left, the picture's right
  double rise = 0;            // of the nose, positive downwards
  double mouth = 0;           // opening beyond the neutral one
  double eyes = 0;            // the smaller change of the two eyes' pixels
  double proportion = 1;      // the smaller of narrow and low
  bool narrow = false;        // the proportion is that of the width
  bool turned = false;        // hysteresis applied
  bool nodding = false;
  bool mouth_open = false;
  bool eyes_shut = false;
  double similarity = 1;
};

struct Neutral {
  std::size_t frame = 0;  // the reference
  Embedding embedding{};
  double mouth_open = 0;
  double right_eye_open = 0;
  double left_eye_open = 0;
};

using Reasons = std::vector<LivenessReason>;
using Seen = std::vector<Observation>;
using Reliefs = std::function<std::vector<Relief>(const Neutral&)>;

// Unless it is there already.
void add(Reasons& reasons, LivenessReason reason);

// The person at rest in the frames before `until_ms`; nothing when there are too few such frames.
std::optional<Neutral> neutral_of(const std::vector<FrameFacts>& frames, std::int64_t until_ms,
                                  const LivenessSettings& settings);

// One for each frame with a face, in order. `reliefs` has one for each frame.
Seen observe(const std::vector<FrameFacts>& frames, const std::vector<Relief>& reliefs,
             const Neutral& neutral, const LivenessSettings& settings);

// False when the times do not rise.
bool judge_timing(const std::vector<FrameFacts>& frames, const Prompts& prompts,
                  const LivenessSettings& settings, LivenessMetrics& metrics, Reasons& reasons);
void judge_presence(const std::vector<FrameFacts>& frames, const LivenessSettings& settings,
                    Reasons& reasons);
void judge_identity(const std::vector<FrameFacts>& frames, const Seen& seen,
                    const LivenessSettings& settings, LivenessMetrics& metrics, Reasons& reasons);
void judge_flatness(const Seen& seen, const LivenessSettings& settings, Reasons& reasons);
std::vector<StepResult> judge_steps(const Challenge& challenge, const Prompts& prompts, const Seen& seen,
                                    const LivenessSettings& settings, Reasons& reasons);

// judge_sequence() with the comparison of the frames supplied.
LivenessJudgement judge_observed(const Challenge& challenge, const Prompts& prompts,
                                 const std::vector<FrameFacts>& frames, const Reliefs& reliefs,
                                 const LivenessSettings& settings);

}  // namespace mq::vision
