// From the approved application to the signed contract, and the ways out.
#include <gtest/gtest.h>

#include <thread>

#include "support/applications.h"

namespace mq::origination {
namespace {

using test::request;

template <class Value>
std::string code_of(const Result<Value>& result) {
  return result.ok() ? "ok" : result.error().code();
}

class SignTest : public test::ApplicationsTest {
 protected:
  void SetUp() override {
    ApplicationsTest::SetUp();
    person_ = people().verified_person();
  }
  ApplicationId approved() {
    const auto made = apply(person_);
    MQ_CHECK(made.ok() && made->state == State::approved);
    return made->id;
  }
  Application confirmed() { return test::confirm(people(), origination(), person_, approved()); }
  auth::ChallengeId asked_for(const ApplicationId& id) {
    const auto asked = origination().begin_signing(test::as_borrower(person_), id);
    MQ_CHECK(asked.ok());
    return asked->id;
  }
  // With everything that it needs.
  auth::ChallengeId approval_of(const ApplicationId& id) {
    const auto step_up = asked_for(id);
    people().approve(test::as_borrower(person_), step_up);
    return step_up;
  }
  std::int64_t signed_events() { return count("outbox WHERE topic = 'origination.signed'"); }
  State state_of(const ApplicationId& id) { return origination().get(id)->state; }

