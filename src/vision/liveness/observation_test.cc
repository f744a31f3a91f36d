// What counts as an action in a frame, on hand-made comparisons.
#include "vision/liveness/observation.h"

#include <gtest/gtest.h>

namespace mq::vision {
namespace {

// A face at rest, always the same person, with open eyes and a shut mouth.
class Frames {
 public:
  explicit Frames(std::size_t count) : facts_(count), reliefs_(count) {
    neutral_.embedding[0] = 1;
    neutral_.right_eye_open = neutral_.left_eye_open = 1;
    for (std::size_t i = 0; i < count; ++i) {
      facts_[i].time_ms = static_cast<std::int64_t>(100 * i);
      facts_[i].face_count = 1;
      facts_[i].right_eye_open = facts_[i].left_eye_open = 1;
      facts_[i].embedding[0] = 1;
      Relief& r = reliefs_[i];
      r.match = r.right_eye = r.left_eye = r.mouth = r.rest = 0.95;
    }
  }
  FrameFacts& facts(std::size_t i) { return facts_[i]; }
  Relief& relief(std::size_t i) { return reliefs_[i]; }
  Seen observed() const { return observe(facts_, reliefs_, neutral_, {}); }
  void turn(std::size_t i, double by) { reliefs_[i].nose_x = reliefs_[i].marks_x = by; }

 private:
  std::vector<FrameFacts> facts_;
  std::vector<Relief> reliefs_;
  Neutral neutral_;
};

TEST(Observation, AtRestNothingIsDone) {
  for (const Observation& o : Frames(3).observed()) {
    EXPECT_TRUE(o.usable);
    EXPECT_FALSE(o.turned || o.nodding || o.mouth_open || o.eyes_shut);
  }
}

TEST(Observation, ATurnHoldsUntilItIsNearlyBack) {
  Frames frames(4);
  frames.turn(0, 0.035);
  frames.turn(1, 0.06);
  frames.turn(2, 0.035);
  frames.turn(3, 0.02);
  const Seen seen = frames.observed();
  EXPECT_FALSE(seen[0].turned);
  EXPECT_TRUE(seen[1].turned);
  EXPECT_TRUE(seen[2].turned);
  EXPECT_FALSE(seen[3].turned);
}

TEST(Observation, ATurnNeedsTheLandmarkThePersonAndTheShape) {
  Frames frames(5);
  for (std::size_t i = 0; i < 5; ++i) frames.turn(i, 0.1);
  frames.relief(1).marks_x = -0.1;     // the landmark went the other way
  frames.facts(2).embedding[0] = 0.3F;  // not to be recognised
  frames.relief(3).narrow = 0.6;        // pressed flat
  frames.relief(4).match = 0.7;         // not aligned
  const Seen seen = frames.observed();
  EXPECT_TRUE(seen[0].turned);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_FALSE(seen[i].turned) << i;
}

TEST(Observation, ANodIsSeenWithAShutMouthOnly) {
  Frames frames(2);
  frames.relief(0).nose_y = frames.relief(1).nose_y = 0.09;
  frames.facts(1).mouth_open = 0.5F;
  const Seen seen = frames.observed();
  EXPECT_TRUE(seen[0].nodding);
  EXPECT_FALSE(seen[1].nodding);
}

TEST(Observation, AMouthMustChangeItsPixelsToo) {
  Frames frames(3);
  for (std::size_t i = 0; i < 3; ++i) frames.facts(i).mouth_open = 0.5F;
  frames.relief(1).mouth = frames.relief(2).mouth = 0.4;
  frames.relief(2).low = 0.75;  // tilted
  const Seen seen = frames.observed();
  EXPECT_FALSE(seen[0].mouth_open);
  EXPECT_TRUE(seen[1].mouth_open);
  EXPECT_FALSE(seen[2].mouth_open);
}

TEST(Observation, EyesMustChangeTheirPixelsToo) {
  Frames frames(4);
  for (std::size_t i = 0; i < 3; ++i) frames.facts(i).right_eye_open = frames.facts(i).left_eye_open = 0.1F;
  for (std::size_t i = 1; i < 4; ++i) frames.relief(i).right_eye = frames.relief(i).left_eye = 0.7;
  frames.relief(2).left_eye = 0.95;  // one eye only
  const Seen seen = frames.observed();
  EXPECT_FALSE(seen[0].eyes_shut);  // the network alone
  EXPECT_TRUE(seen[1].eyes_shut);
  EXPECT_FALSE(seen[2].eyes_shut);
  EXPECT_FALSE(seen[3].eyes_shut);  // the pixels alone
}

}  // namespace
}  // namespace mq::vision
