// What statements say for a decision: whose they are, whether they are to be relied on, how much
// they show.
#include "documents/income_evidence.h"

#include <gtest/gtest.h>

#include "documents/statement_json.h"
#include "documents/statement_test_support.h"

namespace mq::documents {
namespace {

using test::Paper;

const Pii<std::string> kName("张小明");
const BusinessDate kToday = *BusinessDate::parse("2026-05-10");

struct Booking {
  const char *date, *text, *amount, *balance;
};

// Four months of wages, the first and the last not whole.
StatementReading statement(const char* holder = "户名：张小明", float confidence = 1,
                           const char* balance = "25,000.00") {
  Paper paper(confidence);
  if (*holder != 0) paper.at(20, 60, holder);
  paper.at(20, 80, "起止日期：2026-01-01至2026-04-30");
  paper.at(20, 100, "交易日期").at(120, 100, "摘要").to(300, 100, "交易金额").to(400, 100, "余额");
  const Booking rows[] = {{"2026-01-10", "工资", "8,000.00", "9,000.00"},
                          {"2026-02-10", "工资", "8,000.00", "17,000.00"},
                          {"2026-03-10", "工资", "8,000.00", balance},
                          {"2026-04-10", "工资", "8,000.00", "33,000.00"}};
  float y = 120;
  for (const auto& row : rows) {
    paper.at(20, y, row.date).at(120, y, row.text).to(300, y, row.amount).to(400, y, row.balance);
    y += 20;
  }
  PageRead page;
  page.text = paper.page();
  page.facts.source = confidence == 1 ? PageSource::text : PageSource::picture;
  page.facts.compared = confidence == 1;
  auto read = statement_of({page});
  MQ_CHECK(read.ok());
  return *read;
}

IncomeEvidence evidence(const StatementReading& read, const Reading& reading = {},
                        BusinessDate today = kToday) {
  return evidence_of(json_of(read), reading, kName, today);
}

TEST(IncomeEvidence, AnOwnSoundStatementShowsItsIncome) {
  const auto found = evidence(statement());
  EXPECT_EQ(found.standing, StatementStanding::sound);
  ASSERT_TRUE(found.monthly_income);
  EXPECT_EQ(found.monthly_income->str(), "8000.00");
}

TEST(IncomeEvidence, SomebodyElsesShowsNothing) {
  const auto found = evidence(statement("户名：李四"));
  EXPECT_EQ(found.standing, StatementStanding::other_holder);
  EXPECT_FALSE(found.monthly_income);
}

TEST(IncomeEvidence, WhatSpeaksAgainstItIsADoubt) {
  EXPECT_EQ(evidence(statement("")).standing, StatementStanding::doubtful) << "names nobody";
  Reading forged;
  forged.checks.push_back({"statement.picture_differs", idcard::Severity::fault, ""});
  EXPECT_EQ(evidence(statement(), forged).standing, StatementStanding::doubtful);
  Reading noted;
  noted.checks.push_back({"statement.not_compared", idcard::Severity::note, ""});
  EXPECT_EQ(evidence(statement(), noted).standing, StatementStanding::sound);
}

TEST(IncomeEvidence, ABrokenBalanceAccusesOnlyAnExactText) {
  EXPECT_EQ(evidence(statement("户名：张小明", 1, "26,000.00")).standing,
            StatementStanding::doubtful);
  EXPECT_EQ(evidence(statement("户名：张小明", 0.95F, "26,000.00")).standing,
            StatementStanding::sound)
      << "a photo may have been misread";
}

TEST(IncomeEvidence, AnOldOneSaysNothingOfToday) {
  // Its last booking is of 2026-04-10.
  EXPECT_EQ(evidence(statement(), {}, *BusinessDate::parse("2026-07-11")).standing,
            StatementStanding::sound);
  const auto old = evidence(statement(), {}, *BusinessDate::parse("2026-07-12"));
  EXPECT_EQ(old.standing, StatementStanding::none);
  EXPECT_FALSE(old.monthly_income);
}

TEST(IncomeEvidence, DaysToComeAreADoubt) {
  const auto found = evidence(statement(), {}, *BusinessDate::parse("2026-04-09"));
  EXPECT_EQ(found.standing, StatementStanding::doubtful) << "its last booking is of tomorrow";
  EXPECT_FALSE(found.monthly_income);
  EXPECT_EQ(evidence(statement(), {}, *BusinessDate::parse("2026-04-10")).standing,
            StatementStanding::sound);
}

TEST(IncomeEvidence, AHolderThatCannotBeComparedIsADoubtAndNoAccusation) {
  EXPECT_EQ(evidence(statement("户名：ZHANG XIAOMING")).standing, StatementStanding::doubtful);
  EXPECT_EQ(evidence(statement("户名：***")).standing, StatementStanding::doubtful);
  EXPECT_EQ(evidence(statement("户名：张小朋", 0.95F)).standing, StatementStanding::doubtful)
      << "one misread character of a photo";
  EXPECT_EQ(evidence(statement("户名：张小朋")).standing, StatementStanding::other_holder);
}

TEST(CompareHolder, LooksThroughWhatBanksHide) {
  const auto match = [](std::string_view printed, std::string_view name) {
    return compare_holder(printed, name, true);
  };
  const auto same = HolderMatch::same, other = HolderMatch::other;
  EXPECT_EQ(match("张小明", "张小明"), same);
  EXPECT_EQ(match(" 张 小 明 先生", "张小明"), same);
  EXPECT_EQ(match("张*明", "张小明"), same);
  EXPECT_EQ(match("*小明", "张小明"), same);
  EXPECT_EQ(match("＊明", "张小明"), same) << "a star may stand for two";
  EXPECT_EQ(match("买买提·艾*", "买买提•艾力"), same);
  EXPECT_EQ(match("li ming", "LI MING"), same);
  EXPECT_EQ(match("李小明", "张小明"), other);
  EXPECT_EQ(match("张小", "张小明"), other);
  EXPECT_EQ(match("张小明明", "张小明"), other);
  EXPECT_EQ(match("张小明*", "张小明"), other) << "a star stands for at least one";
  for (const char* nobody : {"", "***", "ZHANG XIAOMING"}) {
    EXPECT_EQ(match(nobody, "张小明"), HolderMatch::not_comparable) << nobody;
  }
  EXPECT_EQ(compare_holder("张小朋", "张小明", false), HolderMatch::not_comparable);
  EXPECT_EQ(compare_holder("李四", "张小明", false), other);
}

}  // namespace
}  // namespace mq::documents
