#include <gtest/gtest.h>

#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPhone = "13800000000";

class DevicesTest : public AuthFixture<test::PeopleTest> {
 protected:
  // Each time a little later: the same person may not ask for codes without pause.
  Auth::SignedIn entering(const std::string& device, const std::string& client = "") {
    clock_.advance_seconds(limits::kCodeResendSeconds);
    auto in = signed_in(kPhone, {.address = {}, .device = device, .client = client});
    EXPECT_TRUE(auth_.borrower(in.session.token, in.session.device_token).ok());
    return in;
  }
  std::string settled(const Auth::SignedIn& in) {
    const auto verdict = auth_.require_settled(as_borrower(in));
    return verdict.ok() ? "ok" : verdict.error().code();
  }
  std::string confirming(const Auth::SignedIn& by, const Auth::SignedIn& of) {
    const auto verdict = auth_.settle_device(as_borrower(by), of.session.id);
    return verdict.ok() ? "ok" : verdict.error().code();
  }
  std::vector<DeviceId> notices() {
    std::vector<DeviceId> out;
    for (const auto& row : rows("SELECT object FROM outbox WHERE topic = 'auth.device_added' ORDER BY id"))
      out.push_back(row.id<DeviceId>(0));
    return out;
  }
};
MQ_INSTANTIATE_DATABASES(DevicesTest);

TEST_P(DevicesTest, TheFirstDeviceIsTakenForGrantedAndKnownAgain) {
  const auto first = entering("");
  EXPECT_EQ(settled(first), "ok");
  EXPECT_EQ(first.session.device_token.size(), 43U);
  EXPECT_NE(first.session.device_token, first.session.token);
  const auto again = entering(first.session.device_token, "Safari · iPhone");
  EXPECT_EQ(again.session.device, first.session.device);
  EXPECT_EQ(again.session.device_token, first.session.device_token);
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_device"), 1);
  EXPECT_EQ(rows("SELECT client FROM auth_device")[0].text(0), "Safari · iPhone");
  EXPECT_TRUE(notices().empty());
}

TEST_P(DevicesTest, ANewOneIsHeldAndItsOwnerTold) {
  entering("");
  const auto fresh = entering("", "Chrome · Android");
  const auto verdict = auth_.require_settled(as_borrower(fresh));
  ASSERT_TRUE(!verdict.ok() && verdict.error().is(AuthErrc::device_on_hold));
  EXPECT_EQ(verdict.error().detail(), clock_.now().plus_seconds(kNewDeviceHoldSeconds).iso());
  EXPECT_EQ(auth_.sessions(as_borrower(fresh))->front().held_until,
            clock_.now().plus_seconds(kNewDeviceHoldSeconds));
  EXPECT_FALSE(auth_.sessions(as_borrower(fresh))->back().held_until.has_value());

  ASSERT_EQ(notices(), std::vector{fresh.session.device});
  sent_.clear();
  EXPECT_TRUE(auth_.deliver_device_notice(fresh.session.device, capture()).ok());
  EXPECT_TRUE(auth_.deliver_device_notice(fresh.session.device, capture()).ok());
  ASSERT_EQ(sent_.size(), 2U);
  EXPECT_EQ(sent_[0].request_id, sent_[1].request_id) << "the gateway knows a repeat";
  EXPECT_EQ(sent_[0].phone, kPhone);
  EXPECT_NE(sent_[0].text.find("Chrome · Android"), std::string::npos);
  EXPECT_NE(sent_[0].text.find("24 小时内不能签约"), std::string::npos);
  EXPECT_EQ(sent_[0].text.find(kPhone), std::string::npos);

  clock_.advance_seconds(kNewDeviceHoldSeconds - 1);
  EXPECT_EQ(settled(fresh), "auth.device_on_hold");
  clock_.advance_seconds(1);
  EXPECT_EQ(settled(fresh), "ok");
}

