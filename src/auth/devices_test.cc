#include <gtest/gtest.h>

#include <algorithm>

#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPhone = "13800000000";

class DevicesTest : public AuthFixture<test::PeopleTest> {
 protected:
  static Origin from(const std::string& device, const std::string& client = "") {
    Origin out;
    if (!device.empty()) out.devices = {device};
    out.client = client;
    return out;
  }
  Status settled_status(const Auth::SignedIn& in) {
    return db().write(
        [&](storage::Transaction& tx) { return auth_.require_settled(tx, as_borrower(in)); });
  }
  // Each time a little later: the same person may not ask for codes without pause.
  Auth::SignedIn entering(const std::string& device, const std::string& client = "") {
    clock_.advance_seconds(limits::kCodeResendSeconds);
    auto in = signed_in(kPhone, from(device, client));
    EXPECT_TRUE(auth_.borrower(in.session.token).ok());
    return in;
  }
  std::string settled(const Auth::SignedIn& in) {
    const auto verdict = settled_status(in);
    return verdict.ok() ? "ok" : verdict.error().code();
  }
  std::string confirming(const Auth::SignedIn& by, const Auth::SignedIn& of) {
    const auto me = as_borrower(by);
    const auto step_up = auth_.begin_settling(me, of.session.id);
    if (!step_up.ok()) return step_up.error().code();
    const auto sent = auth_.send_step_up_code(me, step_up->id);
    if (!sent.ok()) return sent.error().code();
    EXPECT_TRUE(auth_.pass_step_up(me, step_up->id, received_code(sent->id)).ok());
    const auto verdict = auth_.settle_device(me, of.session.id, step_up->id);
    return verdict.ok() ? "ok" : verdict.error().code();
  }
  std::vector<DeviceId> notices() {
    std::vector<DeviceId> out;
    for (const auto& row :
         rows("SELECT object FROM outbox WHERE topic = 'auth.device_added' ORDER BY id"))
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
  const auto verdict = settled_status(fresh);
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
  clock_.advance_seconds(limits::kCodeResendSeconds);
  EXPECT_EQ(confirming(mine, fresh), "ok") << "twice is harmless";
  EXPECT_EQ(confirming(fresh, third), "ok");
  EXPECT_EQ(leaves("auth.device_settled").size(), 2U);
  EXPECT_TRUE(auth_.end_session(as_borrower(mine), third.session.id).ok());
  EXPECT_EQ(confirming(mine, third), "auth.unknown_session");
}

TEST_P(DevicesTest, EndingASessionFromAfarForgetsItsDevice) {
  const auto mine = entering(""), lost = entering("");
  const auto lost_again = entering(lost.session.device_token);
  EXPECT_EQ(confirming(mine, lost), "ok");
  EXPECT_TRUE(auth_.end_session(as_borrower(mine), lost.session.id).ok());
  EXPECT_TRUE(auth_.borrower(lost_again.session.token).error().is(AuthErrc::no_session))
      << "its other sessions have ended too";
  EXPECT_EQ(settled(lost_again), "auth.no_session") << "what is under way there signs nothing";
  const auto back = entering(lost.session.device_token);
  EXPECT_NE(back.session.device, lost.session.device);
  EXPECT_NE(back.session.device_token, lost.session.device_token);
  EXPECT_EQ(settled(back), "auth.device_on_hold");
  const auto sent = sent_.size();
  EXPECT_TRUE(auth_.deliver_device_notice(lost.session.device, capture()).ok());
  EXPECT_EQ(sent_.size(), sent) << "nothing to tell any more";
}

TEST_P(DevicesTest, ADeviceIsShownAndTakenAwayAfterItSignedOut) {
  const auto before = entering("");
  const auto mine = entering(before.session.device_token), thief = entering("");
  EXPECT_TRUE(auth_.sign_out(before.session.id).ok());
  EXPECT_TRUE(
      auth_.end_session(as_borrower(mine), before.session.id).error().is(AuthErrc::unknown_session))
      << "of this very device, and over";
  EXPECT_TRUE(auth_.sign_out(thief.session.id).ok());
  const auto shown = *auth_.sessions(as_borrower(mine));
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(std::ranges::count(shown, true, &SessionView::over), 1);
  EXPECT_TRUE(auth_.end_session(as_borrower(mine), thief.session.id).ok());
  EXPECT_EQ(auth_.sessions(as_borrower(mine))->size(), 1U);
  EXPECT_TRUE(
      auth_.end_session(as_borrower(mine), thief.session.id).error().is(AuthErrc::unknown_session));
  clock_.advance_seconds(kNewDeviceHoldSeconds);
  EXPECT_EQ(settled(entering(thief.session.device_token)), "auth.device_on_hold");
}

TEST_P(DevicesTest, WhoHasOnlyJustComeDoesNotMakeTheOwnersDeviceANewOne) {
  const auto mine = entering(""), thief = entering("");
  EXPECT_TRUE(auth_.end_session(as_borrower(thief), mine.session.id).ok());
  const auto back = entering(mine.session.device_token);
  EXPECT_EQ(back.session.device, mine.session.device);
  EXPECT_EQ(settled(back), "ok");
  EXPECT_EQ(*auth_.end_other_sessions(as_borrower(thief)), 1);
  const auto again = entering(mine.session.device_token);
  EXPECT_EQ(settled(again), "ok");
  EXPECT_EQ(*auth_.end_other_sessions(as_borrower(again)), 1);
  EXPECT_EQ(settled(thief), "auth.no_session");
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
  const auto opens = [&](const Auth::DeviceTokens& devices) {
    return auth_.borrower(token, devices).ok();
  };
  EXPECT_TRUE(opens({{in.session.device_token}}));
  EXPECT_TRUE(opens({{"x", other.session.device_token, in.session.device_token}}));
  EXPECT_FALSE(opens({{other.session.device_token}}));
  EXPECT_FALSE(opens({{"x"}}));
  EXPECT_FALSE(opens(std::vector<std::string>{}));
  EXPECT_TRUE(opens({})) << "a client without cookies may say nothing of its device";
  force("UPDATE auth_session SET bound = 1");
  EXPECT_FALSE(opens({})) << "a browser may not";
  EXPECT_TRUE(opens({{in.session.device_token}}));
  force("UPDATE auth_session SET bound = 0");
  force("DELETE FROM auth_device");
  EXPECT_FALSE(opens({})) << "its device is no more";
  force("UPDATE auth_session SET device = NULL");
  EXPECT_TRUE(opens(std::vector<std::string>{})) << "one from before there were devices";
}

TEST_P(DevicesTest, ATokenThatAClientBringsIsNotTakenOver) {
  const std::string planted(43, 'A');
  const auto first = entering(planted);
  EXPECT_NE(first.session.device_token, planted);
  for (const std::string& odd :
       {std::string(100'000, 'A'), std::string("\xff\0'--", 5), std::string(43, '+')})
    EXPECT_NE(entering(odd).session.device_token, odd);
}

TEST_P(DevicesTest, EachAccountOnADeviceHasATokenOfItsOwn) {
  const auto mine = entering("");
  const auto somebody = signed_in("13900000000", from(mine.session.device_token));
  EXPECT_NE(somebody.session.device_token, mine.session.device_token);
  EXPECT_NE(somebody.session.account_tag, mine.session.account_tag);
  Origin both;
  both.devices = {somebody.session.device_token, mine.session.device_token};
  clock_.advance_seconds(limits::kCodeResendSeconds);
  const auto again = signed_in(kPhone, both);
  EXPECT_EQ(again.session.device, mine.session.device);
  EXPECT_EQ(again.session.account_tag, mine.session.account_tag);
  EXPECT_TRUE(auth_.end_other_sessions(as_borrower(mine)).ok());
  EXPECT_TRUE(auth_.borrower(somebody.session.token).ok()) << "theirs are untouched";
}

TEST_P(DevicesTest, StaffAreNotHeldAndNotTold) {
  EXPECT_TRUE(auth_.create_staff("wang", "correct horse battery", {}).ok());
  staff_in("wang", "correct horse battery");
  const auto second = staff_in("wang", "correct horse battery");
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
  EXPECT_EQ(settled(back), "auth.device_on_hold") << "the number may be somebody else's by now";
}

}  // namespace
}  // namespace mq::auth
