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
  struct Code {
    auth::ChallengeId challenge;
    std::string code;
  };
  Code code_for(const ApplicationId& id) {
    const auto asked = origination().request_signing_code(test::as_borrower(person_), id);
    MQ_CHECK(asked.ok());
    return {asked->challenge.id, people().code_of(asked->challenge.id)};
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

TEST_P(SignTest, NeedsTheRightCodeForTheRightText) {
  const auto application = confirmed();
  const auto& hash = application.contract_sha256;
  const auto [challenge, code] = code_for(application.id);
  const auto sign = [&](const auth::ChallengeId& which, const std::string& typed,
                        const std::string& text) {
    return code_of(origination().sign(test::as_borrower(person_), application.id, which, typed, text));
  };
  const std::string wrong = code == "000000" ? "000001" : "000000";
  EXPECT_EQ(sign(challenge, wrong, hash), "auth.wrong_code");
  EXPECT_EQ(sign(challenge, code, std::string(64, '0')), "origination.other_contract");
  EXPECT_EQ(sign(challenge, code, ""), "origination.other_contract");
  EXPECT_EQ(sign(auth::ChallengeId::make(clock().now(), people().random), code, hash),
            "auth.unknown_challenge");
  EXPECT_EQ(state_of(application.id), State::costs_confirmed);
  EXPECT_EQ(signed_events(), 0);
  EXPECT_EQ(sign(challenge, code, hash), "ok");
  EXPECT_EQ(signed_events(), 1);
}

TEST_P(SignTest, ACodeForAnotherActionSignsNothing) {
  const auto application = confirmed();
  const auto other = people().auth().request_step_up(test::as_borrower(person_), "something else");
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), application.id, other->id,
                                       people().code_of(other->id), application.contract_sha256)),
            "auth.unknown_challenge");
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
  EXPECT_EQ(code_of(origination().request_signing_code(fresh, application.id)), "auth.device_on_hold");
  const auto code = origination().request_signing_code(older, application.id);
  ASSERT_TRUE(code.ok());
  const auto sms = people().code_of(code->challenge.id);
  const auto sign = [&](const auth::Borrower& by) {
    return code_of(origination().sign(by, application.id, code->challenge.id, sms,
                                      application.contract_sha256));
  };
  EXPECT_EQ(sign(fresh), "auth.device_on_hold");
  EXPECT_EQ(state_of(application.id), State::costs_confirmed);
  EXPECT_TRUE(auth.settle_device(older, fresh.session).ok());
  EXPECT_EQ(sign(fresh), "ok");
}

TEST_P(SignTest, ALateCodeSignsNothing) {
  const auto application = confirmed();
  const auto [challenge, code] = code_for(application.id);
  clock().advance_seconds(limits::kCodeLifeSeconds + 1);
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), application.id, challenge, code,
                                       application.contract_sha256)),
            "auth.expired_code");
  const auto fresh = code_for(application.id);
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), application.id, fresh.challenge, fresh.code,
                                       application.contract_sha256)),
            "ok");
}

TEST_P(SignTest, SigningTwiceIsOneLoan) {
  const auto application = confirmed();
  const auto [challenge, code] = code_for(application.id);
  const auto sign = [&, which = challenge, typed = code] {
    return origination().sign(test::as_borrower(person_), application.id, which, typed, application.contract_sha256);
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
  EXPECT_EQ(code_of(origination().request_signing_code(test::as_borrower(person_), id)), "origination.wrong_state");
  const auto challenge = auth::ChallengeId::make(clock().now(), people().random);
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), id, challenge, "123456", "")),
            "origination.wrong_state");
  const auto application = test::confirm(people(), origination(), person_, id);
  const auto code = code_for(id);
  ASSERT_TRUE(origination().cancel(person_, id).ok());
  EXPECT_EQ(code_of(origination().sign(test::as_borrower(person_), id, code.challenge, code.code,
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
        code_of(origination().request_signing_code(test::as_borrower(stranger), id)),
        code_of(origination().sign(test::as_borrower(stranger), id, challenge, "1", application.contract_sha256)),
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
  const auto [challenge, code] = code_for(application.id);
  ASSERT_TRUE(origination()
                  .sign(test::as_borrower(person_), application.id, challenge, code, application.contract_sha256)
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
