// From lines of text to the fields of a card, with made-up lines.
#include <gtest/gtest.h>

#include "vision/document/card_back.h"
#include "vision/document/card_fields.h"
#include "vision/document/card_front.h"

namespace mq::vision {
namespace {

std::vector<std::string> characters_of(std::string_view utf8) {
  std::vector<std::string> out;
  for (const char c : utf8) {
    if ((c & 0xC0) == 0x80)
      out.back() += c;
    else
      out.emplace_back(1, c);
  }
  return out;
}

constexpr float kHeight = 30;

TextLine line(std::string_view text, float left, float row, float confidence = 0.99F,
              float width = 0) {
  TextLine out;
  out.text = text;
  const auto characters = characters_of(text);
  if (width == 0) width = kHeight * static_cast<float>(characters.size());
  out.corners = {Point{left, row - kHeight / 2}, Point{left + width, row - kHeight / 2},
                 Point{left + width, row + kHeight / 2}, Point{left, row + kHeight / 2}};
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const float at = (static_cast<float>(i) + 0.5F) / static_cast<float>(characters.size());
    out.glyphs.push_back({characters[i], confidence, at});
  }
  out.confidence = confidence;
  return out;
}

std::vector<TextLine> front_lines() {
  return {line("姓名陈丽森", 60, 100),
          line("性别女民族汉", 60, 180),
          line("出生1973年11月13日", 60, 260),
          line("住址河北省定州市龙泉镇", 60, 340),
          line("石桥村8组184号", 120, 385),
          line("公民身份号码130682197311135403", 60, 560, 0.99F, 900)};
}

CardReading front_of(const std::vector<TextLine>& lines) {
  CardReading out;
  fill_front(read_front(card_lines(lines, 0)), out);
  out.name.state = out.name.text.empty() ? FieldState::missing : FieldState::read;  // judged apart
  out.state = state_of(out);
  return out;
}

TEST(CardText, ReadsAFront) {
  const CardReading out = front_of(front_lines());
  EXPECT_EQ(out.name.text, "陈丽森");
  EXPECT_EQ(out.sex.text, "女");
  EXPECT_EQ(out.nation.text, "汉");
  EXPECT_EQ(out.birth.text, "1973-11-13");
  EXPECT_EQ(out.address.text, "河北省定州市龙泉镇石桥村8组184号");
  EXPECT_EQ(out.number.text, "130682197311135403");
  EXPECT_EQ(out.state, CardState::read);
}

TEST(CardText, AFieldOfItsOwnLineBelongsToTheLabelInItsRow) {
  auto lines = front_lines();
  lines[0] = line("姓名", 60, 100);
  lines.push_back(line("陈丽森", 190, 102));
  EXPECT_EQ(front_of(lines).name.text, "陈丽森");
}

TEST(CardText, AMisreadDigitIsNeverTakenSilently) {
  auto lines = front_lines();
  lines[5] = line("公民身份号码130682197311135406", 60, 560, 0.99F, 900);  // wrong check character
  const CardReading out = front_of(lines);
  EXPECT_NE(out.number.state, FieldState::read);
  EXPECT_EQ(out.state, CardState::confirm);
}

TEST(CardText, AFaintCheckCharacterIsVouchedForByTheSureDigitsBeforeIt) {
  auto lines = front_lines();
  lines[2] = line("出生1975年9月12日", 60, 260);
  lines[5] = line("公民身份号码11010319750912341X", 60, 560, 0.99F, 900);
  lines[5].glyphs.back().confidence = 0.5F;
  EXPECT_EQ(front_of(lines).number.state, FieldState::read);
  lines[5].glyphs.back().confidence = 0.2F;
  EXPECT_EQ(front_of(lines).number.state, FieldState::confirm) << "hardly seen at all";
  lines[5].glyphs.back().confidence = 0.5F;
  lines[5].glyphs[lines[5].glyphs.size() - 2].confidence = 0.7F;
  EXPECT_EQ(front_of(lines).number.state, FieldState::confirm) << "a digit is unsure";
}

TEST(CardText, AValidNumberOfAnotherBirthIsNotBelieved) {
  auto lines = front_lines();
  lines[2] = line("出生1974年11月13日", 60, 260);
  const CardReading out = front_of(lines);
  EXPECT_NE(out.number.state, FieldState::read);
  EXPECT_NE(out.birth.state, FieldState::read);
}

TEST(CardText, SexThatTheNumberContradictsIsAskedAbout) {
  auto lines = front_lines();
  lines[1] = line("性别男民族汉", 60, 180);
  EXPECT_EQ(front_of(lines).sex.state, FieldState::confirm);
}

TEST(CardText, TheRowOfTheSexIsReadAgainForALoneCharacter) {
  auto lines = front_lines();
  lines[1] = line("性别女民族", 60, 180);
  FrontText front = read_front(card_lines(lines, 0));
  EXPECT_TRUE(front.nation.empty());
  ASSERT_TRUE(front.sex_row.has_value());
  EXPECT_LT((*front.sex_row)[0].x, 60);
  EXPECT_GT((*front.sex_row)[1].x, 60 + 6 * kHeight) << "reaches beyond what was found";
  read_sex_row(line("性别女 民族土家", 60, 180), front);
  EXPECT_EQ(front.nation.text, "土家");
  EXPECT_EQ(front.sex.text, "女") << "kept";
  read_sex_row(line("性别男民族汉", 60, 180), front);
  EXPECT_EQ(front.sex.text + front.nation.text, "女土家") << "only what is missing is filled";
}

TEST(CardText, TheRowOfTheBirthIsReadAgainInOnePiece) {
  auto lines = front_lines();
  lines[2] = line("出生", 60, 260);
  FrontText front = read_front(card_lines(lines, 0));
  ASSERT_TRUE(front.birth_row.has_value());
  read_birth_row(line("出生 1月3日", 60, 260), front);
  EXPECT_TRUE(front.birth.empty()) << "no date, nothing is taken";
  read_birth_row(line("出生 1973年11月13日", 60, 260), front);
  EXPECT_EQ(front.birth.text, "1973年11月13日");
}

TEST(CardText, ABirthWithoutItsLabelIsTheDateInOneRow) {
  auto lines = front_lines();
  for (const std::string_view row : {"1973年11月13日", "圭1973年11月13日"}) {
    lines[2] = line(row, 130, 260);
    const CardReading out = front_of(lines);
    EXPECT_EQ(out.birth.text, "1973-11-13") << row;
    EXPECT_EQ(out.birth.state, FieldState::read) << row << ": the number says the same";
    EXPECT_EQ(out.address.text, "河北省定州市龙泉镇石桥村8组184号") << row;
  }
  lines[2] = line("1973年", 130, 260);
  lines.push_back(line("11月13日", 280, 262));
  EXPECT_EQ(front_of(lines).birth.text, "1973-11-13");
}

TEST(CardText, ABirthThatWasNotReadIsAskedAboutAsTheNumberHasIt) {
  auto lines = front_lines();
  lines.erase(lines.begin() + 2);
  const CardReading out = front_of(lines);
  EXPECT_EQ(out.birth.text, "1973-11-13");
  EXPECT_EQ(out.birth.state, FieldState::confirm);
  EXPECT_TRUE(out.birth.places.empty());
  EXPECT_NE(out.number.state, FieldState::read) << "no birth vouches for it";
  EXPECT_EQ(out.state, CardState::confirm);
}

TEST(CardText, WithoutAValidNumberThereIsNoBirthToAskAbout) {
  auto lines = front_lines();
  lines.erase(lines.begin() + 2);
  lines.back() = line("公民身份号码130682197311135406", 60, 560, 0.99F, 900);
  EXPECT_EQ(front_of(lines).birth.state, FieldState::missing);
}

TEST(CardText, AnAddressThatBeginsAsNoPlaceIsAskedAbout) {
  auto lines = front_lines();
  EXPECT_EQ(front_of(lines).address.state, FieldState::read);
  for (const std::string_view row :
       {"住址河北省定洲市龙泉镇", "住址河北省定州龙泉镇", "住址湖北省定州市龙泉镇"}) {
    lines[3] = line(row, 60, 340);
    EXPECT_EQ(front_of(lines).address.state, FieldState::confirm) << row;
  }
  lines[3] = line("住址四川省西昌市龙泉镇", 60, 340);
  EXPECT_EQ(front_of(lines).address.state, FieldState::read) << "people move";
}

TEST(CardText, ARareCharacterOfAnAddressHasToBeSurer) {
  auto lines = front_lines();
  lines[4] = line("黃土坡村8组184号", 120, 385, 0.9F);
  EXPECT_EQ(front_of(lines).address.state, FieldState::confirm);
  lines[4] = line("黄土坡村8组184号", 120, 385, 0.9F);
  EXPECT_EQ(front_of(lines).address.state, FieldState::read);
}

TEST(CardText, ANationIsFoundBehindAMisreadLabel) {
  for (const std::string_view row : {"性别女民放汉", "性别女民汉", "性别女汉", "女 民热汉"}) {
    FrontText front;
    read_sex_row(line(row, 60, 180), front);
    EXPECT_EQ(front.sex.text + front.nation.text, "女汉") << row;
  }
  FrontText nothing;
  read_sex_row(line("性别女民族", 60, 180), nothing);
  EXPECT_TRUE(nothing.nation.empty());
}

TEST(CardText, ALabelWithAMisreadCharacterIsStillOne) {
  auto lines = front_lines();
  lines[0] = line("姓各陈丽森", 60, 100);
  EXPECT_EQ(front_of(lines).name.text, "陈丽森");
}

TEST(CardText, WithoutNameOrNumberAnotherPhotoIsWanted) {
  auto lines = front_lines();
  lines.pop_back();
  EXPECT_EQ(front_of(lines).state, CardState::retake);
}

CardReading back_of(const std::vector<TextLine>& lines) {
  CardReading out;
  fill_back(read_back(card_lines(lines, 0)), out);
  out.state = state_of(out);
  return out;
}

TEST(CardText, ReadsABack) {
  const CardReading out = back_of({line("中华人民共和国", 300, 100), line("居民身份证", 300, 180),
                                   line("签发机关定州市公安局", 200, 420),
                                   line("有效期限2023.04.21-2043.04.21", 200, 480)});
  EXPECT_EQ(out.authority.text, "定州市公安局");
  EXPECT_EQ(out.valid_from.text, "2023-04-21");
  EXPECT_EQ(out.valid_to.text, "2043-04-21");
  EXPECT_EQ(out.state, CardState::read);
}

TEST(CardText, AnAuthorityOfNoPlaceIsAskedAbout) {
  for (const std::string_view row : {"签发机关定洲市公安局", "签发机关定州市公安同"}) {
    const CardReading out = back_of({line("居民身份证", 300, 180), line(row, 200, 420),
                                     line("有效期限2023.04.21-2043.04.21", 200, 480)});
    EXPECT_EQ(out.authority.state, FieldState::confirm) << row;
  }
}

TEST(CardText, ACardWithoutAnEnd) {
  const CardReading out =
      back_of({line("居民身份证", 300, 180), line("签发机关定州市公安局", 200, 420),
               line("有效期限2010.04.21-长期", 200, 480)});
  EXPECT_EQ(out.valid_to.text, kLongTerm);
  EXPECT_EQ(out.valid_to.state, FieldState::read);
}

TEST(CardText, ATermThatDoesNotExistIsAskedAbout) {
  const CardReading out =
      back_of({line("居民身份证", 300, 180), line("签发机关定州市公安局", 200, 420),
               line("有效期限2023.04.21-2042.04.21", 200, 480)});
  EXPECT_NE(out.valid_to.state, FieldState::read);
}

}  // namespace
}  // namespace mq::vision
