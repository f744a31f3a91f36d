#include "vision/document/hand_held.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/test_support.h"
#include "vision/worker/hand_held_wire.h"

namespace mq::vision {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Face face_at(float x, float y, float width) {
  Face out;
  out.box = {x, y, width, width * 1.2F};
  return out;
}

// A front 480 pixels wide below a face of 260.
HandHeldReading held() {
  HandHeldReading out;
  out.card.card = std::array{Point{400, 800}, Point{880, 800}, Point{880, 1103}, Point{400, 1103}};
  out.card.width = 480;
  out.card.number.state = FieldState::read;
  out.portrait = face_at(740, 860, 70);
  return out;
}

TEST(HandHeld, ThePersonIsTheWidestFaceThatIsNotOnTheCard) {
  HandHeldReading one = held();
  const Face faces[] = {face_at(500, 300, 260), face_at(100, 350, 90), face_at(742, 858, 72)};
  judge_held(faces, one);
  EXPECT_THAT(one.problems, IsEmpty());
  ASSERT_TRUE(one.person);
  EXPECT_EQ(one.person->box.width, 260);
  EXPECT_EQ(one.people, 1);
}

TEST(HandHeld, ThePortraitAloneIsNoPerson) {
  HandHeldReading one = held();
  const Face faces[] = {face_at(742, 858, 72)};
  judge_held(faces, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::no_face));
  EXPECT_EQ(one.people, 0);
}

TEST(HandHeld, SeveralPeopleAndACardFarAwayAreProblems) {
  HandHeldReading one = held();
  const Face crowd[] = {face_at(500, 300, 260), face_at(100, 350, 140)};
  judge_held(crowd, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::several_people));
  EXPECT_EQ(one.people, 2);
  one = held();
  const Face far[] = {face_at(500, 10, 60)};  // a card eight faces wide
  judge_held(far, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::card_apart));
}

TEST(HandHeld, WhatIsWrongWithTheCardIsSaidOfThePhoto) {
  const Face faces[] = {face_at(500, 300, 260)};
  HandHeldReading one = held();
  one.portrait.reset();
  one.card.number.state = FieldState::missing;
  judge_held(faces, one);
  EXPECT_THAT(one.problems,
              ElementsAre(HeldProblem::card_face_missing, HeldProblem::number_covered));
  one = held();
  one.card.number.state = FieldState::confirm;
  one.card.problems = {CardProblem::covered};
  judge_held(faces, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::number_covered));
  one = HandHeldReading();
  one.card.problems = {CardProblem::no_card};
  judge_held(faces, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::no_card));
  one = held();
  one.card.problems = {CardProblem::mirrored};
  one.portrait.reset();
  judge_held(faces, one);
  EXPECT_THAT(one.problems, ElementsAre(HeldProblem::mirrored));
  one = held();
  one.card.problems = {CardProblem::wrong_side};
  judge_held({}, one);
  EXPECT_THAT(one.problems, UnorderedElementsAre(HeldProblem::wrong_side, HeldProblem::no_face));
}

// Two people of a photo, and one of them again in other light and fewer pixels.
struct Faces {
  Face one, again, other;
  Faces() {
    const Bytes photo = demo();
    const auto analysis = testing::engine().analyze(photo);
    one = analysis->faces.at(0);
    other = analysis->faces.at(1);
    cv::Mat small = testing::cut_face(testing::pixels(photo), one, 0.8F);
    cv::resize(small, small, {}, 0.6, 0.6, cv::INTER_AREA);
    small.convertTo(small, -1, 0.85, 20);
    again = testing::engine().analyze(testing::encoded(small))->faces.at(0);
  }
  static Bytes demo() { return testing::demo_photo(6); }
};

TEST(HandHeld, ThreeFacesAreComparedInPairs) {
  const Faces faces;
  HandHeldReading one;
  EXPECT_FALSE(match_held(one, &faces.one).live_person);
  one.person = faces.one;
  one.portrait = faces.again;
  HeldMatches matches = match_held(one, nullptr);
  ASSERT_TRUE(matches.person_portrait);
  EXPECT_TRUE(matches.person_portrait->match);
  EXPECT_LE(matches.person_portrait->false_match_rate, kDefaultFalseMatchRate);
  EXPECT_FALSE(matches.live_person);
  EXPECT_FALSE(matches.live_portrait);
  matches = match_held(one, &faces.other);
  ASSERT_TRUE(matches.live_person && matches.live_portrait);
  EXPECT_FALSE(matches.live_person->match);
  EXPECT_FALSE(matches.live_portrait->match);
  EXPECT_GT(matches.live_portrait->false_match_rate, kDefaultFalseMatchRate);
}

