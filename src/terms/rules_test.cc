#include <gtest/gtest.h>

#include <random>

#include "terms/terms.h"

namespace mq::terms {
namespace {

Money yuan(std::string_view text) { return *Money::parse(text); }
BusinessDate day(std::string_view text) { return *BusinessDate::parse(text); }

const std::vector<DueItem> kTwoOverdue = {
    {2, DueKind::principal, yuan("200.00")}, {1, DueKind::principal, yuan("100.00")},
    {1, DueKind::interest, yuan("10.00")},   {2, DueKind::interest, yuan("8.00")},
    {1, DueKind::penalty, yuan("3.00")},     {0, DueKind::cost, yuan("5.00")}};

TEST(Allocation, CostsThenPenaltyThenInterestThenPrincipalOldestFirst) {
  const auto out = allocate(yuan("76.00"), kTwoOverdue, {}, 40);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->cost, yuan("5.00"));
  EXPECT_EQ(out->penalty, yuan("3.00"));
  EXPECT_EQ(out->interest, yuan("18.00"));
  EXPECT_EQ(out->principal, yuan("50.00"));
  EXPECT_TRUE(out->unallocated.is_zero());
  ASSERT_EQ(out->parts.size(), 5U);
  EXPECT_EQ(out->parts[2].instalment_no, 1);
  EXPECT_EQ(out->parts[3].instalment_no, 2);
  EXPECT_EQ(out->parts[4].instalment_no, 1);
}

TEST(Allocation, PrincipalBeforeInterestAfterNinetyDays) {
  const auto at_90 = allocate(yuan("20.00"), kTwoOverdue, {}, 90);
  EXPECT_TRUE(at_90->principal.is_zero());
  const auto at_91 = allocate(yuan("20.00"), kTwoOverdue, {}, 91);
  EXPECT_EQ(at_91->principal, yuan("15.00"));
  EXPECT_TRUE(at_91->interest.is_zero());
}

TEST(Allocation, WholeInstalmentsIsAProductsChoice) {
  AllocationOrder order;
  order.whole_instalments = true;
  const auto out = allocate(yuan("118.00"), kTwoOverdue, order, 40);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->principal, yuan("100.00"));
  EXPECT_EQ(out->interest, yuan("10.00"));
  for (const auto& part : out->parts) EXPECT_LT(part.instalment_no, 2);
}

TEST(Allocation, OverpaymentIsLeftOver) {
  const auto out = allocate(yuan("1000.00"), kTwoOverdue, {}, 0);
  EXPECT_EQ(out->unallocated, yuan("674.00"));
  EXPECT_EQ(allocate(yuan("5.00"), {}, {}, 0)->unallocated, yuan("5.00"));
}

TEST(Allocation, RefusesWhatCannotBeRight) {
  AllocationOrder order;
  order.normal = {DueKind::cost, DueKind::cost, DueKind::interest, DueKind::principal};
  EXPECT_TRUE(allocate(yuan("1.00"), {}, order, 0).error().is(TermsErrc::bad_allocation));
  EXPECT_TRUE(allocate(yuan("-1.00"), {}, {}, 0).error().is(TermsErrc::bad_allocation));
  const std::vector<DueItem> dollars = {{1, DueKind::interest, Money(5, Currency::USD)}};
  EXPECT_TRUE(allocate(yuan("1.00"), dollars, {}, 0).error().is(TermsErrc::bad_allocation));
  const std::vector<DueItem> negative = {{1, DueKind::interest, yuan("-0.01")}};
  EXPECT_TRUE(allocate(yuan("1.00"), negative, {}, 0).error().is(TermsErrc::bad_allocation));
}