  PersonId person_;
};
MQ_INSTANTIATE_DATABASES(SignTest);

TEST_P(SignTest, CostsAreConfirmedByTheirHash) {
  const auto id = approved();
  const auto shown = origination().show(person_, id);
  ASSERT_TRUE(shown.ok());
  clock().advance_seconds(60);
  EXPECT_EQ(code_of(origination().confirm_costs(person_, id, std::string(64, '0'))),
            "origination.other_sheet");
  EXPECT_EQ(code_of(origination().confirm_costs(person_, id, "")), "origination.other_sheet");
  EXPECT_EQ(state_of(id), State::approved);
  EXPECT_EQ(code_of(origination().confirm_costs(person_, id, shown->sheet_sha256)), "ok");
  EXPECT_EQ(state_of(id), State::costs_confirmed);
}

TEST_P(SignTest, ReadingTakesItsTime) {
  const auto made = apply(person_);
  ASSERT_TRUE(made.ok());
  const auto confirm = [&] {
    return origination().confirm_costs(person_, made->id, made->sheet_sha256);
  };
  clock().advance_days(1);  // never shown: time alone reads nothing
  ASSERT_EQ(code_of(confirm()), "origination.read_longer");
  EXPECT_EQ(confirm().error().detail(), "5");
  ASSERT_TRUE(origination().show(person_, made->id).ok());
  clock().advance_ms(4'999);
  ASSERT_TRUE(origination().show(person_, made->id).ok());  // looking again does not start again
  ASSERT_EQ(code_of(confirm()), "origination.read_longer");
  EXPECT_EQ(confirm().error().detail(), "1");
  clock().advance_ms(1);
  EXPECT_EQ(code_of(confirm()), "ok");
}

TEST_P(SignTest, ConfirmingTwiceKeepsTheContract) {
  const auto first = confirmed();
  const auto again = origination().confirm_costs(person_, first.id, first.sheet_sha256);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->contract, first.contract);
  EXPECT_EQ(again->contract_sha256, first.contract_sha256);
  EXPECT_EQ(count("audit_leaf WHERE kind = 'origination.costs_confirmed'"), 1);
}

TEST_P(SignTest, TheContractIsWhatItsHashSays) {
  const auto id = approved();
  EXPECT_EQ(code_of(origination().contract(person_, id)), "origination.wrong_state");
  const auto application = test::confirm(people(), origination(), person_, id);
  const auto contract = origination().contract(person_, id);
  ASSERT_TRUE(contract.ok()) << contract.error().code();
  EXPECT_EQ(contract->id, application.contract);
  EXPECT_EQ(contract->sha256, application.contract_sha256);
  EXPECT_EQ(contract->sha256, crypto::hex(crypto::sha256(as_bytes(contract->markdown))));
  EXPECT_EQ(contract->markdown.find(test::kCard), std::string::npos);
  EXPECT_NE(contract->markdown.find(test::kCardMasked), std::string::npos);
  EXPECT_NE(contract->markdown.find("张小明"), std::string::npos);
  EXPECT_NE(contract->markdown.find(application.sheet_sha256), std::string::npos);
}

TEST_P(SignTest, EqualTermsGiveDifferentHashes) {
  const auto first = confirmed();
  ASSERT_TRUE(origination().cancel(person_, first.id).ok());
  const auto second = confirmed();
  EXPECT_EQ(first.sheet_sha256, second.sheet_sha256);
  EXPECT_NE(first.contract_sha256, second.contract_sha256);  // says nothing without the text
}

TEST_P(SignTest, NeedsApprovalOfTheRightText) {
  const auto application = confirmed();
  const auto& hash = application.contract_sha256;
  const auto sign = [&](const auth::ChallengeId& which, const std::string& text) {
    return code_of(origination().sign(test::as_borrower(person_), application.id, which, text));
  };
  const auto step_up = asked_for(application.id);
  EXPECT_EQ(sign(step_up, hash), "auth.step_up_incomplete");
  people().approve(test::as_borrower(person_), step_up);
  EXPECT_EQ(sign(step_up, std::string(64, '0')), "origination.other_contract");
  EXPECT_EQ(sign(step_up, ""), "origination.other_contract");
  EXPECT_EQ(sign(auth::ChallengeId::make(clock().now(), people().random), hash),
            "auth.unknown_step_up");
  EXPECT_EQ(state_of(application.id), State::costs_confirmed);
  EXPECT_EQ(signed_events(), 0);
  EXPECT_EQ(sign(step_up, hash), "ok");
  EXPECT_EQ(signed_events(), 1);
}

TEST_P(SignTest, AnApprovalOfSomethingElseSignsNothing) {
  const auto application = confirmed();
  const auto me = test::as_borrower(person_);
  const auto other = people().auth().require_step_up(
      me, {auth::StepUpKind::sign_contract, "签署借款合同 1.00 元，12 期", {}, {}});
  ASSERT_TRUE(other.ok());
  people().approve(me, other->id);
  EXPECT_EQ(code_of(origination().sign(me, application.id, other->id, application.contract_sha256)),
            "auth.unknown_step_up");
  EXPECT_EQ(state_of(application.id), State::costs_confirmed);
}

TEST_P(SignTest, ANewDeviceSignsNothingUntilItIsSettled) {
  auto& auth = people().auth();
  const auto signed_in = [&] {
    clock().advance_seconds(limits::kCodeResendSeconds);
    const auto in = people().sign_in("13911114444");
    MQ_CHECK(auth.borrower(in.session.token).ok());
    return auth::Borrower{in.person, in.session.id, in.session.device};
  };
  const auto older = signed_in(), fresh = signed_in();
  person_ = older.person;
  people().consent_to_all(person_);
  people().verify(person_, test::id_number(12));
  const auto application = confirmed();
  EXPECT_EQ(code_of(origination().begin_signing(fresh, application.id)), "auth.device_on_hold");
  const auto sign = [&](const auth::Borrower& by, const auth::ChallengeId& step_up) {
    return code_of(origination().sign(by, application.id, step_up, application.contract_sha256));
  };
  const auto of_older = origination().begin_signing(older, application.id);
  ASSERT_TRUE(of_older.ok());
  people().approve(older, of_older->id);
  EXPECT_EQ(sign(fresh, of_older->id), "auth.device_on_hold");
  EXPECT_EQ(state_of(application.id), State::costs_confirmed);
  const auto settling = auth.begin_settling(older, fresh.session);
  ASSERT_TRUE(settling.ok());
  people().approve(older, settling->id);
  EXPECT_TRUE(auth.settle_device(older, fresh.session, settling->id).ok());
  EXPECT_EQ(sign(fresh, of_older->id), "auth.unknown_step_up") << "of another session";
  clock().advance_seconds(limits::kCodeResendSeconds);
  const auto of_fresh = origination().begin_signing(fresh, application.id);
  ASSERT_TRUE(of_fresh.ok());
  people().approve(fresh, of_fresh->id);
  EXPECT_EQ(sign(fresh, of_fresh->id), "ok");
}

TEST_P(SignTest, ALateApprovalSignsNothing) {
  const auto application = confirmed();
  const auto sign = [&](const auth::ChallengeId& step_up) {
    return code_of(origination().sign(test::as_borrower(person_), application.id, step_up,
                                      application.contract_sha256));
  };
  const auto late = approval_of(application.id);
  clock().advance_seconds(auth::kStepUpSeconds + 1);
  EXPECT_EQ(sign(late), "auth.expired_code");
  EXPECT_EQ(sign(approval_of(application.id)), "ok");
}

TEST_P(SignTest, SigningTwiceIsOneLoan) {
  const auto application = confirmed();
  const auto sign = [&, which = approval_of(application.id)] {
    return origination().sign(test::as_borrower(person_), application.id, which,
                              application.contract_sha256);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { (void)sign(); });
  for (auto& thread : threads) thread.join();
  const auto repeat = sign();
  ASSERT_TRUE(repeat.ok()) << repeat.error().code();
  EXPECT_EQ(repeat->state, State::signed_);
  EXPECT_EQ(signed_events(), 1);
  EXPECT_EQ(count("audit_leaf WHERE kind = 'origination.contract_signed'"), 1);
}

TEST_P(SignTest, NothingIsSignedOutOfOrder) {
  const auto id = approved();
  EXPECT_EQ(code_of(origination().begin_signing(test::as_borrower(person_), id)),
            "origination.wrong_state");
  const auto challenge = auth::ChallengeId::make(clock().now(), people().random);
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), id, challenge, "")),
            "origination.wrong_state");
  const auto application = test::confirm(people(), origination(), person_, id);
  const auto step_up = approval_of(id);
  ASSERT_TRUE(origination().cancel(person_, id).ok());
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), id, step_up,
                                       application.contract_sha256)),
            "origination.wrong_state");
  EXPECT_EQ(code_of(origination().confirm_costs(person_, id, application.sheet_sha256)),
            "origination.wrong_state");
  EXPECT_EQ(signed_events(), 0);
}

