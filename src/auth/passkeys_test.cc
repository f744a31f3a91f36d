#include "auth/passkeys.h"

#include <gtest/gtest.h>

#include "auth/auth_testing.h"
#include "auth/webauthn_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

using webauthn::TestAuthenticator;

constexpr auto kPhone = "13800000000";
constexpr auto kPage = "loans.example";

class PasskeysTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    auth_.set_pages(kPage, {std::string("https://") + kPage});
    me_ = entering();
  }
  Borrower entering(const std::string& phone = kPhone, const Origin& origin = {}) {
    clock_.advance_seconds(limits::kCodeResendSeconds);
    const auto in = signed_in(phone, origin);
    EXPECT_TRUE(auth_.borrower(in.session.token).ok());
    return as_borrower(in);
  }
  PasskeyCreation begun(const Borrower& by) {
    const auto creation = auth_.begin_passkey(by);
    EXPECT_TRUE(creation.ok()) << creation.error().code();
    return *creation;
  }
  Result<PasskeyId> adding(const Borrower& by, const PasskeyCreation& creation,
                           const TestAuthenticator& phone) {
    const auto made =
        phone.register_at(kPage, *crypto::unbase64url(creation.step_up.passkey_challenge));
    return auth_.add_passkey(by, creation.step_up.id, "Chrome · Android",
                             {made.client_data_json, made.attestation_object});
  }
  PasskeyId added(const Borrower& by, const TestAuthenticator& phone) {
    const auto creation = begun(by);
    approve(by, creation.step_up);
    const auto id = adding(by, creation, phone);
    EXPECT_TRUE(id.ok()) << id.error().code() << " " << id.error().detail();
    return *id;
  }
  Result<Auth::SignedIn> entering_with(const TestAuthenticator& phone, const std::string& challenge,
                                       const std::optional<Bytes>& handle,
                                       const Origin& origin = {}) {
    const auto made = phone.assert_at(kPage, *crypto::unbase64url(challenge));
    PasskeyAnswer answer{
        made.credential_id, made.client_data_json, made.authenticator_data, made.signature, {}};
    if (handle) answer.user_handle = *handle;
    return auth_.passkey_sign_in(challenge, answer, origin);
  }
  Result<Auth::SignedIn> entering_with(const TestAuthenticator& phone) {
    return entering_with(phone, auth_.begin_passkey_sign_in().challenge,
                         user_handle(ring_, me_.person));
  }

  Borrower me_;
};
MQ_INSTANTIATE_DATABASES(PasskeysTest);

TEST_P(PasskeysTest, IsAddedWithACodeByAllAlgorithmsAndSignsIn) {
  std::uint8_t kind = 0;
  for (const auto algorithm :
       {webauthn::Algorithm::es256, webauthn::Algorithm::eddsa, webauthn::Algorithm::rs256}) {
    TestAuthenticator phone(algorithm);
    phone.credential_id = Bytes(24, ++kind);
    const auto creation = begun(me_);
    EXPECT_EQ(creation.domain, kPage);
    EXPECT_EQ(creation.user_name, "138****0000");
    EXPECT_EQ(creation.step_up.credential_ids.size(), kind - 1U) << "so that one device has one";
    EXPECT_EQ(said(adding(me_, creation, phone)), "auth.step_up_incomplete")
        << "not without the code";
    approve(me_, creation.step_up);
    const auto id = adding(me_, creation, phone);
    ASSERT_TRUE(id.ok()) << id.error().code() << " " << id.error().detail();
    EXPECT_EQ(said(adding(me_, creation, phone)), "auth.unknown_step_up") << "once";
    const auto in = entering_with(phone);
    ASSERT_TRUE(in.ok()) << in.error().code() << " " << in.error().detail();
    EXPECT_EQ(in->person, me_.person);
    EXPECT_TRUE(auth_.borrower(in->session.token).ok());
  }
  const auto all = *auth_.passkeys(me_);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].client, "Chrome · Android");
  EXPECT_TRUE(all[0].used_at.has_value());
  EXPECT_FALSE(all[0].backed_up);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE topic = 'auth.passkey_added'"), 3);
  ASSERT_TRUE(auth_.deliver_passkey_notice(all[0].id, capture()).ok());
  EXPECT_NE(sent_.back().text.find("通行密钥"), std::string::npos);
}

