#include "base/money.h"

#include <gtest/gtest.h>

namespace mq {
namespace {

Money cny(std::int64_t minor) { return {minor, Currency::CNY}; }

TEST(Money, ReadsAndWritesDecimals) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"10000.00", 1'000'000},
      {"7", 700},
      {"7.5", 750},
      {"-3.50", -350},
      {"0", 0},
      {"-0.01", -1},
      {"0.09", 9},
      {"00.10", 10},
      {"999999999999999.99", 99'999'999'999'999'999}};
  for (const auto& [text, minor] : cases) {
    const auto money = Money::parse(text);
    ASSERT_TRUE(money.ok()) << text;
    EXPECT_EQ(money->minor(), minor) << text;
    EXPECT_EQ(*Money::parse(money->str()), *money);
  }
  EXPECT_EQ(cny(-350).str(), "-3.50");
  EXPECT_EQ(cny(5).str(), "0.05");
  EXPECT_EQ(cny(INT64_MIN).str(), "-92233720368547758.08");
}

TEST(Money, RefusesOtherSpellings) {
  for (const auto* bad : {"", "-", "+1", ".5", "1.", "1.234", "1,5", "1e3", " 1", "1 ", "--1",
                          "1.-5", "0x10", "NaN", "1000000000000000", "１"}) {
    const auto money = Money::parse(bad);
    ASSERT_FALSE(money.ok()) << bad;
    EXPECT_TRUE(money.error().is(MoneyErrc::malformed));
  }
}

// Half up, away from zero, to one minor unit: the product's only rounding.
TEST(Money, TimesRoundsHalfUp) {
  EXPECT_EQ(cny(1).times(1, 2), cny(1));
  EXPECT_EQ(cny(-1).times(1, 2), cny(-1));
  EXPECT_EQ(cny(1).times(49, 100), cny(0));
  EXPECT_EQ(cny(1).times(51, 100), cny(1));
  EXPECT_EQ(cny(3).times(1, 2), cny(2));
  EXPECT_EQ(cny(-3).times(1, 2), cny(-2));
  EXPECT_EQ(cny(1).times(1, 3), cny(0));
  EXPECT_EQ(cny(2).times(1, 3), cny(1));
  EXPECT_EQ(cny(7).times(5, 1), cny(35));
  EXPECT_EQ(cny(7).times(-5, 2), cny(-18));
  EXPECT_EQ(cny(0).times(1, 7), cny(0));
}

// Interest of the first month of vector A: 10 000.00 at 7.2 % a year, a twelfth: 60.00.
TEST(Money, TimesIsExactBeyond64Bits) {
  EXPECT_EQ(cny(1'000'000).times(72'000'000, 12 * Rate::kScale), cny(6'000));
  EXPECT_EQ(cny(INT64_MAX).times(INT64_MAX, INT64_MAX), cny(INT64_MAX));
  EXPECT_EQ(cny(INT64_MIN).times(1, 1), cny(INT64_MIN));
  // 99 999 999 999 999.99 · 0.072 / 12 = 599 999 999 999.99994
  EXPECT_EQ(cny(9'999'999'999'999'999).times(72'000'000, 12 * Rate::kScale),
            cny(60'000'000'000'000));
}

TEST(Money, SumsAndComparisons) {
  EXPECT_EQ(cny(3) + cny(4), cny(7));
  EXPECT_EQ(cny(3) - cny(4), cny(-1));
  EXPECT_EQ(-cny(3), cny(-3));
  EXPECT_LT(cny(3), cny(4));
  EXPECT_EQ(min(cny(3), cny(4)), cny(3));
  EXPECT_TRUE(cny(1).is_positive());
  EXPECT_TRUE(cny(-1).is_negative());
  EXPECT_TRUE(Money::zero().is_zero());
}

TEST(MoneyDeathTest, OverflowAndMixedCurrenciesAreBugs) {
  const auto mixed = [] { return cny(1) + Money(1, Currency::USD); };
  EXPECT_DEATH(mixed(), "CHECK failed");
  EXPECT_DEATH((void)(cny(1) == Money(1, Currency::EUR)), "CHECK failed");
  EXPECT_DEATH((void)(cny(INT64_MAX) + cny(1)), "CHECK failed");
  EXPECT_DEATH((void)(cny(INT64_MIN) - cny(1)), "CHECK failed");
  EXPECT_DEATH((void)(-cny(INT64_MIN)), "CHECK failed");
  EXPECT_DEATH((void)cny(INT64_MAX).times(2, 1), "CHECK failed");
  EXPECT_DEATH((void)cny(1).times(1, 0), "CHECK failed");
}

TEST(Currency, ReadsOnlyItsOwnNames) {
  EXPECT_EQ(*parse_currency("CNY"), Currency::CNY);
  EXPECT_EQ(to_string(Currency::HKD), "HKD");
  for (const auto* bad : {"", "cny", "JPY", "CNY "}) EXPECT_FALSE(parse_currency(bad).ok()) << bad;
}

TEST(Rate, ReadsAndWritesTheShortestExactForm) {
  const std::pair<const char*, const char*> cases[] = {{"0.072", "0.072"},
                                                       {"0.0720", "0.072"},
                                                       {"0", "0"},
                                                       {"1.50", "1.5"},
                                                       {"0.000000001", "0.000000001"},
                                                       {"1000", "1000"}};
  for (const auto& [text, shortest] : cases) {
    const auto rate = Rate::parse(text);
    ASSERT_TRUE(rate.ok()) << text;
    EXPECT_EQ(rate->str(), shortest);
  }
  EXPECT_EQ(Rate::parse("0.072")->nano(), 72'000'000);
  EXPECT_LT(*Rate::parse("0.07"), *Rate::parse("0.072"));
}

TEST(Rate, RefusesTheRest) {
  for (const auto* bad : {"", "7.2%", "0.0000000001", ".1", "1.", "12345"}) {
    EXPECT_TRUE(Rate::parse(bad).error().is(MoneyErrc::malformed)) << bad;
  }
  for (const auto* bad : {"-0.1", "1000.000000001", "9999"}) {
    EXPECT_TRUE(Rate::parse(bad).error().is(MoneyErrc::out_of_range)) << bad;
  }
}

}  // namespace
}  // namespace mq
