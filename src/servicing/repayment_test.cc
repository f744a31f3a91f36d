// Repayments: amounts, the channel's answers, early and late money, and a whole life of a loan.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/loans.h"

namespace mq::servicing {
namespace {

using ledger::Account;
using payments::AnswerState;

template <class Value>
std::string code_of(const Result<Value>& result) {
  return result.ok() ? "ok" : result.error().code();
}

class RepaymentTest : public test::LendingTest {
 protected:
  std::string receivable(const LoanId& id) {
    return lending().balance(Account::interest_receivable, id.str());
  }
  std::string income() { return lending().balance(Account::interest_income); }
  Money payable_now(const LoanId& id) {
    return payable(lending().loan(id), lending().business_date());
  }
  void expect_balanced() {
    const auto all = lending().read([](auto& tx) { return ledger::trial_balance(tx); });
    EXPECT_TRUE(all.difference().is_zero());
    Money debits, credits;
    for (const auto& row : all.rows) {
      (ledger::info(row.account).normal_side == ledger::Side::debit ? debits : credits) +=
          row.balance;
    }
    EXPECT_EQ(debits, credits);
  }
};
MQ_INSTANTIATE_DATABASES(RepaymentTest);

TEST_P(RepaymentTest, AmountsAreBetweenACentAndTheNextInstalment) {
  const auto id = lending().active_loan(person_);
  const auto try_one = [&](const char* amount) {
    return code_of(lending().request_repayment(person_, id, amount));
  };
  EXPECT_EQ(payable_now(id).str(), "866.19");
  for (const auto* amount : {"0.00", "-0.01", "-866.19", "866.20", "10000.00", "999999999.00"}) {
    EXPECT_EQ(try_one(amount), "servicing.amount_not_due") << amount;
  }
  EXPECT_EQ(lending().count("servicing_repayment"), 0);
  EXPECT_EQ(try_one("866.19"), "ok");
}

TEST_P(RepaymentTest, TheNextInstalmentIsPaidInterestFirst) {
  const auto id = lending().active_loan(person_);
  const auto paid = lending().repay(person_, id, "866.19");
  EXPECT_EQ(paid.state, RepaymentState::succeeded);
  EXPECT_EQ(paid.to_interest.str(), "60.00");
  EXPECT_EQ(paid.to_principal.str(), "806.19");
  EXPECT_TRUE(paid.to_credit.is_zero());
  const auto loan = lending().loan(id);
  EXPECT_TRUE(loan.schedule[0].open().is_zero());
  EXPECT_EQ(state_on(loan.schedule[0], lending().business_date()), InstalmentState::paid);
  EXPECT_EQ(loan.outstanding_principal().str(), "9193.81");
  EXPECT_EQ(lending().balance(Account::loans_receivable, id.str()), "9193.81");
  EXPECT_EQ(payable_now(id).str(), "866.19");  // the second instalment is the next one now
  expect_balanced();
}

TEST_P(RepaymentTest, ACentIsInterestAndAPartIsKept) {
  const auto id = lending().active_loan(person_);
  const auto cent = lending().repay(person_, id, "0.01");
  EXPECT_EQ(cent.to_interest.str(), "0.01");
  const auto part = lending().repay(person_, id, "100.00");
  EXPECT_EQ(part.to_interest.str(), "59.99");
  EXPECT_EQ(part.to_principal.str(), "40.01");
  const auto loan = lending().loan(id);
  EXPECT_EQ(state_on(loan.schedule[0], lending().business_date()), InstalmentState::partly_paid);
  EXPECT_EQ(payable_now(id).str(), "766.18");
  expect_balanced();
}

TEST_P(RepaymentTest, AllThatIsOverdueAndTheNextCanBePaidAtOnce) {
  const auto id = lending().active_loan(person_);
  lending().pass_to(BusinessDate::from_ymd(2026, 3, 20));  // two instalments overdue
  EXPECT_EQ(payable_now(id).str(), "2598.57");
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "2598.58")),
            "servicing.amount_not_due");
  const auto paid = lending().repay(person_, id, "2598.57");
  EXPECT_EQ(paid.to_interest.str(), "165.46");  // 60.00 + 55.16 + 50.30
  EXPECT_EQ(paid.to_principal.str(), "2433.11");
  expect_balanced();
  // The third period's interest is earned already: its days post nothing more.
  const auto before = income();
  lending().pass_to(BusinessDate::from_ymd(2026, 4, 5));
  EXPECT_EQ(income(), before);
  EXPECT_EQ(receivable(id), "0.00");
}

