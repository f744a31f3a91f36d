#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "auth/auth_testing.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPassword = "correct horse battery";

class StaffAccountsTest : public AuthFixture<test::PeopleTest> {
 protected:
  void SetUp() override {
    AuthFixture::SetUp();
    first_ = admin("first");
    second_ = admin("second");
    third_ = admin("third");
  }
  Staff admin(const std::string& name) {
    EXPECT_TRUE(auth_.create_staff(name, kPassword, {Role::admin}).ok());
    return staff_in(name, kPassword).staff;
  }
  // The code of a refusal, or "ok".
  template <class T>
  static std::string said(const Result<T>& result) {
    return result.ok() ? "ok" : result.error().code();
  }
  NewStaffChange invitation(const std::string& name = "wang") {
    return {StaffChangeKind::invite, name, {Role::reviewer}, "a new colleague"};
  }
  StaffChangeId asked(const Staff& by, const NewStaffChange& change) {
    const auto id = accounts_.ask(by, change);
    EXPECT_TRUE(id.ok()) << id.error().code();
    return *id;
  }
  Invitation invited(const std::string& name = "wang") {
    const auto made = accounts_.decide(second_, asked(first_, invitation(name)), true);
    EXPECT_TRUE(made.ok() && made->has_value());
    return **made;
  }
  // Somebody who was invited and came.
  Staff arrived(const std::string& name = "wang") {
    const auto begun = auth_.accept_invitation(invited(name).token, kPassword);
    EXPECT_TRUE(begun.ok()) << begun.error().code();
    const auto in = apps_.finish(auth_, clock_, *begun);
    EXPECT_TRUE(in.ok()) << in.error().code();
    return in->staff;
  }
  StaffAccount account(const std::string& name) {
    const auto all = accounts_.list();
    EXPECT_TRUE(all.ok());
    const auto found = std::ranges::find(*all, name, &StaffAccount::username);
    EXPECT_NE(found, all->end());
    return *found;
  }
  StaffChange change(const StaffChangeId& id, const Staff& who) {
    const auto all = accounts_.changes(who);
    EXPECT_TRUE(all.ok());
    const auto found = std::ranges::find(*all, id, &StaffChange::id);
    EXPECT_NE(found, all->end());
    return *found;
  }

  StaffAccounts accounts_{db(), ring_, clock_, random_};
  Staff first_, second_, third_;
};
MQ_INSTANTIATE_DATABASES(StaffAccountsTest);

TEST_P(StaffAccountsTest, SomebodyIsInvitedByTwoAndComes) {
  const auto id = asked(first_, invitation());
  EXPECT_TRUE(change(id, first_).own);
  EXPECT_FALSE(change(id, second_).own);
  EXPECT_EQ(change(id, second_).asked_by, "first");
  const auto made = accounts_.decide(second_, id, true);
  ASSERT_TRUE(made.ok() && made->has_value());
  EXPECT_EQ(change(id, first_).state, StaffChangeState::agreed);
  EXPECT_EQ(change(id, first_).decided_by, "second");
  EXPECT_EQ(account("wang").state, StaffState::invited);
  EXPECT_FALSE(lies_in_the_store((*made)->token));

  const auto looked = auth_.invitation((*made)->token);
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->username, "wang");
  EXPECT_EQ(looked->roles, std::vector{Role::reviewer});
  EXPECT_EQ(said(auth_.accept_invitation((*made)->token, "123456789")), "auth.weak_password");
  EXPECT_EQ(said(auth_.staff_sign_in("wang", "", {})), "auth.wrong_credentials")
      << "there is no password yet";
  const auto begun = auth_.accept_invitation((*made)->token, kPassword);
  ASSERT_TRUE(begun.ok());
  EXPECT_TRUE(begun->set_up);
  const auto in = apps_.finish(auth_, clock_, *begun);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->staff.roles, std::vector{Role::reviewer});
  EXPECT_EQ(said(auth_.accept_invitation((*made)->token, kPassword)), "auth.unknown_invitation")
      << "the link is good once";
  const auto now = account("wang");
  EXPECT_EQ(now.state, StaffState::active);
  EXPECT_TRUE(now.has_totp);
  EXPECT_TRUE(now.signed_in_at.has_value());
  EXPECT_EQ(staff_in("wang", kPassword).staff.id, in->staff.id);
}

