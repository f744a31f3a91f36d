#include "vision/liveness/challenge.h"

#include <gtest/gtest.h>

#include <map>

#include "base/limits.h"

namespace mq::vision {
namespace {

Bytes nonce_of(int number) {
  Bytes out(16, 7);
  out[0] = static_cast<std::uint8_t>(number);
  out[1] = static_cast<std::uint8_t>(number >> 8);
  return out;
}

TEST(Challenge, EveryChallengeMovesTheHeadAndAPartOfTheFace) {
  EXPECT_EQ(all_challenges(2, 1500).size(), 12U);  // 3 · 2 pairs in both orders
  EXPECT_EQ(all_challenges(3, 1500).size(), 54U);  // 60 orders less the 6 of three head movements
  for (const Challenge& challenge : all_challenges(3, 1500)) EXPECT_TRUE(is_sound(challenge));
}

TEST(Challenge, UnsoundChallengesAreKnown) {
  EXPECT_FALSE(is_sound({}));
  EXPECT_FALSE(is_sound({{{Action::turn_left}, {Action::nod}}}));
  EXPECT_FALSE(is_sound({{{Action::open_mouth}, {Action::close_eyes, 1500}}}));
  EXPECT_FALSE(is_sound({{{Action::nod}, {Action::open_mouth}, {Action::nod}}}));
  EXPECT_FALSE(is_sound({{{Action::nod}, {Action::close_eyes, 0}}}));
  EXPECT_FALSE(is_sound({{{Action::nod}, {Action::close_eyes, limits::kToneMaxMs + 1}}}));
  EXPECT_TRUE(is_sound({{{Action::nod}, {Action::close_eyes, limits::kToneMaxMs}}}));
}

TEST(Challenge, TheNonceDecidesAndAllOrdersComeUp) {
  const auto text = [](const Challenge& c) {
    std::string out;
    for (const Step& s : c.steps) out += std::to_string(static_cast<int>(s.action));
    return out;
  };
  EXPECT_EQ(text(draw_challenge(nonce_of(1), 3)), text(draw_challenge(nonce_of(1), 3)));
  std::map<std::string, int> seen;
  for (int i = 0; i < 2'000; ++i) {
    const Challenge drawn = draw_challenge(nonce_of(i), 3);
    ASSERT_TRUE(is_sound(drawn));
    ++seen[text(drawn)];
  }
  EXPECT_EQ(seen.size(), 54U);
  for (const auto& [order, count] : seen) EXPECT_LT(count, 2'000 / 54 * 3) << order;
}

TEST(Challenge, TheToneIsNotAlwaysAtTheSameTime) {
  std::map<int, int> holds;
  for (int i = 0; i < 200; ++i) {
    for (const Step& s : draw_challenge(nonce_of(i), 3).steps) {
      if (s.action == Action::close_eyes) ++holds[s.hold_ms];
    }
  }
  EXPECT_GT(holds.size(), 50U);
}

}  // namespace
}  // namespace mq::vision
