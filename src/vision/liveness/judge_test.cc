// Whole sequences: synthesised frames through the engine, and what is wrong with them made wrong.
#include "vision/liveness/judge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vision/liveness/observation.h"
#include "vision/liveness/synthesis.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::cut_face;
using testing::demo_photo;
using testing::engine;
using testing::pixels;

using Facts = std::vector<FrameFacts>;
const Challenge kTurnThenMouth = {{{Action::turn_left}, {Action::open_mouth}}};

struct Recording {
  Facts frames;
  Prompts prompts;
};

Recording record(Synthesis kind, const Challenge& challenge) {
  const Bytes photo = testing::encoded(
      cut_face(pixels(demo_photo(3)), engine().analyze(demo_photo(3)).value().faces.front(), 1.0F), ".png");
  const Face face = engine().analyze(photo).value().faces.front();
  const Synthesiser synthesiser = Synthesiser::make(photo, face, 5).value();
  std::vector<Segment> segments = {synthesiser.neutral(kind)};
  std::vector<std::size_t> lengths;
  for (const Step& step : challenge.steps) {
    segments.push_back(synthesiser.respond(kind, step.action));
    lengths.push_back(segments.back().size());
  }
  const Schedule schedule = schedule_of(challenge, segments.front().size(), lengths);
  Recording out;
  out.prompts = {schedule.prompt_ms, schedule.tone_ms};
  for (const Segment& segment : segments) {
    for (const Bytes& frame : segment) {
      out.frames.push_back(observe_frame(engine(), frame, schedule.frame_ms[out.frames.size()]).value());
    }
  }
  return out;
}

// The one sequence that passes; the tests spoil copies of it.
const Recording& animated() {
  static const Recording out = record(Synthesis::animated, kTurnThenMouth);
  return out;
}

bool has(const LivenessJudgement& j, LivenessReason reason) {
  return std::find(j.reasons.begin(), j.reasons.end(), reason) != j.reasons.end();
}

LivenessJudgement judged(const Facts& frames) {
  return judge_sequence(kTurnThenMouth, animated().prompts, frames);
}

