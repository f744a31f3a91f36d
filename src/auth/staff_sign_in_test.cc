#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/attempts.h"
#include "auth/auth_testing.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPassword = "correct horse battery";

class StaffSignInTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    ASSERT_TRUE(auth_.create_staff("wang", kPassword, {Role::risk}).ok());
  }
  Auth::SignInUnderWay begun(const Origin& origin = {}) {
    const auto done = auth_.staff_sign_in("wang", kPassword, origin);
    EXPECT_TRUE(done.ok()) << done.error().code();
    return *done;
  }
  std::string finishing(const Auth::SignInUnderWay& under_way, std::string_view code,
                        const Origin& origin = {}) {
    const auto done = auth_.finish_staff_sign_in(under_way.token, code, origin);
    return done.ok() ? "ok" : done.error().code();
  }
  // Of the app that wang has set up.
  std::string code_of(std::int64_t step) { return crypto::totp_code(apps_.secret("wang"), step); }
  std::int64_t step() { return crypto::totp_step(clock_.now()); }
};
MQ_INSTANTIATE_DATABASES(StaffSignInTest);

TEST_P(StaffSignInTest, ThePasswordAloneOpensNothing) {
  const auto under_way = begun();
  EXPECT_TRUE(under_way.set_up);
  EXPECT_EQ(under_way.username, "wang");
  EXPECT_TRUE(auth_.staff(under_way.token).error().is(AuthErrc::no_session));
  EXPECT_EQ(finishing(under_way, "123456"), "auth.factor_missing");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 0);
}

TEST_P(StaffSignInTest, TheAppIsSetUpOnceAndOnlyWithACodeOfIt) {
  const auto under_way = begun();
  const auto first = auth_.set_up_totp(under_way.token);
  const auto second = auth_.set_up_totp(under_way.token);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->secret, second->secret);
  EXPECT_EQ(second->uri,
            "otpauth://totp/Mianqian:wang?secret=" + second->secret + "&issuer=Mianqian");
  const auto of_first = crypto::totp_code(*crypto::unbase32(first->secret), step());
  const auto secret = *crypto::unbase32(second->secret);
  EXPECT_EQ(secret.size(), crypto::kTotpSecretBytes);
  EXPECT_NE(of_first, crypto::totp_code(secret, step())) << "by this seed";
  EXPECT_EQ(finishing(under_way, of_first), "auth.wrong_code");
  EXPECT_TRUE(begun().set_up) << "none is in force yet";
  EXPECT_EQ(finishing(under_way, crypto::totp_code(secret, step())), "ok");
  const auto later = begun();
  EXPECT_FALSE(later.set_up);
  EXPECT_TRUE(auth_.set_up_totp(later.token).error().is(AuthErrc::factor_exists));
  EXPECT_EQ(leaves("auth.staff_factor_set").size(), 1U);
}

TEST_P(StaffSignInTest, OfTwoThatSetUpAnAppAtTheSameTimeOneIsInForce) {
  const auto mine = begun(), theirs = begun();
  const auto my_secret = *crypto::unbase32(auth_.set_up_totp(mine.token)->secret);
  const auto their_secret = *crypto::unbase32(auth_.set_up_totp(theirs.token)->secret);
  EXPECT_EQ(finishing(mine, crypto::totp_code(my_secret, step())), "ok");
  EXPECT_EQ(finishing(theirs, crypto::totp_code(their_secret, step())), "auth.wrong_code");
}

TEST_P(StaffSignInTest, ACodeIsGoodOnceAndForAMinuteAndAHalf) {
  staff_in("wang", kPassword);
  clock_.advance_seconds(600);
  const auto now = step();
  EXPECT_EQ(finishing(begun(), code_of(now - 2)), "auth.wrong_code");
  EXPECT_EQ(finishing(begun(), code_of(now + 2)), "auth.wrong_code");
  EXPECT_EQ(finishing(begun(), code_of(now)), "ok");
  EXPECT_EQ(finishing(begun(), code_of(now)), "auth.wrong_code") << "a second time";
  EXPECT_EQ(finishing(begun(), code_of(now - 1)), "auth.wrong_code") << "one before it";
  EXPECT_EQ(finishing(begun(), code_of(now + 1)), "ok");
  for (const auto* code : {"", "12345", "1234567", "abcdef", "１２３４５６"})
    EXPECT_NE(finishing(begun(), code), "ok") << code;
}