TEST(HandHeld, WhatCannotBeComparedIsNotSaidToDiffer) {
  const Faces faces;
  HandHeldReading one;
  one.person = faces.one;
  one.people = 1;
  one.portrait = faces.other;
  one.portrait_eyes = kComparableEyes;
  HeldMatches matches = fair_matches(one, &faces.again);
  ASSERT_TRUE(matches.person_portrait && matches.live_person && matches.live_portrait);
  EXPECT_FALSE(matches.person_portrait->match);
  EXPECT_TRUE(matches.live_person->match);

  one.portrait_eyes = kComparableEyes - 1;
  matches = fair_matches(one, &faces.again);
  EXPECT_FALSE(matches.person_portrait || matches.live_portrait) << "a small portrait";
  EXPECT_TRUE(matches.live_person);
  EXPECT_TRUE(match_held(one, &faces.again).person_portrait) << "the figures are there";

  one.portrait_eyes = kComparableEyes;
  one.people = 2;
  matches = fair_matches(one, &faces.again);
  EXPECT_FALSE(matches.person_portrait || matches.live_person) << "one of two people";
  EXPECT_TRUE(matches.live_portrait);
  one.people = 1;
  one.person->box.width = kComparableFace - 1;
  EXPECT_FALSE(fair_matches(one, &faces.again).live_person) << "a small face";
  one.person.reset();
  EXPECT_FALSE(fair_matches(one, &faces.again).live_person);
}

const CardReader& cards() {
  static const CardReader loaded = CardReader::load(testing::models_dir()).value();
  return loaded;
}

TEST(HandHeld, APhotoWithoutACardSaysSo) {
  const auto read = read_hand_held(testing::engine(), cards(), Faces::demo());
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(read->problems, ElementsAre(HeldProblem::no_card, HeldProblem::several_people));
  EXPECT_TRUE(read->person);
  EXPECT_FALSE(read->portrait);
  EXPECT_TRUE(read_hand_held(testing::engine(), cards(), to_bytes("no picture"))
                  .error()
                  .is(VisionErrc::not_an_image));
}

HandHeldReading full() {
  const Faces faces;
  HandHeldReading out = held();
  out.problems = {HeldProblem::several_people, HeldProblem::number_covered};
  out.card.problems = {CardProblem::glare, CardProblem::screen};
  out.card.state = CardState::confirm;
  out.card.name.text = "张三";
  out.card.name.confidence = 0.5F;
  out.card.name.places = {*out.card.card, *out.card.card};
  out.person = faces.one;
  out.portrait = faces.other;
  out.portrait_eyes = 31;
  out.people = 2;
  return out;
}

TEST(HandHeldWire, AReadingSurvivesTheJourney) {
  const HandHeldReading sent = full();
  const auto got = decode_hand_held(encode(sent));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->problems, sent.problems);
  EXPECT_EQ(got->card.problems, sent.card.problems);
  EXPECT_EQ(got->card.state, CardState::confirm);
  EXPECT_EQ(got->card.name.text, "张三");
  EXPECT_EQ(got->card.name.places.size(), 2U);
  EXPECT_EQ(got->card.number.state, FieldState::read);
  EXPECT_EQ((*got->card.card)[2].y, 1103);
  EXPECT_EQ(got->person->face_template(), sent.person->face_template());
  EXPECT_EQ(got->portrait->face_template(), sent.portrait->face_template());
  EXPECT_EQ(got->people, 2);
  EXPECT_EQ(encode(*got), encode(sent));
}

TEST(HandHeldWire, WhatIsNotExactlyAReadingIsRefused) {
  const Bytes good = encode(full());
  for (std::size_t size = 0; size < good.size(); size += 1 + size / 40) {
    EXPECT_FALSE(decode_hand_held(ByteView(good).first(size))) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode_hand_held(longer));
  const auto refused = [](auto change) {
    HandHeldReading bad = full();
    change(bad);
    return !decode_hand_held(encode(bad));
  };
  EXPECT_TRUE(refused([](auto& bad) { bad.problems = {static_cast<HeldProblem>(99)}; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.card.problems = {static_cast<CardProblem>(99)}; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.card.name.state = static_cast<FieldState>(7); }));
  EXPECT_TRUE(refused([](auto& bad) { bad.card.name.confidence = 1.5F; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.card.name.text = "\xff\xfe"; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.card.width = -1; }));
  EXPECT_TRUE(refused([](auto& bad) { (*bad.card.card)[0].x = NAN; }));
  EXPECT_TRUE(refused([](auto& bad) { (*bad.card.card)[0].x = 1e9F; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.portrait_eyes = INFINITY; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.people = 1000; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.people = 0; }));
  EXPECT_TRUE(refused([](auto& bad) { bad.person.reset(); }));
  EXPECT_TRUE(refused([](auto& bad) { bad.person->embedding[0] += 3; }));
}

TEST(HandHeldWire, TheLockedChildReadsAsThisProcessDoes) {
  WorkerConfig config;
  config.args = {testing::kWorkerWord};
  config.models_dir = testing::models_dir();
  const auto pool = WorkerPool::start(std::move(config));
  ASSERT_TRUE(pool.ok());
  const auto there = (*pool)->read_hand_held(Faces::demo());
  const auto here = read_hand_held(testing::engine(), cards(), Faces::demo());
  ASSERT_TRUE(there.ok() && here.ok());
  EXPECT_EQ(encode(*there), encode(*here));
  EXPECT_TRUE((*pool)->read_hand_held(to_bytes("no picture")).error().is(VisionErrc::not_an_image));
}

}  // namespace
}  // namespace mq::vision
