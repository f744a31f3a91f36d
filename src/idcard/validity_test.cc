#include "idcard/validity.h"

#include <gmock/gmock.h>

#include "base/limits.h"

namespace mq::idcard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum ValidityIssue;

BusinessDate day(const char* iso) { return *BusinessDate::parse(iso); }

Validity period(const char* from, const char* to) {
  Validity validity;
  validity.from = day(from);
  if (*to) validity.to = day(to);
  return validity;
}

std::vector<ValidityIssue> issues(const char* from, const char* to, const char* birth,
                                  const char* today = "2015-06-01") {
  return check_validity(period(from, to), *birth ? std::optional(day(birth)) : std::nullopt,
                        day(today));
}

TEST(ParseValidity, ReadsWhatCardsPrint) {
  const auto dated = parse_validity("2010.01.01-2030.01.01");
  ASSERT_TRUE(dated);
  EXPECT_EQ(dated->validity.from.iso(), "2010-01-01");
  EXPECT_EQ(dated->validity.to->iso(), "2030-01-01");
  EXPECT_TRUE(dated->exact);
  const auto life = parse_validity("2010.01.01-长期");
  ASSERT_TRUE(life);
  EXPECT_FALSE(life->validity.to);
  EXPECT_TRUE(life->exact);
  EXPECT_TRUE(parse_validity(" 2010. 01.01 -2030.01.01\n")->exact);
}

TEST(ParseValidity, ForgivesTheReader) {
  for (const auto* text :
       {"２０１０．０１．０１－２０３０．０１．０１", "2010.01.01—2030.01.01",
        "2010,01,01–2030。01。01", "20100101-20300101", "2010010120300101", "2O1O.Ol.0I-2030.01.01",
        "有效期限 2010.01.01-2030.01.01", "2010.01.01一2030.01.01",
        "2010年01月01日至2030年01月01日", "2010·01·01-2030·01·01"}) {
    const auto reading = parse_validity(text);
    ASSERT_TRUE(reading) << text;
    EXPECT_EQ(reading->validity.from.iso(), "2010-01-01") << text;
    EXPECT_EQ(reading->validity.to->iso(), "2030-01-01") << text;
    EXPECT_FALSE(reading->exact) << text;
  }
  for (const auto* text :
       {"2010.01.01-長期", "2010.01.01长期", "2010.01.01-长", "有效期限2010.01.01-期"}) {
    const auto reading = parse_validity(text);
    ASSERT_TRUE(reading) << text;
    EXPECT_FALSE(reading->validity.to) << text;
    EXPECT_FALSE(reading->exact) << text;
  }
}

TEST(ParseValidity, IsNoGuess) {
  for (const auto* text :
       {"", "长期", "2010.01.01", "2010.01.01-", "2010.01.01-2030.01", "2010.13.01-2030.01.01",
        "2010.01.01-2030.02.30", "2010.01.01-2030.01.011", "2010.01.01-2030.01.01长期",
        "长期2010.01.01", "2010.01.01x2030.01.01", "\xff", "1010.01.01-长期",
        "2010.01.01-长期2030.01.01", "有效期限"}) {
    EXPECT_FALSE(parse_validity(text)) << text;
  }
  EXPECT_FALSE(parse_validity(std::string(limits::kCardFieldBytes, ' ') + "2010.01.01-长期"));
}

TEST(Span, IsThatOfTheAgeAtTheIssue) {
  EXPECT_THAT(issues("2010-03-05", "2015-03-05", "2000-01-01", "2012-01-01"), IsEmpty());
  EXPECT_THAT(issues("2010-03-05", "2020-03-05", "1994-03-05"), IsEmpty()) << "16 on the day";
  EXPECT_THAT(issues("2010-03-05", "2020-03-05", "1984-03-06"), IsEmpty()) << "25";
  EXPECT_THAT(issues("2010-03-05", "2030-03-05", "1984-03-05"), IsEmpty()) << "26";
  EXPECT_THAT(issues("2010-03-05", "2030-03-05", "1964-03-06"), IsEmpty()) << "45";
  EXPECT_THAT(issues("2010-03-05", "", "1964-03-05"), IsEmpty()) << "46";
  EXPECT_THAT(issues("2010-03-05", "2030-03-05", ""), IsEmpty()) << "no birth known";
}

