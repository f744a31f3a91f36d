// The photo of the card comes first, as a document; then name and number as its owner confirms
// them.
#include <gtest/gtest.h>

#include "identity/identity_testing.h"
#include "people.h"
#include "support/documents.h"

namespace mq::identity {
namespace {

class CardTest : public IdentityFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    IdentityFixture::SetUp();
    ports_ = test::test_document_ports();
    uploads_.emplace(db(), vault_, clock_, random_, ports_);
  }
  // A photo of a card that reads so, and shows the person of "card".
  DocumentId hand_in(const std::string& words,
                     documents::Kind kind = documents::Kind::id_card_front) {
    const auto file = test::photo(words);
    pictures_.emplace(file, picture({face(1)}));
    clock_.advance_ms(1);
    const auto taken = uploads_->take(person_, kind, as_bytes(file));
    EXPECT_TRUE(taken.ok()) << taken.error().code();
    return taken->upload.id;
  }
  static std::string card(const std::string& name, const std::string& number,
                          const std::string& more = "") {
    return "card " + name + " " + number + " " + more;
  }
  Result<Verification> begin_with(const DocumentId& card, const std::string& name = kName,
                                  const std::string& number = kNumber) {
    clock_.advance_ms(1);
    return identity_.begin(person_, Pii<std::string>(name), Pii<std::string>(number), card);
  }
  Verification decided(const VerificationId& id) {
    EXPECT_TRUE(submit(id, Photo::selfie, "selfie").ok());
    return processed(id);
  }

  documents::Ports ports_;
  std::optional<documents::Uploads> uploads_;
};
MQ_INSTANTIATE_DATABASES(CardTest);

TEST_P(CardTest, ThePhotoThatWasReadIsTheCardPhoto) {
  const auto id = hand_in(card(kName, kNumber));
  const auto begun = begin_with(id);
  ASSERT_TRUE(begun.ok()) << begun.error().code();
  EXPECT_EQ(begun->state, State::collecting);
  EXPECT_EQ(begun->card, id);
  const auto done = decided(begun->id);
  EXPECT_EQ(done.state, State::passed);
  EXPECT_EQ(done.facts->card_name_agrees, true);
  EXPECT_EQ(done.facts->card_number_agrees, true);
  EXPECT_TRUE(identity_.typed(done)->value().empty());
  EXPECT_EQ(this->leaves("identity.card_taken_from_document").size(), 1U);
  const auto document = uploads_->get_of(person_, id);
  EXPECT_EQ(document->reading.field("name")->state, documents::ValueState::confirmed);
  EXPECT_TRUE(document->upload.confirmed_at.has_value());
}

TEST_P(CardTest, ADoubtfulNameMayBeCorrected) {
  const auto begun = begin_with(hand_in(card("欧阳侧试", kNumber, "unsure")));
  ASSERT_TRUE(begun.ok());
  const auto done = decided(begun->id);
  EXPECT_EQ(done.state, State::passed);
  EXPECT_FALSE(done.facts->card_name_agrees.has_value());
  EXPECT_EQ(identity_.typed(done)->value(), std::vector<std::string>{"name"}) << "staff see it";
  EXPECT_EQ(uploads_->get_of(person_, *done.card)->reading.field("name")->read.expose(),
            "欧阳侧试");
}

TEST_P(CardTest, AnotherNumberThanTheCardsGoesToReview) {
  const auto begun = begin_with(hand_in(card(kName, "11010519491231002X")));
  ASSERT_TRUE(begun.ok());
  const auto done = decided(begun->id);
  EXPECT_EQ(done.state, State::review);
  EXPECT_EQ(done.reasons, std::vector<Reason>{Reason::typed_against_card});
  EXPECT_EQ(done.facts->card_name_agrees, true);
  EXPECT_EQ(done.facts->card_number_agrees, false);
  EXPECT_EQ(identity_.typed(done)->value(), std::vector<std::string>{"number"});
}

TEST_P(CardTest, ASpaceInANameMakesNoOther) {
  const auto begun = begin_with(hand_in(card("张小明", kNumber)), "张 小明");
  ASSERT_TRUE(begun.ok()) << begun.error().code();
  EXPECT_EQ(decided(begun->id).state, State::passed);
}

TEST_P(CardTest, ANameThatIsChangedLaterIsComparedAsItIs) {
  const auto id = hand_in(card(kName, kNumber));
  ASSERT_TRUE(begin_with(id).ok());
  const auto changed = begin("王芳");
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->card, id) << "the photo stays";
  EXPECT_EQ(decided(changed->id).reasons, std::vector<Reason>{Reason::typed_against_card});
}

TEST_P(CardTest, OnlyAUsableFrontOfOnesOwnIsTaken) {
  const auto back = hand_in("back", documents::Kind::id_card_back);
  EXPECT_EQ(code_of(begin_with(back)), "documents.wrong_state");
  const auto cat = hand_in("a cat");
  EXPECT_EQ(code_of(begin_with(cat)), "documents.wrong_state");
  EXPECT_EQ(code_of(begin_with(DocumentId::make(clock_.now(), random_))), "documents.not_found");
  const auto mine = hand_in(card(kName, kNumber));
  become_another_person();
  EXPECT_EQ(code_of(begin_with(mine)), "documents.not_found");
  EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification"), 0);
}

TEST_P(CardTest, ACardWithoutAFaceIsSaidAtOnce) {
  const auto id = hand_in(card(kName, kNumber));
  pictures_.insert_or_assign(test::photo(card(kName, kNumber)), picture({}));
  EXPECT_EQ(code_of(begin_with(id)), "vision.no_face");
  EXPECT_EQ(number("SELECT COUNT(*) FROM identity_verification"), 0);
}

TEST_P(CardTest, NoFaceIsLookedAtWithoutConsentOrWithAStoppedSwitch) {
  const auto id = hand_in(card(kName, kNumber));
  looks_ = 0;
  stop_face(true);
  EXPECT_EQ(code_of(begin_with(id)), "controls.stopped");
  stop_face(false);
  answer(consent::Purpose::face, false);
  EXPECT_EQ(code_of(begin_with(id)), "consent.missing");
  EXPECT_EQ(looks_, 0);
}

TEST_P(CardTest, WithTheSelfieThereTheComparisonStarts) {
  const auto begun = begin();
  ASSERT_TRUE(submit(begun->id, Photo::selfie, "selfie").ok());
  const auto both = begin_with(hand_in(card(kName, kNumber)));
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->id, begun->id);
  EXPECT_EQ(both->state, State::processing);
  EXPECT_EQ(processed(both->id).state, State::passed);
}

TEST_P(CardTest, WithoutAReadingEverythingIsTypedAsBefore) {
  const auto id = submitted();
  const auto done = processed(id);
  EXPECT_EQ(done.state, State::passed);
  EXPECT_FALSE(done.facts->card_number_agrees.has_value());
  EXPECT_FALSE(identity_.typed(done)->has_value());
}

}  // namespace
}  // namespace mq::identity
