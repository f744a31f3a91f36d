// The comparison with a photo of the person who holds the card.
#include <gtest/gtest.h>

#include "identity/identity_testing.h"
#include "people.h"
#include "runtime/json.h"
#include "support/documents.h"

namespace mq::identity {
namespace {

using Reasons = std::vector<Reason>;

// The selfie's likeness is 0.8: a face of 0.8 is the same, one of -0.5 somebody else's.
class ProcessHeldTest : public IdentityFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    IdentityFixture::SetUp();
    uploads_.emplace(db(), vault_, clock_, random_, test::test_document_ports());
  }
  // Handed in as a photo that reads so; what a later look says of it is what was read then.
  documents::Upload hand_in(const std::string& words) {
    const auto file = test::photo(words);
    hand_held_.insert_or_assign(file, test::held_in(file));
    clock_.advance_ms(1);
    const auto taken = uploads_->take(person_, documents::Kind::hand_held, as_bytes(file));
    EXPECT_TRUE(taken.ok()) << taken.error().code();
    return taken->upload;
  }
  static std::string held(const std::string& faces, const std::string& number = kNumber) {
    return std::string("held ") + kName + " " + number + " " + faces;
  }
  // What a later look at the photo says of it, other than the first.
  void see(const std::string& words, const Result<vision::HandHeldReading>& reading) {
    hand_held_.insert_or_assign(test::photo(words), reading);
  }

  std::optional<documents::Uploads> uploads_;
};
MQ_INSTANTIATE_DATABASES(ProcessHeldTest);

