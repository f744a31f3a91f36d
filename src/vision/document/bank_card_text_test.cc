// Made-up lines of bank cards.
#include "vision/document/bank_card_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mq::vision {
namespace {

const std::string kNumber = "6222023965724952057";  // invented, of a known prefix and length

// A line of characters as wide as half their height, turned around the origin by `direction`
// degrees.
TextLine line(const std::string& text, float left, float row, float height = 40,
              float direction = 0, float sure = 0.99F) {
  TextLine out;
  std::vector<std::string> characters;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    characters.push_back(text.substr(i, end - i));
    i = end;
  }
  const float length = static_cast<float>(characters.size()) * height / 2;
  const double radians = direction * std::numbers::pi / 180;
  const auto c = static_cast<float>(std::cos(radians)), s = static_cast<float>(std::sin(radians));
  const auto at = [&](float x, float y) { return Point{x * c - y * s, x * s + y * c}; };
  out.corners = {at(left, row - height / 2), at(left + length, row - height / 2),
                 at(left + length, row + height / 2), at(left, row + height / 2)};
  out.text = text;
  out.confidence = sure;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    out.glyphs.push_back({characters[i], sure,
                          (static_cast<float>(i) + 0.5F) / static_cast<float>(characters.size())});
  }
  return out;
}

BankCardText text_of(const std::vector<TextLine>& lines, float direction = 0) {
  return read_bank_card(card_lines(lines, direction), direction);
}

BankCardReading reading_of(const std::vector<TextLine>& lines, float direction = 0) {
  BankCardReading out;
  fill_bank_card(text_of(lines, direction), out);
  return out;
}

// Groups a digit apart, from the left.
std::vector<TextLine> groups(const std::vector<std::string>& texts, float direction = 0,
                             float drop = 0) {
  std::vector<TextLine> out;
  float left = 50;
  for (const std::string& text : texts) {
    out.push_back(line(text, left, 300 + drop * (left - 50), 40, direction));
    left += static_cast<float>(text.size() + 1) * 20;
  }
  return out;
}

TEST(BankCardText, APlainCardIsReadWhole) {
  const auto reading =
      reading_of({line("中国工商银行", 50, 60, 50), line("6222 0239 6572 4952 057", 50, 300),
                  line("VALID THRU 05/29", 200, 380, 25), line("ZHANG SAN", 50, 480, 30)});
  EXPECT_EQ(reading.state, CardState::read);
  EXPECT_EQ(reading.number.text, kNumber);
  EXPECT_EQ(reading.number.state, FieldState::read);
  ASSERT_EQ(reading.number.places.size(), 1U);
  EXPECT_NEAR(reading.number.places[0][0].x, 50, 1);
  EXPECT_EQ(reading.issuer.text, "中国工商银行");
  EXPECT_EQ(reading.issuer.state, FieldState::read);
  EXPECT_EQ(reading.kind, bankcard::CardKind::debit);
  EXPECT_EQ(reading.expiry.text, "05/29");
  EXPECT_EQ(reading.expiry.state, FieldState::read);
  EXPECT_TRUE(reading.problems.empty());
}

TEST(BankCardText, GroupsOfOneRowAreJoinedInEveryDirection) {
  for (const float direction : {0.0F, 12.0F, 90.0F, -170.0F}) {
    const auto reading =
        reading_of(groups({"6222", "0239", "6572", "4952", "057"}, direction), direction);
    EXPECT_EQ(reading.number.text, kNumber) << direction;
    EXPECT_EQ(reading.state, CardState::read) << direction;
    EXPECT_EQ(reading.number.places.size(), 5U) << direction;
  }
}

TEST(BankCardText, ARowMayRunAslantOnThePage) {
  // Three degrees between the number and the rest of the page: over its length more than a line's
  // height.
  EXPECT_EQ(reading_of(groups({"6222", "0239", "6572", "4952", "057"}, 0, 0.052F)).number.text,
            kNumber);
}

TEST(BankCardText, LinesOfOtherRowsAndSizesStayOut) {
  auto lines = groups({"6222", "0239", "6572", "4952", "057"});
  lines.push_back(line("95588", 60, 350, 20));
  lines.push_back(line("2029", 500, 300, 90));
  EXPECT_EQ(reading_of(lines).number.text, kNumber);
}

