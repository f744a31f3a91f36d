#include "vision/document/two_looks.h"

#include <gtest/gtest.h>

namespace mq::vision {
namespace {

CardLook look(bool vouched, std::vector<NameDoubt> doubts = {}) {
  CardLook out;
  out.card.name.text = "司械";
  out.card.name.state = doubts.empty() ? FieldState::read : FieldState::confirm;
  out.card.address.text = "青海省西宁市";
  out.card.address.state = FieldState::read;
  out.name = NameJudgement{};
  out.name->text = out.card.name.text;
  out.name->vouched = vouched;
  out.name->doubts = std::move(doubts);
  return out;
}

FieldState name_after(CardLook better, CardLook other) {
  doubt_differences(better, other);
  return better.card.name.state;
}

TEST(TwoLooks, ThatAgreeLeaveTheBetterOneAsItIs) {
  for (const bool vouched : {false, true})
    EXPECT_EQ(name_after(look(vouched), look(vouched)), FieldState::read);
}

TEST(TwoLooks, ADoubtOfTheOtherStaysUnlessTheInkIsSeen) {
  for (const NameDoubt doubt : {NameDoubt::unsure, NameDoubt::looks_otherwise}) {
    EXPECT_EQ(name_after(look(false), look(false, {doubt})), FieldState::confirm);
    EXPECT_EQ(name_after(look(true), look(false, {doubt})), FieldState::read);
  }
  // What the first look merely could not see, the second may.
  EXPECT_EQ(name_after(look(false), look(false, {NameDoubt::character_lost})), FieldState::read);
}

TEST(TwoLooks, AFieldReadInTwoWaysIsAskedAboutHoweverSure) {
  auto better = look(true), other = look(true);
  other.card.address.text = "青海省西宁";
  other.card.name.text = "司棫";
  doubt_differences(better, other);
  EXPECT_EQ(better.card.name.state, FieldState::confirm);
  EXPECT_EQ(better.card.address.state, FieldState::confirm);
  // One that the other look did not find is no second opinion.
  better = look(true);
  other.card.address.text.clear();
  other.card.name.text = better.card.name.text;
  doubt_differences(better, other);
  EXPECT_EQ(better.card.address.state, FieldState::read);
}

TEST(TwoLooks, NothingThatIsMissingBecomesMerelyDoubtful) {
  auto better = look(false);
  better.card.name.state = FieldState::missing;
  better.doubt_name_unless_vouched();
  EXPECT_EQ(better.card.name.state, FieldState::missing);
  CardLook back;  // has no name
  back.doubt_name_unless_vouched();
  EXPECT_FALSE(back.name_doubted(NameDoubt::unsure));
}

TEST(TwoLooks, SureFieldsAreWorthMoreAndTheNumberMost) {
  CardReading none, number, name;
  number.number.state = FieldState::read;
  name.name.state = FieldState::read;
  EXPECT_LT(worth(none), worth(name));
  EXPECT_LT(worth(name), worth(number));
  name.name.state = FieldState::confirm;
  EXPECT_LT(worth(none), worth(name));
}

}  // namespace
}  // namespace mq::vision
