#include "vision/face/locate.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "vision/match/match.h"
#include "vision/test_support.h"

namespace mq::vision {
namespace {

using testing::engine;

// One person with the shoulders, upright.
cv::Mat portrait() {
  const Bytes photo = testing::demo_photo(2);
  const auto analysis = engine().analyze(photo);
  return testing::cut_face(testing::pixels(photo), analysis->faces.front(), 1.0F);
}

// Turned clockwise about the middle, the edge repeated.
cv::Mat turned(const cv::Mat& picture, double degrees) {
  const cv::Point2f middle(static_cast<float>(picture.cols) / 2, static_cast<float>(picture.rows) / 2);
  cv::Mat out;
  cv::warpAffine(picture, out, cv::getRotationMatrix2D(middle, -degrees, 1), picture.size(),
                 cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return out;
}

TEST(Locate, AFaceIsReadTheSameInEveryDirection) {
  const cv::Mat upright = portrait();
  const auto reference = engine().analyze(testing::encoded(upright));
  ASSERT_TRUE(reference.ok());
  const double roll = reference->faces.front().pose.roll;
  for (const double degrees : {45.0, 90.0, 135.0, 180.0, -90.0, -45.0}) {
    const auto analysis = engine().analyze(testing::encoded(turned(upright, degrees)));
    ASSERT_TRUE(analysis.ok());
    ASSERT_FALSE(analysis->faces.empty()) << degrees;
    const Face& face = analysis->faces.front();
    EXPECT_GT(similarity(face.face_template(), reference->faces.front().face_template()),
              threshold_for(1e-5))
        << degrees;
    EXPECT_LT(std::abs(std::remainder(face.pose.roll - roll - degrees, 360.0)), 12) << degrees;
    // The nose lies in the box, wherever up is.
    const Point nose = face.landmarks[30];
    EXPECT_GT(nose.x, face.box.x) << degrees;
    EXPECT_LT(nose.x, face.box.x + face.box.width) << degrees;
    EXPECT_GT(nose.y, face.box.y) << degrees;
    EXPECT_LT(nose.y, face.box.y + face.box.height) << degrees;
  }
}

TEST(Locate, AnUprightFaceTakesTheFastWay) {
  const auto analysis = engine().analyze(testing::encoded(portrait()));
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(analysis->faces.front().found_by, FoundBy::fast);
}

TEST(Locate, EnrolmentAgreesWithTheAnalysis) {
  const Bytes picture = testing::encoded(turned(portrait(), 90));
  const auto analysis = engine().analyze(picture);
  const auto enrolled = engine().enroll(picture);
  const auto embedded = engine().embed(picture);
  ASSERT_TRUE(analysis.ok() && enrolled.ok() && embedded.ok());
  EXPECT_TRUE(*enrolled == analysis->faces.front().face_template());
  EXPECT_TRUE(*embedded == analysis->faces.front().embedding);
}

TEST(Locate, CutOutsGoBackToThePicture) {
  Located located;
  located.to_upright = {.a = 0, .b = 0.5, .tx = 100, .ty = 20};
  located.box = {40, 50, 20, 30};
  const Box box = located.box_in_picture();
  for (const Point corner : {Point{40, 50}, Point{60, 80}}) {
    const Point p = located.in_picture(corner);
    EXPECT_GE(p.x, box.x - 1e-3F);
    EXPECT_LE(p.x, box.x + box.width + 1e-3F);
    EXPECT_GE(p.y, box.y - 1e-3F);
    EXPECT_LE(p.y, box.y + box.height + 1e-3F);
  }
  EXPECT_NEAR(box.width, 60, 1e-3) << "a quarter turn at half size";
  EXPECT_NEAR(box.height, 40, 1e-3);
}

TEST(Locate, TheRollIsThatOfTheEyes) {
  Landmarks marks{};
  for (int i = 36; i < 42; ++i) marks[i] = {10, 10};
  for (int i = 42; i < 48; ++i) marks[i] = {20, 20};
  EXPECT_NEAR(roll_of(marks), 45, 1e-3);
  for (int i = 42; i < 48; ++i) marks[i] = {0, 10};
  EXPECT_NEAR(std::abs(roll_of(marks)), 180, 1e-3);
}

}  // namespace
}  // namespace mq::vision