TEST_P(ProcessHeldTest, ThePersonWithTheirOwnCardPasses) {
  const auto photo = hand_in(held("0.8 0.9"));
  const auto done = processed(submitted());
  EXPECT_EQ(done.state, State::passed);
  ASSERT_TRUE(done.facts.has_value());
  EXPECT_EQ(done.facts->held_document, photo.id);
  EXPECT_EQ(done.facts->held_live_person, 10'000);
  EXPECT_EQ(done.facts->held_person_portrait, 9815);
  EXPECT_EQ(done.facts->held_live_portrait, 9815);
  EXPECT_EQ(done.facts->held_number_agrees, true);
}

TEST_P(ProcessHeldTest, WhatContradictsGoesToAPersonAtTheFirstAttempt) {
  const std::vector<std::pair<std::string, Reasons>> cases = {
      {held("0.8 -0.5"), {Reason::held_portrait_differs}},
      {held("-0.5 -0.5"), {Reason::held_person_differs, Reason::held_portrait_differs}},
      {held("-0.5 0.9"), {Reason::held_person_differs, Reason::held_portrait_differs}},
      {held("0.8 0.9", "11010519491231002X"), {Reason::held_number_differs}},
  };
  for (const auto& [words, reasons] : cases) {
    become_another_person();
    hand_in(words);
    const auto done = processed(submitted());
    EXPECT_EQ(done.state, State::review) << words;
    EXPECT_EQ(done.reasons, reasons) << words;
    EXPECT_EQ(done.attempt, 1);
    EXPECT_FALSE(verified());
    const auto again = decide(*runtime::from_json<Facts>(runtime::to_json(*done.facts)));
    EXPECT_EQ(again.reasons, reasons) << "stored facts decide the same again";
    // Staff have the last word.
    EXPECT_TRUE(identity_.decide_by_staff(done.id, staff_, StaffOutcome::pass, "twins").ok());
  }
}

TEST_P(ProcessHeldTest, WhatCannotBeComparedChangesNothing) {
  const auto words = held("0.8 -0.5");
  auto small = test::held_in(test::photo(words));
  small.portrait_eyes = vision::kComparableEyes - 1;
  small.card.number.state = vision::FieldState::confirm;
  small.card.number.text = "11010519491231002X";
  const auto photo = hand_in(words);
  see(words, small);
  const auto done = processed(submitted());
  EXPECT_EQ(done.state, State::passed);
  EXPECT_EQ(done.facts->held_document, photo.id);
  EXPECT_TRUE(done.facts->held_live_person.has_value());
  EXPECT_FALSE(done.facts->held_person_portrait || done.facts->held_live_portrait);
  EXPECT_FALSE(done.facts->held_number_agrees.has_value()) << "a doubtful number accuses nobody";
}

TEST_P(ProcessHeldTest, TheNewestUsablePhotoCounts) {
  hand_in(held("-0.5 -0.5"));
  const auto newer = hand_in(held("0.8 0.9"));
  EXPECT_EQ(hand_in("a cat").state, documents::UploadState::retake);
  const auto done = processed(submitted());
  EXPECT_EQ(done.state, State::passed);
  EXPECT_EQ(done.facts->held_document, newer.id);
}

TEST_P(ProcessHeldTest, WithoutAUsablePhotoNothingChanges) {
  hand_in("a cat");
  auto done = processed(submitted());
  EXPECT_EQ(done.state, State::passed);
  EXPECT_FALSE(done.facts->held_document.has_value());
  // One that a later look refuses, or cannot open, is none.
  for (const Result<vision::HandHeldReading>& later :
       {Result(test::held_in(test::photo("a cat"))),
        Result<vision::HandHeldReading>(vision::VisionErrc::not_an_image)}) {
    become_another_person();
    const auto words = held("-0.5 -0.5");
    hand_in(words);
    see(words, later);
    done = processed(submitted());
    EXPECT_EQ(done.state, State::passed);
    EXPECT_FALSE(done.facts->held_document || done.facts->held_live_person);
  }
  become_another_person();
  EXPECT_EQ(processed(submitted()).state, State::passed) << "somebody else's photos are nobody's";
}

TEST_P(ProcessHeldTest, AChildsFaultIsTriedAgain) {
  const auto words = held("-0.5 0.9");
  hand_in(words);
  const auto seen = hand_held_.at(test::photo(words));
  const auto id = submitted();
  for (const auto fault :
       {vision::VisionErrc::busy, vision::VisionErrc::worker_lost, vision::VisionErrc::timeout}) {
    see(words, fault);
    EXPECT_TRUE(identity_.process(id).error().is(fault));
    EXPECT_EQ(current(id).state, State::processing) << "nobody passes by making the child busy";
  }
  see(words, seen);
  EXPECT_EQ(processed(id).state, State::review);
  EXPECT_EQ(questions_.size(), 1U) << "the source is asked once";
}

TEST_P(ProcessHeldTest, AConsentWithdrawnWhileTheSourceAnswersStopsEveryLook) {
  hand_in(held("0.8 0.9"));
  const auto id = submitted();
  int looks = 0;
  before_answer_ = [&] {
    answer(consent::Purpose::face, false);
    looks = looks_;
  };
  EXPECT_EQ(processed(id).state, State::collecting);
  EXPECT_EQ(looks_, looks + 1) << "only at the source's own photo, which came with the answer";
  EXPECT_EQ(leaves("identity.put_back").size(), 1U);
  before_answer_ = nullptr;
}

TEST_P(ProcessHeldTest, AConsentWithdrawnDuringTheComparisonStopsTheHandHeldPhoto) {
  hand_in(held("0.8 0.9"));
  const auto id = submitted();
  // The card, the selfie and the authority's photo are looked at before; the last look withdraws.
  int left = 4;
  before_look_ = [&] {
    if (--left == 0) answer(consent::Purpose::face, false);
  };
  const int looks = looks_;
  EXPECT_EQ(processed(id).state, State::collecting);
  EXPECT_EQ(looks_, looks + 4);
  before_look_ = nullptr;
}

TEST_P(ProcessHeldTest, TheTrailHoldsNoScore) {
  hand_in(held("0.8 -0.5"));
  processed(submitted());
  const auto decided = leaves("identity.decided");
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_NE(decided[0].body.find("held_portrait_differs"), std::string::npos);
  EXPECT_EQ(decided[0].body.find("live_portrait\":"), std::string::npos);
  for (const auto& leaf : leaves("identity.")) {
    EXPECT_EQ(leaf.body.find("-9196"), std::string::npos);
  }
}

}  // namespace
}  // namespace mq::identity
