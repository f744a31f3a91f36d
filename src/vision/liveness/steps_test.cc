// The state machine on hand-made observations.
#include <gtest/gtest.h>

#include <algorithm>

#include "vision/liveness/observation.h"

namespace mq::vision {
namespace {

constexpr int kFrameMs = 100;

// A capture in which somebody does things; times in milliseconds.
class Capture {
 public:
  explicit Capture(std::int64_t until_ms) {
    for (std::int64_t t = 0; t < until_ms; t += kFrameMs) {
      seen_.push_back({.time_ms = t, .frame = seen_.size(), .usable = true, .match = 0.95});
    }
  }
  // From, including, until, excluding.
  Capture& does(Action action, std::int64_t from_ms, std::int64_t until_ms) {
    for (Observation& o : seen_) {
      if (o.time_ms < from_ms || o.time_ms >= until_ms) continue;
      switch (action) {
        case Action::turn_left: o.turned = true, o.turn = 0.1; break;
        case Action::turn_right: o.turned = true, o.turn = -0.1; break;
        case Action::nod: o.nodding = true, o.rise = 0.12; break;
        case Action::open_mouth: o.mouth_open = true, o.mouth = 0.5; break;
        case Action::close_eyes: o.eyes_shut = true, o.eyes = 0.3; break;
      }
    }
    return *this;
  }
  Seen& seen() { return seen_; }