TEST_P(RepaymentTest, EarlyInterestIsNotEarnedTwice) {
  const auto id = lending().active_loan(person_);
  lending().pass_days(10);
  EXPECT_EQ(receivable(id), "19.35");  // 60.00 · 10 / 31
  lending().repay(person_, id, "866.19");
  EXPECT_EQ(receivable(id), "0.00");
  EXPECT_EQ(income(), "60.00");
  lending().pass_days(10);
  EXPECT_EQ(receivable(id), "0.00");
  EXPECT_EQ(income(), "60.00");
  lending().pass_to(BusinessDate::from_ymd(2026, 2, 5));
  EXPECT_EQ(receivable(id), "0.00");
  EXPECT_EQ(income(), "60.00");
  lending().pass_to(BusinessDate::from_ymd(2026, 3, 5));
  EXPECT_EQ(receivable(id), "55.16");
  EXPECT_EQ(income(), "115.16");
  expect_balanced();
}

TEST_P(RepaymentTest, PartOfTheInterestPaidEarlyMeetsTheAccrualInTheMiddle) {
  const auto id = lending().active_loan(person_);
  lending().pass_days(5);  // accrued 9.68
  lending().repay(person_, id, "30.00");
  EXPECT_EQ(income(), "30.00");
  lending().pass_days(10);  // accrued to date 29.03, below what was paid
  EXPECT_EQ(income(), "30.00");
  EXPECT_EQ(receivable(id), "0.00");
  lending().pass_days(1);  // 30.97
  EXPECT_EQ(income(), "30.97");
  EXPECT_EQ(receivable(id), "0.97");
  lending().pass_to(BusinessDate::from_ymd(2026, 2, 5));
  EXPECT_EQ(income(), "60.00");
  EXPECT_EQ(receivable(id), "30.00");
}

TEST_P(RepaymentTest, OneRepaymentAtATime) {
  const auto id = lending().active_loan(person_);
  const auto first = lending().servicing.request_repayment(person_, id, "one",
                                                           *Money::parse("866.19"));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->state, RepaymentState::pending);
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "1.00")),
            "servicing.repayment_pending");
  const auto repeat = lending().servicing.request_repayment(person_, id, "one",
                                                            *Money::parse("866.19"));
  ASSERT_TRUE(repeat.ok()) << repeat.error().code();
  EXPECT_EQ(repeat->id, first->id);
  EXPECT_EQ(lending().count("servicing_repayment"), 1);
  EXPECT_EQ(lending().count("payment_instruction WHERE kind = 'debit'"), 1);
}

TEST_P(RepaymentTest, ManyRequestsAtOnceDebitOnce) {
  const auto id = lending().active_loan(person_);
  std::atomic<int> accepted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      accepted += lending().servicing
                      .request_repayment(person_, id, "operation-" + std::to_string(i),
                                         *Money::parse("866.19"))
                      .ok();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(lending().count("payment_instruction WHERE kind = 'debit'"), 1);
}

TEST_P(RepaymentTest, ADebitIsBookedOnceHoweverOftenItIsTold) {
  const auto id = lending().active_loan(person_);
  const auto paid = lending().repay(person_, id, "866.19");
  const auto instruction = lending().instruction_of(paid.id.str());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(lending().servicing.settle(instruction).ok()); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lending().journals(id, "repayment").size(), 1U);
  EXPECT_EQ(lending().loan(id).schedule[0].paid().str(), "866.19");
  EXPECT_TRUE(lending().loan(id).schedule[1].paid().is_zero());
}

