// The business date and the daily accrual, interrupted at every place.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

#include "support/loans.h"

namespace mq::servicing {
namespace {

using ledger::Account;

template <class Value>
std::string code_of(const Result<Value>& result) {
  return result.ok() ? "ok" : result.error().code();
}

// Breaks whatever transaction draws from it at the wrong moment, as a full disk or a lost connection would.
class BreakingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    if (every_ > 0 && ++drawn_ % every_ == 0) throw std::runtime_error("broken");
    inner_.fill(out);
  }
  void break_every(int draws) {
    every_ = draws;
    drawn_ = 0;
  }

 private:
  test::TestRandom inner_{2};
  std::atomic<int> every_ = 0, drawn_ = 0;
};

class EndOfDayTest : public test::LendingTest {
 protected:
  Random* random() override { return &random_; }

  // Days on which this loan accrued; fails where a day did twice.
  std::map<BusinessDate, Money> accruals(const LoanId& id) {
    std::map<BusinessDate, Money> days;
    for (const auto& posted : lending().journals(id, "accrual")) {
      EXPECT_EQ(posted.journal.transfers.size(), 1U);
      EXPECT_TRUE(
          days.emplace(posted.journal.business_date, posted.journal.transfers[0].amount).second);
    }
    return days;
  }

  BreakingRandom random_;
};
MQ_INSTANTIATE_DATABASES(EndOfDayTest);

const BusinessDate kStart = BusinessDate::from_ymd(2026, 1, 5);

TEST_P(EndOfDayTest, AMonthAccruesItsInterestToTheCent) {
  const auto id = lending().active_loan(person_);
  lending().pass_days(31);
  EXPECT_EQ(lending().business_date(), BusinessDate::from_ymd(2026, 2, 5));
  const auto days = accruals(id);
  ASSERT_EQ(days.size(), 31U);
  Money sum;
  for (const auto& [day, amount] : days) {
    sum += amount;
    // 60.00 / 31 = 1.935…: no day is more than a cent away from its share.
    EXPECT_TRUE(amount.str() == "1.93" || amount.str() == "1.94") << day.iso();
    EXPECT_EQ(sum, Money(6000, Currency::CNY).times(day.days - kStart.days, 31)) << day.iso();
  }
  EXPECT_EQ(sum.str(), "60.00");
  EXPECT_EQ(days.begin()->first, kStart.plus_days(1));
  EXPECT_EQ(lending().balance(Account::interest_receivable, id.str()), "60.00");
  EXPECT_EQ(lending().balance(Account::interest_income), "60.00");
  EXPECT_EQ(lending().loan(id).accrued_through, lending().business_date());
}

TEST_P(EndOfDayTest, ManyShortRunsAreOneLongRun) {
  const auto id = lending().active_loan(person_);
  for (int day = 0; day < 45; ++day) lending().pass_days(1);
  EXPECT_EQ(accruals(id).size(), 45U);
  EXPECT_EQ(lending().balance(Account::interest_receivable, id.str()),
            "87.58");  // 60.00 + 55.16 · 14 / 28
}

TEST_P(EndOfDayTest, BrokenAnywhereEachLoanAccruesOnceADay) {
  std::vector<LoanId> loans;
  for (int i = 0; i < 3; ++i) {
    loans.push_back(lending().active_loan(lending().people.verified_person()));
  }
  ASSERT_TRUE(lending().servicing.advance(12).ok());
  int broken = 0;
  for (int draws = 2; lending().business_date() < kStart.plus_days(12); draws = draws % 11 + 2) {
    random_.break_every(draws);
    const auto run = lending().servicing.run_end_of_day();
    if (run.ok()) break;
    ++broken;
    EXPECT_EQ(run.error().code(), "storage.failed");
    ASSERT_LT(broken, 500) << "no progress";
  }
  random_.break_every(0);
  ASSERT_TRUE(lending().servicing.run_end_of_day().ok());
  EXPECT_GT(broken, 5);
  EXPECT_EQ(lending().business_date(), kStart.plus_days(12));
  for (const auto& id : loans) {
    EXPECT_EQ(accruals(id).size(), 12U);
    EXPECT_EQ(lending().balance(Account::interest_receivable, id.str()), "23.23");  // 60 · 12 / 31
    EXPECT_EQ(lending().loan(id).accrued_through, kStart.plus_days(12));
  }
  EXPECT_EQ(lending().count("audit_leaf WHERE kind = 'servicing.day_closed'"), 12);
}