TEST_P(SignTest, OtherPeopleSeeNothing) {
  const auto application = confirmed();
  const auto stranger = people().verified_person();
  const auto& id = application.id;
  const auto challenge = auth::ChallengeId::make(clock().now(), people().random);
  for (const auto& code :
       {code_of(origination().show(stranger, id)), code_of(origination().contract(stranger, id)),
        code_of(origination().confirm_costs(stranger, id, application.sheet_sha256)),
        code_of(origination().begin_signing(test::as_borrower(stranger), id)),
        code_of(origination().sign(test::as_borrower(stranger), id, challenge,
                                   application.contract_sha256)),
        code_of(origination().cancel(stranger, id))}) {
    EXPECT_EQ(code, "origination.not_found");
  }
  EXPECT_EQ(state_of(id), State::costs_confirmed);
}

TEST_P(SignTest, CancellingIsFreeUntilTheSignature) {
  const auto cancel = [&](const ApplicationId& id) { return origination().cancel(person_, id); };
  const auto referred = apply(person_, request("2000.00"));
  ASSERT_TRUE(referred.ok());
  EXPECT_EQ(code_of(cancel(referred->id)), "ok");
  EXPECT_EQ(code_of(cancel(approved())), "ok");
  const auto application = confirmed();
  EXPECT_EQ(code_of(cancel(application.id)), "ok");
  EXPECT_EQ(code_of(cancel(application.id)), "ok");  // a repeat
  EXPECT_EQ(count("audit_leaf WHERE kind = 'origination.cancelled'"), 3);
  const auto declined = apply(person_, request("1400.00"));
  ASSERT_TRUE(declined.ok());
  EXPECT_EQ(code_of(cancel(declined->id)), "origination.wrong_state");
  const auto bound = test::sign(people(), origination(), person_);
  EXPECT_EQ(code_of(cancel(bound.id)), "origination.wrong_state");
  EXPECT_EQ(code_of(apply(person_)), "origination.open_application");
}

TEST_P(SignTest, ServicingTellsHowItWentOn) {
  const auto application = confirmed();
  const auto loan = LoanId::make(clock().now(), people().random);
  const auto record_loan = [&](const LoanId& which) {
    return db().write([&](storage::Transaction& tx) {
      return Origination::record_loan(tx, clock().now(), application.id, which);
    });
  };
  EXPECT_EQ(code_of(record_loan(loan)), "origination.wrong_state");  // not signed yet
  const auto step_up = approval_of(application.id);
  ASSERT_TRUE(
      origination()
          .sign(test::as_borrower(person_), application.id, step_up, application.contract_sha256)
          .ok());
  EXPECT_EQ(code_of(record_loan(loan)), "ok");
  EXPECT_EQ(code_of(record_loan(LoanId::make(clock().now(), people().random))),
            "origination.wrong_state");
  EXPECT_EQ(origination().get(application.id)->loan, loan);
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) {
                    return Origination::record_payout(tx, clock().now(), application.id, false);
                  })
                  .ok());
  EXPECT_EQ(state_of(application.id), State::payout_failed);
  EXPECT_EQ(code_of(apply(person_)), "ok");  // what failed is not under way
}

}  // namespace
}  // namespace mq::origination