TEST_P(StaffAccountsTest, NobodyAgreesToTheirOwn) {
  const auto wang = arrived();
  const auto id =
      asked(first_, {StaffChangeKind::roles, "second", {Role::admin, Role::finance}, "stand-in"});
  EXPECT_EQ(said(accounts_.decide(first_, id, true)), "auth.own_change") << "who asked";
  EXPECT_EQ(said(accounts_.decide(second_, id, true)), "auth.own_change") << "whom it is about";
  EXPECT_EQ(change(id, first_).state, StaffChangeState::open);
  EXPECT_EQ(said(accounts_.decide(third_, id, true)), "ok");
  EXPECT_EQ(account("second").roles, (std::vector{Role::finance, Role::admin}));
  EXPECT_EQ(said(accounts_.decide(third_, id, true)), "auth.unknown_change") << "once";
}

TEST_P(StaffAccountsTest, WhatIsRefusedOrWithdrawnOrTooOldDoesNotHappen) {
  const auto refused = asked(first_, invitation());
  EXPECT_FALSE(accounts_.decide(second_, refused, false)->has_value());
  EXPECT_EQ(change(refused, first_).state, StaffChangeState::refused);
  const auto withdrawn = asked(first_, invitation());
  EXPECT_FALSE(accounts_.decide(first_, withdrawn, false)->has_value());
  EXPECT_EQ(change(withdrawn, first_).state, StaffChangeState::withdrawn);
  const auto old = asked(first_, invitation());
  clock_.advance_seconds(kStaffChangeLifeSeconds);
  EXPECT_EQ(change(old, second_).state, StaffChangeState::expired);
  EXPECT_EQ(said(accounts_.decide(second_, old, true)), "auth.unknown_change");
  EXPECT_EQ(accounts_.list()->size(), 3U);
  EXPECT_EQ(said(accounts_.ask(first_, invitation())), "ok") << "nothing stands in its way";
}

TEST_P(StaffAccountsTest, AChangeIsAskedForProperly) {
  EXPECT_EQ(said(accounts_.ask(first_, invitation("first"))), "auth.username_taken");
  EXPECT_EQ(said(accounts_.ask(first_, invitation("No Name"))), "auth.bad_username");
  EXPECT_EQ(said(accounts_.ask(first_, {StaffChangeKind::roles, "nobody", {}, "x"})),
            "auth.unknown_staff");
  EXPECT_EQ(said(accounts_.ask(first_, {StaffChangeKind::disable, "nobody", {}, "x"})),
            "auth.unknown_staff");
  EXPECT_EQ(said(accounts_.ask(first_, {StaffChangeKind::renew, "second", {}, " "})),
            "auth.reason_missing");
  EXPECT_EQ(
      said(accounts_.ask(first_, {StaffChangeKind::renew, "second", {}, std::string(601, 'x')})),
      "auth.reason_missing");
  asked(first_, invitation());
  EXPECT_EQ(said(accounts_.ask(second_, invitation())), "auth.change_open");
}

TEST_P(StaffAccountsTest, AChangeFitsTheAccountAsItIs) {
  arrived();
  const auto id = asked(first_, {StaffChangeKind::roles, "wang", {Role::risk}, "another desk"});
  force("UPDATE auth_staff SET roles = 'finance' WHERE username = 'wang'");
  EXPECT_EQ(said(accounts_.decide(second_, id, true)), "auth.change_outdated");
  EXPECT_EQ(said(accounts_.decide(second_, id, false)), "ok");
  // One of the two has been taken away since: then there are not two.
  const auto other = asked(first_, {StaffChangeKind::roles, "wang", {Role::risk}, "another desk"});
  asked(third_, {StaffChangeKind::disable, "first", {}, "left us"});
  EXPECT_EQ(said(accounts_.decide(second_, other, true)), "auth.change_outdated");
  EXPECT_EQ(account("wang").roles, std::vector{Role::finance});
}

TEST_P(StaffAccountsTest, ARenewedAccountBeginsAnew) {
  arrived();
  const auto session = staff_in("wang", kPassword).session;
  const auto begun = auth_.staff_sign_in("wang", kPassword, {});
  const auto id = asked(first_, {StaffChangeKind::renew, "wang", {}, "lost the phone"});
  EXPECT_TRUE(auth_.staff(session.token).ok()) << "nothing happens before it is agreed to";
  const auto made = accounts_.decide(second_, id, true);
  ASSERT_TRUE(made.ok() && made->has_value());
  EXPECT_EQ(said(auth_.staff(session.token)), "auth.no_session");
  EXPECT_EQ(said(auth_.staff_sign_in("wang", kPassword, {})), "auth.wrong_credentials");
  EXPECT_EQ(said(auth_.set_up_totp(begun->token)), "auth.unknown_sign_in");
  EXPECT_FALSE(account("wang").has_totp);
  EXPECT_EQ(account("wang").roles, std::vector{Role::reviewer});
  const auto again = auth_.accept_invitation((*made)->token, "another long password");
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->set_up);
  EXPECT_TRUE(apps_.finish(auth_, clock_, *again).ok());
}

