#include "vision/face/passive.h"

#include <gtest/gtest.h>

namespace mq::vision {
namespace {

TEST(Passive, RarityRisesWithTheScore) {
  float before = -1;
  for (int i = 0; i <= 1000; ++i) {
    const Liveness one = passive_liveness(static_cast<float>(i) / 1000);
    EXPECT_GE(one.rarity, before);
    EXPECT_GE(one.rarity, 0);
    EXPECT_LE(one.rarity, 1);
    before = one.rarity;
  }
  EXPECT_FLOAT_EQ(passive_liveness(0).rarity, 0);
  EXPECT_FLOAT_EQ(passive_liveness(1).rarity, 1);
  EXPECT_NEAR(passive_liveness(0.05F).rarity, 0.073, 1e-5);
}

TEST(Passive, TheStatedShareIsSentBack) {
  const float threshold = passive_threshold();
  EXPECT_NEAR(passive_liveness(threshold).rarity, kPassiveRetryShare, 1e-5);
  EXPECT_FALSE(passive_liveness(threshold).passed);
  EXPECT_TRUE(passive_liveness(threshold + 1e-3F).passed);
  // Measured prints and replays scored at most .049.
  EXPECT_FALSE(passive_liveness(0.06F).passed);
}

TEST(Passive, AScoreOutsideOfItsRangeIsClamped) {
  EXPECT_FLOAT_EQ(passive_liveness(-3).score, 0);
  EXPECT_FLOAT_EQ(passive_liveness(7).rarity, 1);
}

}  // namespace
}  // namespace mq::vision
