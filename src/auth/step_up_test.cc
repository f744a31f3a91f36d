#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "auth/auth_testing.h"
#include "auth/step_up_policy.h"
#include "auth/webauthn_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

using webauthn::TestAuthenticator;

constexpr auto kPhone = "13800000000";
constexpr auto kPage = "loans.example";
const Act kSigning{StepUpKind::sign_contract,
                   "签署借款合同 10000.00 元，12 期",
                   "one",
                   {1'000'000, Currency::CNY}};
const Act kLarge{StepUpKind::sign_contract,
                 "签署借款合同 80000.00 元，12 期",
                 "two",
                 {8'000'000, Currency::CNY}};
const NeededFactors kNothing, kCode{{Factor::sms_code}},
    kEither{{Factor::passkey, Factor::sms_code}}, kBoth{{Factor::passkey}, {Factor::sms_code}},
    kPasswordAndCode{{Factor::password}, {Factor::sms_code}};

TEST(StepUpPolicy, AsksForMoreWhereMoreCanBeLost) {
  const auto of = [](StepUpKind kind, std::int64_t minor, Has has) {
    return factors_needed(kind, {minor, Currency::CNY}, has);
  };
  const auto signing = StepUpKind::sign_contract;
  for (const auto has : {Has::nothing_else, Has::password})
    EXPECT_EQ(of(signing, 2'999'999, has), kCode);
  EXPECT_EQ(of(signing, 3'000'000, Has::nothing_else), kCode);
  EXPECT_EQ(of(signing, 3'000'000, Has::password), kPasswordAndCode);
  EXPECT_EQ(of(signing, 2'999'999, Has::passkey), kEither);
  EXPECT_EQ(of(signing, 3'000'000, Has::passkey), kBoth);
  EXPECT_EQ(of(StepUpKind::add_passkey, 0, Has::passkey), kCode)
      << "a passkey does not vouch for another";
  EXPECT_EQ(of(StepUpKind::confirm_device, 0, Has::passkey), kEither);
  EXPECT_EQ(of(StepUpKind::set_password, 0, Has::nothing_else), kCode);
}

TEST(StepUpPolicy, EveryActHasARuleForEveryAccount) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<StepUpKind>>([](auto kind) {
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Has>>([&](auto has) {
      const auto needed = factors_needed(kind.value, {}, has.value);
      EXPECT_FALSE(needed.empty()) << kind.name;
      for (const auto& one_of : needed)
        EXPECT_TRUE(std::ranges::count(one_of, Factor::sms_code) > 0)
            << "nobody who lost something is locked out: " << kind.name << " " << has.name;
    });
  });
}

TEST(StepUpPolicy, WhatIsDoneIsLeftOut) {
  EXPECT_EQ(without(kBoth, {Factor::passkey}), kCode);
  EXPECT_EQ(without(kBoth, {Factor::sms_code, Factor::passkey}), kNothing);
  EXPECT_EQ(without(kEither, {Factor::sms_code}), kNothing);
  EXPECT_EQ(without(kEither, {}), kEither);
  for (const auto& needed : {kNothing, kCode, kEither, kBoth})
    EXPECT_EQ(factors_of(factors_text(needed)), needed);
}

// docs/security/step_up.md is what lenders read.
TEST(StepUpPolicy, ItsPageShowsIt) {
  std::ostringstream page;
  page << "# What an act of a borrower needs\n\n"
          "Written by `step_up_test` from `src/auth/step_up_policy.cc`, where the reasons stand. "
          "Each act is approved by a\n"
          "challenge of its own that names it in words, is good for "
       << kStepUpSeconds
       << " seconds, in the session that asked for it, once.\n"
          "A rule holds for accounts that have this or something stronger; the one for the "
          "strongest "
          "counts, and of those the one\nfor the highest amount. Every account has the code by "
          "SMS.\n\n"
          "| Act | From, yuan | Account has | Needs |\n|---|---|---|---|\n";
  for (const auto& rule : step_up_rules()) {
    std::string needs;
    for (const auto& one_of : rule.needed) {
      if (!needs.empty()) needs += ", and ";
      for (std::size_t i = 0; i < one_of.size(); ++i)
        needs +=
            (i > 0 ? " or " : "") + std::string(boost::describe::enum_to_string(one_of[i], "?"));
    }
    page << "| " << boost::describe::enum_to_string(rule.kind, "?") << " | " << rule.from.str()
         << " | " << boost::describe::enum_to_string(rule.has, "?") << " | " << needs << " |\n";
  }
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const char* built = std::getenv("MQ_BUILD_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/security/step_up.md");
  const std::string there((std::istreambuf_iterator<char>(file)), {});
  if (there == page.str()) return;
  const auto fresh = std::string(built == nullptr ? "." : built) + "/step_up.md";
  std::ofstream(fresh) << page.str();
  FAIL()
      << "docs/security/step_up.md is not what step_up_policy.cc says. Look at the difference to "
      << fresh << "; if it is meant, copy it there.";
}

class StepUpTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    auth_.set_pages(kPage, {std::string("https://") + kPage});
    me_ = as_borrower(signed_in(kPhone));
  }
  StepUp asked(const Act& act = kSigning) {
    const auto made = auth_.require_step_up(me_, act);
    EXPECT_TRUE(made.ok()) << made.error().code();
    return *made;
  }
  std::string sent_for(const StepUp& step_up) { return AuthFixture::sent_for(me_, step_up); }
  std::string using_it(const Borrower& by, const StepUp& step_up, const Act& act = kSigning) {
    return said(db().write(
        [&](storage::Transaction& tx) { return auth_.consume_step_up(tx, by, step_up.id, act); }));
  }
  std::string with_passkey(const StepUp& step_up, const TestAuthenticator& phone,
                           std::string_view challenge = {}) {
    const auto made = phone.assert_at(
        kPage, *crypto::unbase64url(challenge.empty() ? step_up.passkey_challenge : challenge));
    return said(auth_.pass_step_up(me_, step_up.id, answer_of(made)));
  }
  static PasskeyAnswer answer_of(const webauthn::MadeAssertion& made) {
    return {made.credential_id, made.client_data_json, made.authenticator_data, made.signature, {}};
  }
  void add(const TestAuthenticator& phone) {
    const auto creation = auth_.begin_passkey(me_);
    ASSERT_TRUE(creation.ok());
    ASSERT_TRUE(auth_.pass_step_up(me_, creation->step_up.id, sent_for(creation->step_up)).ok());
    const auto made =
        phone.register_at(kPage, *crypto::unbase64url(creation->step_up.passkey_challenge));
    const auto added = auth_.add_passkey(me_, creation->step_up.id, "Chrome · Android",
                                         {made.client_data_json, made.attestation_object});
    ASSERT_TRUE(added.ok()) << added.error().code() << " " << added.error().detail();
  }

  Borrower me_;
};
MQ_INSTANTIATE_DATABASES(StepUpTest);

TEST_P(StepUpTest, StandsForOneActOfOnePersonInOneSession) {
  const auto other = as_borrower(signed_in("13900000000"));
  const auto step_up = asked();
  EXPECT_EQ(step_up.needed, kCode);
  EXPECT_EQ(step_up.expires_at, clock_.now().plus_seconds(kStepUpSeconds));
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, "123456")), "auth.unknown_challenge")
      << "none was sent";
  const auto code = sent_for(step_up);
  EXPECT_NE(sent_.back().text.find(kSigning.words), std::string::npos)
      << "the message says what it is for";
  auto elsewhere = me_;
  elsewhere.session = SessionId::make(clock_.now(), random_);
  for (const auto& stranger : {other, elsewhere}) {
    EXPECT_EQ(said(auth_.send_step_up_code(stranger, step_up.id)), "auth.unknown_step_up");
    EXPECT_EQ(said(auth_.pass_step_up(stranger, step_up.id, code)), "auth.unknown_step_up");
  }
  EXPECT_EQ(number("SELECT SUM(guesses) FROM auth_challenge"), 0)
      << "a stranger cannot use up the guesses";
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, wrong(code))), "auth.wrong_code");
  EXPECT_EQ(using_it(me_, step_up), "auth.step_up_incomplete");
  EXPECT_EQ(auth_.pass_step_up(me_, step_up.id, code)->needed, kNothing);
  EXPECT_EQ(auth_.pass_step_up(me_, step_up.id, code)->needed, kNothing)
      << "the answer may have been lost";
  EXPECT_EQ(using_it(other, step_up), "auth.unknown_step_up");
  EXPECT_EQ(using_it(elsewhere, step_up), "auth.unknown_step_up");
  EXPECT_EQ(using_it(me_, step_up, kLarge), "auth.unknown_step_up");
  EXPECT_EQ(using_it(me_, step_up, {StepUpKind::add_passkey, kSigning.words, "one", {}}),
            "auth.unknown_step_up");
  EXPECT_EQ(using_it(me_, step_up, {kSigning.kind, kSigning.words, "another", kSigning.amount}),
            "auth.unknown_step_up")
      << "of the same words";
  EXPECT_EQ(using_it(me_, step_up), "ok");
  EXPECT_EQ(using_it(me_, step_up), "auth.unknown_step_up") << "once";
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, code)), "auth.unknown_step_up");
  EXPECT_EQ(leaves("auth.step_up_asked").size(), 1U);
  EXPECT_EQ(leaves("auth.step_up_factor").size(), 1U);
  EXPECT_EQ(leaves("auth.step_up_used").size(), 1U);
}

