#include "documents/reading.h"

#include <gtest/gtest.h>

#include <array>

#include "fakes.h"
#include "runtime/json.h"
#include "support/documents.h"

namespace mq::documents {
namespace {

constexpr auto kNumber = "110101199003070652";
const BusinessDate kToday = BusinessDate::parse("2026-11-23").value();
const Instant kNow{1'800'000'000'000'000};

vision::CardReading card(const std::string& words) { return test::card_in(test::photo(words)); }
ReadResult front(const std::string& words) {
  return result_of(card(words), vision::CardSide::front, kToday);
}
PersonId person() {
  test::TestRandom random;
  return PersonId::make(kNow, random);
}
bool has_check(const Reading& reading, const std::string& code) {
  for (const auto& check : reading.checks) {
    if (check.code == code) return true;
  }
  return false;
}

TEST(Reading, ASureCardIsReadWithItsPlaces) {
  const auto result = front(std::string("card 张小明 ") + kNumber);
  EXPECT_EQ(result.state, UploadState::read);
  EXPECT_TRUE(result.problems.empty());
  ASSERT_EQ(result.reading.fields.size(), 6U);
  const auto* number = result.reading.field("number");
  ASSERT_NE(number, nullptr);
  EXPECT_EQ(number->read.expose(), kNumber);
  EXPECT_EQ(number->confidence, 9900);
  EXPECT_TRUE(number->sure);
  ASSERT_EQ(number->places.size(), 1U);
  EXPECT_EQ(number->places[0].corners[2].x, 90);
  EXPECT_EQ(number->places[0].corners[2].y, 40);
  ASSERT_TRUE(result.reading.portrait.has_value());
  EXPECT_EQ(result.reading.portrait->corners[0].x, 640);
}

TEST(Reading, WhatDoesNotFitTogetherIsAFinding) {
  EXPECT_FALSE(
      has_check(front(std::string("card 张小明 ") + kNumber).reading, "card.birth_differs"));
  const auto other = front("card 张小明 11010519491231002X");
  EXPECT_TRUE(has_check(other.reading, "card.birth_differs"));
  EXPECT_TRUE(has_check(other.reading, "card.sex_differs"));
}

TEST(Reading, TheOtherSideSaysNothingAboutThisOne) {
  const auto result = result_of(card("back"), vision::CardSide::front, kToday);
  EXPECT_EQ(result.state, UploadState::retake);
  for (const auto& field : result.reading.fields) {
    EXPECT_EQ(field.state, ValueState::missing) << field.name;
    EXPECT_TRUE(field.read.expose().empty());
  }
  const auto back = result_of(card("back"), vision::CardSide::back, kToday);
  EXPECT_EQ(back.state, UploadState::read);
  EXPECT_EQ(back.reading.field("valid_to")->read.expose(), "2035-01-01");
  EXPECT_FALSE(has_check(back.reading, "card.validity_expired"));
  const auto later = BusinessDate::parse("2035-01-02").value();
  EXPECT_TRUE(has_check(result_of(card("back"), vision::CardSide::back, later).reading,
                        "card.validity_expired"));
}

TEST(Reading, WhatIsTypedStandsBesideWhatWasRead) {
  auto reading = front(std::string("card 张小朋 ") + kNumber + " unsure").reading;
  EXPECT_EQ(state_of(reading), UploadState::confirm);
  const auto by = person();
  ASSERT_TRUE(
      take_over(reading, Kind::id_card_front, {{"name", Pii<std::string>("张小明")}}, by, kNow)
          .ok());
  const auto* name = reading.field("name");
  EXPECT_EQ(name->state, ValueState::corrected);
  EXPECT_EQ(name->read.expose(), "张小朋");
  EXPECT_EQ(name->text().expose(), "张小明");
  ASSERT_TRUE(name->typed.has_value());
  EXPECT_EQ(name->typed->by, by);
  EXPECT_EQ(name->typed->at_us, kNow.us);
  EXPECT_FALSE(name->sure);
  EXPECT_EQ(state_of(reading), UploadState::read);
  // Taking it back leaves no trace of a correction that is none.
  ASSERT_TRUE(
      take_over(reading, Kind::id_card_front, {{"name", Pii<std::string>("张小朋")}}, by, kNow)
          .ok());
  EXPECT_EQ(reading.field("name")->state, ValueState::confirmed);
  EXPECT_FALSE(reading.field("name")->typed.has_value());
}

TEST(Reading, ChecksFollowWhatIsTyped) {
  auto reading = front(std::string("card 张小明 ") + kNumber).reading;
  ASSERT_TRUE(take_over(reading, Kind::id_card_front,
                        {{"number", Pii<std::string>("11010519491231002x")}}, person(), kNow)
                  .ok());
  EXPECT_EQ(reading.field("number")->text().expose(), "11010519491231002X");
  EXPECT_TRUE(has_check(reading, "card.birth_differs"));
}

TEST(Reading, ImpossibleValuesAreRefusedAndChangeNothing) {
  auto reading = front(std::string("card 张小明 ") + kNumber).reading;
  const auto before = runtime::to_json(reading);
  const std::pair<const char*, const char*> wrong[] = {
      {"number", "110101199003070653"}, {"number", ""},   {"name", "12"},
      {"birth", "1990-02-30"},          {"sex", "other"}, {"nothing", "x"},
      {"authority", "公安局"}};
  for (const auto& [name, text] : wrong) {
    const auto status = take_over(
        reading, Kind::id_card_front,
        {{"nation", Pii<std::string>("回")}, {name, Pii<std::string>(text)}}, person(), kNow);
    ASSERT_FALSE(status.ok()) << name << " " << text;
    EXPECT_TRUE(status.error().is(DocumentsErrc::bad_field));
    EXPECT_EQ(status.error().detail().find(text[0] == '\0' ? "!" : text), std::string::npos)
        << "what was typed is in no error";
    EXPECT_EQ(runtime::to_json(reading), before);
  }
}

const std::string kHeld = std::string("held 张小明 ") + kNumber;
vision::HandHeldReading held(const std::string& words) { return test::held_in(test::photo(words)); }
ReadResult held_result(const std::string& words) { return result_of(held(words), kToday); }
using Codes = std::vector<std::string>;

TEST(HandHeld, TheCardInHandIsReadAndThePersonIsTheOneOnIt) {
  const auto result = held_result(kHeld + " 1 0.9");
  EXPECT_EQ(result.state, UploadState::read);
  EXPECT_TRUE(result.problems.empty());
  EXPECT_EQ(result.reading.field("number")->read.expose(), kNumber);
  EXPECT_FALSE(result.reading.field("number")->places.empty());
  EXPECT_TRUE(result.reading.portrait.has_value());
  EXPECT_TRUE(has_check(result.reading, "held.person_matches"));
  EXPECT_EQ(runtime::to_json(result.reading).find("similar"), std::string::npos);
  EXPECT_EQ(held_result(kHeld + " 1 0.9 unsure").state, UploadState::confirm);
  EXPECT_TRUE(
      has_check(held_result("held 张小明 11010519491231002X 1 0.9").reading, "card.birth_differs"));
}

TEST(HandHeld, SomebodyElsesCardIsADoubtAndASmallPortraitIsNone) {
  const auto other = held_result(kHeld + " 1 -0.5");
  EXPECT_EQ(other.state, UploadState::read) << "people decide about it";
  ASSERT_TRUE(has_check(other.reading, "held.person_differs"));
  EXPECT_EQ(other.reading.checks[0].severity, idcard::Severity::doubt);

  auto small = held(kHeld + " 1 -0.5");
  small.portrait_eyes = vision::kComparableEyes - 1;
  const auto result = result_of(small, kToday);
  EXPECT_EQ(result.state, UploadState::read);
  EXPECT_FALSE(has_check(result.reading, "held.person_differs"));
  ASSERT_TRUE(has_check(result.reading, "held.person_not_comparable"));
  EXPECT_EQ(result.reading.checks[0].severity, idcard::Severity::note);
}

TEST(HandHeld, WhatIsWrongIsSaidOnceAndAnotherPhotoIsWanted) {
  const auto problems_of = [](const vision::HandHeldReading& reading) {
    const auto result = result_of(reading, kToday);
    EXPECT_EQ(result.state, UploadState::retake);
    return result.problems;
  };
  EXPECT_EQ(problems_of(held("a cat")), Codes{"held.no_card"});
  EXPECT_EQ(problems_of(held(kHeld + " 0 0.9")), Codes{"held.no_face"});
  EXPECT_EQ(problems_of(held(kHeld + " 1 0")), Codes{"held.card_face_missing"});
  auto foreign = held("a cat");
  foreign.card.problems = {vision::CardProblem::foreign};
  EXPECT_EQ(problems_of(foreign), Codes{"card.foreign"}) << "a card, but not this kind";

  auto one = held(kHeld + " 1 0.9");
  one.problems = {vision::HeldProblem::number_covered};
  one.card.problems = {vision::CardProblem::covered, vision::CardProblem::blurred};
  EXPECT_EQ(problems_of(one), (Codes{"held.number_covered", "card.blurred"}));
  one.problems = {vision::HeldProblem::mirrored};
  one.card.problems = {vision::CardProblem::mirrored};
  EXPECT_EQ(problems_of(one), Codes{"held.mirrored"});
  one.problems = {vision::HeldProblem::wrong_side};
  one.card.problems = {vision::CardProblem::wrong_side};
  one.card.side = vision::CardSide::back;
  const auto back = result_of(one, kToday);
  EXPECT_EQ(back.problems, Codes{"held.wrong_side"});
  EXPECT_TRUE(back.reading.field("number")->read.expose().empty());
  EXPECT_FALSE(has_check(back.reading, "held.person_matches"));

  // Blur alone is the card's, and the card says how bad it is.
  one = held(kHeld + " 1 0.9 unsure");
  one.card.problems = {vision::CardProblem::blurred};
  const auto blurred = result_of(one, kToday);
  EXPECT_EQ(blurred.state, UploadState::confirm);
  EXPECT_EQ(blurred.problems, Codes{"card.blurred"});
}

TEST(HandHeld, WhatIsTypedLeavesTheFacesAlone) {
  auto reading = held_result(kHeld + " 1 -0.5").reading;
  ASSERT_TRUE(take_over(reading, Kind::hand_held,
                        {{"number", Pii<std::string>("11010519491231002x")}}, person(), kNow)
                  .ok());
  EXPECT_EQ(reading.field("number")->text().expose(), "11010519491231002X");
  EXPECT_EQ(reading.field("number")->read.expose(), kNumber);
  EXPECT_TRUE(has_check(reading, "held.person_differs"));
  EXPECT_TRUE(has_check(reading, "card.birth_differs"));
}

constexpr auto kCardNumber = "6222020200112233446";  // of ICBC

vision::BankCardReading bank_card() {
  const std::array<vision::Point, 4> row{{{10, 20}, {90, 20}, {90, 40}, {10, 40}}};
  vision::BankCardReading out;
  out.state = vision::CardState::read;
  out.number = {kCardNumber, 0.99F, vision::FieldState::read, {row}};
  out.issuer = {"中国工商银行", 0.99F, vision::FieldState::read, {row}};
  return out;
}

TEST(BankCard, TheBankStandsNowhereAndWhatWasNotReadIsNoGap) {
  auto seen = bank_card();
  const auto result = result_of(seen);
  EXPECT_EQ(result.state, UploadState::read);
  ASSERT_EQ(result.reading.fields.size(), 2U);
  EXPECT_EQ(result.reading.field("number")->read.expose(), kCardNumber);
  EXPECT_EQ(result.reading.field("number")->places.size(), 1U);
  EXPECT_EQ(result.reading.field("bank")->read.expose(), "中国工商银行");
  EXPECT_TRUE(result.reading.field("bank")->places.empty());
  EXPECT_EQ(state_of(result.reading), UploadState::read);
  seen.expiry = {"05/29", 0.99F, vision::FieldState::read, {}};
  seen.issuer = {};
  const auto other = result_of(seen);
  EXPECT_EQ(other.reading.field("bank"), nullptr);
  EXPECT_EQ(other.reading.field("expiry")->read.expose(), "05/29");
}

TEST(BankCard, ADoubtfulNumberIsSettledByItsOwner) {
  auto seen = bank_card();
  seen.number.state = seen.issuer.state = vision::FieldState::confirm;
  seen.state = vision::CardState::confirm;
  auto result = result_of(seen);
  EXPECT_EQ(result.state, UploadState::confirm);
  const std::vector<TypedField> said{{"number", Pii<std::string>(kCardNumber)},
                                     {"bank", Pii<std::string>("工商银行")}};
  ASSERT_TRUE(take_over(result.reading, Kind::bank_card, said, person(), kNow).ok());
  EXPECT_EQ(result.reading.field("number")->state, ValueState::confirmed);
  EXPECT_EQ(result.reading.field("bank")->state, ValueState::corrected);
  EXPECT_TRUE(result.reading.checks.empty()) << "the short name is the same bank";
  EXPECT_EQ(state_of(result.reading), UploadState::read);
}

TEST(BankCard, AnotherBanksNumberIsAFindingUntilTheBankFollows) {
  auto reading = result_of(bank_card()).reading;
  const auto say = [&](const char* name, const char* text) {
    return take_over(reading, Kind::bank_card, {{name, Pii<std::string>(text)}}, person(), kNow);
  };
  ASSERT_TRUE(say("number", "6225880123456783").ok());
  EXPECT_EQ(reading.field("number")->read.expose(), kCardNumber) << "what was read stays";
  EXPECT_TRUE(has_check(reading, "card.issuer_differs"));
  ASSERT_TRUE(say("bank", "招商银行").ok());
  EXPECT_FALSE(has_check(reading, "card.issuer_differs"));
}

TEST(BankCard, ImpossibleValuesAreRefused) {
  auto seen = bank_card();
  seen.expiry = {"05/29", 0.99F, vision::FieldState::confirm, {}};
  auto reading = result_of(seen).reading;
  const std::pair<const char*, const char*> wrong[] = {{"number", "6222020200112233447"},
                                                       {"number", "622202"},
                                                       {"number", "110101199003070652"},
                                                       {"expiry", "13/29"},
                                                       {"expiry", "5/29"},
                                                       {"name", "王芳"}};
  for (const auto& [name, text] : wrong) {
    const auto status =
        take_over(reading, Kind::bank_card, {{name, Pii<std::string>(text)}}, person(), kNow);
    ASSERT_FALSE(status.ok()) << name << " " << text;
    EXPECT_TRUE(status.error().is(DocumentsErrc::bad_field));
  }
  EXPECT_TRUE(
      take_over(reading, Kind::bank_card, {{"expiry", Pii<std::string>("12/31")}}, person(), kNow)
          .ok());
}

TEST(Reading, SurvivesItsRest) {
  auto reading = front(std::string("card 张小明 ") + kNumber + " unsure").reading;
  ASSERT_TRUE(
      take_over(reading, Kind::id_card_front, {{"name", Pii<std::string>("王芳")}}, person(), kNow)
          .ok());
  const auto text = runtime::to_json(reading);
  const auto again = runtime::from_json<Reading>(text);
  ASSERT_TRUE(again.ok()) << again.error().detail();
  EXPECT_EQ(runtime::to_json(*again), text);
  EXPECT_EQ(again->field("name")->text().expose(), "王芳");
}

}  // namespace
}  // namespace mq::documents
