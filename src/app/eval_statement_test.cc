#include <gtest/gtest.h>

#include "app/eval_statement_measure.h"

namespace mq::app {
namespace {

using documents::RowFlag;
using Verdicts = std::vector<RowVerdict>;

std::vector<TrueRow> truth() {
  std::vector<TrueRow> out;
  std::int64_t balance = 0;
  for (int day = 1; day <= 4; ++day) {
    balance += day * 1'000;
    out.push_back({BusinessDate::from_ymd(2025, 1, day), day * 1'000, balance, day == 1});
  }
  return out;
}

// The same, as a perfect reading.
documents::Statement perfect() {
  documents::Statement out;
  for (const TrueRow& row : truth()) {
    documents::StatementRow read;
    read.date = row.date;
    read.amount = Money(row.amount, Currency::CNY);
    read.balance = Money(row.balance, Currency::CNY);
    out.rows.push_back(read);
  }
  return out;
}

Verdicts verdicts(const documents::Statement& read) {
  Verdicts out;
  for (const RowFinding& finding : compare_rows(truth(), read)) out.push_back(finding.verdict);
  return out;
}

constexpr auto right = RowVerdict::right;

TEST(EvalStatement, EverythingRight) {
  EXPECT_EQ(verdicts(perfect()), (Verdicts{right, right, right, right}));
}

TEST(EvalStatement, AWrongRowIsSilentUnlessItsOwnFlagSaysSo) {
  auto read = perfect();
  read.rows[2].amount = Money(9'000, Currency::CNY);
  EXPECT_EQ(verdicts(read)[2], RowVerdict::wrong_silent);
  read.rows[1].flags.set(RowFlag::balance_breaks);
  EXPECT_EQ(verdicts(read)[2], RowVerdict::wrong_silent) << "the flag of another row";
  read.rows[2].flags.set(RowFlag::repaired);
  EXPECT_EQ(verdicts(read)[2], RowVerdict::wrong_silent) << "a repair claims to be right";
  read.rows[2].flags.set(RowFlag::amount_unsure);
  EXPECT_EQ(verdicts(read)[2], RowVerdict::wrong_told);
  auto undated = perfect();
  undated.rows[0].date.reset();
  EXPECT_EQ(verdicts(undated)[0], RowVerdict::wrong_silent);
}

TEST(EvalStatement, AMissingRowIsToldBesideTheGap) {
  auto read = perfect();
  read.rows.erase(read.rows.begin() + 1);
  EXPECT_EQ(verdicts(read), (Verdicts{right, RowVerdict::missing_silent, right, right}));
  read.rows[1].flags.set(RowFlag::balance_breaks);
  EXPECT_EQ(verdicts(read)[1], RowVerdict::missing_told);
  EXPECT_EQ(verdicts({}), Verdicts(4, RowVerdict::missing_silent));
}

TEST(EvalStatement, AnInventedRowIsExtra) {
  auto read = perfect();
  documents::StatementRow extra;
  extra.amount = Money(5, Currency::CNY);
  read.rows.insert(read.rows.begin() + 2, extra);
  EXPECT_EQ(verdicts(read), (Verdicts{right, right, RowVerdict::extra_silent, right, right}));
  read.rows[2].flags.set(RowFlag::unchecked);
  EXPECT_EQ(verdicts(read)[2], RowVerdict::extra_told);
}

TEST(EvalStatement, TheTruthIsReadOrRefused) {
  const auto rows = true_rows(
      R"({"rows":[{"date":"2025-01-03","amount":-1250,"balance":8750,"kind":"salary","time":""}]})");
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].amount, -1250);
  EXPECT_EQ((*rows)[0].balance, 8750);
  EXPECT_TRUE((*rows)[0].salary);
  for (const char* wrong : {"", "[]", "{}", R"({"rows":{}})", R"({"rows":[1]})",
                            R"({"rows":[{"date":3}]})", R"({"rows":[{"date":"2025-02-30"}]})"}) {
    EXPECT_FALSE(true_rows(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace mq::app