TEST_P(StepUpTest, ACodeOfOneIsNoneOfAnother) {
  const auto first = asked(), second = asked(kLarge);
  const auto code = sent_for(first);
  sent_for(second);
  EXPECT_EQ(said(auth_.pass_step_up(me_, second.id, code)), "auth.wrong_code");
  EXPECT_EQ(said(auth_.sign_in(second.id, code, {})), "auth.unknown_challenge");
}

TEST_P(StepUpTest, IsUsedWithItsActOrNotAtAllAndInTime) {
  const auto step_up = asked();
  ASSERT_TRUE(auth_.pass_step_up(me_, step_up.id, sent_for(step_up)).ok());
  const auto failed = db().write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(auth_.consume_step_up(tx, me_, step_up.id, kSigning));
    return AuthErrc::forbidden;  // the act itself fails
  });
  EXPECT_FALSE(failed.ok());
  clock_.set({step_up.expires_at.us + 1});
  EXPECT_EQ(using_it(me_, step_up), "auth.expired_code");
  EXPECT_EQ(said(auth_.send_step_up_code(me_, step_up.id)), "auth.expired_code");
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, "123456")), "auth.expired_code");
  clock_.set(step_up.expires_at);
  EXPECT_EQ(using_it(me_, step_up), "ok");
}

TEST_P(StepUpTest, APasskeyOrACodeWillDoForALittle) {
  const TestAuthenticator phone;
  add(phone);
  const auto step_up = asked();
  EXPECT_EQ(step_up.needed, kEither);
  EXPECT_EQ(step_up.credential_ids, std::vector{crypto::base64url(phone.credential_id)});
  EXPECT_EQ(with_passkey(step_up, phone), "ok");
  EXPECT_EQ(using_it(me_, step_up), "ok");
  const auto by_code = asked();
  EXPECT_EQ(auth_.pass_step_up(me_, by_code.id, sent_for(by_code))->needed, kNothing);
  EXPECT_EQ(using_it(me_, by_code), "ok");
}

TEST_P(StepUpTest, ForALargeAmountItTakesBoth) {
  const TestAuthenticator phone;
  add(phone);
  const auto step_up = asked(kLarge);
  EXPECT_EQ(step_up.needed, kBoth);
  EXPECT_EQ(with_passkey(step_up, phone), "ok");
  EXPECT_EQ(with_passkey(step_up, phone), "ok") << "a repeat";
  EXPECT_EQ(using_it(me_, step_up, kLarge), "auth.step_up_incomplete");
  EXPECT_EQ(auth_.pass_step_up(me_, step_up.id, sent_for(step_up))->needed, kNothing);
  EXPECT_EQ(using_it(me_, step_up, kLarge), "ok");
}

TEST_P(StepUpTest, APasskeySignsItsOwnChallengeOnItsOwnPage) {
  TestAuthenticator phone;
  phone.counter = 5;
  add(phone);
  const auto earlier = asked(), step_up = asked();
  EXPECT_EQ(with_passkey(step_up, phone, earlier.passkey_challenge), "auth.passkey_refused")
      << "of another act";
  phone.origin = "https://loans.example.evil";
  EXPECT_EQ(with_passkey(step_up, phone), "auth.passkey_refused") << "of another page";
  phone.origin.clear();
  phone.flags = TestAuthenticator::kPresent;
  EXPECT_EQ(with_passkey(step_up, phone), "auth.passkey_refused") << "nobody was verified";
  phone.flags = TestAuthenticator::kPresent | TestAuthenticator::kVerified;
  EXPECT_EQ(with_passkey(step_up, phone), "auth.passkey_refused") << "the counter did not move";
  EXPECT_EQ(leaves("auth.passkey_copied").size(), 1U);
  phone.counter = 6;
  EXPECT_EQ(with_passkey(step_up, phone), "ok");
  TestAuthenticator stranger(webauthn::Algorithm::eddsa);
  stranger.credential_id = Bytes(32, 0x11);
  EXPECT_EQ(with_passkey(asked(), stranger), "auth.unknown_passkey");
}

}  // namespace
}  // namespace mq::auth