 private:
  Seen seen_;
};

struct Result {
  std::vector<StepResult> steps;
  Reasons reasons;
  bool says(LivenessReason r) const { return std::find(reasons.begin(), reasons.end(), r) != reasons.end(); }
};

// Mouth at 1000, then left at 4000; over at 8000.
const Challenge kMouthThenLeft = {{{Action::open_mouth}, {Action::turn_left}}};
Result judge_mouth_then_left(Capture& capture) {
  Result out;
  out.steps = judge_steps(kMouthThenLeft, {{1'000, 4'000}, {0, 0}}, capture.seen(), {}, out.reasons);
  return out;
}

// Eyes at 1000 with the tone at 2500, then a nod at 5000; over at 9000.
Result judge_eyes_then_nod(Capture& capture) {
  const Challenge challenge = {{{Action::close_eyes, 1'500}, {Action::nod}}};
  Result out;
  out.steps = judge_steps(challenge, {{1'000, 5'000}, {2'500, 0}}, capture.seen(), {}, out.reasons);
  return out;
}

TEST(Steps, WhatWasAskedIsDone) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 4'700, 6'000);
  const Result r = judge_mouth_then_left(capture);
  EXPECT_TRUE(r.reasons.empty());
  ASSERT_EQ(r.steps.size(), 2U);
  EXPECT_TRUE(r.steps[0].done);
  EXPECT_EQ(r.steps[0].began_ms, 600);
  EXPECT_DOUBLE_EQ(r.steps[0].peak, 0.5);
  EXPECT_TRUE(r.steps[1].done);
  EXPECT_EQ(r.steps[1].began_ms, 700);
}

TEST(Steps, DoingNothingIsMissing) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'600, 2'400);
  const Result r = judge_mouth_then_left(capture);
  EXPECT_EQ(r.reasons, Reasons{LivenessReason::action_missing});
  EXPECT_TRUE(r.steps[0].done);
  EXPECT_FALSE(r.steps[1].done);
}

TEST(Steps, ASingleFrameIsNoise) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 4'700, 4'800);
  EXPECT_TRUE(judge_mouth_then_left(capture).says(LivenessReason::action_missing));
  // And one that says otherwise does not end an action.
  Capture gap(8'000);
  gap.does(Action::open_mouth, 1'600, 2'000).does(Action::open_mouth, 2'100, 2'500);
  gap.does(Action::turn_left, 4'700, 6'000);
  EXPECT_TRUE(judge_mouth_then_left(gap).reasons.empty());
}

TEST(Steps, AnotherActionIsTheWrongOne) {
  for (const Action wrong : {Action::turn_right, Action::open_mouth, Action::nod, Action::close_eyes}) {
    Capture capture(8'000);
    capture.does(Action::open_mouth, 1'600, 2'400).does(wrong, 4'700, 6'000);
    EXPECT_EQ(judge_mouth_then_left(capture).reasons, Reasons{LivenessReason::wrong_action_order});
  }
  Capture swapped(8'000);
  swapped.does(Action::turn_left, 1'600, 2'400).does(Action::open_mouth, 4'700, 6'000);
  EXPECT_TRUE(judge_mouth_then_left(swapped).says(LivenessReason::wrong_action_order));
  Capture both(8'000);
  both.does(Action::open_mouth, 1'600, 2'400);
  both.does(Action::turn_right, 4'500, 5'000).does(Action::turn_left, 5'500, 6'500);
  EXPECT_TRUE(judge_mouth_then_left(both).says(LivenessReason::wrong_action_order));
}

TEST(Steps, ABlinkIsNotAnAction) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 4'700, 6'000);
  capture.does(Action::close_eyes, 6'500, 6'800);
  EXPECT_TRUE(judge_mouth_then_left(capture).reasons.empty());
}

TEST(Steps, FasterThanAPersonIsTooEarly) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'000, 2'400).does(Action::turn_left, 4'700, 6'000);
  EXPECT_EQ(judge_mouth_then_left(capture).reasons, Reasons{LivenessReason::action_too_early});
}

TEST(Steps, SlowIsTooLate) {
  Capture capture(12'000);
  capture.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 8'300, 9'500);
  EXPECT_EQ(judge_mouth_then_left(capture).reasons, Reasons{LivenessReason::action_too_late});
}

TEST(Steps, NotComingBackIsNotEnded) {
  Capture held(8'000);
  held.does(Action::open_mouth, 1'600, 4'000).does(Action::turn_left, 4'700, 6'000);
  EXPECT_EQ(judge_mouth_then_left(held).reasons, Reasons{LivenessReason::action_not_ended});
  Capture last(8'000);
  last.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 4'700, 8'000);
  EXPECT_EQ(judge_mouth_then_left(last).reasons, Reasons{LivenessReason::action_not_ended});
}

TEST(Steps, EyesStayShutUntilTheTone) {
  Capture good(9'000);
  good.does(Action::close_eyes, 1'600, 2'800).does(Action::nod, 5'700, 6'400);
  const Result r = judge_eyes_then_nod(good);
  EXPECT_TRUE(r.reasons.empty());
  EXPECT_DOUBLE_EQ(r.steps[1].peak, 0.12);

  Capture never(9'000);
  never.does(Action::nod, 5'700, 6'400);
  EXPECT_EQ(judge_eyes_then_nod(never).reasons, Reasons{LivenessReason::eyes_not_closed});
  Capture after(9'000);
  after.does(Action::close_eyes, 2'600, 3'000).does(Action::nod, 5'700, 6'400);
  EXPECT_EQ(judge_eyes_then_nod(after).reasons, Reasons{LivenessReason::eyes_not_closed});
  Capture early(9'000);
  early.does(Action::close_eyes, 1'600, 2'100).does(Action::nod, 5'700, 6'400);
  EXPECT_EQ(judge_eyes_then_nod(early).reasons, Reasons{LivenessReason::eyes_opened_before_tone});
  Capture asleep(9'000);
  asleep.does(Action::close_eyes, 1'600, 5'000).does(Action::nod, 5'700, 6'400);
  EXPECT_EQ(judge_eyes_then_nod(asleep).reasons, Reasons{LivenessReason::action_not_ended});
}

TEST(Steps, ANodGoesThereAndBack) {
  Capture slow(9'000);
  slow.does(Action::close_eyes, 1'600, 2'800).does(Action::nod, 5'700, 8'500);
  EXPECT_EQ(judge_eyes_then_nod(slow).reasons, Reasons{LivenessReason::action_not_ended});
}

TEST(Steps, WhatCannotBeAlignedShowsNothing) {
  Capture capture(8'000);
  capture.does(Action::open_mouth, 1'600, 2'400).does(Action::turn_left, 4'700, 6'000);
  for (Observation& o : capture.seen()) o.usable = false;
  EXPECT_EQ(judge_mouth_then_left(capture).reasons, Reasons{LivenessReason::action_missing});
}

TEST(Flatness, ATiltedSheetIsNamed) {
  Capture capture(2'000);
  Reasons reasons;
  judge_flatness(capture.seen(), {}, reasons);
  EXPECT_TRUE(reasons.empty());
  for (std::size_t i = 5; i < 8; ++i) {
    capture.seen()[i].proportion = 0.6;
    capture.seen()[i].narrow = true;
    capture.seen()[i].turn = 0.01;
  }
  judge_flatness(capture.seen(), {}, reasons);
  EXPECT_EQ(reasons, Reasons{LivenessReason::flat_motion});

  // A head that far turned shows its nose.
  for (Observation& o : capture.seen()) o.turn = 0.2;
  reasons.clear();
  judge_flatness(capture.seen(), {}, reasons);
  EXPECT_TRUE(reasons.empty());
}

}  // namespace
}  // namespace mq::vision
