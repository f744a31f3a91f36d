#include <gtest/gtest.h>

#include "auth/attempts.h"
#include "auth/auth_testing.h"
#include "people.h"

namespace mq::auth {
namespace {

const Pii<std::string> kPassword(std::string("correct horse battery"));
const Pii<std::string> kNext(std::string("another horse battery"));

class StaffFactorsTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    ASSERT_TRUE(auth_.create_staff("wang", kPassword.expose(), {Role::risk}).ok());
    elsewhere_ = staff_in("wang", kPassword.expose()).session.token;
    const auto in = staff_in("wang", kPassword.expose());
    me_ = in.staff;
    here_ = in.session.token;
  }
  std::string code() { return apps_.code("wang", clock_); }

  Staff me_;
  std::string here_, elsewhere_;
};
MQ_INSTANTIATE_DATABASES(StaffFactorsTest);

TEST_P(StaffFactorsTest, ThePasswordChangesWithTheOldOneAndACode) {
  const auto code_now = code();
  EXPECT_EQ(said(auth_.change_password(me_, kNext, code_now, kNext)), "auth.wrong_password");
  EXPECT_EQ(said(auth_.change_password(me_, kPassword, wrong(code_now), kNext)), "auth.wrong_code");
  EXPECT_EQ(said(auth_.change_password(me_, kPassword, code_now, Pii<std::string>("short"))),
            "auth.weak_password");
  EXPECT_TRUE(auth_.staff(elsewhere_).ok());
  EXPECT_EQ(said(auth_.change_password(me_, kPassword, code_now, kNext)), "ok");
  EXPECT_EQ(said(auth_.change_password(me_, kNext, code_now, kPassword)), "auth.wrong_code")
      << "a code is good once";
  EXPECT_TRUE(auth_.staff(here_).ok());
  EXPECT_FALSE(auth_.staff(elsewhere_).ok()) << "whoever may know the old one is out";
  EXPECT_EQ(said(auth_.staff_sign_in("wang", kPassword.expose(), {})), "auth.wrong_credentials");
  EXPECT_TRUE(apps_.enter(auth_, clock_, "wang", kNext.expose()).ok());
  EXPECT_EQ(leaves("auth.staff_password_changed").size(), 1U);
}

TEST_P(StaffFactorsTest, ASignInUnderWayWithTheOldPasswordComesToNothing) {
  const auto begun = *auth_.staff_sign_in("wang", kPassword.expose(), {});
  ASSERT_EQ(said(auth_.change_password(me_, kPassword, code(), kNext)), "ok");
  EXPECT_EQ(said(auth_.finish_staff_sign_in(begun.token, code(), {})), "auth.unknown_sign_in");
}

TEST_P(StaffFactorsTest, AnotherAppIsInForceOnceACodeOfItHasCome) {
  EXPECT_EQ(said(auth_.finish_totp_change(me_, "123456")), "auth.unknown_sign_in")
      << "it was not asked for";
  const auto old = apps_.secret("wang");
  const auto made = auth_.begin_totp_change(me_, kPassword, code());
  ASSERT_TRUE(made.ok()) << made.error().code();
  const auto secret = *crypto::unbase32(made->secret);
  EXPECT_NE(secret, old);
  clock_.advance_seconds(60);
  EXPECT_TRUE(apps_.enter(auth_, clock_, "wang", kPassword.expose()).ok()) << "the old one goes on";
  EXPECT_EQ(said(auth_.finish_totp_change(me_, code())), "auth.wrong_code") << "of the old one";
  apps_.add("wang", secret);
  EXPECT_EQ(said(auth_.finish_totp_change(me_, code())), "ok");
  EXPECT_FALSE(auth_.staff(elsewhere_).ok());
  EXPECT_TRUE(auth_.staff(here_).ok());
  EXPECT_EQ(said(auth_.finish_totp_change(me_, code())), "auth.unknown_sign_in") << "once";
  clock_.advance_seconds(60);
  EXPECT_TRUE(apps_.enter(auth_, clock_, "wang", kPassword.expose()).ok());
  EXPECT_EQ(leaves("auth.staff_factor_set").size(), 2U);
  EXPECT_FALSE(lies_in_the_store(to_string(secret)));
}

TEST_P(StaffFactorsTest, ANewAppThatIsNotTakenUpIsForgotten) {
  const auto made = *auth_.begin_totp_change(me_, kPassword, code());
  clock_.advance_seconds(601);
  EXPECT_EQ(said(auth_.finish_totp_change(me_, crypto::totp_code(*crypto::unbase32(made.secret),
                                                                 crypto::totp_step(clock_.now())))),
            "auth.unknown_sign_in");
}

TEST_P(StaffFactorsTest, GuessesAreBoundedAlsoForWhoeverHoldsTheSession) {
  for (std::int64_t i = 0; i < policy_of(Attempt::password_guess).device.free; ++i)
    EXPECT_EQ(said(auth_.change_password(me_, kNext, "123456", kNext)), "auth.wrong_password");
  EXPECT_EQ(said(auth_.change_password(me_, kPassword, code(), kNext)), "auth.too_many_guesses");
}

TEST_P(StaffFactorsTest, WhoWasSignedOutChangesNothing) {
  ASSERT_TRUE(auth_.sign_out(me_.session).ok());
  EXPECT_EQ(said(auth_.change_password(me_, kPassword, code(), kNext)), "auth.no_session");
  EXPECT_EQ(said(auth_.begin_totp_change(me_, kPassword, code())), "auth.no_session");
  EXPECT_EQ(said(auth_.finish_totp_change(me_, code())), "auth.no_session");
}

TEST_P(StaffFactorsTest, EverybodyIsSignedOutOnTheDayOfALeak) {
  const auto borrower = signed_in("13800000000").session.token;
  const auto begun = *auth_.staff_sign_in("wang", kPassword.expose(), {});
  const auto code_under_way = requested("13900000000");
  EXPECT_EQ(*auth_.end_all_sessions(Everybody::staff, me_), 1);
  EXPECT_TRUE(auth_.staff(here_).ok()) << "who asks goes on";
  EXPECT_FALSE(auth_.staff(elsewhere_).ok());
  EXPECT_EQ(said(auth_.finish_staff_sign_in(begun.token, code(), {})), "auth.unknown_sign_in");
  EXPECT_TRUE(auth_.borrower(borrower).ok());
  EXPECT_EQ(*auth_.end_all_sessions(Everybody::borrowers, me_), 1);
  EXPECT_FALSE(auth_.borrower(borrower).ok());
  EXPECT_EQ(said(auth_.sign_in(code_under_way.id, "123456", {})), "auth.unknown_challenge");
  EXPECT_EQ(*db().write([&](storage::Transaction& tx) -> Result<std::int64_t> {
    return end_all_sessions(tx, clock_.now(), random_, Everybody::everybody, {});
  }),
            1)
      << "from the machine, everybody";
  EXPECT_FALSE(auth_.staff(here_).ok());
  EXPECT_EQ(said(auth_.end_all_sessions(Everybody::everybody, me_)), "auth.no_session");
  EXPECT_EQ(leaves("auth.all_sessions_ended").size(), 3U);
}

}  // namespace
}  // namespace mq::auth
