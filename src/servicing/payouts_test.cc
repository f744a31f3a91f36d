// Large pay-outs: who may release them, and what becomes of the loan.
#include <gtest/gtest.h>

#include "support/loans.h"

namespace mq::servicing {
namespace {

using payments::AnswerState;

constexpr auto kPassword = "a-long-password";

class PayoutsTest : public test::LendingTest {
 protected:
  void SetUp() override {
    LendingTest::SetUp();
    wang_ = clerk("wang");
    li_ = clerk("li");
    loan_ = lending().open_loan(person_, "30000.00");
  }
  auth::Staff clerk(const std::string& name) {
    const auto id = lending().people.auth().create_staff(name, kPassword, {auth::Role::finance});
    MQ_CHECK(id.ok());
    return {
        .id = *id, .username = name, .roles = {auth::Role::finance}, .session = {}, .device = {}};
  }
  std::string releasing(const auth::Staff& by, const LoanId& loan) {
    const auto missing = lending().servicing.release_payout(by, loan);
    return missing.ok() ? "ok " + std::to_string(*missing) : missing.error().code();
  }
  std::string refusing(const auth::Staff& by, std::string_view reason = "another name") {
    const auto done = lending().servicing.refuse_payout(by, loan_, reason);
    return done.ok() ? "ok" : done.error().code();
  }
  void drive(AnswerState state = AnswerState::succeeded) {
    lending().settle(lending().instruction_of(loan_.str()), state);
  }
  std::vector<WaitingPayout> waiting() {
    return lending().read([](storage::Transaction& tx) { return waiting_payouts(tx, 10); });
  }
  void change(const std::string& sql, storage::Params params = {}) {
    MQ_CHECK(db().write([&](storage::Transaction& tx) -> Status {
                   tx.execute(sql, params);
                   return ok();
                 })
                 .ok());
  }

  auth::Staff wang_, li_;
  LoanId loan_;
};
MQ_INSTANTIATE_DATABASES(PayoutsTest);

TEST_P(PayoutsTest, TheLoanBeginsOnceTwoHaveReleasedIt) {
  lending().open_loan(lending().people.verified_person(), "29900.00");
  ASSERT_EQ(waiting().size(), 1U) << "the small one does not wait";
  const auto one = waiting()[0];
  EXPECT_EQ(one.loan, loan_);
  EXPECT_EQ(one.amount.str(), "30000.00");
  EXPECT_EQ(one.person, person_);
  EXPECT_FALSE(one.decided_by.has_value());
  drive();
  EXPECT_EQ(lending().loan(loan_).state, LoanState::paying_out);
  EXPECT_EQ(lending().read([&](storage::Transaction& tx) { return payout_waits_until(tx, loan_); }),
            one.expires_at);
  EXPECT_EQ(releasing(wang_, loan_), "ok 1");
  EXPECT_EQ(releasing(wang_, loan_), "payments.own_release");
  EXPECT_EQ(releasing(li_, loan_), "ok 0");
  EXPECT_FALSE(lending()
                   .read([&](storage::Transaction& tx) { return payout_waits_until(tx, loan_); })
                   .has_value());
  drive();
  EXPECT_EQ(lending().loan(loan_).state, LoanState::active);
  EXPECT_EQ(releasing(li_, loan_), "payments.not_waiting");
  EXPECT_EQ(releasing(li_, LoanId::make(lending().people.clock.now(), lending().people.random)),
            "servicing.not_found");
}

TEST_P(PayoutsTest, WhoDecidedTheApplicationDoesNotPayItOut) {
  change("UPDATE origination_application SET decided_by = $1 WHERE id = $2",
         {wang_.id, lending().loan(loan_).application});
  EXPECT_EQ(waiting()[0].decided_by, wang_.id);
  EXPECT_EQ(releasing(wang_, loan_), "servicing.own_decision");
  EXPECT_EQ(releasing(li_, loan_), "ok 1");
  EXPECT_EQ(releasing(wang_, loan_), "servicing.own_decision");
  EXPECT_EQ(releasing(clerk("zhang"), loan_), "ok 0");
}

TEST_P(PayoutsTest, WhoWasDisabledMeanwhileDoesNotCount) {
  EXPECT_EQ(releasing(wang_, loan_), "ok 1");
  change("UPDATE auth_staff SET state = 'disabled' WHERE id = $1", {wang_.id});
  EXPECT_EQ(releasing(li_, loan_), "ok 1");
  const auto late = clerk("zhang");
  change("UPDATE auth_staff SET state = 'disabled' WHERE id = $1", {late.id});
  EXPECT_EQ(releasing(late, loan_), "auth.forbidden");
  EXPECT_EQ(releasing(clerk("zhao"), loan_), "ok 0");
}

TEST_P(PayoutsTest, ARefusedOneCostsNothingAndTheNextApplicationIsFree) {
  EXPECT_EQ(refusing(wang_, "  "), "servicing.reason_missing");
  EXPECT_EQ(refusing(wang_, std::string(limits::kReasonBytes + 1, 'x')),
            "servicing.reason_missing");
  EXPECT_EQ(refusing(wang_), "ok");
  EXPECT_EQ(refusing(li_), "payments.not_waiting");
  MQ_CHECK(lending().servicing.settle(lending().instruction_of(loan_.str())).ok());
  EXPECT_EQ(lending().loan(loan_).state, LoanState::payout_failed);
  EXPECT_EQ(lending().balance(ledger::Account::loans_receivable), "0.00");
  EXPECT_TRUE(lending().loan(loan_).schedule.empty());
  const auto again = lending().open_loan(person_, "5000.00");
  lending().settle(lending().instruction_of(again.str()), AnswerState::succeeded);
  EXPECT_EQ(lending().loan(again).state, LoanState::active);
}

TEST_P(PayoutsTest, AfterAWeekItIsNotSentAnyMore) {
  EXPECT_TRUE(lending().servicing.expire_payouts().ok());
  EXPECT_EQ(waiting().size(), 1U);
  lending().people.clock.set(waiting()[0].expires_at);
  EXPECT_TRUE(lending().servicing.expire_payouts().ok());
  EXPECT_TRUE(waiting().empty());
  MQ_CHECK(lending().servicing.settle(lending().instruction_of(loan_.str())).ok());
  EXPECT_EQ(lending().loan(loan_).state, LoanState::payout_failed);
}

}  // namespace
}  // namespace mq::servicing