TEST_P(RepaymentTest, AFailedDebitLeavesTheLoanAsItWas) {
  const auto id = lending().active_loan(person_);
  lending().pass_days(7);
  const auto before = lending().loan(id);
  const auto journals = lending().count("ledger_journal");
  const auto asked = lending().request_repayment(person_, id, "866.19");
  ASSERT_TRUE(asked.ok());
  lending().settle(lending().instruction_of(asked->id.str()), AnswerState::failed);
  const auto after = lending().loan(id);
  ASSERT_EQ(after.repayments.size(), 1U);
  EXPECT_EQ(after.repayments[0].state, RepaymentState::failed);
  EXPECT_EQ(after.state, LoanState::active);
  EXPECT_EQ(after.outstanding_principal(), before.outstanding_principal());
  EXPECT_TRUE(after.schedule[0].paid().is_zero());
  EXPECT_EQ(lending().count("ledger_journal"), journals);
  EXPECT_EQ(lending().repay(person_, id, "866.19").state, RepaymentState::succeeded);
}

TEST_P(RepaymentTest, AStoppedSwitchRefusesNewRepaymentsOnly) {
  const auto id = lending().active_loan(person_);
  const auto under_way = lending().request_repayment(person_, id, "866.19");
  ASSERT_TRUE(under_way.ok());
  lending().people.set_switch(controls::Switch::repayments, true);
  lending().settle(lending().instruction_of(under_way->id.str()), AnswerState::succeeded);
  EXPECT_EQ(lending().loan(id).repayments[0].state, RepaymentState::succeeded);
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "1.00")), "controls.stopped");
  lending().people.set_switch(controls::Switch::repayments, false);
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "1.00")), "ok");
}

TEST_P(RepaymentTest, ALoanIsSettledOnlyWhenInterestIsPaidToo) {
  const auto id = lending().active_loan(person_, "10000.00", 3);
  lending().pass_days(200);  // more than 90 days overdue: principal is paid before interest
  const auto last = lending().loan(id).schedule[2];
  const auto all = payable_now(id);
  lending().repay(person_, id, (all - last.interest).str());
  EXPECT_EQ(lending().loan(id).state, LoanState::active);
  EXPECT_TRUE(lending().loan(id).outstanding_principal().is_zero());
  EXPECT_EQ(receivable(id), last.interest.str());
  EXPECT_EQ(payable_now(id), last.interest);
  lending().repay(person_, id, last.interest.str());
  EXPECT_EQ(lending().loan(id).state, LoanState::settled);
  EXPECT_EQ(receivable(id), "0.00");
}

TEST_P(RepaymentTest, AWholeLifeOfThreeMonths) {
  const auto id = lending().active_loan(person_, "10000.00", 3);
  const auto schedule = lending().loan(id).schedule;
  Money interest;
  for (const auto& instalment : schedule) {
    interest += instalment.interest;
    lending().pass_to(instalment.due);
    EXPECT_EQ(state_on(lending().loan(id).schedule[instalment.no - 1], lending().business_date()),
              InstalmentState::due);
    EXPECT_EQ(receivable(id), instalment.interest.str());
    EXPECT_EQ(income(), interest.str());
    lending().repay(person_, id, instalment.payment().str());
    EXPECT_EQ(receivable(id), "0.00");
    expect_balanced();
  }
  EXPECT_EQ(lending().loan(id).state, LoanState::settled);
  for (const auto account : {Account::loans_receivable, Account::interest_receivable,
                             Account::penalty_receivable, Account::fee_receivable,
                             Account::borrower_credit}) {
    EXPECT_EQ(lending().balance(account), "0.00") << ledger::to_string(account);
  }
  EXPECT_EQ(income(), interest.str());
  EXPECT_EQ(lending().balance(Account::clearing_channel), interest.str());

  // Afterwards nothing moves any more, and the way is free for another loan.
  const auto journals = lending().count("ledger_journal");
  lending().pass_days(40);
  EXPECT_EQ(lending().count("ledger_journal"), journals);
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "0.01")), "servicing.wrong_state");
  EXPECT_NE(lending().active_loan(person_), id);
}

}  // namespace
}  // namespace mq::servicing
