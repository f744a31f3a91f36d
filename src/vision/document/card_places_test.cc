#include "vision/document/card_places.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mq::vision {
namespace {

// A line of text `characters` wide whose left end has its middle at `at`, along `u`, with `v`
// across; pixels.
TextLine line(const std::string& text, int characters, Point at, Point u, Point v) {
  const auto width = static_cast<float>(36 * characters);
  const auto corner = [&](float along, float across) {
    return Point{at.x + along * u.x + across * v.x, at.y + along * u.y + across * v.y};
  };
  TextLine out;
  out.corners = {corner(0, -20), corner(width, -20), corner(width, 20), corner(0, 20)};
  out.text = text;
  out.confidence = 0.99F;
  for (std::size_t i = 0; i < text.size(); i += 3)
    out.glyphs.push_back({text.substr(i, 3), 0.99F, 0.5F});
  return out;
}

struct Seen {
  Point origin{120, 80}, u{0.8F, 0.1F}, v{-0.15F, 0.75F};  // a turned and sheared card
  Point at(float x, float y) const {
    return {origin.x + x * u.x + y * v.x, origin.y + x * u.y + y * v.y};
  }
  std::vector<TextLine> labels() const {
    return {line("姓名", 2, at(68, 98), u, v), line("性别", 2, at(68, 181), u, v),
            line("出生", 2, at(68, 262), u, v), line("住址", 2, at(68, 344), u, v)};
  }
  Quad number() const { return {at(334, 538), at(948, 538), at(948, 578), at(334, 578)}; }
  float direction() const { return std::atan2(u.y, u.x) * 57.29578F; }
};

void expect_near(const Quad& quad, const Seen& seen, float pixels) {
  const Point corners[] = {seen.at(0, 0), seen.at(kCardWidth, 0), seen.at(kCardWidth, kCardHeight),
                           seen.at(0, kCardHeight)};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(quad[i].x, corners[i].x, pixels) << i;
    EXPECT_NEAR(quad[i].y, corners[i].y, pixels) << i;
  }
}

TEST(CardPlaces, LabelsAndNumberFixACardThatLeans) {
  const Seen seen;
  const auto text = seen.labels();
  const Quad number = seen.number();
  const auto quad = quad_of(front_anchors(card_lines(text, seen.direction()), &number));
  ASSERT_TRUE(quad);
  expect_near(*quad, seen, 2);
}

TEST(CardPlaces, ALabelOfSomethingElseIsLeftOut) {
  const Seen seen;
  auto text = seen.labels();
  text[3] = line("住址", 2, {900, 20}, seen.u, seen.v);
  const Quad number = seen.number();
  const auto quad = quad_of(front_anchors(card_lines(text, seen.direction()), &number));
  ASSERT_TRUE(quad);
  expect_near(*quad, seen, 3);
}

TEST(CardPlaces, TheNumberAloneGivesASimilarity) {
  Seen seen;
  seen.v = {-seen.u.y, seen.u.x};
  const Quad number = seen.number();
  const auto quad = quad_of(front_anchors({}, &number));
  ASSERT_TRUE(quad);
  expect_near(*quad, seen, 2);
  EXPECT_NEAR(width_of(*quad), kCardWidth * std::hypot(seen.u.x, seen.u.y), 2);
}

TEST(CardPlaces, OneTextIsNotEnoughAndATinyCardIsNone) {
  EXPECT_FALSE(quad_of({}));
  EXPECT_FALSE(quad_of({{{68, 98}, {10, 10}}}));
  EXPECT_FALSE(quad_of({{{334, 558}, {10, 10}}, {{948, 558}, {10, 10}}}));
}

TEST(CardPlaces, ConvexIsClockwiseAndWide) {
  EXPECT_TRUE(convex({Point{0, 0}, Point{100, 0}, Point{100, 60}, Point{0, 60}}));
  EXPECT_FALSE(convex({Point{100, 0}, Point{0, 0}, Point{0, 60}, Point{100, 60}}));  // mirrored
  EXPECT_FALSE(convex({Point{0, 0}, Point{100, 60}, Point{100, 0}, Point{0, 60}}));
  EXPECT_FALSE(convex({Point{0, 0}, Point{NAN, 0}, Point{100, 60}, Point{0, 60}}));
}

}  // namespace
}  // namespace mq::vision