TEST_P(StaffSignInTest, ASignInIsOverWhenItIsFinishedOrTooOld) {
  staff_in("wang", kPassword);
  clock_.advance_seconds(60);
  const auto under_way = begun();
  EXPECT_EQ(finishing(under_way, code_of(step())), "ok");
  EXPECT_EQ(finishing(under_way, code_of(step() + 1)), "auth.unknown_sign_in");
  const auto old = begun();
  clock_.advance_seconds(601);
  EXPECT_EQ(finishing(old, code_of(step())), "auth.unknown_sign_in");
  EXPECT_TRUE(auth_.set_up_totp(old.token).error().is(AuthErrc::unknown_sign_in));
  EXPECT_EQ(finishing({"", {}, "", false}, code_of(step())), "auth.unknown_sign_in");
  EXPECT_EQ(finishing({std::string(43, 'a'), {}, "", false}, code_of(step())),
            "auth.unknown_sign_in");
  begun();
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_staff_sign_in"), 1) << "old ones are forgotten";
}

TEST_P(StaffSignInTest, WhoseAccountIsTakenAwayMeanwhileDoesNotComeIn) {
  staff_in("wang", kPassword);
  clock_.advance_seconds(60);
  const auto under_way = begun();
  force("UPDATE auth_staff SET state = 'disabled'");
  EXPECT_EQ(finishing(under_way, code_of(step())), "auth.unknown_sign_in");
  EXPECT_TRUE(auth_.staff_sign_in("wang", kPassword, {}).error().is(AuthErrc::wrong_credentials));
}

TEST_P(StaffSignInTest, GuessesAtCodesAreBoundedAndTheKnownDeviceGetsIn) {
  Origin desk{.address = "10.0.0.1"};
  desk.devices = {staff_in("wang", kPassword, desk).session.device_token};
  clock_.advance_seconds(60);
  const auto& allowed = policy_of(Attempt::totp_guess).account;
  int looked_at = 0;
  for (int i = 0; i < 50; ++i) {
    const Origin from{.address = "10.1.0." + std::to_string(i)};
    const auto said = finishing(begun(from), "000000", from);
    looked_at += said == "auth.wrong_code";
    EXPECT_TRUE(said == "auth.wrong_code" || said == "auth.too_many_guesses") << said;
  }
  EXPECT_EQ(looked_at, allowed.free);
  EXPECT_EQ(finishing(begun(), code_of(step()), {.address = "10.0.0.2"}), "auth.too_many_guesses")
      << "not even the right one";
  EXPECT_EQ(finishing(begun(desk), code_of(step()), desk), "ok");
}

TEST_P(StaffSignInTest, OneCodeLetsOneOfManyIn) {
  staff_in("wang", kPassword);
  clock_.advance_seconds(60);
  const auto code = code_of(step());
  std::vector<Auth::SignInUnderWay> all;
  for (int i = 0; i < 4; ++i) all.push_back(begun());
  std::atomic<int> in = 0;
  std::vector<std::thread> threads;
  for (const auto& one : all)
    threads.emplace_back([&, one] { in += finishing(one, code) == "ok"; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(in, 1);
}

TEST_P(StaffSignInTest, AnAccountMadeWithItsSecretNeedsNoSettingUp) {
  Bytes secret(crypto::kTotpSecretBytes, 7);
  ASSERT_TRUE(auth_.create_staff("li", kPassword, {}, secret).ok());
  apps_.add("li", secret);
  EXPECT_EQ(staff_in("li", kPassword).staff.username, "li");
}

}  // namespace
}  // namespace mq::auth
