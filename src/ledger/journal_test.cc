#include "ledger/journal.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mq::ledger {
namespace {

Journal sample() {
  return {"disbursement",
          "loan-1",
          BusinessDate::from_ymd(2026, 1, 5),
          "disbursement:1",
          {{{Account::loans_receivable, "loan-1"},
            {Account::clearing_channel, "demo"},
            Money(1'000'000, Currency::CNY)}}};
}

TEST(Journal, ASoundOnePasses) { EXPECT_TRUE(check_journal(sample()).ok()); }

TEST(Journal, AmountsAreAboveZero) {
  for (const std::int64_t minor : {0, -1}) {
    auto journal = sample();
    journal.transfers[0].amount = Money(minor, Currency::CNY);
    EXPECT_TRUE(check_journal(journal).error().is(LedgerErrc::amount_not_positive));
  }
}

TEST(Journal, ALineHasTwoPlaces) {
  auto journal = sample();
  journal.transfers[0].credit = journal.transfers[0].debit;
  EXPECT_TRUE(check_journal(journal).error().is(LedgerErrc::same_account));
  journal.transfers[0].credit.object = "loan-2";
  EXPECT_TRUE(check_journal(journal).ok());
}

TEST(Journal, TextsAndLinesAreLimited) {
  const auto refused = [](auto change) {
    auto journal = sample();
    change(journal);
    const auto status = check_journal(journal);
    return !status.ok() && status.error().is(LedgerErrc::malformed_journal);
  };
  const std::string longer(limits::kLedgerTextBytes + 1, 'x');
  EXPECT_TRUE(refused([](Journal& j) { j.transfers.clear(); }));
  EXPECT_TRUE(
      refused([](Journal& j) { j.transfers.resize(limits::kLedgerLines + 1, j.transfers[0]); }));
  EXPECT_TRUE(refused([](Journal& j) { j.event.clear(); }));
  EXPECT_TRUE(refused([](Journal& j) { j.idempotency_key.clear(); }));
  EXPECT_TRUE(refused([&](Journal& j) { j.idempotency_key = longer; }));
  EXPECT_TRUE(refused([&](Journal& j) { j.object = longer; }));
  EXPECT_TRUE(refused([&](Journal& j) { j.transfers[0].debit.object = longer; }));
}

TEST(Journal, AReversalExchangesTheSides) {
  const auto original = sample();
  const auto undone = reversal_of(original, BusinessDate::from_ymd(2026, 1, 6), "reversal:1");
  EXPECT_EQ(undone.event, "reversal");
  EXPECT_EQ(undone.object, original.object);
  ASSERT_EQ(undone.transfers.size(), 1U);
  EXPECT_EQ(undone.transfers[0].debit, original.transfers[0].credit);
  EXPECT_EQ(undone.transfers[0].credit, original.transfers[0].debit);
  EXPECT_EQ(undone.transfers[0].amount, original.transfers[0].amount);
}

TEST(Journal, SameContentLooksAtEverythingButTheKey) {
  const auto differs = [](auto change) {
    auto other = sample();
    change(other);
    return !same_content(sample(), other);
  };
  EXPECT_TRUE(same_content(sample(), sample()));
  EXPECT_TRUE(differs([](Journal& j) { j.event = "other"; }));
  EXPECT_TRUE(differs([](Journal& j) { j.object = "other"; }));
  EXPECT_TRUE(differs([](Journal& j) { j.business_date = j.business_date.plus_days(1); }));
  EXPECT_TRUE(differs([](Journal& j) { j.transfers.push_back(j.transfers[0]); }));
  EXPECT_TRUE(differs([](Journal& j) { j.transfers[0].amount = Money(1, Currency::CNY); }));
  EXPECT_TRUE(differs([](Journal& j) { j.transfers[0].amount = Money(1'000'000, Currency::USD); }));
  EXPECT_TRUE(differs([](Journal& j) { j.transfers[0].debit.object = "loan-2"; }));
  EXPECT_TRUE(differs([](Journal& j) { j.transfers[0].credit.account = Account::bank; }));
}

TEST(Chart, EveryAccountHasNamesAndItsUsualSide) {
  int previous = 0;
  for (const auto& entry : chart_of_accounts()) {
    EXPECT_GT(entry.code(), previous);
    previous = entry.code();
    EXPECT_FALSE(entry.name_zh.empty());
    EXPECT_FALSE(entry.name_en.empty());
    EXPECT_EQ(*parse_account(to_string(entry.account)), entry.account);
    const bool debit_side = entry.type == AccountType::asset || entry.type == AccountType::expense;
    EXPECT_EQ(entry.normal_side == Side::debit, debit_side && entry.account != Account::allowance);
  }
  EXPECT_EQ(chart_of_accounts().size(),
            boost::mp11::mp_size<boost::describe::describe_enumerators<Account>>::value);
  EXPECT_TRUE(parse_account("cash").error().is(LedgerErrc::unknown_account));
}

}  // namespace
}  // namespace mq::ledger
