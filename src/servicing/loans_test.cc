// Loans from the signature to the pay-out, and who may see them.
#include <gtest/gtest.h>

#include <functional>
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
void at_once(int count, const std::function<void()>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
}

class LoansTest : public test::LendingTest {};
MQ_INSTANTIATE_DATABASES(LoansTest);

TEST_P(LoansTest, ASignatureOpensOneLoanAndOneInstruction) {
  const auto application =
      test::sign(lending().people, lending().origination, person_, test::request());
  at_once(4, [&] { EXPECT_EQ(code_of(lending().servicing.open_loan(application.id)), "ok"); });
  EXPECT_EQ(lending().count("servicing_loan"), 1);
  const auto loan = *lending().origination.get(application.id)->loan;
  const auto instructions =
      lending().read([&](storage::Transaction& tx) { return payments::list(tx, loan.str()); });
  ASSERT_EQ(instructions.size(), 1U);
  EXPECT_EQ(instructions[0].kind, payments::Kind::payout);
  EXPECT_EQ(instructions[0].amount.str(), "10000.00");
  EXPECT_EQ(instructions[0].person_id, person_);
  EXPECT_EQ(instructions[0].account_field, "payout_card");

  const auto opened = lending().loan(loan);
  EXPECT_EQ(opened.state, LoanState::paying_out);
  EXPECT_EQ(opened.application, application.id);
  EXPECT_TRUE(opened.schedule.empty());
  EXPECT_FALSE(opened.disbursed_on.has_value());
  EXPECT_EQ(lending().balance(Account::loans_receivable), "0.00");  // nothing has moved yet
}

TEST_P(LoansTest, OnlyASignedApplicationOpensALoan) {
  lending().people.clock.advance_ms(1);
  const auto approved = lending().origination.apply(person_, "one", test::request());
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(code_of(lending().servicing.open_loan(approved->id)), "ok");
  EXPECT_EQ(lending().count("servicing_loan"), 0);
  const auto nobody =
      ApplicationId::make(lending().people.clock.now(), lending().people.random);
  EXPECT_EQ(code_of(lending().servicing.open_loan(nobody)), "servicing.not_found");
}

TEST_P(LoansTest, APayoutIsBookedOnceHoweverOftenItIsTold) {
  const auto id = lending().open_loan(person_);
  const auto instruction = lending().instruction_of(id.str());
  EXPECT_EQ(code_of(lending().servicing.settle(instruction)), "ok");  // not final: nothing happens
  EXPECT_EQ(lending().loan(id).state, LoanState::paying_out);
  lending().settle(instruction, AnswerState::succeeded);
  lending().pass_days(3);
  at_once(4, [&] { EXPECT_EQ(code_of(lending().servicing.settle(instruction)), "ok"); });

  const auto loan = lending().loan(id);
  EXPECT_EQ(loan.state, LoanState::active);
  EXPECT_EQ(loan.disbursed_on, BusinessDate::from_ymd(2026, 1, 5));
  ASSERT_EQ(loan.schedule.size(), 12U);
  EXPECT_EQ(loan.schedule[0].due, BusinessDate::from_ymd(2026, 2, 5));
  EXPECT_EQ(loan.schedule[0].payment().str(), "866.19");
  EXPECT_EQ(loan.outstanding_principal().str(), "10000.00");
  EXPECT_EQ(lending().journals(id, "disbursement").size(), 1U);
  EXPECT_EQ(lending().balance(Account::loans_receivable, id.str()), "10000.00");
  EXPECT_EQ(lending().balance(Account::clearing_channel), "-10000.00");
  EXPECT_EQ(lending().origination.get(loan.application)->state, origination::State::paid_out);
  EXPECT_EQ(lending().count("audit_leaf WHERE kind = 'servicing.loan_disbursed'"), 1);
}

TEST_P(LoansTest, TheScheduleRunsFromThePayoutNotFromTheSignature) {
  const auto id = lending().open_loan(person_);
  lending().pass_days(26);  // 2026-01-31
  lending().settle(lending().instruction_of(id.str()), AnswerState::succeeded);
  const auto loan = lending().loan(id);
  EXPECT_EQ(loan.schedule[0].due, BusinessDate::from_ymd(2026, 2, 28));
  EXPECT_EQ(loan.schedule[1].due, BusinessDate::from_ymd(2026, 3, 31));
  EXPECT_EQ(lending().balance(Account::interest_receivable), "0.00");
}