TEST(AllocationProperty, NothingIsLostAndNothingIsOverpaid) {
  std::mt19937_64 generator(42);
  std::uniform_int_distribution<std::int64_t> amounts(0, 100'000);
  std::uniform_int_distribution<int> counts(0, 12), kinds(0, 3), days(0, 200);
  for (int round = 0; round < 500; ++round) {
    std::vector<DueItem> due;
    Money owed;
    for (int i = counts(generator); i > 0; --i) {
      due.push_back(
          {i, static_cast<DueKind>(kinds(generator)), Money(amounts(generator), Currency::CNY)});
      owed += due.back().amount;
    }
    const Money payment(amounts(generator) * 4, Currency::CNY);
    const auto out = allocate(payment, due, {}, days(generator));
    ASSERT_TRUE(out.ok());
    ASSERT_EQ(out->cost + out->penalty + out->interest + out->principal + out->unallocated,
              payment);
    ASSERT_EQ(payment - out->unallocated, min(payment, owed));
  }
}

TEST(Overdue, PenaltyRunsAfterTheGraceDays) {
  const auto due = day("2026-12-22");
  EXPECT_EQ(days_past_due(due, due.plus_days(-5)), 0);
  EXPECT_EQ(penalty_days(due, due.plus_days(3), 3), 0);
  EXPECT_EQ(penalty_days(due, due.plus_days(13), 3), 10);
  EXPECT_EQ(penalty_days(due, due.plus_days(13), -1), 13);
  const auto rate = default_penalty_rate(*Rate::parse("0.072"));
  EXPECT_EQ(rate.str(), "0.108");
  EXPECT_EQ(penalty_to_date(yuan("806.19"), rate, DayCount::thirty_360, due, due.plus_days(13), 3),
            yuan("2.42"));  // 806.19 · 0.108 · 10 / 360 = 2.41857
  EXPECT_EQ(default_penalty_rate(Rate::from_nano(1)).nano(), 2);
}

TEST(Overdue, AssetClassFloor) {
  const std::vector<std::pair<int, std::string_view>> floors = {
      {0, "正常"},   {1, "关注"},   {90, "关注"},  {91, "次级"},
      {270, "次级"}, {271, "可疑"}, {360, "可疑"}, {361, "损失"}};
  for (const auto& [days, name] : floors) {
    EXPECT_EQ(asset_class_zh(asset_class_floor(days)), name) << days;
  }
}

TEST(Guards, RateCapIsDated) {
  const std::vector<RateCap> caps = {{day("2020-01-01"), day("2025-09-30"), *Rate::parse("0.36")},
                                     {day("2025-10-01"), std::nullopt, *Rate::parse("0.24")},
                                     {day("2028-01-01"), std::nullopt, *Rate::parse("0.12")}};
  EXPECT_EQ(rate_cap_on(caps, day("2025-09-30"))->str(), "0.36");
  EXPECT_EQ(rate_cap_on(caps, day("2025-10-01"))->str(), "0.24");
  EXPECT_EQ(rate_cap_on(caps, day("2028-01-01"))->str(), "0.12");
  EXPECT_TRUE(rate_cap_on(caps, day("2019-12-31")).error().is(TermsErrc::no_cap_in_force));
  EXPECT_TRUE(check_rate_cap(caps, day("2026-11-22"), *Rate::parse("0.24")).ok());
  EXPECT_TRUE(check_rate_cap(caps, day("2026-11-22"), *Rate::parse("0.240000001"))
                  .error()
                  .is(TermsErrc::above_rate_cap));
  EXPECT_EQ(rate_cap_on(default_rate_caps(), day("2026-11-22"))->str(), "0.24");
}

TEST(Guards, ChargesStayInsideTheCap) {
  const std::vector<PrincipalSpan> spans = {{yuan("10000.00"), 30}, {yuan("9193.81"), 31}};
  // 0.24 · (10000.00 · 30 + 9193.81 · 31) / 365 = 384.6628…
  EXPECT_EQ(charge_cap(spans, *Rate::parse("0.24")), yuan("384.66"));
  EXPECT_EQ(charge_within_cap(yuan("10.00"), yuan("380.00"), yuan("384.66")), yuan("4.66"));
  EXPECT_EQ(charge_within_cap(yuan("1.00"), yuan("380.00"), yuan("384.66")), yuan("1.00"));
  EXPECT_TRUE(charge_within_cap(yuan("1.00"), yuan("390.00"), yuan("384.66")).is_zero());
}

TEST(Guards, FeeKeptBackIsRefusedForYuan) {
  const auto rules = default_fee_kept_back_rules();
  EXPECT_TRUE(check_fee_kept_back(rules, yuan("150.00"), day("2026-11-22"))
                  .error()
                  .is(TermsErrc::fee_kept_back_refused));
  EXPECT_TRUE(check_fee_kept_back(rules, yuan("150.00"), day("2020-12-31")).ok());
  EXPECT_TRUE(check_fee_kept_back(rules, yuan("0.00"), day("2026-11-22")).ok());
  EXPECT_TRUE(check_fee_kept_back(rules, Money(100, Currency::USD), day("2026-11-22")).ok());
}

}  // namespace
}  // namespace mq::terms
