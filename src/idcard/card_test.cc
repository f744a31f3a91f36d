#include <gmock/gmock.h>

#include <algorithm>

#include "base/limits.h"
#include "idcard/idcard.h"

namespace mq::idcard {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using enum CardFinding;

const BusinessDate kToday = *BusinessDate::parse("2025-06-01");

// An invented person: 1973-11-13, female, 定州市.
CardFields whole() {
  CardFields fields;
  fields.name = "陈丽森";
  fields.sex = "女";
  fields.nation = "汉";
  fields.birth = "1973年11月13日";
  fields.number = "130682197311135403";
  fields.validity = "2023.04.21-长期";
  fields.authority = "定州市公安局";
  return fields;
}

std::vector<CardFinding> codes(const CardFields& fields, BusinessDate today = kToday) {
  std::vector<CardFinding> all;
  for (const Finding& finding : check_card(fields, today)) all.push_back(finding.code);
  return all;
}

Finding only(const CardFields& fields) {
  const auto findings = check_card(fields, kToday);
  EXPECT_EQ(findings.size(), 1u);
  return findings.empty() ? Finding{} : findings[0];
}

TEST(Card, ThatIsInOrderHasNoFinding) {
  EXPECT_THAT(codes(whole()), IsEmpty());
  EXPECT_THAT(codes(CardFields{}), IsEmpty()) << "nothing read, nothing found";
  EXPECT_FALSE(worst({}));
}

TEST(Card, EachSideIsCheckedOnItsOwn) {
  auto front = whole();
  front.validity = front.authority = std::nullopt;
  EXPECT_THAT(codes(front), IsEmpty());
  CardFields back;
  back.validity = whole().validity;
  back.authority = whole().authority;
  EXPECT_THAT(codes(back), IsEmpty());
}

TEST(Card, NumbersSayWhatIsWrongWithThem) {
  const auto with = [](const char* number) {
    CardFields fields;
    fields.number = number;
    return only(fields);
  };
  EXPECT_EQ(with("130682197311135404"),
            (Finding{number_wrong_check, Severity::fault, CardField::number}));
  EXPECT_EQ(with("130682197302305403").code, number_no_such_birth);
  EXPECT_EQ(with("130682731113540").code, number_old_format);
  EXPECT_EQ(with("1306821973").code, number_unreadable);
  EXPECT_EQ(with("").code, number_unreadable);
  EXPECT_EQ(with("13O6821973l1135403"),
            (Finding{number_repaired, Severity::doubt, CardField::number}));
  CardFields spaced;
  spaced.number = "1306 8219 7311 1354 03";
  EXPECT_THAT(codes(spaced), IsEmpty());
}

TEST(Card, TheNumberVouchesForBirthAndSex) {
  auto fields = whole();
  fields.birth = "1973-11-18";
  EXPECT_EQ(only(fields), (Finding{birth_differs, Severity::fault, CardField::birth}));
  fields = whole();
  fields.sex = "男";
  EXPECT_EQ(only(fields), (Finding{sex_differs, Severity::doubt, CardField::sex}));
  fields = whole();
  fields.sex = "好";
  fields.birth = "1973.13.11";
  EXPECT_THAT(codes(fields), ElementsAre(birth_unreadable, sex_unreadable));
  fields = whole();
  fields.number = "x";
  fields.sex = "男";
  EXPECT_THAT(codes(fields), ElementsAre(number_unreadable)) << "nothing to compare with";
}

TEST(Card, BirthsLieInThePast) {
  auto fields = whole();
  EXPECT_THAT(codes(fields, *BusinessDate::parse("1973-11-12")), Contains(birth_in_future));
  CardFields old;
  old.birth = "1902.06.01";
  EXPECT_THAT(codes(old), ElementsAre(birth_too_long_ago));
  old.birth = "1902.06.02";
  EXPECT_THAT(codes(old), IsEmpty());
}

TEST(Card, RegionsBelongToTheirTime) {
  const auto with = [](const char* number, const char* validity) {
    CardFields fields;
    fields.number = number;
    fields.validity = validity;
    return codes(fields);
  };
  EXPECT_THAT(with("110103201201010012", "2022.01.01-2027.01.01"), ElementsAre(region_abolished));
  EXPECT_THAT(with("310151198001010011", "2014.06.01-2034.06.01"), ElementsAre(region_not_yet));
  EXPECT_THAT(with("110199198001010016", "2014.06.01-2034.06.01"), ElementsAre(region_unknown));
  EXPECT_THAT(with("810000198001010014", "2024.06.01-2029.06.01"), Contains(region_other_document));
}

TEST(Card, NationsOutsideTheListAreNoFault) {
  auto fields = whole();
  fields.nation = "穿青人";
  EXPECT_EQ(only(fields), (Finding{nation_outside_the_56, Severity::note, CardField::nation}));
  fields.nation = "漢";
  EXPECT_EQ(only(fields), (Finding{nation_inexact, Severity::doubt, CardField::nation}));
  fields.nation = "中";
  EXPECT_EQ(only(fields), (Finding{nation_unknown, Severity::doubt, CardField::nation}));
}

TEST(Card, AnUnusualNameIsConfirmedNeverRefused) {
  for (const auto* name : {"", "王", "鱻明", "·买买提", "张3", "张三；", "张明明明", "\xff",
                           "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"}) {
    auto fields = whole();
    fields.name = name;
    const auto findings = check_card(fields, kToday);
    EXPECT_FALSE(findings.empty()) << name;
    EXPECT_NE(worst(findings), Severity::fault) << name;
    for (const auto& finding : findings) EXPECT_EQ(finding.field, CardField::name);
  }
  auto fields = whole();
  fields.name = "买买提•艾力";
  EXPECT_EQ(only(fields), (Finding{name_normalised, Severity::note, CardField::name}));
  EXPECT_THAT(check_card(whole(), kToday, [](char32_t) { return false; }),
              ElementsAre(Finding{name_outside_repertoire, Severity::doubt, CardField::name}));
}

TEST(Card, PeriodsFollowTheLaw) {
  const auto with = [](const char* validity) {
    auto fields = whole();
    fields.validity = validity;
    return codes(fields);
  };
  EXPECT_THAT(with("2023.04.21-2043.04.21"), ElementsAre(validity_span_for_age)) << "49 years old";
  EXPECT_THAT(with("2023.04.21-2038.04.21"), ElementsAre(validity_span));
  EXPECT_THAT(with("2003.04.21-2023.04.21"), ElementsAre(validity_before_cards, validity_expired));
  EXPECT_THAT(with("2025.06.02-长期"), ElementsAre(validity_in_future));
  EXPECT_THAT(with("20230421-长期"), ElementsAre(validity_inexact));
  EXPECT_THAT(with("2023.04"), ElementsAre(validity_unreadable));
  EXPECT_THAT(with("1970.04.21-长期"), Contains(validity_before_birth));
}

TEST(Card, AnAuthorityElsewhereIsANote) {
  auto fields = whole();
  fields.authority = "北京市公安局朝阳分局";
  EXPECT_EQ(only(fields), (Finding{authority_elsewhere, Severity::note, CardField::authority}));
  fields.authority = "定洲市公安局";
  EXPECT_EQ(only(fields), (Finding{authority_unknown, Severity::doubt, CardField::authority}));
  fields.authority = "定州市";
  EXPECT_EQ(only(fields), (Finding{authority_not_police, Severity::doubt, CardField::authority}));
  fields.authority = "保定市公安局";
  EXPECT_THAT(codes(fields), IsEmpty());
}

TEST(Card, FindingsComeInOrderAndOnce) {
  CardFields fields;
  fields.authority = "x";
  fields.validity = "x";
  fields.name = "x1y2";
  fields.nation = "x";
  fields.sex = "x";
  fields.birth = "x";
  fields.number = "x";
  const auto all = codes(fields);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  EXPECT_EQ(worst(check_card(fields, kToday)), Severity::fault);
}

TEST(ParseBirth, TakesWhatCardsAndProgramsWrite) {
  for (const auto* text : {"1973年11月3日", "1973 年 11 月 3 日", "1973-11-03", "1973.11.03",
                           "19731103", "l973年1l月O3日", "１９７３年１１月３日"}) {
    const auto birth = parse_birth(text);
    ASSERT_TRUE(birth) << text;
    EXPECT_EQ(birth->iso(), "1973-11-03") << text;
  }
  for (const auto* text :
       {"", "1973", "1973年11月", "1973年13月3日", "1973-02-29", "73-11-03", "1973-11-03-1",
        "1973x11x03", "197311033", "1973-111-3", "\xff", "年月日", "1973--"}) {
    EXPECT_FALSE(parse_birth(text)) << text;
  }
}

}  // namespace
}  // namespace mq::idcard