TEST_P(DevicesTest, TheNoticeSaysWhenInChina) {
  entering("");
  clock_.set({1'798'732'800'000'000});  // 2026-12-31 16:00 UTC, midnight of New Year's Day there
  const auto asked = requested(kPhone);
  const auto fresh = *auth_.sign_in(asked.id, received_code(asked.id), {});
  sent_.clear();
  EXPECT_TRUE(auth_.deliver_device_notice(fresh.session.device, capture()).ok());
  EXPECT_NE(sent_.at(0).text.find("1月1日00:00"), std::string::npos) << sent_.at(0).text;
}

TEST_P(DevicesTest, ADeviceWhoseSignInWasNeverAnsweredDoesNotHoldTheNext) {
  signed_in(kPhone);  // the connection broke before the token arrived
  const auto again = entering("");
  EXPECT_EQ(settled(again), "ok");
  EXPECT_TRUE(notices().empty());
  EXPECT_EQ(settled(entering("")), "auth.device_on_hold");
}

TEST_P(DevicesTest, OnlyASettledDeviceOfTheOwnerConfirmsAnother) {
  const auto mine = entering(""), fresh = entering(""), third = entering("");
  const auto somebody = signed_in("13900000000");
  EXPECT_EQ(confirming(fresh, fresh), "auth.device_on_hold") << "not itself";
  EXPECT_EQ(confirming(third, fresh), "auth.device_on_hold");
  EXPECT_EQ(confirming(somebody, fresh), "auth.unknown_session");
  EXPECT_EQ(settled(fresh), "auth.device_on_hold");
  EXPECT_EQ(confirming(mine, fresh), "ok");
  EXPECT_EQ(settled(fresh), "ok");
  EXPECT_EQ(settled(third), "auth.device_on_hold");
  EXPECT_EQ(confirming(mine, fresh), "ok") << "twice is harmless";
  EXPECT_EQ(confirming(fresh, third), "ok");
  EXPECT_EQ(leaves("auth.device_settled").size(), 2U);
  EXPECT_TRUE(auth_.end_session(as_borrower(mine), third.session.id).ok());
  EXPECT_EQ(confirming(mine, third), "auth.unknown_session");
}

TEST_P(DevicesTest, EndingASessionFromAfarForgetsItsDevice) {
  const auto mine = entering(""), lost = entering("");
  const auto lost_again = entering(lost.session.device_token);
  EXPECT_TRUE(auth_.settle_device(as_borrower(mine), lost.session.id).ok());
  EXPECT_TRUE(auth_.end_session(as_borrower(mine), lost.session.id).ok());
  EXPECT_TRUE(auth_.borrower(lost_again.session.token).error().is(AuthErrc::no_session))
      << "its other sessions have ended too";
  EXPECT_EQ(settled(lost_again), "auth.no_session") << "what is under way there signs nothing";
  const auto back = entering(lost.session.device_token);
  EXPECT_NE(back.session.device, lost.session.device);
  EXPECT_NE(back.session.device_token, lost.session.device_token) << "not given out to anybody now";
  EXPECT_EQ(settled(back), "auth.device_on_hold");
  EXPECT_TRUE(auth_.deliver_device_notice(lost.session.device, capture()).ok());
  EXPECT_EQ(sent_.back().text.find("新设备"), std::string::npos) << "nothing to tell any more";
}

TEST_P(DevicesTest, EndingASessionOfTheSameDeviceKeepsIt) {
  const auto before = entering("");
  const auto now = entering(before.session.device_token);
  EXPECT_TRUE(auth_.end_session(as_borrower(now), before.session.id).ok());
  EXPECT_TRUE(auth_.borrower(now.session.token).ok());
  EXPECT_EQ(settled(now), "ok");
}

TEST_P(DevicesTest, EndingAllOthersForgetsAllOtherDevices) {
  const auto mine = entering("");
  entering("");
  entering("");
  EXPECT_EQ(*auth_.end_other_sessions(as_borrower(mine)), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_device"), 1);
  EXPECT_EQ(settled(mine), "ok");
}

TEST_P(DevicesTest, ASessionIsBoundToItsDevice) {
  const auto in = entering(""), other = entering("");
  const auto& token = in.session.token;
  EXPECT_TRUE(auth_.borrower(token, in.session.device_token).ok());
  for (const std::string& device : {other.session.device_token, std::string(), std::string("x")})
    EXPECT_TRUE(auth_.borrower(token, device).error().is(AuthErrc::no_session));
  EXPECT_TRUE(auth_.borrower(token).ok()) << "a client without cookies says nothing of its device";
  force("UPDATE auth_session SET device = NULL");
  EXPECT_TRUE(auth_.borrower(token, std::string()).ok()) << "one from before there were devices";
}

TEST_P(DevicesTest, ATokenThatWasNeverGivenOutIsNotTakenOver) {
  const std::string planted(43, 'A');
  const auto in = entering(planted);
  EXPECT_NE(in.session.device_token, planted);
  for (const std::string& odd : {std::string(100'000, 'A'), std::string("\xff\0'--", 5), std::string(43, '+')})
    EXPECT_EQ(entering(odd).session.device_token.size(), 43U);
}

TEST_P(DevicesTest, OneDeviceServesSeveralAccountsAndStaff) {
  const auto mine = entering("");
  const auto& token = mine.session.device_token;
  const Origin here{.address = {}, .device = token, .client = {}};
  const auto somebody = signed_in("13900000000", here);
  EXPECT_EQ(somebody.session.device_token, token) << "a browser has one";
  EXPECT_NE(somebody.session.device, mine.session.device);
  EXPECT_TRUE(auth_.create_staff("wang", "correct horse battery", {}).ok());
  EXPECT_EQ(auth_.staff_sign_in("wang", "correct horse battery", here)->session.device_token, token);
  auth_.end_other_sessions(as_borrower(mine));
  EXPECT_TRUE(auth_.borrower(somebody.session.token, token).ok()) << "theirs are untouched";
}

TEST_P(DevicesTest, StaffAreNotHeldAndNotTold) {
  EXPECT_TRUE(auth_.create_staff("wang", "correct horse battery", {}).ok());
  auth_.staff_sign_in("wang", "correct horse battery", {});
  const auto second = *auth_.staff_sign_in("wang", "correct horse battery", {});
  EXPECT_TRUE(notices().empty());
  EXPECT_EQ(leaves("auth.device_added").size(), 2U);
  EXPECT_FALSE(auth_.sessions(second.staff)->front().held_until.has_value());
}

TEST_P(DevicesTest, OneNotUsedForLongIsForgotten) {
  const auto old = entering("");
  clock_.advance_seconds(kDeviceLifeSeconds + 1);
  const auto back = entering(old.session.device_token);
  EXPECT_NE(back.session.device, old.session.device);
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_device"), 1);
}

}  // namespace
}  // namespace mq::auth
