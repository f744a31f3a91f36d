// Events find their handlers: from a signature to money that has moved, and what a stopped switch
// leaves.
#include "app/subscriptions.h"

#include <gtest/gtest.h>

#include "support/loans.h"

namespace mq::app {
namespace {

class SubscriptionsTest : public test::LendingTest {
 protected:
  void SetUp() override {
    LendingTest::SetUp();
    auto& people = lending().people;
    to_.emplace(
        Subscribers{db(),
                    people.auth(),
                    people.identity(),
                    people.documents(),
                    lending().servicing,
                    [this](const std::string&, const Pii<std::string>&, const std::string& text) {
                      messages_.push_back(text);
                      return ok();
                    },
                    {[this](const payments::Instruction& sent) { return send(sent); },
                     [](InstructionId) -> Result<payments::ChannelAnswer> {
                       return payments::ChannelAnswer{};
                     }},
                    people.clock,
                    people.random});
    worker_.emplace(db(), people.clock, people.random);
    subscribe_all(*worker_, *to_);
    run();
    messages_.clear();
  }
  Result<payments::ChannelAnswer> send(const payments::Instruction& sent) {
    sent_.push_back(sent);
    if (unreachable_) return payments::PaymentsErrc::unresolved;
    return payments::ChannelAnswer{payments::AnswerState::succeeded, sent.amount,
                                   "ref-" + sent.id.str(), ""};
  }
  void run() {
    const auto handled = worker_->run_once();
    ASSERT_TRUE(handled.ok()) << handled.error().detail();
  }
  storage::OutboxWorker::Counts counts() { return *worker_->counts(); }
  LoanId signed_loan() {
    const auto application =
        test::sign(lending().people, lending().origination, person_, test::request());
    run();
    return *lending().origination.get(application.id)->loan;
  }

  std::vector<payments::Instruction> sent_;
  std::vector<std::string> messages_;
  bool unreachable_ = false;
  std::optional<Subscribers> to_;
  std::optional<storage::OutboxWorker> worker_;
};
MQ_INSTANTIATE_DATABASES(SubscriptionsTest);

TEST_P(SubscriptionsTest, ASignatureBecomesMoneyWithoutAnotherHand) {
  const auto id = signed_loan();
  EXPECT_EQ(lending().loan(id).state, servicing::LoanState::active);
  ASSERT_EQ(sent_.size(), 1U);
  EXPECT_EQ(sent_[0].kind, payments::Kind::payout);
  const auto asked = lending().request_repayment(person_, id, "866.19");
  ASSERT_TRUE(asked.ok());
  run();
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[1].kind, payments::Kind::debit);
  EXPECT_EQ(lending().loan(id).repayments[0].state, servicing::RepaymentState::succeeded);
  EXPECT_EQ(counts().waiting, 0);
  EXPECT_EQ(counts().dead, 0);
}

TEST_P(SubscriptionsTest, CodesAreSentOnceByTheirEvent) {
  auto& auth = lending().people.auth();
  const auto me = test::as_borrower(person_);
  const auto step_up = auth.require_step_up(me, {auth::StepUpKind::sign_contract, "签署", {}, {}});
  ASSERT_TRUE(step_up.ok() && auth.send_step_up_code(me, step_up->id).ok());
  run();
  run();
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_NE(messages_[0].find("签署"), std::string::npos);
}

TEST_P(SubscriptionsTest, AVerificationIsDecidedByItsEvent) {
  auto& people = lending().people;
  const auto person = people.sign_in().person;
  people.consent_to_all(person);
  const auto begun = people.identity().begin(person, Pii<std::string>("王芳"),
                                             Pii<std::string>(test::id_number(31)));
  ASSERT_TRUE(begun.ok());
  for (const auto which : {identity::Photo::card, identity::Photo::selfie}) {
    ASSERT_TRUE(people.identity().submit(person, begun->id, which, as_bytes("photo")).ok());
  }
  EXPECT_EQ(people.identity().get(begun->id)->state, identity::State::processing);
  run();
  EXPECT_EQ(people.identity().get(begun->id)->state, identity::State::passed);
}

TEST_P(SubscriptionsTest, AStoppedSwitchHoldsThePayoutUntilItOpens) {
  lending().people.set_switch(controls::Switch::payouts, true);
  const auto id = signed_loan();
  EXPECT_TRUE(sent_.empty());
  EXPECT_EQ(lending().loan(id).state, servicing::LoanState::paying_out);
  lending().people.clock.advance_seconds(11);
  EXPECT_TRUE(drive_unresolved(*to_).ok());  // still stopped: tried, not sent, no failure
  EXPECT_TRUE(sent_.empty());
  lending().people.set_switch(controls::Switch::payouts, false);
  EXPECT_TRUE(drive_unresolved(*to_).ok());
  EXPECT_EQ(sent_.size(), 1U);
  run();
  EXPECT_EQ(lending().loan(id).state, servicing::LoanState::active);
  lending().people.clock.advance_seconds(600);
  run();  // what the event's own retry finds settled is left alone
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_P(SubscriptionsTest, AnUnreachableChannelIsTriedAgain) {
  unreachable_ = true;
  const auto id = signed_loan();
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_EQ(lending().loan(id).state, servicing::LoanState::paying_out);
  EXPECT_EQ(counts().waiting, 1);
  unreachable_ = false;
  lending().people.clock.advance_seconds(60);
  run();
  EXPECT_EQ(lending().loan(id).state, servicing::LoanState::active);
  EXPECT_EQ(lending().journals(id, "disbursement").size(), 1U);
  EXPECT_EQ(counts().waiting, 0);
}

TEST_P(SubscriptionsTest, AMalformedEventIsParkedNotLost) {
  auto& people = lending().people;
  for (const auto* payload : {"{}", R"({"application":7})", R"({"application":"no id"})", "[]"}) {
    ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                      storage::publish(tx, people.clock.now(), people.random, "origination.signed",
                                       payload, payload);
                      return ok();
                    })
                    .ok());
  }
  for (int i = 0; i < limits::kOutboxAttempts; ++i) {
    run();
    people.clock.advance_seconds(120);
  }
  EXPECT_EQ(counts().dead, 4);
  EXPECT_EQ(counts().waiting, 0);
  EXPECT_EQ(lending().count("servicing_loan"), 0);
}

}  // namespace
}  // namespace mq::app
