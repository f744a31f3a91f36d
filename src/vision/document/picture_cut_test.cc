#include "vision/document/picture_cut.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr int kLongest = 2000;

TextLine line(std::array<Point, 4> corners) {
  TextLine out;
  out.corners = corners;
  return out;
}

// A picture with one bright pixel's surroundings, to be found again.
cv::Mat picture_with_spot(Point p) {
  cv::Mat out(300, 400, CV_8UC3, cv::Scalar::all(0));
  cv::circle(out, {cvRound(p.x), cvRound(p.y)}, 5, cv::Scalar::all(255), cv::FILLED);
  return out;
}

Point spot_in(const cv::Mat& bgr) {
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  const cv::Moments m = cv::moments(grey);
  return {static_cast<float>(m.m10 / m.m00), static_cast<float>(m.m01 / m.m00)};
}

void expect_near(Point a, Point b) {
  EXPECT_NEAR(a.x, b.x, 1);
  EXPECT_NEAR(a.y, b.y, 1);
}

TEST(PictureCut, WhatIsSeenInACutLiesWhereItSaysInThePicture) {
  const Point spot{220, 140};
  const cv::Mat bgr = picture_with_spot(spot);
  for (const double degrees : {0.0, 20.0, 90.0, 180.0, -135.0}) {
    Extent extent(degrees * CV_PI / 180);
    for (const Point p : {Point{150, 100}, Point{280, 110}, Point{270, 190}, Point{140, 180}})
      extent.add(p);
    const Cut cut = cut_out(bgr, extent, 1.7, kLongest);
    expect_near(cut.back(spot_in(cut.bgr)), spot);
  }
}

TEST(PictureCut, TextRunsAlongTheRowsOfItsCut) {
  PageText page;
  page.direction = 90;  // downwards
  page.lines.push_back(line({Point{210, 50}, {210, 250}, {190, 250}, {190, 50}}));
  const Cut cut = cut_out(cv::Mat::zeros(300, 400, CV_8UC3), extent_of(page), 2, kLongest);
  EXPECT_EQ(cut.bgr.size(), cv::Size(400, 40));
  expect_near(cut.back({0, 0}), {210, 50});
  expect_near(cut.back({400, 0}), {210, 250});
}

TEST(PictureCut, HasItsLimitsHoweverLargeOrSmallTheExtent) {
  Extent extent(0);
  extent.add({0, 0});
  extent.add({3000, 1});
  const Cut cut = cut_out(cv::Mat::zeros(300, 400, CV_8UC3), extent, 3, 2400);
  EXPECT_EQ(cut.bgr.size(), cv::Size(2400, 32));
}

TEST(PictureCut, GrowsToAllSides) {
  Extent extent(0);
  extent.add({100, 100});
  extent.add({200, 120});
  extent.grow(10, 5);
  const Cut cut = cut_out(cv::Mat::zeros(300, 400, CV_8UC3), extent, 2, kLongest);
  EXPECT_EQ(cut.bgr.size(), cv::Size(240, 60));
  expect_near(cut.back({0, 0}), {90, 95});
}

TEST(PictureCut, ACardIsUprightWithItsMarginAround) {
  // On its head, a quarter of its size.
  const float w = kCardWidth / 4.0F, h = kCardHeight / 4.0F;
  const Quad card{Point{300, 250}, {300 - w, 250}, {300 - w, 250 - h}, {300, 250 - h}};
  const Point spot{280, 230};
  const Cut cut = cut_along(picture_with_spot(spot), card, 0.1, 1200);
  EXPECT_EQ(cut.bgr.cols, 1200);
  expect_near(cut.back({100, 1200.0F * kCardHeight / kCardWidth / 12}), {300, 250});
  expect_near(cut.back(spot_in(cut.bgr)), spot);
  EXPECT_NEAR(cut.scale, 1200 / (1.2 * w), 1e-6);
}

}  // namespace
}  // namespace mq::vision
