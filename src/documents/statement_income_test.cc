// Income of statements made by hand: what counts, what does not, and why.
#include <gtest/gtest.h>

#include "documents/statement_test_support.h"

namespace mq::documents {
namespace {

BusinessDate day(int year, int month, int day) { return BusinessDate::from_ymd(year, month, day); }

StatementRow booking(BusinessDate date, std::int64_t minor, const std::string& text,
                     const std::string& who) {
  StatementRow row;
  row.date = date;
  row.amount = Money(minor, Currency::CNY);
  row.description = Pii<std::string>(text);
  row.counterparty = Pii<std::string>(who);
  return row;
}

// January to `months`, 2025, with a wage on the 10th.
Statement with_wages(int months, const std::string& text = "代发工资",
                     const std::string& who = "远山科技有限公司") {
  Statement statement;
  statement.holder = Pii<std::string>("张三");
  statement.from = day(2025, 1, 1);
  statement.to = day(2025, months, days_in_month(2025, months));
  for (int month = 1; month <= months; ++month) {
    statement.rows.push_back(booking(day(2025, month, 10), 800000 + month * 1000, text, who));
  }
  return statement;
}

TEST(Income, WagesAndTheirMonths) {
  auto statement = with_wages(4);
  statement.rows.push_back(booking(day(2025, 4, 20), -300000, "房租", "李四"));
  statement.rows.push_back(booking(day(2025, 4, 21), 120, "结息", ""));
  const auto income = income_of(statement);
  EXPECT_FALSE(income.too_short);
  EXPECT_EQ(income.months_covered, 4);
  ASSERT_EQ(income.salaries.size(), 1U);
  EXPECT_TRUE(income.salaries[0].wage_words);
  EXPECT_EQ(income.salaries[0].rows, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(income.salaries[0].typical_month.minor(), 802000)
      << "the lower of the two in the middle";
  EXPECT_EQ(income.monthly_salary->minor(), 802000);
  ASSERT_EQ(income.months.size(), 4U);
  const auto& april = income.months[3];
  EXPECT_EQ(april.inflow.minor(), 804120);
  EXPECT_EQ(april.outflow.minor(), 300000);
  EXPECT_EQ(april.salary.minor(), 804000);
  EXPECT_EQ(april.other_income.minor(), 120);
  EXPECT_EQ(april.inflow_rows, (std::vector<std::size_t>{3, 5}));
  EXPECT_EQ(april.outflow_rows, (std::vector<std::size_t>{4}));
  EXPECT_EQ(april.salary_rows, (std::vector<std::size_t>{3}));
}

TEST(Income, TooShortSaysSo) {
  const auto two = income_of(with_wages(2));
  EXPECT_TRUE(two.too_short);
  EXPECT_EQ(two.months_covered, 2);
  EXPECT_FALSE(two.monthly_income.has_value());
  EXPECT_TRUE(two.salaries.empty());
  EXPECT_EQ(two.months.size(), 2U) << "the figures are there, they are only not to be relied on";
  EXPECT_FALSE(income_of(with_wages(3)).too_short);
  EXPECT_TRUE(income_of(Statement{}).too_short);
}

TEST(Income, AFullMonthMayBeginOnAnyDay) {
  auto statement = with_wages(4);
  statement.from = day(2025, 1, 10);
  statement.to = day(2025, 4, 9);
  EXPECT_EQ(income_of(statement).months_covered, 3);
  statement.to = day(2025, 4, 8);
  EXPECT_TRUE(income_of(statement).too_short);
}

TEST(Income, NotEveryInflowIsIncome) {
  auto statement = with_wages(3);
  const std::vector<std::pair<RowUse, StatementRow>> others = {
      {RowUse::own_transfer, booking(day(2025, 2, 1), 500000, "转账", "张三")},
      {RowUse::own_transfer, booking(day(2025, 2, 2), 500000, "零钱提现", "支付公司")},
      {RowUse::loan_payout, booking(day(2025, 2, 3), 5000000, "贷款发放", "某银行")},
      {RowUse::loan_payout, booking(day(2025, 2, 4), 2000000, "转账", "海棠小额贷款有限公司")},
      {RowUse::refund, booking(day(2025, 2, 5), 9900, "商品退款", "超市")},
      {RowUse::other_income, booking(day(2025, 2, 6), 30000, "转账", "李四")},
      {RowUse::outflow, booking(day(2025, 2, 7), -30000, "贷款还款", "某银行")},
  };
  for (const auto& [use, row] : others) statement.rows.push_back(row);
  const auto income = income_of(statement);
  for (std::size_t i = 0; i < others.size(); ++i)
    EXPECT_EQ(income.use[3 + i], others[i].first) << i;
  EXPECT_EQ(income.own_transfers, (std::vector<std::size_t>{3, 4}));
  EXPECT_EQ(income.loan_payouts, (std::vector<std::size_t>{5, 6}));
  EXPECT_EQ(income.refunds, (std::vector<std::size_t>{7}));
  const auto& february = income.months[1];
  EXPECT_EQ((february.salary + february.other_income).minor(), 802000 + 30000);
  EXPECT_EQ(february.inflow.minor(), 802000 + 30000 + 500000 * 2 + 5000000 + 2000000 + 9900);
}

TEST(Income, ASalaryNeedsRegularityAndAnEmployer) {
  EXPECT_EQ(income_of(with_wages(4, "转账", "远山科技有限公司")).salaries.size(), 1U);
  EXPECT_TRUE(income_of(with_wages(4, "转账", "李四")).salaries.empty())
      << "a friend is no employer";
  EXPECT_EQ(income_of(with_wages(4, "工资", "")).salaries.size(), 1U)
      << "the bank's payroll names nobody";

  auto uneven = with_wages(4, "转账");
  uneven.rows[1].amount = Money(90000, Currency::CNY);
  uneven.rows[2].amount = Money(4000000, Currency::CNY);
  EXPECT_TRUE(income_of(uneven).salaries.empty());

  auto seldom = with_wages(9);
  std::erase_if(seldom.rows,
                [](const StatementRow& row) { return row.date->ymd().month % 4 != 1; });
  ASSERT_EQ(seldom.rows.size(), 3U);
  EXPECT_TRUE(income_of(seldom).salaries.empty()) << "three payments in nine months";

  auto daily = with_wages(4, "货款");
  for (int i = 0; i < 20; ++i)
    daily.rows.push_back(booking(day(2025, 1 + i % 4, 15), 10000, "货款", "远山科技有限公司"));
  EXPECT_TRUE(income_of(daily).salaries.empty()) << "sales, not wages";
}

TEST(Income, DoubtfulRowsAreLeftOut) {
  auto statement = with_wages(5);
  statement.rows[0].flags.set(RowFlag::balance_breaks);
  statement.rows[1].flags.set(RowFlag::repeated_row);
  statement.rows[2].date.reset();
  statement.rows[3].date = day(2031, 1, 1);
  const auto income = income_of(statement);
  EXPECT_EQ(income.left_out, (std::vector<std::size_t>{0, 1, 2, 3}));
  for (int month = 0; month < 4; ++month)
    EXPECT_TRUE(income.months[static_cast<std::size_t>(month)].inflow.is_zero());
  EXPECT_EQ(income.months[4].inflow.minor(), 805000);
}

}  // namespace
}  // namespace mq::documents
