#include "vision/document/card_outline.h"

#include <gtest/gtest.h>

#include "vision/document/card_test_support.h"

namespace mq::vision {
namespace {

using testing::drawn_card;
using testing::on_table;

Quad moved(const Quad& quad, float x, float y) {
  Quad out = quad;
  for (Point& p : out) p = {p.x + x, p.y + y};
  return out;
}

float farthest(const Quad& a, const Quad& b) {
  float out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = std::max(out, std::hypot(a[i].x - b[i].x, a[i].y - b[i].y));
  return out;
}

const Quad kLeaning{Point{240, 170}, Point{1170, 225}, Point{1130, 800}, Point{205, 770}};

TEST(CardOutline, EdgesAreFoundWhereTheTextWasAMillimetreOff) {
  const Outline found = find_outline(on_table(drawn_card(), kLeaning), moved(kLeaning, 14, -11));
  for (const bool seen : found.seen) EXPECT_TRUE(seen);
  EXPECT_LT(farthest(found.quad, kLeaning), 4);
  EXPECT_EQ(found.outside, 0);
}

TEST(CardOutline, ACardWithoutEdgesStaysWhereTheTextSays) {
  const Quad expected = moved(kLeaning, 9, 9);
  const Outline found =
      find_outline(cv::Mat(1000, 1400, CV_8UC3, cv::Scalar(200, 200, 200)), expected);
  for (const bool seen : found.seen) EXPECT_FALSE(seen);
  EXPECT_LT(farthest(found.quad, expected), 1);
}

TEST(CardOutline, TheEdgeOutsideOfThePictureFollowsFromTheOthers) {
  const Quad right{Point{570, 200}, Point{1520, 200}, Point{1520, 799}, Point{570, 799}};
  const Outline found = find_outline(on_table(drawn_card(), right), moved(right, -14, 8));
  EXPECT_FALSE(found.seen[kRightEdge]);
  EXPECT_TRUE(found.seen[kLeftEdge]);
  EXPECT_NEAR(found.outside, 120 * kCardWidth / 950.0, 12);
}

TEST(CardOutline, ACardThatFillsThePictureIsNotCut) {
  const cv::Mat card = drawn_card();
  const Quad expected{Point{-20, 15}, Point{1030, 10}, Point{1035, 650}, Point{-15, 660}};
  const Outline found = find_outline(card, expected);
  EXPECT_EQ(found.outside, 0);
  EXPECT_LT(farthest(found.quad, {Point{0, 0}, Point{1012, 0}, Point{1012, 638}, Point{0, 638}}),
            1);
}

TEST(CardOutline, TheCutOutIsTheCardAgain) {
  const cv::Mat card = drawn_card();
  // Upside down in the picture.
  const Quad turned{kLeaning[2], kLeaning[3], kLeaning[0], kLeaning[1]};
  const cv::Mat again = card_picture(on_table(card, turned), turned);
  ASSERT_EQ(again.size(), cv::Size(kCardWidth, kCardHeight));
  cv::Mat difference;
  cv::absdiff(card, again, difference);
  const cv::Scalar mean = cv::mean(difference(cv::Rect(10, 10, 990, 610)));
  EXPECT_LT(mean[0] + mean[1] + mean[2], 12);
}

}  // namespace
}  // namespace mq::vision