TEST(Span, OfAnotherAgeIsDoubtful) {
  EXPECT_THAT(issues("2010-03-05", "2020-03-05", "1995-01-01"), ElementsAre(span_for_age)) << "15";
  EXPECT_THAT(issues("2010-03-05", "2015-03-05", "1980-01-01", "2012-01-01"),
              ElementsAre(span_for_age));
  EXPECT_THAT(issues("2010-03-05", "2030-03-05", "1990-01-01"), ElementsAre(span_for_age));
  EXPECT_THAT(issues("2010-03-05", "", "1980-01-01"), ElementsAre(span_for_age));
}

TEST(Span, MayBeThatOfTheApplication) {
  // 25 when the card was asked for, 26 when it was issued.
  EXPECT_THAT(issues("2010-03-05", "2020-03-05", "1984-02-01"), IsEmpty());
  EXPECT_THAT(issues("2010-03-05", "2020-03-05", "1983-11-01"), ElementsAre(span_for_age));
}

TEST(Span, IsFiveTenTwentyOrLife) {
  EXPECT_THAT(issues("2010-03-05", "2025-03-05", "1980-01-01"), ElementsAre(span));
  EXPECT_THAT(issues("2010-03-05", "2030-03-04", "1980-01-01"), ElementsAre(span)) << "a day short";
  EXPECT_THAT(issues("2010-03-05", "2030-03-06", "1980-01-01"), ElementsAre(span));
  EXPECT_THAT(issues("2010-03-05", "2009-03-05", "1980-01-01"), ElementsAre(order, expired));
  EXPECT_THAT(issues("2010-03-05", "2010-03-05", "1980-01-01"), ElementsAre(order, expired));
}

TEST(Span, OfALeapDayEndsOnEitherSide) {
  EXPECT_THAT(issues("2012-02-29", "2022-02-28", "1990-01-01"), IsEmpty());
  EXPECT_THAT(issues("2012-02-29", "2022-03-01", "1990-01-01"), IsEmpty());
  EXPECT_THAT(issues("2012-02-29", "2022-03-02", "1990-01-01"), ElementsAre(span));
  EXPECT_THAT(issues("2012-02-29", "2032-02-29", "1980-01-01"), IsEmpty());
  EXPECT_THAT(issues("2012-02-29", "2032-03-01", "1980-01-01"), ElementsAre(span));
  EXPECT_THAT(issues("2011-02-28", "2021-03-01", "1990-01-01"), ElementsAre(span));
}

TEST(Period, StandsBetweenBirthAndToday) {
  EXPECT_THAT(issues("2010-03-05", "2015-03-05", "2012-01-01", "2013-01-01"),
              ElementsAre(before_birth));
  EXPECT_THAT(issues("2016-03-05", "2036-03-05", "1980-01-01"), ElementsAre(in_future));
  EXPECT_THAT(issues("2015-06-01", "2035-06-01", "1980-01-01"), IsEmpty()) << "issued today";
  EXPECT_THAT(issues("2005-06-01", "2015-06-01", "1985-01-01"), IsEmpty()) << "its last day counts";
  EXPECT_THAT(issues("2005-05-31", "2015-05-31", "1985-01-01"), ElementsAre(expired));
  EXPECT_THAT(issues("2003-12-31", "2023-12-31", "1975-01-01"), ElementsAre(before_cards));
  EXPECT_THAT(issues("2004-01-01", "2024-01-01", "1975-01-01"), IsEmpty());
}

}  // namespace
}  // namespace mq::idcard