TEST(Judge, AnAnimatedHeadSatisfiesTheStateMachine) {
  const LivenessJudgement j = judged(animated().frames);
  EXPECT_TRUE(j.passed);
  EXPECT_TRUE(j.reasons.empty());
  ASSERT_EQ(j.steps.size(), 2U);
  for (const StepResult& step : j.steps) {
    EXPECT_TRUE(step.done);
    EXPECT_GT(step.began_ms, 300);
    EXPECT_LT(step.began_ms, 1'500);
  }
  EXPECT_GT(j.steps[0].peak, 0.045);
  ASSERT_TRUE(j.best_frame);
  EXPECT_GT(j.metrics.least_similarity, 0.4);
  EXPECT_NEAR(j.metrics.frames_per_second, 10, 0.01);
  // The best frame is at rest: neither turned nor with an open mouth.
  const FrameFacts& best = animated().frames[*j.best_frame];
  EXPECT_LT(std::abs(best.mouth_open - animated().frames.front().mouth_open), 0.15F);
}

TEST(Judge, TheSameMovementsForAnotherChallengeFail) {
  const Challenge other = {{{Action::open_mouth}, {Action::turn_left}}};
  const auto swapped = judge_sequence(other, animated().prompts, animated().frames);
  EXPECT_FALSE(swapped.passed);
  EXPECT_TRUE(has(swapped, LivenessReason::wrong_action_order));
}

TEST(Judge, APhotoTiltedBentAndWavedFails) {
  const Recording r = record(Synthesis::waved, kTurnThenMouth);
  const LivenessJudgement j = judge_sequence(kTurnThenMouth, r.prompts, r.frames);
  EXPECT_FALSE(j.passed);
  for (const StepResult& step : j.steps) EXPECT_FALSE(step.done);
}

TEST(Judge, NoFramesAreNotAPerson) {
  const LivenessJudgement j = judged({});
  EXPECT_FALSE(j.passed);
  EXPECT_TRUE(has(j, LivenessReason::frames_too_few));
  EXPECT_TRUE(has(j, LivenessReason::no_face));
  EXPECT_TRUE(has(j, LivenessReason::no_neutral_face));
  EXPECT_EQ(j.steps.size(), 2U);
}

TEST(Judge, AnotherPersonInTheMiddleFails) {
  Facts frames = animated().frames;
  for (std::size_t i = 40; i < frames.size(); ++i) {
    for (float& v : frames[i].embedding) v = -v;
  }
  const LivenessJudgement j = judged(frames);
  EXPECT_EQ(j.reasons, (std::vector{LivenessReason::face_changed, LivenessReason::action_missing}));
  EXPECT_FALSE(j.steps[1].done);  // what somebody else does does not count
  EXPECT_LT(j.metrics.least_similarity, 0);
}

TEST(Judge, ShutEyesAreNotNeutral) {
  Facts frames = animated().frames;
  for (std::size_t i = 0; i < 9; ++i) frames[i].right_eye_open = frames[i].left_eye_open = 0;
  EXPECT_FALSE(neutral_of(frames, animated().prompts.shown_ms.front(), {}));
}

// The faults that show without looking at the face.
Reasons faults(const Facts& frames) {
  Reasons out;
  LivenessMetrics metrics;
  judge_timing(frames, animated().prompts, {}, metrics, out);
  judge_presence(frames, {}, out);
  return out;
}

TEST(Judge, TimingFaultsAreNamed) {
  Facts frames = animated().frames;
  EXPECT_EQ(faults(frames), Reasons{});
  std::swap(frames[20].time_ms, frames[21].time_ms);
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::implausible_timing});

  frames = animated().frames;
  frames.erase(frames.begin() + 30, frames.begin() + 40);
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::frames_missing});

  frames = animated().frames;
  frames.resize(36);  // stops before the second answer
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::frames_missing});

  frames = animated().frames;
  for (std::size_t i = 3; i < frames.size(); i += 3) frames[i].fingerprint = frames[i - 1].fingerprint;
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::frames_repeated});

  Facts sparse;
  for (std::size_t i = 0; i < animated().frames.size(); i += 3) sparse.push_back(animated().frames[i]);
  EXPECT_EQ(faults(sparse), Reasons{LivenessReason::frames_too_few});

  frames = animated().frames;
  for (FrameFacts& f : frames) f.time_ms *= 12;
  const Reasons slow = faults(frames);
  EXPECT_NE(std::find(slow.begin(), slow.end(), LivenessReason::too_long), slow.end());
}

TEST(Judge, WhoIsThereMatters) {
  Facts frames = animated().frames;
  for (FrameFacts& f : frames) f.face_count = 0;
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::no_face});

  frames = animated().frames;
  for (std::size_t i = 40; i < 50; ++i) frames[i].face_count = 0;
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::face_left_frame});

  frames = animated().frames;
  for (FrameFacts& f : frames) f.width = static_cast<int>(f.landmarks[30].x);
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::face_left_frame});

  frames = animated().frames;
  frames[15].second_width = 0.8F;
  EXPECT_EQ(faults(frames), Reasons{});  // once may be a false alarm
  frames[16].second_width = 0.8F;
  EXPECT_EQ(faults(frames), Reasons{LivenessReason::several_faces});
}

TEST(Synthesis, IsTheSameForTheSameSeedOnly) {
  const Bytes photo = demo_photo(3);
  const Face face = engine().analyze(photo).value().faces.front();
  const auto answer = [&](std::uint64_t seed) {
    return Synthesiser::make(photo, face, seed).value().respond(Synthesis::waved, Action::nod)[12];
  };
  EXPECT_EQ(answer(1), answer(1));
  EXPECT_NE(answer(1), answer(2));
}

}  // namespace
}  // namespace mq::vision