TEST_P(EndOfDayTest, TheDateWaitsForTheLastLoan) {
  const auto id = lending().active_loan(person_);
  ASSERT_TRUE(lending().servicing.advance(1).ok());
  random_.break_every(1);
  EXPECT_EQ(code_of(lending().servicing.run_end_of_day()), "storage.failed");
  EXPECT_EQ(lending().business_date(), kStart);
  EXPECT_TRUE(accruals(id).empty());
  EXPECT_EQ(lending().loan(id).accrued_through, kStart);
  random_.break_every(0);
  EXPECT_EQ(code_of(lending().servicing.run_end_of_day()), "ok");
  EXPECT_EQ(accruals(id).size(), 1U);
}

TEST_P(EndOfDayTest, SeveralNodesAtOnceAccrueOnce) {
  std::vector<LoanId> loans;
  for (int i = 0; i < 2; ++i) {
    loans.push_back(lending().active_loan(lending().people.verified_person()));
  }
  ASSERT_TRUE(lending().servicing.advance(20).ok());
  std::vector<std::thread> nodes;
  for (int i = 0; i < 3; ++i) {
    nodes.emplace_back([&] {
      const auto run = lending().servicing.run_end_of_day();
      EXPECT_TRUE(run.ok()) << run.error().code() << run.error().detail();
    });
  }
  for (auto& node : nodes) node.join();
  EXPECT_EQ(lending().business_date(), kStart.plus_days(20));
  for (const auto& id : loans) EXPECT_EQ(accruals(id).size(), 20U);
  EXPECT_EQ(lending().count("audit_leaf WHERE kind = 'servicing.day_closed'"), 20);
}

TEST_P(EndOfDayTest, ALoanThatMissedADayCatchesUp) {
  const auto early = lending().active_loan(person_);
  const auto id = lending().open_loan(lending().people.verified_person());
  lending().settle(lending().instruction_of(id.str()), payments::AnswerState::succeeded);
  // Paid out by another node at the moment when the day was being closed: the date moved without it.
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                    tx.execute("UPDATE servicing_business_date SET current = $1, target = $1",
                               {kStart.plus_days(2)});
                    return ok();
                  })
                  .ok());
  lending().pass_days(1);
  for (const auto& loan : {early, id}) {
    EXPECT_EQ(accruals(loan).size(), 1U);
    EXPECT_EQ(lending().balance(Account::interest_receivable, loan.str()), "5.81");  // 60 · 3 / 31
  }
}

TEST_P(EndOfDayTest, NothingIsDoneWithoutATarget) {
  const auto id = lending().active_loan(person_);
  EXPECT_EQ(code_of(lending().servicing.run_end_of_day()), "ok");
  EXPECT_EQ(lending().business_date(), kStart);
  EXPECT_TRUE(accruals(id).empty());
}

TEST_P(EndOfDayTest, TheFirstDateStays) {
  lending().people.clock.advance_days(3);
  ASSERT_TRUE(lending().servicing.ensure_business_date().ok());
  EXPECT_EQ(lending().business_date(), kStart);
}

TEST_P(EndOfDayTest, TheCalendarIsChinas) {
  const auto follow = [&] {
    EXPECT_TRUE(lending().servicing.follow_calendar().ok());
    EXPECT_TRUE(lending().servicing.run_end_of_day().ok());
    return lending().business_date();
  };
  EXPECT_EQ(follow(), kStart);
  lending().people.clock.set({1'767'628'799'999'999});  // one microsecond before 2026-01-06 there
  EXPECT_EQ(follow(), kStart);
  lending().people.clock.set({1'767'628'800'000'000});
  EXPECT_EQ(follow(), kStart.plus_days(1));
  lending().people.clock.set({1'767'574'800'000'000});  // a clock set back moves nothing back
  EXPECT_EQ(follow(), kStart.plus_days(1));
}

TEST_P(EndOfDayTest, OnlyADemoJumps) {
  Servicing production(db(), lending().people.clock, lending().people.random, false);
  EXPECT_EQ(code_of(production.advance(1)), "servicing.demo_only");
  for (const int days : {-1, 0, limits::kAdvanceDays + 1}) {
    EXPECT_EQ(code_of(lending().servicing.advance(days)), "servicing.bad_days") << days;
  }
  EXPECT_EQ(*lending().servicing.advance(2), kStart.plus_days(2));
  EXPECT_EQ(*lending().servicing.advance(2), kStart.plus_days(2));  // a repeat adds nothing
  EXPECT_EQ(*lending().servicing.advance(1), kStart.plus_days(2));  // nor does it take away
  ASSERT_TRUE(production.run_end_of_day().ok());
  EXPECT_EQ(lending().business_date(), kStart.plus_days(2));
}

}  // namespace
}  // namespace mq::servicing
