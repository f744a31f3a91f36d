#include <gtest/gtest.h>

#include "auth/attempts.h"
#include "auth/auth_testing.h"
#include "auth/password_rules.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPhone = "13800000000";
const Pii<std::string> kMine(std::string("correct horse battery"));
const Pii<std::string> kWrong(std::string("correct horse stapler"));

TEST(PasswordRules, LongRareAndNotMadeOfWhatIsKnown) {
  const auto refused = [](std::string_view password) {
    return !check_borrower_password(kPhone, password).ok();
  };
  for (const auto* password :
       {"", "1234567", "12345678", "password", "PASSWORD1", "13800000000", "x13800000000y",
        "mianqian", "mianqian2026", "面签面签一二三四", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"})
    EXPECT_TRUE(refused(password)) << password;
  for (const auto* password :
       {"kx7.wv2q", "春眠不觉晓处处闻", "  spaces count  ", "2026-mianqian-kx7.wv2q"})
    EXPECT_FALSE(refused(password)) << password;
  EXPECT_FALSE(refused(std::string(100, 'x') + std::string(100, 'y')));
  EXPECT_TRUE(refused(std::string(201, 'x')));
  EXPECT_FALSE(check_staff_password("wang", "kx7.wv2q").ok()) << "staff need two more";
}

class PasswordsTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    in_ = signed_in(kPhone);
    me_ = as_borrower(in_);
    here_.devices = {in_.session.device_token};
    EXPECT_TRUE(auth_.borrower(in_.session.token).ok());
  }
  std::string setting(const Pii<std::string>& password = kMine) {
    const auto step_up = *auth_.begin_setting_password(me_, kMine);
    approve(me_, step_up);
    return said(auth_.set_password(me_, step_up.id, password));
  }
  std::string entering(const Pii<std::string>& password, const Origin& origin,
                       const std::string& phone = kPhone) {
    return said(auth_.password_sign_in(Pii<std::string>(phone), password, origin));
  }
  std::string settled() {
    return said(
        db().write([&](storage::Transaction& tx) { return auth_.require_settled(tx, me_); }));
  }

  Auth::SignedIn in_;
  Borrower me_;
  Origin here_;
};
MQ_INSTANTIATE_DATABASES(PasswordsTest);