TEST_P(PasskeysTest, ASignInIsGoodOnceAndForAWhile) {
  const TestAuthenticator phone;
  added(me_, phone);
  const auto handle = user_handle(ring_, me_.person);
  const auto challenge = auth_.begin_passkey_sign_in().challenge;
  EXPECT_EQ(said(entering_with(phone, challenge, handle)), "ok");
  EXPECT_EQ(said(entering_with(phone, challenge, handle)), "auth.unknown_challenge") << "replayed";
  const auto late = auth_.begin_passkey_sign_in();
  clock_.set({late.expires_at.us + 1});
  EXPECT_EQ(said(entering_with(phone, late.challenge, handle)), "auth.expired_code");
  auto forged = *crypto::unbase64url(auth_.begin_passkey_sign_in().challenge);
  forged[20] ^= 1;  // a longer life
  EXPECT_EQ(said(entering_with(phone, crypto::base64url(forged), handle)),
            "auth.unknown_challenge");
  EXPECT_EQ(said(entering_with(phone, crypto::base64url(Bytes(56)), handle)),
            "auth.unknown_challenge");
  EXPECT_EQ(said(entering_with(phone, crypto::base64url(Bytes(20)), handle)),
            "auth.unknown_challenge");
}

TEST_P(PasskeysTest, WhoIsNamedMustBeWhoseItIs) {
  const TestAuthenticator phone;
  added(me_, phone);
  const auto other = entering("13900000000");
  const auto challenge = [&] { return auth_.begin_passkey_sign_in().challenge; };
  EXPECT_EQ(said(entering_with(phone, challenge(), user_handle(ring_, other.person))),
            "auth.unknown_passkey");
  EXPECT_EQ(said(entering_with(phone, challenge(), std::nullopt)), "auth.unknown_passkey");
  TestAuthenticator unknown;
  unknown.credential_id = Bytes(32, 0x77);
  EXPECT_EQ(said(entering_with(unknown)), "auth.unknown_passkey");
  TestAuthenticator forger(webauthn::Algorithm::eddsa);  // the same id, another key
  forger.credential_id = phone.credential_id;
  EXPECT_EQ(said(entering_with(forger)), "auth.passkey_refused");
}

TEST_P(PasskeysTest, ACounterThatGoesBackIsACopyAndIsKeptInTheTrail) {
  TestAuthenticator phone;
  phone.counter = 7;
  added(me_, phone);
  phone.counter = 8;
  EXPECT_EQ(said(entering_with(phone)), "ok");
  phone.counter = 7;
  const auto refused = entering_with(phone);
  EXPECT_EQ(said(refused), "auth.passkey_refused");
  EXPECT_EQ(refused.error().detail(), "webauthn.counter_rolled_back");
  EXPECT_EQ(leaves("auth.passkey_copied").size(), 1U);
  phone.counter = 9;
  EXPECT_EQ(said(entering_with(phone)), "ok");
}

TEST_P(PasskeysTest, NothingIsAddedOrRemovedOnADeviceOnHold) {
  const TestAuthenticator phone;
  const auto id = added(me_, phone);
  const auto fresh = entering();
  EXPECT_EQ(said(auth_.begin_passkey(fresh)), "auth.device_on_hold");
  EXPECT_EQ(said(auth_.begin_passkey_removal(fresh, id)), "auth.device_on_hold");
  EXPECT_EQ(auth_.passkeys(fresh)->size(), 1U) << "it may look";
}

TEST_P(PasskeysTest, AnOldPasskeyVouchesForANewDeviceAYoungOneDoesNot) {
  const TestAuthenticator phone;
  added(me_, phone);
  const auto settled = [&](const Auth::SignedIn& in) {
    return said(db().write(
        [&](storage::Transaction& tx) { return auth_.require_settled(tx, as_borrower(in)); }));
  };
  EXPECT_EQ(settled(*entering_with(phone)), "auth.device_on_hold");
  clock_.advance_seconds(kNewDeviceHoldSeconds);
  EXPECT_EQ(settled(*entering_with(phone)), "ok");
}