TEST_P(StaffAccountsTest, ANewerLinkReplacesTheOlderAndBothExpire) {
  const auto older = invited();
  const auto newer = *accounts_.decide(
      second_, asked(first_, {StaffChangeKind::renew, "wang", {}, "link lost"}), true);
  EXPECT_EQ(said(auth_.invitation(older.token)), "auth.unknown_invitation");
  EXPECT_EQ(said(auth_.invitation(newer->token)), "ok");
  clock_.advance_seconds(kInvitationLifeSeconds);
  EXPECT_EQ(said(auth_.invitation(newer->token)), "auth.unknown_invitation");
  EXPECT_EQ(said(auth_.accept_invitation(newer->token, kPassword)), "auth.unknown_invitation");
  EXPECT_EQ(said(auth_.accept_invitation("", kPassword)), "auth.unknown_invitation");
}

TEST_P(StaffAccountsTest, DisablingIsAtOnceAndByOne) {
  arrived();
  const auto session = staff_in("wang", kPassword).session;
  const auto id = asked(first_, {StaffChangeKind::disable, "wang", {}, "left us"});
  EXPECT_EQ(change(id, second_).state, StaffChangeState::agreed);
  EXPECT_EQ(said(auth_.staff(session.token)), "auth.no_session");
  EXPECT_EQ(said(auth_.staff_sign_in("wang", kPassword, {})), "auth.wrong_credentials");
  EXPECT_EQ(account("wang").state, StaffState::disabled);
  EXPECT_EQ(said(accounts_.ask(first_, {StaffChangeKind::disable, "first", {}, "x"})),
            "auth.own_account");
  // Bringing back takes two.
  const auto back = asked(first_, {StaffChangeKind::renew, "wang", {}, "came back"});
  EXPECT_EQ(account("wang").state, StaffState::disabled);
  EXPECT_TRUE(accounts_.decide(second_, back, true)->has_value());
  EXPECT_EQ(account("wang").state, StaffState::invited);
}

TEST_P(StaffAccountsTest, OfTwoWhoTakeEachOtherAwayOneIsLeft) {
  std::string one, other;
  std::thread a([&] {
    one = said(accounts_.ask(first_, {StaffChangeKind::disable, "second", {}, "x"}));
  });
  std::thread b([&] {
    other = said(accounts_.ask(second_, {StaffChangeKind::disable, "first", {}, "x"}));
  });
  a.join();
  b.join();
  EXPECT_TRUE((one == "ok") != (other == "ok")) << one << " " << other;
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_staff WHERE state = 'active'"), 2);
}

TEST_P(StaffAccountsTest, TheMachineItselfInvitesTheFirst) {
  force("DELETE FROM auth_staff");
  const auto made = accounts_.invite_from_host("boss", {Role::admin});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(said(accounts_.invite_from_host("Boss", {Role::admin})), "auth.bad_username");
  ASSERT_TRUE(auth_.accept_invitation(made->token, kPassword).ok());
  const auto again = accounts_.invite_from_host("boss", {Role::admin, Role::risk});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(account("boss").roles, (std::vector{Role::risk, Role::admin}));
  EXPECT_EQ(account("boss").state, StaffState::invited);
  EXPECT_EQ(leaves("auth.staff_invited").size(), 2U);
}

TEST_P(StaffAccountsTest, TheTrailNamesWhoAskedAndWhoAgreed) {
  const auto id = asked(first_, invitation());
  ASSERT_TRUE(accounts_.decide(second_, id, true).ok());
  const auto asked_leaf = leaves("auth.staff_change_asked"),
             decided = leaves("auth.staff_change_decided");
  ASSERT_EQ(asked_leaf.size(), 1U);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(asked_leaf[0].object, id.str());
  EXPECT_EQ(decided[0].object, id.str());
}

}  // namespace
}  // namespace mq::auth
