#include "vision/document/page_shape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace mq::vision {
namespace {

constexpr int kWidth = 1200, kHeight = 1700;
using Warp = std::function<Point(Point)>;

// A table of five columns on an upright page, seen through `warp`.
std::vector<TextLine> table(const Warp& warp, int rows = 40) {
  constexpr float kBegins[] = {100, 300, 480, 760, 940};
  constexpr float kEnds[] = {220, 400, 700, 860, 1080};
  std::vector<TextLine> out;
  for (int row = 0; row < rows; ++row) {
    const float y = 150 + static_cast<float>(row) * 35;
    for (int column = 0; column < 5; ++column) {
      TextLine line;
      line.corners = {warp({kBegins[column], y}), warp({kEnds[column], y}),
                      warp({kEnds[column], y + 22}), warp({kBegins[column], y + 22})};
      out.push_back(line);
    }
  }
  return out;
}

struct Spread {
  float row = 0;     // of the heights of one row
  float column = 0;  // of the beginnings of one column
};

Spread spread_of(const std::vector<TextLine>& lines, const PageShape& shape) {
  Spread out;
  const auto begin = [&](std::size_t i) { return mapped(shape.to_page, lines[i].corners[0]); };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.row = std::max(out.row, std::abs(begin(i).y - begin(i - i % 5).y));
    out.column = std::max(out.column, std::abs(begin(i).x - begin(i % 5).x));
  }
  return out;
}

Warp turned(double degrees) {
  const double c = std::cos(degrees * CV_PI / 180), s = std::sin(degrees * CV_PI / 180);
  return [=](Point p) {
    const double x = p.x - kWidth / 2.0, y = p.y - kHeight / 2.0;
    return Point{static_cast<float>(x * c - y * s + kWidth / 2.0),
                 static_cast<float>(x * s + y * c + kHeight / 2.0)};
  };
}

TEST(PageShape, AnUprightPageStaysAsItIs) {
  const auto lines = table([](Point p) { return p; });
  const PageShape shape = page_shape(lines, 0, {kWidth, kHeight});
  EXPECT_EQ(shape.width, kWidth);
  EXPECT_EQ(shape.height, kHeight);
  for (const Point p : {Point{0, 0}, Point{1200, 0}, Point{1200, 1700}, Point{0, 1700}}) {
    EXPECT_NEAR(mapped(shape.to_page, p).x, p.x, 1);
    EXPECT_NEAR(mapped(shape.to_page, p).y, p.y, 1);
  }
}

TEST(PageShape, SmallTurnsAreTakenBack) {
  for (const double degrees : {-4.0, -1.0, 0.5, 3.0}) {
    const auto lines = table(turned(degrees));
    const Spread spread =
        spread_of(lines, page_shape(lines, static_cast<float>(degrees), {kWidth, kHeight}));
    EXPECT_LT(spread.row, 2) << degrees;
    EXPECT_LT(spread.column, 6) << degrees;
  }
}

TEST(PageShape, PerspectiveIsTakenBack) {
  // Corners moved by up to a tenth of the side, as when a hand holds the phone.
  const auto warp = [](Point p) {
    const double deep = 1 + 0.08 * p.x / kWidth - 0.12 * p.y / kHeight;
    return Point{static_cast<float>((p.x + 0.05 * p.y) / deep),
                 static_cast<float>((p.y - 0.04 * p.x) / deep)};
  };
  const auto lines = table(warp);
  const Spread spread = spread_of(lines, page_shape(lines, 0, {kWidth, kHeight}));
  EXPECT_LT(spread.row, 4);
  EXPECT_LT(spread.column, 10);
}

TEST(PageShape, PagesOnTheirSideAndOnTheirHead) {
  const std::pair<float, Warp> turns[] = {{90,
                                           [](Point p) {
                                             return Point{kHeight - p.y, p.x};
                                           }},
                                          {180,
                                           [](Point p) {
                                             return Point{kWidth - p.x, kHeight - p.y};
                                           }},
                                          {-90, [](Point p) {
                                             return Point{p.y, kWidth - p.x};
                                           }}};
  for (const auto& [direction, warp] : turns) {
    const auto lines = table(warp);
    const bool across = direction != 180;
    const cv::Size picture = across ? cv::Size{kHeight, kWidth} : cv::Size{kWidth, kHeight};
    const PageShape shape = page_shape(lines, direction, picture);
    EXPECT_EQ(shape.width, kWidth);
    EXPECT_EQ(shape.height, kHeight);
    const Point first = mapped(shape.to_page, lines.front().corners[0]);
    EXPECT_NEAR(first.x, 100, 2) << direction;
    EXPECT_NEAR(first.y, 150, 2) << direction;
  }
}

TEST(PageShape, FewLinesProveLittle) {
  EXPECT_EQ(page_shape({}, 0, {kWidth, kHeight}).width, kWidth);
  const auto lines = table(turned(1), 1);
  const PageShape shape = page_shape(lines, 1, {kWidth, kHeight});
  EXPECT_LT(spread_of(lines, shape).row, 2);
  const Point far = mapped(shape.to_page, turned(1)({600, 1600}));
  EXPECT_NEAR(far.x, 600, 40);
  EXPECT_NEAR(far.y, 1600, 60);
}

TEST(PageShape, AnythingGivesFinitePlaces) {
  std::vector<TextLine> wild;
  for (int i = 0; i < 60; ++i) {
    const float x = static_cast<float>(i * 7919 % kWidth),
                y = static_cast<float>(i * 104729 % kHeight);
    TextLine line;
    line.corners = {Point{x, y}, Point{y, x}, Point{x + 1, y + 90}, Point{x, y}};
    wild.push_back(line);
  }
  for (const float direction : {-135.0F, -46.0F, 0.0F, 44.0F, 180.0F}) {
    const PageShape shape = page_shape(wild, direction, {kWidth, kHeight});
    for (const Point p : {Point{0, 0}, Point{kWidth, kHeight}, Point{kWidth, 0}}) {
      EXPECT_TRUE(std::isfinite(mapped(shape.to_page, p).x));
      EXPECT_LT(std::abs(mapped(shape.to_page, p).y), 100'000);
    }
  }
}

}  // namespace
}  // namespace mq::vision
