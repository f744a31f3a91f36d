// Cards and sizes between the server and its child.
#include "vision/worker/card_wire.h"

#include <gtest/gtest.h>

#include <limits>
#include <opencv2/imgproc.hpp>

#include "vision/test_support.h"
#include "vision/worker/protocol.h"

namespace mq::vision {
namespace {

CardReading reading() {
  CardReading out;
  out.state = CardState::confirm;
  out.problems = {CardProblem::glare, CardProblem::too_small};
  out.name = {"古丽·买买提", 0.75F, FieldState::confirm, {{{{1, 2}, {3, 2}, {3, 4}, {1, 4}}}}};
  out.number = {"110101199003070652", 0.99F, FieldState::read, {}};
  out.portrait = {{{{-5, 8}, {9, 8}, {9, 20}, {-5, 20}}}};
  out.width = 812.5F;
  return out;
}
// Whether a reading with this change is refused.
template <class Change>
bool refused(Change change) {
  auto changed = reading();
  change(changed);
  return !decode_card(encode(changed));
}

TEST(CardWire, AReadingSurvivesTheJourney) {
  const Bytes body = encode(reading());
  const auto read = decode_card(body);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name.text, "古丽·买买提");
  EXPECT_EQ(read->name.places.size(), 1U);
  EXPECT_EQ(read->problems, reading().problems);
  EXPECT_FALSE(read->card.has_value());
  EXPECT_EQ(read->portrait->at(0).x, -5);
  EXPECT_EQ(encode(*read), body);
}

TEST(CardWire, EveryShortenedOrLengthenedBodyIsRefused) {
  Bytes body = encode(reading());
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_card(ByteView(body).first(size))) << size;
  }
  body.push_back(0);
  EXPECT_FALSE(decode_card(body));
}

TEST(CardWire, WhatCannotBeIsRefused) {
  EXPECT_FALSE(refused([](CardReading&) {}));
  EXPECT_TRUE(refused([](CardReading& r) { r.name.confidence = 1.01F; }));
  EXPECT_TRUE(
      refused([](CardReading& r) { r.name.confidence = std::numeric_limits<float>::quiet_NaN(); }));
  EXPECT_TRUE(refused([](CardReading& r) { r.width = -1; }));
  EXPECT_TRUE(refused([](CardReading& r) { r.portrait->at(2).y = 2e6F; }));
  EXPECT_TRUE(refused([](CardReading& r) { r.side = static_cast<CardSide>(7); }));
  EXPECT_TRUE(refused([](CardReading& r) { r.problems[0] = static_cast<CardProblem>(99); }));
  EXPECT_TRUE(refused([](CardReading& r) { r.address.state = static_cast<FieldState>(9); }));
}

TEST(CardWire, WhatIsTooLongForAFieldWasNotRead) {
  auto noisy = reading();
  noisy.address = {std::string(limits::kCardFieldBytes + 1, 'x'), 0.9F, FieldState::read, {}};
  const auto read = decode_card(encode(noisy));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->address.state, FieldState::missing);
  EXPECT_TRUE(read->address.text.empty());
  // A child that sends it all the same is not believed: the name comes first, its length in two
  // bytes.
  noisy = reading();
  noisy.name.text = std::string(limits::kCardFieldBytes, 'x');
  Bytes body = encode(noisy);
  EXPECT_TRUE(decode_card(body));
  const std::size_t length_at = 3 + noisy.problems.size();
  ++body[length_at];
  body.insert(body.begin() + static_cast<std::ptrdiff_t>(length_at) + 2, 'x');
  EXPECT_FALSE(decode_card(body));
}

TEST(CardWire, TextsArePrintableUtf8) {
  for (const char* bad : {"a\nb", "\x1b[31m", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                          "\xE4\xBD", "\x80", "\xC2\x9B", "\xF0\x80\x80\x80"}) {
    EXPECT_TRUE(refused([&](CardReading& r) { r.nation.text = bad; })) << bad;
  }
  for (const char* good : {"汉", "𠮷", "é", "·", ""}) {
    EXPECT_FALSE(refused([&](CardReading& r) { r.nation.text = good; })) << good;
  }
}

TEST(CardWire, ARequestSaysWhichSideIsWanted) {
  const auto picture = as_bytes("picture");
  for (const auto side :
       {std::optional<CardSide>(), std::optional(CardSide::front), std::optional(CardSide::back)}) {
    const Bytes body = encode_card_request(picture, side);
    const auto asked = decode_card_request(body);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->side, side);
    EXPECT_EQ(as_text(asked->picture), "picture");
  }
  EXPECT_FALSE(decode_card_request({}));
  EXPECT_FALSE(decode_card_request(as_bytes("\x03picture")));
}

TEST(CardWire, SizesAreThoseOfPictures) {
  ASSERT_TRUE(decode_size(encode(PictureSize{640, 480})));
  EXPECT_EQ(decode_size(encode(PictureSize{640, 480}))->height, 480);
  EXPECT_FALSE(decode_size(encode(PictureSize{0, 480})));
  EXPECT_FALSE(decode_size(encode(PictureSize{30'000, 30'000})));
  EXPECT_FALSE(decode_size(Bytes(7)));
}

// The number of a card in letters that OpenCV draws, without the rest of it: enough for the reader
// to say which side it is, in the locked child as in this process.
TEST(CardWire, TheLockedChildReadsWhatTheReaderReads) {
  WorkerConfig config;
  config.args = {testing::kWorkerWord};
  config.models_dir = testing::models_dir();
  const auto pool = WorkerPool::start(config).value();
  cv::Mat card(640, 1010, CV_8UC3, cv::Scalar(235, 235, 225));
  cv::putText(card, "110101199003070652", {338, 570}, cv::FONT_HERSHEY_SIMPLEX, 1.6, {20, 20, 20},
              3);
  const Bytes picture = testing::encoded(card);
  const auto there = pool->read_card(picture, CardSide::front);
  const auto here = CardReader::load(testing::models_dir()).value().read(picture, CardSide::front);
  ASSERT_TRUE(there.ok() && here.ok());
  EXPECT_EQ(encode(*there), encode(*here));
  EXPECT_EQ(there->number.text, "110101199003070652");
  const auto size = pool->measure(picture);
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->width, 1010);
  EXPECT_EQ(size->height, 640);
  EXPECT_TRUE(pool->read_card(as_bytes("no picture")).error().is(VisionErrc::not_an_image));
  EXPECT_TRUE(pool->measure(as_bytes("no picture")).error().is(VisionErrc::not_an_image));
  const Bytes large(limits::kHttpPhotoBodyBytes + 1, 'x');
  EXPECT_TRUE(pool->read_card(large).error().is(VisionErrc::too_many_bytes));
  EXPECT_EQ(pool->restarts(), 0);
}

}  // namespace
}  // namespace mq::vision
