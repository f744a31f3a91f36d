#include "base/time.h"

#include <gtest/gtest.h>

namespace mq {
namespace {

BusinessDate date(const char* iso) {
  const auto parsed = BusinessDate::parse(iso);
  EXPECT_TRUE(parsed.ok()) << iso;
  return parsed.ok() ? *parsed : BusinessDate{};
}

TEST(BusinessDate, CountsFrom1970) {
  EXPECT_EQ(date("1970-01-01").days, 0);
  EXPECT_EQ(date("1969-12-31").days, -1);
  EXPECT_EQ(date("2000-03-01").days, 11'017);
  EXPECT_EQ(BusinessDate::from_ymd(2026, 11, 22).iso(), "2026-11-22");
}

TEST(BusinessDate, EveryDayOfFourCenturiesRoundTrips) {
  const auto end = date("2300-01-01");
  for (auto day = date("1900-01-01"); day < end; day = day.plus_days(1)) {
    const auto [year, month, dom] = day.ymd();
    ASSERT_EQ(BusinessDate::from_ymd(year, month, dom), day);
    ASSERT_EQ(date(day.iso().c_str()), day);
  }
}

TEST(BusinessDate, RefusesDaysThatDoNotExist) {
  for (const auto* bad : {"", "2026-02-29", "2100-02-29", "2026-04-31", "2026-00-10", "2026-13-01",
                          "2026-01-00", "2026-1-01", "2026/01/01", "20260101", "2026-01-01 ",
                          "0000-01-01", "-026-01-01", "2026-+1-01"}) {
    EXPECT_TRUE(BusinessDate::parse(bad).error().is(TimeErrc::malformed)) << bad;
  }
  EXPECT_TRUE(BusinessDate::parse("2024-02-29").ok());
  EXPECT_TRUE(BusinessDate::parse("2000-02-29").ok());
}

TEST(BusinessDateDeathTest, ADayThatDoesNotExistIsABug) {
  EXPECT_DEATH(BusinessDate::from_ymd(2026, 2, 29), "CHECK failed");
}

// Due dates: the 29th–31st fall on the last day of a shorter month and come back afterwards,
// because each due date is counted from the first and not from the one before.
TEST(BusinessDate, MonthEndsFallBackAndReturn) {
  const auto start = date("2026-01-31");
  const char* expected[] = {"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
                            "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31",
                            "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"};
  for (int n = 0; n < 14; ++n) EXPECT_EQ(start.plus_months(n).iso(), expected[n]) << n;
  EXPECT_EQ(date("2024-01-30").plus_months(1).iso(), "2024-02-29");
  EXPECT_EQ(date("2024-02-29").plus_months(12).iso(), "2025-02-28");
  EXPECT_EQ(date("2024-02-29").plus_months(48).iso(), "2028-02-29");
  EXPECT_EQ(date("2026-12-15").plus_months(1).iso(), "2027-01-15");
  EXPECT_EQ(date("2026-03-31").plus_months(-1).iso(), "2026-02-28");
  EXPECT_EQ(date("2026-01-15").plus_months(-1).iso(), "2025-12-15");
}

TEST(BusinessDate, ChinasDayBeginsEightHoursEarlier) {
  EXPECT_EQ(BusinessDate::in_china({1'767'542'399'999'999}).iso(), "2026-01-04");
  EXPECT_EQ(BusinessDate::in_china({1'767'542'400'000'000}).iso(), "2026-01-05");
  EXPECT_EQ(BusinessDate::in_china({0}).iso(), "1970-01-01");
  EXPECT_EQ(BusinessDate::in_china({-8LL * 3600 * 1'000'000 - 1}).iso(), "1969-12-31");
}

TEST(Instant, IsoHasMillisecondsAndZ) {
  EXPECT_EQ(Instant{0}.iso(), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(Instant{1'767'574'800'123'999}.iso(), "2026-01-05T01:00:00.123Z");
  EXPECT_EQ(Instant{-1}.iso(), "1969-12-31T23:59:59.999Z");
}

TEST(Instant, Arithmetic) {
  EXPECT_EQ(Instant{5}.plus_ms(2).us, 2'005);
  EXPECT_EQ(Instant{5}.plus_seconds(-1).us, -999'995);
  EXPECT_LT(Instant{1}, Instant{2});
}

TEST(SystemClock, IsAfterThisWasWritten) {
  EXPECT_GT(SystemClock().now(), Instant{1'767'574'800'000'000});
}

TEST(DaysInMonth, KnowsLeapYears) {
  EXPECT_EQ(days_in_month(2026, 2), 28);
  EXPECT_EQ(days_in_month(2024, 2), 29);
  EXPECT_EQ(days_in_month(1900, 2), 28);
  EXPECT_EQ(days_in_month(2000, 2), 29);
  EXPECT_EQ(days_in_month(2026, 4), 30);
  EXPECT_EQ(days_in_month(2026, 12), 31);
}

}  // namespace
}  // namespace mq