TEST_P(PasswordsTest, IsSetWithACodeAndOpensOnAKnownDeviceOnly) {
  EXPECT_FALSE(auth_.password_since(me_)->has_value());
  EXPECT_EQ(entering(kMine, here_), "auth.wrong_credentials") << "there is none yet";
  EXPECT_EQ(said(auth_.begin_setting_password(me_, Pii<std::string>("12345678"))),
            "auth.weak_password");
  const auto step_up = *auth_.begin_setting_password(me_, kMine);
  EXPECT_EQ(said(auth_.set_password(me_, step_up.id, kMine)), "auth.step_up_incomplete");
  approve(me_, step_up);
  EXPECT_EQ(said(auth_.set_password(me_, step_up.id, Pii<std::string>("12345678"))),
            "auth.weak_password");
  EXPECT_EQ(said(auth_.set_password(me_, step_up.id, kMine)), "ok")
      << "a refusal does not use it up";
  EXPECT_EQ(said(auth_.set_password(me_, step_up.id, kMine)), "auth.unknown_step_up");
  EXPECT_EQ(auth_.password_since(me_)->value(), clock_.now());
  ASSERT_TRUE(auth_.deliver_factor_notice(step_up.id, capture()).ok());
  EXPECT_NE(sent_.back().text.find("设置登录密码"), std::string::npos);
  EXPECT_EQ(settled(), "ok") << "there was nothing stronger before";

  EXPECT_EQ(entering(kMine, here_), "ok");
  EXPECT_EQ(entering(kWrong, here_), "auth.wrong_credentials");
  EXPECT_EQ(leaves("auth.signed_in").size(), 2U);
  const auto other = signed_in("13900000000");
  for (const auto& from : {Origin{}, Origin{.devices = {other.session.device_token}}}) {
    for (const auto* phone : {kPhone, "13700000000"})
      EXPECT_EQ(entering(kMine, from, phone), "auth.unknown_device")
          << "the same of numbers that nobody has";
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_account"), 2) << "and none is made";
  EXPECT_EQ(entering(kMine, here_, "12345"), "auth.bad_phone");
  EXPECT_FALSE(lies_in_the_store(kMine.expose()));
}

TEST_P(PasswordsTest, GuessesOnADeviceAreItsOwnAndBounded) {
  ASSERT_EQ(setting(), "ok");
  const auto free = policy_of(Attempt::password_guess).device.free;
  for (std::int64_t i = 0; i < free; ++i)
    EXPECT_EQ(entering(kWrong, here_), "auth.wrong_credentials");
  EXPECT_EQ(entering(kMine, here_), "auth.too_many_guesses");
  clock_.advance_seconds(policy_of(Attempt::password_guess).device.first_wait_s);
  EXPECT_EQ(entering(kMine, here_), "ok");
}

TEST_P(PasswordsTest, ItIsAskedForBesideTheCodeWhereMuchCanBeLost) {
  ASSERT_EQ(setting(), "ok");
  const Act large{
      StepUpKind::sign_contract, "签署借款合同 80000.00 元", "two", {8'000'000, Currency::CNY}};
  const auto step_up = *auth_.require_step_up(me_, large);
  EXPECT_EQ(step_up.needed, (NeededFactors{{Factor::password}, {Factor::sms_code}}));
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, kWrong)), "auth.wrong_password");
  EXPECT_EQ(auth_.pass_step_up(me_, step_up.id, kMine)->needed,
            (NeededFactors{{Factor::sms_code}}));
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, kMine)), "ok") << "a repeat";
  const auto use = [&] {
    return said(db().write([&](storage::Transaction& tx) {
      return auth_.consume_step_up(tx, me_, step_up.id, large);
    }));
  };
  EXPECT_EQ(use(), "auth.step_up_incomplete");
  approve(me_, step_up);
  EXPECT_EQ(use(), "ok");
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, kMine)), "auth.unknown_step_up");
}

TEST_P(PasswordsTest, GuessesAtAStepUpAreBounded) {
  ASSERT_EQ(setting(), "ok");
  const auto step_up = *auth_.begin_removing_password(me_);
  for (std::int64_t i = 0; i < policy_of(Attempt::password_guess).device.free; ++i)
    EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, kWrong)), "auth.wrong_password");
  EXPECT_EQ(said(auth_.pass_step_up(me_, step_up.id, kMine)), "auth.too_many_guesses");
}

TEST_P(PasswordsTest, WhoShowsItMayTakeItAwayAtOnce) {
  ASSERT_EQ(setting(), "ok");
  const auto removal = *auth_.begin_removing_password(me_);
  EXPECT_EQ(removal.needed, (NeededFactors{{Factor::password, Factor::sms_code}}));
  EXPECT_EQ(said(auth_.pass_step_up(me_, removal.id, kMine)), "ok");
  EXPECT_EQ(said(auth_.remove_password(me_, removal.id)), "ok");
  EXPECT_EQ(settled(), "ok");
  EXPECT_FALSE(auth_.password_since(me_)->has_value());
  EXPECT_EQ(said(auth_.begin_removing_password(me_)), "auth.no_password");
  EXPECT_EQ(entering(kMine, here_), "auth.wrong_credentials");
}

TEST_P(PasswordsTest, WhoeverHasOnlyTheNumberAndSetsAnotherWaitsADay) {
  ASSERT_EQ(setting(), "ok");
  ASSERT_EQ(setting(kWrong), "ok");
  EXPECT_EQ(entering(kMine, here_), "auth.wrong_credentials");
  EXPECT_EQ(entering(kWrong, here_), "ok");
  EXPECT_EQ(settled(), "auth.device_on_hold");
  EXPECT_EQ(said(auth_.begin_setting_password(me_, kMine)), "auth.device_on_hold");
  clock_.advance_seconds(kNewDeviceHoldSeconds);
  EXPECT_EQ(settled(), "ok");
}

}  // namespace
}  // namespace mq::auth