TEST_P(PasskeysTest, OnlyTheOwnerSeesAndRemovesThem) {
  const TestAuthenticator phone;
  const auto id = added(me_, phone);
  const auto other = entering("13900000000");
  EXPECT_TRUE(auth_.passkeys(other)->empty());
  EXPECT_EQ(said(auth_.begin_passkey_removal(other, id)), "auth.unknown_passkey");
  const auto creation = begun(other);
  approve(other, creation.step_up);
  EXPECT_EQ(said(adding(other, creation, phone)), "auth.passkey_exists")
      << "one authenticator, one account";
  const auto removal = *auth_.begin_passkey_removal(me_, id);
  EXPECT_EQ(removal.words, "删除通行密钥（Chrome · Android）");
  EXPECT_EQ(said(auth_.remove_passkey(me_, id, removal.id)), "auth.step_up_incomplete");
  approve(me_, removal);
  EXPECT_EQ(said(auth_.remove_passkey(me_, id, removal.id)), "ok");
  EXPECT_EQ(said(auth_.begin_passkey_removal(me_, id)), "auth.device_on_hold");
  clock_.advance_seconds(kNewDeviceHoldSeconds);
  EXPECT_EQ(said(auth_.begin_passkey_removal(me_, id)), "auth.unknown_passkey");
  ASSERT_TRUE(auth_.deliver_factor_notice(removal.id, capture()).ok());
  EXPECT_NE(sent_.back().text.find("删除通行密钥"), std::string::npos);
  EXPECT_EQ(said(entering_with(phone)), "auth.unknown_passkey");
  EXPECT_TRUE(auth_.deliver_passkey_notice(id, capture()).ok()) << "nobody is told of what is gone";
}

TEST_P(PasskeysTest, WhoeverHasOnlyTheNumberAndRemovesOneWaitsADay) {
  const TestAuthenticator phone;
  const auto settled = [&] {
    return said(
        db().write([&](storage::Transaction& tx) { return auth_.require_settled(tx, me_); }));
  };
  const auto by_itself = added(me_, phone);
  const auto shown = *auth_.begin_passkey_removal(me_, by_itself);
  const auto made = phone.assert_at(kPage, *crypto::unbase64url(shown.passkey_challenge));
  const PasskeyAnswer answer{
      made.credential_id, made.client_data_json, made.authenticator_data, made.signature, {}};
  EXPECT_EQ(said(auth_.pass_step_up(me_, shown.id, answer)), "ok");
  EXPECT_EQ(said(auth_.remove_passkey(me_, by_itself, shown.id)), "ok");
  EXPECT_EQ(settled(), "ok");
  const auto id = added(me_, phone);
  const auto removal = *auth_.begin_passkey_removal(me_, id);
  approve(me_, removal);
  EXPECT_EQ(said(auth_.remove_passkey(me_, id, removal.id)), "ok");
  EXPECT_EQ(settled(), "auth.device_on_hold");
  clock_.advance_seconds(kNewDeviceHoldSeconds);
  EXPECT_EQ(settled(), "ok");
}

TEST_P(PasskeysTest, AnAccountHasSoManyAndNoMore) {
  for (std::size_t i = 0; i < kPasskeys; ++i) {
    TestAuthenticator phone;
    phone.credential_id = Bytes(20, static_cast<std::uint8_t>(i));
    added(me_, phone);
    clock_.advance_seconds(3600);  // messages are limited too
    me_ = entering(kPhone, {});
    force("UPDATE auth_device SET held_until = 0");
  }
  EXPECT_EQ(said(auth_.begin_passkey(me_)), "auth.too_many_passkeys");
}

TEST_P(PasskeysTest, WhatIsMadeForAnotherPageOrChallengeIsRefused) {
  TestAuthenticator phone;
  const auto creation = begun(me_), another = begun(me_);
  approve(me_, creation.step_up);
  const auto with = [&](const std::string& party, const std::string& challenge) {
    const auto made = phone.register_at(party, *crypto::unbase64url(challenge));
    const auto result = auth_.add_passkey(me_, creation.step_up.id, "",
                                          {made.client_data_json, made.attestation_object});
    return said(result) + " " + (result.ok() ? "" : result.error().detail());
  };
  EXPECT_EQ(with("evil.example", creation.step_up.passkey_challenge),
            "auth.passkey_refused webauthn.wrong_origin");
  EXPECT_EQ(with(kPage, another.step_up.passkey_challenge),
            "auth.passkey_refused webauthn.wrong_challenge");
  EXPECT_EQ(auth_.passkeys(me_)->size(), 0U);
  EXPECT_EQ(with(kPage, creation.step_up.passkey_challenge), "ok ")
      << "a refusal does not use it up";
}

}  // namespace
}  // namespace mq::auth
