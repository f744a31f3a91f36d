#include <gtest/gtest.h>

#include <random>

#include "terms/terms.h"

namespace mq::terms {
namespace {

Money yuan(std::string_view text) { return *Money::parse(text); }
BusinessDate day(std::string_view text) { return *BusinessDate::parse(text); }

Schedule vector_a(RepaymentMethod method = RepaymentMethod::equal_instalment, int periods = 12) {
  return *make_schedule({.principal = yuan("10000.00"),
                         .annual_rate = *Rate::parse("0.072"),
                         .periods = periods,
                         .method = method,
                         .start = day("2026-11-22")});
}

TEST(AnnualCost, VectorA) {
  const auto cost = annual_cost(vector_a(), Money());
  ASSERT_TRUE(cost.ok());
  EXPECT_EQ(cost->irr_periodic.nano(), 6'000'048);  // 0.6000048 %
  EXPECT_EQ(shown_rate(cost->irr_simple), "0.072001");
  EXPECT_EQ(shown_rate(cost->irr_compound), "0.074425");
}

TEST(AnnualCost, VectorAWithAFeeKeptBack) {
  const auto cost = annual_cost(vector_a(), yuan("150.00"));
  ASSERT_TRUE(cost.ok());
  EXPECT_EQ(cost->irr_periodic.nano(), 8'373'079);  // 0.8373079 %
  EXPECT_EQ(shown_rate(cost->irr_simple), "0.100477");
  EXPECT_EQ(shown_rate(cost->irr_compound), "0.105236");
}

TEST(AnnualCost, OfExactSchedulesIsTheContractRate) {
  const auto interest_first = annual_cost(vector_a(RepaymentMethod::interest_first), Money());
  ASSERT_TRUE(interest_first.ok());
  EXPECT_EQ(interest_first->irr_simple.str(), "0.072");
  const auto equal_principal = annual_cost(vector_a(RepaymentMethod::equal_principal), Money());
  ASSERT_TRUE(equal_principal.ok());
  EXPECT_EQ(shown_rate(equal_principal->irr_simple), "0.072000");
  const auto bullet = annual_cost(vector_a(RepaymentMethod::bullet, 6), Money());
  ASSERT_TRUE(bullet.ok());
  EXPECT_EQ(bullet->irr_periodic.str(), "0.036");
  EXPECT_EQ(bullet->irr_simple.str(), "0.072");
  EXPECT_EQ(bullet->irr_compound.str(), "0.073296");
}

TEST(AnnualCost, EdgesOfTheRate) {
  const std::vector<Money> same = {yuan("50.00"), yuan("50.00")};
  EXPECT_EQ(annual_cost(yuan("100.00"), same)->irr_compound, Rate());
  EXPECT_TRUE(annual_cost(yuan("100.01"), same).error().is(TermsErrc::no_rate));
  EXPECT_TRUE(annual_cost(Money(), same).error().is(TermsErrc::no_rate));
  EXPECT_TRUE(annual_cost(yuan("0.01"), same).error().is(TermsErrc::no_rate));
  EXPECT_TRUE(annual_cost(yuan("1.00"), {}).error().is(TermsErrc::no_rate));
  const std::vector<Money> negative = {yuan("200.00"), yuan("-50.00")};
  EXPECT_TRUE(annual_cost(yuan("100.00"), negative).error().is(TermsErrc::no_rate));
  const std::vector<Money> doubled = {yuan("200.00")};  // 100 % in a period of a year
  const auto cost = annual_cost(yuan("100.00"), doubled, 12);
  EXPECT_EQ(cost->irr_simple.str(), "1");
  EXPECT_EQ(cost->irr_compound.str(), "1");
}

TEST(AnnualCost, ByDate) {
  const std::vector<DatedPayment> payments = {{day("2027-11-22"), yuan("110.00")}};  // 365 days
  const auto cost = annual_cost_by_date(yuan("100.00"), day("2026-11-22"), payments);
  ASSERT_TRUE(cost.ok());
  EXPECT_EQ(cost->irr_compound.str(), "0.1");
  EXPECT_EQ(cost->irr_periodic.nano(), 261'158);        // 1.1^(1/365) − 1
  EXPECT_EQ(shown_rate(cost->irr_simple), "0.095323");  // 365 · r
  EXPECT_TRUE(annual_cost_by_date(yuan("100.00"), day("2027-11-22"), payments)
                  .error()
                  .is(TermsErrc::bad_dates));
}

TEST(AnnualCost, OddFirstPeriodIsTakenByDate) {
  const auto schedule = make_schedule({.principal = yuan("10000.00"),
                                       .annual_rate = *Rate::parse("0.072"),
                                       .periods = 12,
                                       .start = day("2026-11-22"),
                                       .first_due = day("2027-01-05")});
  const auto cost = annual_cost(*schedule, Money());
  ASSERT_TRUE(cost.ok());
  EXPECT_GT(cost->irr_compound, *Rate::parse("0.073"));
  EXPECT_LT(cost->irr_compound, *Rate::parse("0.076"));
}

TEST(AnnualCostProperty, MoreFeeCostsMore) {
  const auto schedule = vector_a();
  Rate before;
  for (std::int64_t fee = 0; fee <= 500'000; fee += 12'345) {
    const auto cost = annual_cost(schedule, Money(fee, Currency::CNY));
    ASSERT_TRUE(cost.ok());
    ASSERT_GT(cost->irr_compound, before);
    ASSERT_GT(cost->irr_compound, cost->irr_simple);
    before = cost->irr_compound;
  }
}

TEST(ShownRate, RoundsHalfUpToSixDecimals) {
  EXPECT_EQ(shown_rate(Rate::from_nano(72'000'499)), "0.072000");
  EXPECT_EQ(shown_rate(Rate::from_nano(72'000'500)), "0.072001");
  EXPECT_EQ(shown_rate(Rate::from_nano(1'999'999'999)), "2.000000");
}

TEST(Accrual, DailyPostingsAddUpToEachPeriodsInterest) {
  const auto schedule = vector_a();
  Money posted;
  auto date = schedule.terms.start;
  EXPECT_TRUE(accrued_interest(schedule, date).is_zero());
  for (const auto& row : schedule.rows) {
    const Money before = posted;
    while (date < row.period_end) {
      const Money yesterday = accrued_interest(schedule, date);
      date = date.plus_days(1);
      const Money posting = accrued_interest(schedule, date) - yesterday;
      ASSERT_FALSE(posting.is_negative());
      posted += posting;
    }
    ASSERT_EQ(posted - before, row.interest);
  }
  EXPECT_EQ(posted, schedule.total_interest);
  EXPECT_EQ(accrued_interest(schedule, date.plus_days(100)), schedule.total_interest);
  EXPECT_TRUE(accrued_interest(schedule, schedule.terms.start.plus_days(-1)).is_zero());
  // 60.00 over the 30 days of the first period.
  EXPECT_EQ(accrued_interest(schedule, schedule.terms.start.plus_days(7)), yuan("14.00"));
}

TEST(Accrual, RunningBalanceNeverDrifts) {
  DailyAccrual accrual;
  Money posted;
  for (int i = 0; i < 360; ++i) {
    posted += accrual.add_day(yuan("1234.56"), *Rate::parse("0.1825"), 360);
    ASSERT_EQ(accrual.posted, posted.minor());
  }
  EXPECT_EQ(posted, yuan("225.31"));  // 1234.56 · 0.1825 = 225.3072
  EXPECT_TRUE(accrual.add_day(Money(), *Rate::parse("0.1825"), 365).is_zero());
}

}  // namespace
}  // namespace mq::terms
