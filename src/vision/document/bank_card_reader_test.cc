// Drawn cards, in process and in the locked child.
#include "vision/document/bank_card_reader.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "vision/test_support.h"

namespace mq::vision {
namespace {

const std::string kNumber = "6222023965724952057";  // invented, of a known prefix and length

const BankCardReader& reader() {
  static const BankCardReader loaded = BankCardReader::load(testing::models_dir()).value();
  return loaded;
}

void write(cv::Mat& picture, const std::string& text, cv::Point at, double size) {
  cv::putText(picture, text, at, cv::FONT_HERSHEY_DUPLEX, size, cv::Scalar(250, 250, 250), 2,
              cv::LINE_AA);
}

cv::Mat card(const std::string& number = "6222 0239 6572 4952 057",
             const std::string& expiry = "VALID THRU 05/29") {
  cv::Mat out(760, 1200, CV_8UC3, cv::Scalar(190, 200, 205));
  cv::rectangle(out, {94, 61}, {1106, 699}, cv::Scalar(110, 50, 30), cv::FILLED);
  write(out, "DEBIT", {900, 150}, 1.2);
  write(out, number, {150, 430}, 1.7);
  write(out, expiry, {400, 520}, 1.0);
  write(out, "ZHANG SAN", {150, 640}, 1.2);
  return out;
}

Bytes jpeg(const cv::Mat& picture) {
  return testing::encoded(picture, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 90});
}

void expect_read(const BankCardReading& reading, const std::string& what) {
  EXPECT_EQ(reading.number.text, kNumber) << what;
  EXPECT_EQ(reading.number.state, FieldState::read) << what;
  EXPECT_EQ(reading.state, CardState::read) << what;
  EXPECT_EQ(reading.issuer.text, "中国工商银行") << what;
  EXPECT_EQ(reading.expiry.text, "05/29") << what;
}

// Where the number stands when the card is upright.
void expect_in_its_place(const BankCardReading& reading) {
  for (const auto& place : reading.number.places) {
    for (const Point& p : place) {
      EXPECT_TRUE(p.x > 110 && p.x < 1090 && p.y > 350 && p.y < 470) << p.x << "," << p.y;
    }
  }
}

TEST(BankCardReader, ReadsACardInEveryDirection) {
  const cv::Mat upright = card();
  const auto reading = reader().read(jpeg(upright)).value();
  expect_read(reading, "upright");
  EXPECT_EQ(reading.expiry.state, FieldState::read);
  EXPECT_EQ(reading.kind, bankcard::CardKind::debit);
  expect_in_its_place(reading);
  for (const int turn : {cv::ROTATE_90_CLOCKWISE, cv::ROTATE_180, cv::ROTATE_90_COUNTERCLOCKWISE}) {
    cv::Mat turned;
    cv::rotate(upright, turned, turn);
    expect_read(reader().read(jpeg(turned)).value(), "turned " + std::to_string(turn));
  }
}

TEST(BankCardReader, PlacesAreThoseOfTheSentPicture) {
  cv::Mat large;
  cv::resize(card(), large, {}, 3, 3);  // large enough to be decoded at half its size
  auto reading = reader().read(jpeg(large)).value();
  expect_read(reading, "large");
  for (auto& place : reading.number.places) {
    for (Point& p : place) p = {p.x / 3, p.y / 3};
  }
  expect_in_its_place(reading);
}

TEST(BankCardReader, AnUnknownIssuerIsNeverSilentlyTrusted) {
  const auto reading = reader().read(jpeg(card("4111 1111 1111 1111"))).value();
  EXPECT_EQ(reading.number.text, "4111111111111111");
  EXPECT_EQ(reading.number.state, FieldState::confirm);
  EXPECT_EQ(reading.issuer.state, FieldState::missing);
  EXPECT_EQ(reading.state, CardState::confirm);
}

TEST(BankCardReader, AHiddenGroupOrAWrongDigitWantsAnotherPhoto) {
  cv::Mat covered = card();
  cv::rectangle(covered, {330, 360}, {500, 450}, cv::Scalar(160, 170, 220), cv::FILLED);
  const auto hidden = reader().read(jpeg(covered)).value();
  EXPECT_EQ(hidden.state, CardState::retake);
  EXPECT_NE(hidden.number.state, FieldState::read);
  const auto wrong = reader().read(jpeg(card("6222 0239 6572 4952 058"))).value();
  EXPECT_EQ(wrong.state, CardState::retake);
  EXPECT_NE(wrong.number.state, FieldState::read);
}

TEST(BankCardReader, PicturesOfOtherThingsSaySo) {
  const cv::Mat empty(600, 800, CV_8UC3, cv::Scalar(120, 130, 140));
  EXPECT_EQ(reader().read(jpeg(empty)).value().problems,
            std::vector<CardProblem>{CardProblem::no_card});
  cv::Mat two(1520, 1200, CV_8UC3);
  cv::vconcat(card(), card("6225 8859 5562 0802"), two);
  const auto both = reader().read(jpeg(two)).value();
  EXPECT_EQ(both.problems, std::vector<CardProblem>{CardProblem::two_cards});
  EXPECT_EQ(both.state, CardState::retake);
}

TEST(BankCardReader, BadPicturesAreRefused) {
  EXPECT_TRUE(reader().read(as_bytes("no picture")).error().is(VisionErrc::not_an_image));
  EXPECT_TRUE(reader().read(Bytes()).error().is(VisionErrc::not_an_image));
  const Bytes stamp = testing::encoded(cv::Mat(20, 20, CV_8UC3, cv::Scalar(1, 2, 3)), ".png");
  EXPECT_TRUE(reader().read(stamp).error().is(VisionErrc::image_too_small));
  EXPECT_TRUE(BankCardReader::load(testing::source_path("models/none"))
                  .error()
                  .is(VisionErrc::models_missing));
}

TEST(Worker, TheLockedChildReadsBankCards) {
  WorkerConfig config;
  config.args = {testing::kWorkerWord};
  config.models_dir = testing::models_dir();
  const auto pool = WorkerPool::start(std::move(config)).value();
  const Bytes picture = jpeg(card());
  expect_read(pool->read_bank_card(picture).value(), "in the child");
  EXPECT_TRUE(pool->read_bank_card(as_bytes("no picture")).error().is(VisionErrc::not_an_image));
  EXPECT_EQ(pool->analyze(picture).value().face_count, 0) << "and it still looks for faces";
  EXPECT_EQ(pool->restarts(), 0);
}

TEST(Pool, ABankCardThatIsNoneIsNotBelieved) {
  WorkerConfig config;
  config.args = {testing::kFakeWord};
  config.models_dir = "none";
  const auto pool = WorkerPool::start(std::move(config)).value();
  for (const char* lie : {"g", "j", "f"}) {
    EXPECT_TRUE(pool->read_bank_card(as_bytes(lie)).error().is(VisionErrc::worker_lost)) << lie;
  }
  EXPECT_TRUE(pool->read_bank_card(as_bytes("x")).error().is(VisionErrc::not_an_image));
}

}  // namespace
}  // namespace mq::vision
