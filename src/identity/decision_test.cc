#include "identity/decision.h"

#include <gtest/gtest.h>

#include <set>

#include "runtime/json.h"

namespace mq::identity {
namespace {

using Reasons = std::vector<Reason>;

// Everything fits, exactly at the threshold, at the first of five attempts.
Facts fitting() {
  Facts facts;
  facts.card_selfie = 4080;
  facts.card_authority = 4080;
  facts.selfie_authority = 4080;
  facts.liveness_passed = true;
  facts.liveness_score = 9000;
  facts.authority = AuthorityResult::match;
  facts.threshold = 4080;
  facts.model = "model@1";
  facts.attempt = 1;
  facts.attempts_allowed = 5;
  return facts;
}
template <class Change>
Facts with(Change change) {
  auto facts = fitting();
  change(facts);
  return facts;
}
Facts last(Facts facts) {
  facts.attempt = facts.attempts_allowed;
  return facts;
}
void expect(const Facts& facts, Outcome outcome, const Reasons& reasons) {
  const auto decision = decide(facts);
  EXPECT_EQ(decision.outcome, outcome);
  EXPECT_EQ(decision.reasons, reasons);
}

TEST(Decision, PassesWhenEverythingFitsAlsoAtTheLastAttempt) {
  expect(fitting(), Outcome::passed, {});
  expect(last(fitting()), Outcome::passed, {});
  expect(with([](Facts& f) { f.attempt = 9; }), Outcome::passed, {});
}

TEST(Decision, WhatContradictsTheCardsPhotoIsForAPerson) {
  const auto agreeing = with([](Facts& f) { f.card_name_agrees = f.card_number_agrees = true; });
  expect(agreeing, Outcome::passed, {});
  expect(with([](Facts& f) { f.card_name_agrees = false; }), Outcome::review,
         {Reason::typed_against_card});
  expect(with([](Facts& f) { f.card_number_agrees = false; }), Outcome::review,
         {Reason::typed_against_card});
  // Facts of before there was such a question replay as they were.
  auto older = boost::json::parse(runtime::to_json(fitting())).as_object();
  older.erase("card_name_agrees");
  older.erase("card_number_agrees");
  const auto replayed = runtime::from_json<Facts>(boost::json::serialize(older));
  ASSERT_TRUE(replayed.ok());
  expect(*replayed, Outcome::passed, {});
}

TEST(Decision, AHandHeldPhotoThatContradictsIsForAPerson) {
  const auto held = [](auto change) {
    return with([&](Facts& f) {
      f.held_person_portrait = f.held_live_person = f.held_live_portrait = 4080;
      f.held_number_agrees = true;
      change(f);
    });
  };
  expect(held([](Facts&) {}), Outcome::passed, {});
  expect(held([](Facts& f) { f.held_live_person = 4079; }), Outcome::review,
         {Reason::held_person_differs});
  expect(held([](Facts& f) { f.held_person_portrait = 4079; }), Outcome::review,
         {Reason::held_portrait_differs});
  expect(held([](Facts& f) { f.held_live_portrait = -100; }), Outcome::review,
         {Reason::held_portrait_differs});
  expect(held([](Facts& f) { f.held_number_agrees = false; }), Outcome::review,
         {Reason::held_number_differs});
  const auto all = held([](Facts& f) {
    f.held_person_portrait = f.held_live_person = f.held_live_portrait = 0;
    f.held_number_agrees = false;
    f.liveness_passed = false;
  });
  expect(all, Outcome::review,
         {Reason::held_person_differs, Reason::held_portrait_differs, Reason::held_number_differs,
          Reason::liveness_suspicion});
  // What cannot be compared says nothing against anybody.
  expect(held([](Facts& f) {
           f.held_person_portrait = f.held_live_portrait = std::nullopt;
           f.held_number_agrees = std::nullopt;
         }),
         Outcome::passed, {});
  // Nor does it make up for anything.
  expect(held([](Facts& f) { f.card_selfie = 4079; }), Outcome::retry,
         {Reason::face_mismatch_card});
}

TEST(Decision, FactsFromBeforeHandHeldPhotosReplay) {
  auto older = boost::json::parse(runtime::to_json(fitting())).as_object();
  for (const auto* name : {"held_document", "held_person_portrait", "held_live_person",
                           "held_live_portrait", "held_number_agrees"}) {
    ASSERT_EQ(older.erase(name), 1U) << name;
  }
  const auto replayed = runtime::from_json<Facts>(boost::json::serialize(older));
  ASSERT_TRUE(replayed.ok());
  EXPECT_FALSE(replayed->held_document.has_value());
  expect(*replayed, Outcome::passed, {});
}

TEST(Decision, WhatABetterPhotoMendsIsARetryAndReviewAtTheEnd) {
  const auto card = with([](Facts& f) { f.card_selfie = 4079; });
  expect(card, Outcome::retry, {Reason::face_mismatch_card});
  expect(last(card), Outcome::review, {Reason::face_mismatch_card, Reason::attempts_used_up});

  const auto official = with([](Facts& f) { f.selfie_authority = 4079; });
  expect(official, Outcome::retry, {Reason::face_mismatch_authority});
  expect(last(official), Outcome::review,
         {Reason::face_mismatch_authority, Reason::attempts_used_up});

  const auto print = with([](Facts& f) { f.liveness_passed = false; });
  expect(print, Outcome::retry, {Reason::liveness_suspicion});
  expect(last(print), Outcome::review, {Reason::liveness_suspicion, Reason::attempts_used_up});

  const auto stranger = with([](Facts& f) {
    f.card_selfie = 100;
    f.selfie_authority = -200;
    f.liveness_passed = false;
  });
  expect(stranger, Outcome::retry,
         {Reason::face_mismatch_card, Reason::liveness_suspicion, Reason::face_mismatch_authority});
  auto second_to_last = card;
  second_to_last.attempt = 4;
  expect(second_to_last, Outcome::retry, {Reason::face_mismatch_card});
  auto beyond = card;
  beyond.attempt = 6;
  expect(beyond, Outcome::review, {Reason::face_mismatch_card, Reason::attempts_used_up});
}

TEST(Decision, WhatNoPhotoMendsGoesToAPersonAtOnce) {
  const auto without_photo = [](AuthorityResult result) {
    return with([&](Facts& f) {
      f.authority = result;
      f.card_authority = f.selfie_authority = std::nullopt;
    });
  };
  expect(without_photo(AuthorityResult::no_match), Outcome::review, {Reason::authority_no_match});
  expect(without_photo(AuthorityResult::no_photo), Outcome::review, {Reason::authority_no_photo});
  expect(without_photo(AuthorityResult::match), Outcome::review,
         {Reason::authority_photo_unusable});
  const auto other_card = with([](Facts& f) { f.card_authority = 4079; });
  expect(other_card, Outcome::review, {Reason::card_mismatch_authority});
  expect(last(other_card), Outcome::review, {Reason::card_mismatch_authority});
}

TEST(Decision, HalfAnAuthorityComparisonIsNone) {
  expect(with([](Facts& f) { f.card_authority = std::nullopt; }), Outcome::review,
         {Reason::authority_photo_unusable});
  expect(with([](Facts& f) { f.selfie_authority = std::nullopt; }), Outcome::review,
         {Reason::authority_photo_unusable});
}

TEST(Decision, SeriousReasonsStandFirst) {
  const auto both = with([](Facts& f) {
    f.card_selfie = 0;
    f.authority = AuthorityResult::no_match;
  });
  expect(both, Outcome::review, {Reason::authority_no_match, Reason::face_mismatch_card});
  expect(last(both), Outcome::review,
         {Reason::authority_no_match, Reason::face_mismatch_card, Reason::attempts_used_up});
}

// Every combination of what can go wrong: a machine passes only the one without fault, and never
// refuses.
TEST(Decision, OverAllCombinationsOnlyTheFaultlessPasses) {
  int passed = 0, combinations = 0;
  for (int bits = 0; bits < 64; ++bits) {
    for (const auto authority :
         {AuthorityResult::match, AuthorityResult::no_match, AuthorityResult::no_photo}) {
      auto facts = fitting();
      facts.authority = authority;
      if (bits & 1) facts.card_selfie = -10'000;
      if (bits & 2) facts.card_authority = 0;
      if (bits & 4) facts.selfie_authority = 0;
      if (bits & 8) facts.liveness_passed = false;
      if (bits & 16) facts.card_authority = std::nullopt;
      if (bits & 32) facts = last(facts);
      const auto decision = decide(facts);
      const bool faultless = (bits & 31) == 0 && authority == AuthorityResult::match;
      EXPECT_EQ(decision.outcome == Outcome::passed, faultless) << bits;
      EXPECT_EQ(decision.reasons.empty(), faultless) << bits;
      EXPECT_FALSE((bits & 32) != 0 && decision.outcome == Outcome::retry) << bits;
      passed += decision.outcome == Outcome::passed ? 1 : 0;
      ++combinations;
    }
  }
  EXPECT_EQ(combinations, 192);
  EXPECT_EQ(passed, 2) << "at the first attempt and at the last";
}

TEST(Decision, StoredFactsDecideTheSameAgain) {
  const auto facts = with([](Facts& f) {
    f.card_selfie = -123;
    f.card_authority = std::nullopt;
  });
  const auto again = runtime::from_json<Facts>(runtime::to_json(facts));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(runtime::to_json(*again), runtime::to_json(facts));
  EXPECT_EQ(decide(*again).reasons, decide(facts).reasons);
}

TEST(Reasons, EachHasWordsAndANextStepAndNoScore) {
  std::set<std::string_view> texts;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Reason>>([&](auto reason) {
    const auto& text = reason_text(reason.value);
    for (const auto part : {text.text_zh, text.next_zh, text.text_en, text.next_en}) {
      EXPECT_FALSE(part.empty()) << reason.name;
      EXPECT_EQ(part.find_first_of("0123456789%"), std::string_view::npos) << part;
    }
    texts.insert(text.text_zh);
  });
  EXPECT_EQ(texts.size(), 13U);
}

}  // namespace
}  // namespace mq::identity