TEST_P(LoansTest, AFailedPayoutBooksNothing) {
  const auto id = lending().open_loan(person_);
  const auto instruction = lending().instruction_of(id.str());
  lending().settle(instruction, AnswerState::failed);
  EXPECT_EQ(code_of(lending().servicing.settle(instruction)), "ok");
  const auto loan = lending().loan(id);
  EXPECT_EQ(loan.state, LoanState::payout_failed);
  EXPECT_TRUE(loan.schedule.empty());
  EXPECT_TRUE(loan.outstanding_principal().is_zero());
  EXPECT_TRUE(lending().read([](auto& tx) { return ledger::trial_balance(tx); }).rows.empty());
  EXPECT_EQ(lending().origination.get(loan.application)->state,
            origination::State::payout_failed);
  EXPECT_EQ(lending().count("audit_leaf WHERE kind = 'servicing.payout_failed'"), 1);
  lending().pass_days(40);
  EXPECT_EQ(lending().balance(Account::interest_receivable), "0.00");
  EXPECT_EQ(code_of(lending().request_repayment(person_, id, "10.00")), "servicing.wrong_state");
  const auto second = lending().active_loan(person_);  // the way is free for another try
  EXPECT_EQ(lending().loan(second).state, LoanState::active);
}

TEST_P(LoansTest, AnUnknownInstructionIsAnError) {
  const auto nobody =
      InstructionId::make(lending().people.clock.now(), lending().people.random);
  EXPECT_EQ(code_of(lending().servicing.settle(nobody)), "payments.not_found");
}

TEST_P(LoansTest, ExposureFollowsThePrincipal) {
  const auto exposure = [&] {
    return lending()
        .read([&](auto& tx) { return Servicing::exposure(tx, person_); })
        .str();
  };
  const auto active = [&] {
    return lending().read([&](auto& tx) { return Servicing::active_loans(tx, person_); });
  };
  EXPECT_EQ(exposure(), "0.00");
  EXPECT_EQ(active(), 0);
  const auto id = lending().open_loan(person_, "10000.00", 3);
  EXPECT_EQ(exposure(), "10000.00");  // promised money counts
  EXPECT_EQ(active(), 1);
  lending().settle(lending().instruction_of(id.str()), AnswerState::succeeded);
  lending().repay(person_, id, lending().loan(id).schedule[0].payment().str());
  EXPECT_EQ(exposure(), lending().loan(id).outstanding_principal().str());
  for (const int no : {1, 2}) {
    lending().repay(person_, id, lending().loan(id).schedule[no].payment().str());
  }
  EXPECT_EQ(lending().loan(id).state, LoanState::settled);
  EXPECT_EQ(exposure(), "0.00");
  EXPECT_EQ(active(), 0);
}

TEST_P(LoansTest, OtherPeoplesLoansDoNotExist) {
  const auto id = lending().active_loan(person_);
  const auto stranger = lending().people.verified_person();
  EXPECT_EQ(code_of(lending().servicing.get_of(stranger, id)), "servicing.not_found");
  EXPECT_EQ(code_of(lending().servicing.get_of(person_, id)), "ok");
  EXPECT_EQ(code_of(lending().request_repayment(stranger, id, "866.19")), "servicing.not_found");
  const auto nobody = LoanId::make(lending().people.clock.now(), lending().people.random);
  EXPECT_EQ(code_of(lending().servicing.get_of(person_, nobody)), "servicing.not_found");
  EXPECT_EQ(code_of(lending().servicing.get(nobody)), "servicing.not_found");
  const auto of = [&](const PersonId& person) {
    return lending().read([&](auto& tx) { return lending().servicing.loans_of(tx, person); });
  };
  EXPECT_EQ(of(person_).size(), 1U);
  EXPECT_TRUE(of(stranger).empty());
  EXPECT_EQ(lending().count("servicing_repayment"), 0);
}

TEST_P(LoansTest, ListsAreNewestFirstAndLimited) {
  const auto first = lending().active_loan(person_);
  const auto second = lending().active_loan(lending().people.verified_person());
  const auto list = [&](int limit) {
    return lending().read([&](auto& tx) { return lending().servicing.list(tx, limit); });
  };
  const auto all = list(10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, second);
  EXPECT_EQ(all[1].id, first);
  EXPECT_EQ(list(1).size(), 1U);
}

}  // namespace
}  // namespace mq::servicing
