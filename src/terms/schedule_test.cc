#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"
#include "terms/terms.h"

namespace mq::terms {
namespace {

Money yuan(std::string_view text) { return *Money::parse(text); }
BusinessDate day(std::string_view text) { return *BusinessDate::parse(text); }

LoanTerms vector_a(RepaymentMethod method = RepaymentMethod::equal_instalment) {
  return {.principal = yuan("10000.00"),
          .annual_rate = *Rate::parse("0.072"),
          .periods = 12,
          .method = method,
          .start = day("2026-11-22")};
}

std::vector<std::string> column(const Schedule& schedule, Money Instalment::*member) {
  std::vector<std::string> out;
  for (const auto& row : schedule.rows) out.push_back((row.*member).str());
  return out;
}

using Texts = std::vector<std::string>;

TEST(Schedule, EqualInstalmentVectorA) {
  const auto schedule = make_schedule(vector_a());
  ASSERT_TRUE(schedule.ok());
  EXPECT_EQ(column(*schedule, &Instalment::interest),
            (Texts{"60.00", "55.16", "50.30", "45.40", "40.48", "35.52", "30.54", "25.52", "20.48",
                   "15.41", "10.30", "5.17"}));
  EXPECT_EQ(column(*schedule, &Instalment::principal),
            (Texts{"806.19", "811.03", "815.89", "820.79", "825.71", "830.67", "835.65", "840.67",
                   "845.71", "850.78", "855.89", "861.02"}));
  EXPECT_EQ(schedule->rows.front().payment, yuan("866.19"));
  EXPECT_EQ(schedule->total_interest, yuan("394.28"));
  EXPECT_EQ(schedule->total_payment, yuan("10394.28"));
  EXPECT_EQ(schedule->rows.front().due, day("2026-12-22"));
  EXPECT_EQ(schedule->rows.back().due, day("2027-11-22"));
}

TEST(Schedule, EqualPrincipalVectorB) {
  const auto schedule = make_schedule(vector_a(RepaymentMethod::equal_principal));
  ASSERT_TRUE(schedule.ok());
  Texts principal(11, "833.33");
  principal.push_back("833.37");
  EXPECT_EQ(column(*schedule, &Instalment::principal), principal);
  EXPECT_EQ(column(*schedule, &Instalment::interest),
            (Texts{"60.00", "55.00", "50.00", "45.00", "40.00", "35.00", "30.00", "25.00", "20.00",
                   "15.00", "10.00", "5.00"}));
  EXPECT_EQ(schedule->total_interest, yuan("390.00"));
}

TEST(Schedule, InterestFirstAndBullet) {
  const auto interest_first = make_schedule(vector_a(RepaymentMethod::interest_first));
  ASSERT_TRUE(interest_first.ok());
  EXPECT_EQ(interest_first->rows[10].payment, yuan("60.00"));
  EXPECT_EQ(interest_first->rows[11].payment, yuan("10060.00"));
  EXPECT_EQ(interest_first->total_interest, yuan("720.00"));

  auto terms = vector_a(RepaymentMethod::bullet);
  const auto by_months = make_schedule(terms);
  ASSERT_TRUE(by_months.ok());
  ASSERT_EQ(by_months->rows.size(), 1U);
  EXPECT_EQ(by_months->rows[0].payment, yuan("10720.00"));
  EXPECT_EQ(by_months->rows[0].due, day("2027-11-22"));

  terms.day_count = DayCount::actual_360;  // 365 days over 360
  EXPECT_EQ(make_schedule(terms)->total_interest, yuan("730.00"));
  terms.day_count = DayCount::actual_365;
  EXPECT_EQ(make_schedule(terms)->total_interest, yuan("720.00"));
}

TEST(Schedule, DueDayGoesBackAfterAShorterMonth) {
  auto terms = vector_a();
  terms.start = day("2027-12-31");
  terms.periods = 4;
  const auto schedule = make_schedule(terms);
  ASSERT_TRUE(schedule.ok());
  EXPECT_EQ(schedule->rows[0].due, day("2028-01-31"));
  EXPECT_EQ(schedule->rows[1].due, day("2028-02-29"));
  EXPECT_EQ(schedule->rows[2].due, day("2028-03-31"));
  EXPECT_EQ(schedule->rows[3].due, day("2028-04-30"));
}

TEST(Schedule, HolidayMovesTheDueDateButNotTheInterest) {
  const auto holiday = day("2026-12-22");
  const auto plain = make_schedule(vector_a());
  const auto moved = make_schedule(vector_a(), [&](BusinessDate date) {
    return date != holiday && date != holiday.plus_days(1);
  });
  ASSERT_TRUE(moved.ok());
  EXPECT_EQ(moved->rows[0].due, day("2026-12-24"));
  EXPECT_EQ(moved->rows[0].period_end, holiday);
  EXPECT_EQ(moved->rows[1].due, plain->rows[1].due);
  EXPECT_EQ(moved->total_interest, plain->total_interest);
}

TEST(Schedule, OddFirstPeriodBearsInterestByDayCount) {
  auto terms = vector_a();
  terms.first_due = day("2027-01-05");  // 43 days by 30/360
  const auto schedule = make_schedule(terms);
  ASSERT_TRUE(schedule.ok());
  EXPECT_EQ(schedule->rows[0].interest, yuan("86.00"));
  EXPECT_EQ(schedule->rows[1].due, day("2027-02-05"));
  terms.day_count = DayCount::actual_360;  // 44 days
  EXPECT_EQ(make_schedule(terms)->rows[0].interest, yuan("88.00"));

  terms.first_due = terms.start;
  EXPECT_TRUE(make_schedule(terms).error().is(TermsErrc::bad_dates));
  terms.first_due = terms.start.plus_days(limits::kFirstPeriodDays + 1);
  EXPECT_TRUE(make_schedule(terms).error().is(TermsErrc::bad_dates));
  terms.first_due = day("2027-01-05");
  terms.method = RepaymentMethod::bullet;
  EXPECT_TRUE(make_schedule(terms).error().is(TermsErrc::bad_dates));
}

TEST(Schedule, ZeroRateSharesThePrincipal) {
  auto terms = vector_a();
  terms.annual_rate = Rate();
  const auto schedule = make_schedule(terms);
  ASSERT_TRUE(schedule.ok());
  EXPECT_TRUE(schedule->total_interest.is_zero());
  EXPECT_EQ(schedule->rows[0].payment, yuan("833.33"));
  EXPECT_EQ(schedule->rows[11].payment, yuan("833.37"));
}

TEST(Schedule, RefusesWhatIsNoLoan) {
  const auto code = [](auto change) {
    auto terms = vector_a();
    change(terms);
    const auto schedule = make_schedule(terms);
    return schedule.ok() ? std::string("ok") : schedule.error().code();
  };
  EXPECT_EQ(code([](auto& t) { t.principal = Money(); }), "terms.bad_principal");
  EXPECT_EQ(code([](auto& t) { t.principal = Money(limits::kLoanMinor + 1, Currency::CNY); }),
            "terms.bad_principal");
  EXPECT_EQ(code([](auto& t) { t.annual_rate = Rate::from_nano(-1); }), "terms.bad_rate");
  EXPECT_EQ(code([](auto& t) { t.annual_rate = Rate::from_nano(limits::kLoanRateNano + 1); }),
            "terms.bad_rate");
  EXPECT_EQ(code([](auto& t) { t.periods = 0; }), "terms.bad_periods");
  EXPECT_EQ(code([](auto& t) { t.periods = limits::kLoanPeriods + 1; }), "terms.bad_periods");
  EXPECT_EQ(code([](auto& t) { t.principal = yuan("0.03"); }), "terms.amount_too_small");
  EXPECT_EQ(code([](auto& t) {
              t.principal = yuan("0.30");
              t.periods = 60;
              t.method = RepaymentMethod::equal_principal;
            }),
            "terms.amount_too_small");
  EXPECT_EQ(code([](auto& t) {
              t.annual_rate = Rate::from_nano(limits::kLoanRateNano);
              t.periods = limits::kLoanPeriods;
            }),
            "terms.not_amortising");
}

TEST(ScheduleProperty, PartsAddUpForEveryMethodAndLength) {
  std::mt19937_64 generator(20261122);
  std::uniform_int_distribution<std::int64_t> amounts(100'00, 500'000'00);
  std::uniform_int_distribution<std::int64_t> rates(0, 360'000'000);
  std::uniform_int_distribution<int> offsets(0, 3000);
  for (const auto method : {RepaymentMethod::equal_instalment, RepaymentMethod::equal_principal,
                            RepaymentMethod::interest_first, RepaymentMethod::bullet}) {
    for (int n = 1; n <= 60; ++n) {
      for (const auto rule : {DayCount::thirty_360, DayCount::actual_360, DayCount::actual_365}) {
        const LoanTerms terms{.principal = Money(amounts(generator), Currency::CNY),
                              .annual_rate = Rate::from_nano(rates(generator)),
                              .periods = n,
                              .method = method,
                              .start = day("2024-01-01").plus_days(offsets(generator)),
                              .day_count = rule};
        const auto schedule = make_schedule(terms);
        ASSERT_TRUE(schedule.ok()) << schedule.error().code() << " n=" << n;
        Money principal, interest, payment, balance = terms.principal;
        BusinessDate before = terms.start;
        for (const auto& row : schedule->rows) {
          ASSERT_EQ(row.payment, row.principal + row.interest);
          ASSERT_FALSE(row.principal.is_negative() || row.interest.is_negative());
          ASSERT_LT(before, row.due);
          balance -= row.principal;
          ASSERT_EQ(row.balance, balance);
          principal += row.principal;
          interest += row.interest;
          payment += row.payment;
          before = row.due;
        }
        ASSERT_EQ(principal, terms.principal);
        ASSERT_TRUE(schedule->rows.back().balance.is_zero());
        ASSERT_EQ(interest, schedule->total_interest);
        ASSERT_EQ(payment, schedule->total_payment);
        ASSERT_EQ(before, terms.start.plus_months(n));
      }
    }
  }
}

TEST(ScheduleProperty, EqualInstalmentsDifferOnlyInTheLast) {
  std::mt19937_64 generator(7);
  std::uniform_int_distribution<std::int64_t> amounts(1'000'00, 200'000'00);
  for (int n = 2; n <= 60; ++n) {
    auto terms = vector_a();
    terms.principal = Money(amounts(generator), Currency::CNY);
    terms.periods = n;
    const auto schedule = make_schedule(terms);
    ASSERT_TRUE(schedule.ok());
    const auto& rows = schedule->rows;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) ASSERT_EQ(rows[i].payment, rows[0].payment);
    const auto gap = rows.back().payment.minor() - rows[0].payment.minor();
    ASSERT_LE(std::abs(gap), 2 * n) << n;  // the cents that rounding left behind
  }
}

TEST(DayCounts, FollowTheirConventions) {
  EXPECT_EQ(days_30_360(day("2026-01-31"), day("2026-02-28")), 28);
  EXPECT_EQ(days_30_360(day("2026-01-30"), day("2026-03-31")), 60);
  EXPECT_EQ(days_30_360(day("2026-01-15"), day("2026-03-31")), 76);
  EXPECT_EQ(days_30_360(day("2026-11-22"), day("2027-11-22")), 360);
  EXPECT_EQ(day_count(DayCount::actual_360, day("2028-02-28"), day("2028-03-01")), 2);
  EXPECT_EQ(days_in_year(DayCount::thirty_360), 360);
  EXPECT_EQ(days_in_year(DayCount::actual_360), 360);
  EXPECT_EQ(days_in_year(DayCount::actual_365), 365);
  // 0.5 of a minor unit rounds up: 90.00 · 0.1 · 2 / 360 = 0.05; 9.00 · … = 0.005.
  EXPECT_EQ(simple_interest(yuan("90.00"), *Rate::parse("0.1"), DayCount::actual_360, 2),
            yuan("0.05"));
  EXPECT_EQ(simple_interest(yuan("9.00"), *Rate::parse("0.1"), DayCount::actual_360, 2),
            yuan("0.01"));
  EXPECT_EQ(simple_interest(yuan("8.99"), *Rate::parse("0.1"), DayCount::actual_360, 2), Money());
}

}  // namespace
}  // namespace mq::terms
