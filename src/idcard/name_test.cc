#include "idcard/name.h"

#include <gmock/gmock.h>

#include "base/limits.h"
#include "idcard/tables.h"

namespace mq::idcard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TypedName, IsWrittenInLetters) {
  for (const auto* name :
       {"张三", "欧阳修", "阿卜杜拉·买买提", "Li", "John Smith", "O", "㐀", "𠮷田", "〇一"}) {
    EXPECT_TRUE(plausible_name(name)) << name;
  }
  EXPECT_TRUE(plausible_name(std::string(limits::kNameBytes, 'a')));
}

TEST(TypedName, AnythingElseIsNone) {
  for (const auto* name :
       {"", " ", "·", "张三1", "张三·", "·张三", "张··三", " 张三", "张三 ", "张\n三", "<b>",
        "张三；", "a'b", "😀", "\xe5\xbc", "\xff", "\xc1\x81", "\xed\xa0\x80", "张\xe2\x80\xae三"}) {
    EXPECT_FALSE(plausible_name(name)) << name;
  }
  EXPECT_FALSE(plausible_name(std::string_view("a\0b", 3)));
  EXPECT_FALSE(plausible_name(std::string(limits::kNameBytes + 1, 'a')));
}

TEST(Surname, IsFoundBeforeTheGivenName) {
  EXPECT_EQ(surname_of("王小明")->text, "王");
  EXPECT_EQ(surname_of("王小明")->kind, SurnameClass::common);
  EXPECT_EQ(surname_of("欧阳修")->text, "欧阳");
  EXPECT_EQ(surname_of("欧阳")->text, "欧") << "a compound surname needs a given name behind it";
  EXPECT_EQ(surname_of("爱新觉罗溥仪")->text, "爱新觉罗");
  EXPECT_EQ(surname_of("仝卓")->text, "仝");
  EXPECT_FALSE(surname_of("鱻鱻鱻"));
  EXPECT_FALSE(surname_of(""));
  EXPECT_FALSE(surname_of("\xff"));
}

TEST(Surname, TheTableHoldsCommonRareAndCompoundOnes) {
  int common = 0, compound = 0, all = 0;
  for (const auto line : table_lines(shipped_surnames())) {
    const auto name = line.substr(0, line.find(' '));
    ++all;
    common += line.ends_with(" common") ? 1 : 0;
    compound += name.size() > 3 ? 1 : 0;
    ASSERT_TRUE(surname_of(std::string(name) + "明")) << name;
    EXPECT_EQ(surname_of(std::string(name) + "明")->text, name);
  }
  EXPECT_GE(all, 700);
  EXPECT_GE(common, 100);
  EXPECT_GE(compound, 60);
}

TEST(PrintedName, OfOrdinaryPeopleHasNoIssue) {
  for (const auto* name :
       {"张三", "欧阳修", "李 明", "陈薇琼", "阿卜杜拉·买买提", "司马相如", "王𠮷"}) {
    EXPECT_THAT(inspect_name(name).issues, IsEmpty()) << name;
  }
  EXPECT_EQ(inspect_name(" 李 明 ").name, "李明");
  EXPECT_FALSE(inspect_name(" 李 明 ").normalised);
}

TEST(PrintedName, EveryLookAlikeOfTheMiddleDotBecomesIt) {
  for (const auto* name : {"阿卜杜拉•买买提", "阿卜杜拉・买买提", "阿卜杜拉．买买提",
                           "阿卜杜拉.买买提", "阿卜杜拉 ‧ 买买提", "阿卜杜拉･买买提"}) {
    const auto finding = inspect_name(name);
    EXPECT_EQ(finding.name, "阿卜杜拉·买买提") << name;
    EXPECT_TRUE(finding.normalised);
    EXPECT_THAT(finding.issues, IsEmpty());
    EXPECT_FALSE(finding.surname);
  }
}

TEST(PrintedName, UnusualOnesAreNamed) {
  using enum NameIssue;
  EXPECT_THAT(inspect_name("王").issues, ElementsAre(one_character));
  EXPECT_THAT(inspect_name("鱻明").issues, ElementsAre(surname_unknown));
  EXPECT_THAT(inspect_name("·买买提").issues, ElementsAre(dot_misplaced));
  EXPECT_THAT(inspect_name("买买提·").issues, ElementsAre(dot_misplaced));
  EXPECT_THAT(inspect_name("买买提·.艾力").issues, ElementsAre(dot_misplaced));
  EXPECT_THAT(inspect_name("张3").issues, ElementsAre(digit_or_latin));
  EXPECT_THAT(inspect_name("张Ａ").issues, ElementsAre(digit_or_latin));
  EXPECT_THAT(inspect_name("张三；").issues, ElementsAre(other_character));
  EXPECT_THAT(inspect_name("张明明明").issues, ElementsAre(repeated));
  EXPECT_THAT(inspect_name("丁丁").issues, ElementsAre(repeated));
  EXPECT_THAT(inspect_name("张明明").issues, IsEmpty());
  for (const auto* text : {"", "  ", "\xff", "\xe5\xbc"}) {
    EXPECT_THAT(inspect_name(text).issues, ElementsAre(unreadable)) << text;
  }
  EXPECT_THAT(inspect_name(std::string(limits::kCardFieldBytes + 1, 'a')).issues,
              ElementsAre(unreadable));
}

TEST(PrintedName, LongOnesAreMeasuredInCharacters) {
  const auto name = [](int parts) {
    std::string text = "张三丰";
    for (int i = 1; i < parts; ++i) text += "李四光";
    return text;
  };
  EXPECT_THAT(inspect_name(name(5)).issues, IsEmpty());
  EXPECT_THAT(inspect_name(name(6)).issues, ElementsAre(NameIssue::longer_than_chip));
  EXPECT_THAT(inspect_name(name(17)).issues,
              ElementsAre(NameIssue::too_long, NameIssue::longer_than_chip));
}

TEST(PrintedName, AReaderSaysWhichCharactersItKnows) {
  const auto known = [](char32_t p) { return p != U'彧'; };
  EXPECT_THAT(inspect_name("荀彧", known).issues, ElementsAre(NameIssue::outside_repertoire));
  EXPECT_THAT(inspect_name("荀攸", known).issues, IsEmpty());
  EXPECT_THAT(inspect_name("买买提·艾力", [](char32_t p) { return p != 0xb7; }).issues, IsEmpty())
      << "the dot is not in question";
  EXPECT_THAT(inspect_name("荀彧").issues, IsEmpty());
}

}  // namespace
TEST(CommonCharacters, AreThoseOfTheFirstLevel) {
  EXPECT_TRUE(common_character("啊"));   // the first of the standard
  EXPECT_TRUE(common_character("座"));   // and the last
  EXPECT_FALSE(common_character("亍"));  // the first of level 2
  EXPECT_FALSE(common_character("𬒈"));
  EXPECT_FALSE(common_character("a"));
  EXPECT_FALSE(common_character(""));
}

}  // namespace mq::idcard
