#include "vision/document/card_look.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "vision/document/card_test_support.h"

namespace mq::vision {
namespace {

using testing::drawn_card;
using testing::kAddressText;
using testing::kNumberText;

const cv::Rect kPortrait{655, 72, 310, 390};
const cv::Rect kTexts[] = {kNumberText, kAddressText};

cv::Mat blurred(double sigma) {
  cv::Mat out;
  cv::GaussianBlur(drawn_card(), out, {}, sigma);
  return out;
}

TEST(CardLook, BlurIsMeasuredInCardPixels) {
  for (const double sigma : {2.0, 3.0, 4.0, 5.0}) {
    const auto measured = blur_of(blurred(sigma), kTexts);
    ASSERT_TRUE(measured);
    EXPECT_NEAR(*measured, sigma, 0.25 * sigma) << sigma;
  }
  EXPECT_LT(blur_of(drawn_card(), kTexts).value(), 1.8);
}

TEST(CardLook, NoiseDoesNotMakeABlurredCardSharp) {
  cv::Mat noise(kCardHeight, kCardWidth, CV_16SC3), out;
  cv::theRNG().state = 7;
  cv::randn(noise, 0, 8);
  blurred(4).convertTo(out, CV_16SC3);
  out += noise;
  out.convertTo(out, CV_8UC3);
  EXPECT_GT(blur_of(out, kTexts).value(), 3);
}

TEST(CardLook, WithoutTextThereIsNoSharpness) {
  const cv::Mat blank(kCardHeight, kCardWidth, CV_8UC3, cv::Scalar(230, 230, 230));
  EXPECT_FALSE(blur_of(blank, kTexts));
  EXPECT_FALSE(blur_of(drawn_card(), {}));
  const cv::Rect outside[] = {{2000, 0, 100, 40}};
  EXPECT_FALSE(blur_of(drawn_card(), outside));
}

TEST(CardLook, AReflectionIsASpotThatTextDoesNotRunThrough) {
  cv::Mat card = drawn_card();
  EXPECT_EQ(cv::countNonZero(blown_out(card, kPortrait)),
            0);  // the portrait's white is the card's own
  cv::ellipse(card, {600, 550}, {70, 40}, 20, 0, 360, {255, 255, 255}, cv::FILLED);
  const cv::Mat mask = blown_out(card, kPortrait);
  EXPECT_GT(covered_share(mask, kNumberText), 0.1F);
  EXPECT_EQ(covered_share(mask, kAddressText), 0);
}

TEST(CardLook, AnOverexposedCardIsNotAReflection) {
  cv::Mat card = drawn_card() * 1.5;
  EXPECT_EQ(cv::countNonZero(blown_out(card, kPortrait)), 0);
}

TEST(CardLook, AFingerOnPaperHasTheColourOfSkinInAnyLight) {
  for (const double light : {1.0, 0.5}) {
    cv::Mat card = drawn_card();
    EXPECT_EQ(cv::countNonZero(skin(card * light, kPortrait)), 0) << light;
    cv::ellipse(card, {600, 600}, {50, 90}, 0, 0, 360, {160, 190, 226}, cv::FILLED);
    const cv::Mat mask = skin(card * light, kPortrait);
    EXPECT_GT(covered_share(mask, kNumberText), 0.1F) << light;
    EXPECT_EQ(covered_share(mask, kAddressText), 0) << light;
  }
}

TEST(CardLook, ToneTellsDarkAndGreyPictures) {
  const Tone plain = tone_of(drawn_card());
  EXPECT_GT(plain.paper, 180);
  EXPECT_GT(plain.colour, 0.1F);
  EXPECT_LT(tone_of(drawn_card() * 0.15).paper, 40);
  cv::Mat grey;
  cv::cvtColor(drawn_card(), grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
  EXPECT_LT(tone_of(grey).colour, 0.01F);
  // A lamp tints a copy evenly.
  cv::Mat tinted;
  cv::multiply(grey, cv::Scalar(0.8, 1, 1.05), tinted);
  EXPECT_LT(tone_of(tinted).colour, 0.03F);
}

TEST(CardLook, TheLinesOfAScreenStandOutOfTheNoise) {
  cv::Mat picture(638, 1012, CV_8UC3), lines;
  cv::theRNG().state = 3;
  cv::randn(picture, 180, 6);
  const cv::Point middles[] = {{300, 300}, {600, 300}, {5, 5}};
  const float plain = fine_waves(picture, middles);
  picture.copyTo(lines);
  for (int x = 0; x < lines.cols; x += 3) lines.col(x) -= cv::Scalar(25, 25, 25);
  EXPECT_LT(plain, 2);
  EXPECT_GT(fine_waves(lines, middles), plain + 1);
  const cv::Point nowhere[] = {{5, 5}};
  EXPECT_EQ(fine_waves(lines, nowhere), 0);
}

TEST(CardLook, TheBlocksOfAJpegAreNoScreen) {
  cv::Mat picture(640, 640, CV_8UC3);
  cv::theRNG().state = 3;
  cv::randn(picture, 180, 6);
  std::vector<unsigned char> file;
  ASSERT_TRUE(cv::imencode(".jpg", picture, file, {cv::IMWRITE_JPEG_QUALITY, 60}));
  const cv::Point middles[] = {{180, 180}, {400, 420}, {250, 500}};
  EXPECT_LT(fine_waves(cv::imdecode(file, cv::IMREAD_COLOR), middles), 2.5F);
}

}  // namespace
}  // namespace mq::vision