TEST(BankCardText, AnUnknownIssuerOrLengthIsForThePersonToConfirm) {
  const auto unknown = reading_of({line("4111111111111111", 50, 300)});
  EXPECT_EQ(unknown.state, CardState::confirm);
  EXPECT_EQ(unknown.number.state, FieldState::confirm);
  EXPECT_EQ(unknown.issuer.state, FieldState::missing);
  EXPECT_FALSE(unknown.kind);
  const auto shorter = reading_of({line("622202396572495207", 50, 300)});
  EXPECT_EQ(shorter.number.text, "622202396572495207");
  EXPECT_EQ(shorter.state, CardState::confirm);
  EXPECT_EQ(shorter.issuer.text, "中国工商银行");
}

TEST(BankCardText, ADoubtfulDigitIsForThePersonToConfirm) {
  auto number = line(kNumber, 50, 300);
  number.glyphs[7].confidence = 0.6F;
  const auto reading = reading_of({number});
  EXPECT_EQ(reading.number.state, FieldState::confirm);
  EXPECT_FLOAT_EQ(reading.number.confidence, 0.6F);
  EXPECT_EQ(reading.issuer.state, FieldState::confirm);
}

TEST(BankCardText, AWrongCheckDigitWantsAnotherPhotoAndShowsWhatWasRead) {
  const auto reading = reading_of({line("6222023965724952058", 50, 300)});
  EXPECT_EQ(reading.state, CardState::retake);
  EXPECT_EQ(reading.number.text, "6222023965724952058");
  EXPECT_EQ(reading.number.state, FieldState::confirm);
  EXPECT_EQ(reading.issuer.state, FieldState::missing);
}

TEST(BankCardText, TheNameOfAnotherBankIsAContradiction) {
  const auto reading = reading_of({line("招商银行", 50, 60, 50), line(kNumber, 50, 300)});
  EXPECT_EQ(reading.number.state, FieldState::read);
  EXPECT_EQ(reading.issuer.state, FieldState::confirm);
  EXPECT_EQ(reading.state, CardState::confirm);
}

TEST(BankCardText, TwoCardsNoCardAndOtherCardsAreTold) {
  const auto problem = [](const std::vector<TextLine>& lines) {
    const auto reading = reading_of(lines);
    EXPECT_EQ(reading.state, CardState::retake);
    return reading.problems.empty() ? std::optional<CardProblem>() : reading.problems.front();
  };
  EXPECT_EQ(problem({line(kNumber, 50, 300), line("6225885955620802", 50, 600)}),
            CardProblem::two_cards);
  EXPECT_EQ(problem({}), CardProblem::no_card);
  EXPECT_EQ(problem({line("早餐 12 元", 50, 300)}), CardProblem::no_card);
  EXPECT_EQ(problem({line("11010519491231002X", 50, 300)}), CardProblem::foreign);
  EXPECT_EQ(problem({line("6222023965724952058", 50, 300, 10)}), CardProblem::too_small);
}

TEST(BankCardText, AHoleInTheRowIsToldEvenIfTheRestPassesTheCheck) {
  // Of 6014 2895 1770 1069 7 the second half of the second group lies under something.
  auto lines = groups({"6014", "28  ", "1770", "1069", "7"});
  const auto reading = reading_of(lines);
  EXPECT_EQ(reading.number.text, "601428177010697");
  EXPECT_TRUE(bankcard::printed_number(reading.number.text));
  EXPECT_EQ(reading.problems, std::vector<CardProblem>{CardProblem::covered});
  EXPECT_EQ(reading.state, CardState::retake);
  EXPECT_EQ(reading_of(groups({"6014", "2895", "1770", "1069", "7"})).state, CardState::read);
}

TEST(BankCardText, TheSameNumberTwiceIsOneCard) {
  const auto reading = reading_of({line(kNumber, 50, 300), line(kNumber, 50, 600, 20)});
  EXPECT_EQ(reading.state, CardState::read);
}

TEST(BankCardText, AnExpiryWithoutLabelOrUnsureIsForThePersonToConfirm) {
  const auto plain = reading_of({line(kNumber, 50, 300), line("05/29", 200, 380, 25)});
  EXPECT_EQ(plain.expiry.state, FieldState::confirm);
  EXPECT_EQ(plain.state, CardState::read) << "the expiry does not decide about the card";
  const auto unsure =
      reading_of({line(kNumber, 50, 300), line("VALID THRU 05/29", 200, 380, 25, 0, 0.7F)});
  EXPECT_EQ(unsure.expiry.state, FieldState::confirm);
}

}  // namespace
}  // namespace mq::vision
