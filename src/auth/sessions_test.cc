#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/attempts.h"
#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr auto kPassword = "correct horse battery";

class SessionsTest : public AuthFixture<test::PeopleTest> {
 protected:
  StaffId created(std::string_view username, const std::vector<Role>& roles) {
    const auto id = auth_.create_staff(username, kPassword, roles);
    EXPECT_TRUE(id.ok()) << id.error().code();
    return *id;
  }
  bool open(const std::string& token) {
    const auto found = auth_.borrower(token);
    EXPECT_TRUE(found.ok() || found.error().is(AuthErrc::no_session));
    return found.ok();
  }
  // The error's code, or "ok".
  std::string entering(std::string_view username, std::string_view password) {
    const auto done = auth_.staff_sign_in(username, password, {});
    return done.ok() ? "ok" : done.error().code();
  }
};
MQ_INSTANTIATE_DATABASES(SessionsTest);

TEST_P(SessionsTest, OnlyTheVeryTokenOpensASession) {
  const auto session = signed_in("13800000000").session;
  EXPECT_EQ(session.expires_at, clock_.now().plus_seconds(limits::kSessionLifeSeconds));
  EXPECT_EQ(crypto::unbase64url(session.token)->size(), 32U);
  EXPECT_TRUE(open(session.token));
  auto other = session.token;
  other[0] = other[0] == 'A' ? 'B' : 'A';
  for (const auto& token :
       {std::string(), other, session.token + "A", session.token.substr(1), session.id.str(),
        std::string(100'000, 'A'), std::string("\xff\0'--", 5)}) {
    EXPECT_FALSE(open(token));
  }
  EXPECT_TRUE(auth_.staff(session.token).error().is(AuthErrc::no_session))
      << "a borrower's token is none of the staff's";
}

TEST_P(SessionsTest, AnIdleSessionEnds) {
  const auto token = signed_in("13800000000").session.token;
  clock_.advance_seconds(limits::kSessionIdleSeconds - 1);
  EXPECT_TRUE(open(token));
  clock_.advance_seconds(limits::kSessionIdleSeconds - 1);
  EXPECT_TRUE(open(token)) << "the use before has kept it";
  clock_.advance_seconds(limits::kSessionIdleSeconds);
  EXPECT_FALSE(open(token));
  clock_.advance_seconds(-limits::kSessionIdleSeconds);
  EXPECT_TRUE(open(token)) << "looking at an ended session does not change it";
}

TEST_P(SessionsTest, ASessionInUseEndsAfterItsWholeLife) {
  const auto session = signed_in("13800000000").session;
  const auto step_s = limits::kSessionIdleSeconds / 2;
  while (clock_.now().plus_seconds(step_s) < session.expires_at) {
    clock_.advance_seconds(step_s);
    ASSERT_TRUE(open(session.token)) << clock_.now().iso();
  }
  clock_.set({session.expires_at.us - 1});
  EXPECT_TRUE(open(session.token));
  clock_.set(session.expires_at);
  EXPECT_FALSE(open(session.token));
}

TEST_P(SessionsTest, UseIsWrittenDownOnceAMinute) {
  const auto token = signed_in("13800000000").session.token;
  const auto begun = clock_.now();
  const auto seen = [&] { return number("SELECT seen_at FROM auth_session"); };
  clock_.advance_seconds(60);
  EXPECT_TRUE(open(token));
  EXPECT_EQ(seen(), begun.us);
  clock_.advance_seconds(1);
  EXPECT_TRUE(open(token));
  EXPECT_EQ(seen(), clock_.now().us);
}

TEST_P(SessionsTest, SigningOutEndsOneSession) {
  const auto first = signed_in("13800000000");
  clock_.advance_seconds(limits::kCodeResendSeconds);
  const auto second = signed_in("13800000000");
  ASSERT_EQ(first.person, second.person);
  EXPECT_TRUE(auth_.sign_out(first.session.id).ok());
  EXPECT_FALSE(open(first.session.token));
  EXPECT_TRUE(open(second.session.token));
  EXPECT_TRUE(auth_.sign_out(first.session.id).ok()) << "twice is harmless";
  EXPECT_TRUE(auth_.sign_out(SessionId::make(clock_.now(), random_)).ok());
}

TEST_P(SessionsTest, TheOwnerSeesTheirSessionsAndEndsThemFromAfar) {
  const auto sign_in = [&](const std::string& phone, const std::string& client) {
    const auto challenge = requested(phone);
    return *auth_.sign_in(challenge.id, received_code(challenge.id), {.client = client});
  };
  const auto lost = sign_in("13800000000", "WeChat · Android");
  clock_.advance_seconds(limits::kCodeResendSeconds);
  const auto mine = sign_in("13800000000", "Safari · iPhone");
  const auto somebody = sign_in("13800000001", "");
  const auto me = as_borrower(mine), other = as_borrower(somebody);

  const auto shown = *auth_.sessions(me);
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].id, mine.session.id) << "seen last";
  EXPECT_EQ(shown[0].client, "Safari · iPhone");
  EXPECT_EQ(shown[0].expires_at, mine.session.expires_at);
  EXPECT_EQ(shown[1].id, lost.session.id);
  EXPECT_EQ(shown[1].client, "WeChat · Android");

  EXPECT_TRUE(auth_.end_session(other, lost.session.id).error().is(AuthErrc::unknown_session));
  EXPECT_TRUE(open(lost.session.token)) << "not theirs to end";
  EXPECT_TRUE(auth_.end_session(me, lost.session.id).ok());
  EXPECT_FALSE(open(lost.session.token)) << "at once";
  EXPECT_TRUE(auth_.end_session(me, lost.session.id).error().is(AuthErrc::unknown_session));
  EXPECT_EQ(auth_.sessions(me)->size(), 1U);
  const auto trail = leaves("auth.session_ended");
  ASSERT_EQ(trail.size(), 1U);
  EXPECT_EQ(trail[0].object, mine.person.str());
}

TEST_P(SessionsTest, AllOthersEndTogetherAndOnlyTheOwners) {
  std::vector<NewSession> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(signed_in("13800000000").session);
    clock_.advance_seconds(limits::kCodeResendSeconds);
  }
  const auto somebody = signed_in("13800000001");
  const auto me = *auth_.borrower(all[1].token);
  EXPECT_EQ(*auth_.end_other_sessions(me), 2);
  EXPECT_FALSE(open(all[0].token));
  EXPECT_TRUE(open(all[1].token));
  EXPECT_FALSE(open(all[2].token));
  EXPECT_TRUE(open(somebody.session.token));
  EXPECT_EQ(*auth_.end_other_sessions(me), 0);
  EXPECT_EQ(leaves("auth.sessions_ended").size(), 1U) << "nothing to write down the second time";
}

TEST_P(SessionsTest, ADeviceWhoseSessionsAreOverIsShownUntilItIsForgotten) {
  const auto idle = signed_in("13800000000").session;
  clock_.advance_seconds(limits::kSessionIdleSeconds);
  const auto now = signed_in("13800000000");
  const auto me = as_borrower(now);
  const auto shown = *auth_.sessions(me);
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].id, now.session.id);
  EXPECT_FALSE(shown[0].over);
  EXPECT_EQ(shown[1].id, idle.id);
  EXPECT_TRUE(shown[1].over);
  EXPECT_TRUE(auth_.end_session(me, idle.id).ok());
  EXPECT_EQ(auth_.sessions(me)->size(), 1U);
  EXPECT_TRUE(auth_.end_session(me, idle.id).error().is(AuthErrc::unknown_session));
}

TEST_P(SessionsTest, WhoWasSignedOutEndsNothingAnyMore) {
  const auto thief = signed_in("13800000000");
  clock_.advance_seconds(limits::kCodeResendSeconds);
  const auto mine = signed_in("13800000000");
  const auto them = as_borrower(thief), me = as_borrower(mine);
  ASSERT_TRUE(auth_.end_session(me, them.session).ok());
  // Their request was let in before that, and goes on now.
  EXPECT_TRUE(auth_.end_other_sessions(them).error().is(AuthErrc::no_session));
  EXPECT_TRUE(auth_.end_session(them, me.session).error().is(AuthErrc::no_session));
  EXPECT_TRUE(open(mine.session.token));
}

TEST_P(SessionsTest, OfTwoThatEndEachOtherOneStays) {
  for (int round = 0; round < 5; ++round) {
    const auto first = signed_in("13800000000");
    clock_.advance_seconds(limits::kCodeResendSeconds);
    const auto second = signed_in("13800000000");
    std::vector<std::thread> threads;
    for (const auto* in : {&first, &second}) {
      threads.emplace_back([&, in] {
        const auto ended = auth_.end_other_sessions(as_borrower(*in));
        EXPECT_TRUE(ended.ok() || ended.error().is(AuthErrc::no_session));
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_NE(open(first.session.token), open(second.session.token));
    for (const auto* table : {"auth_challenge", "auth_session", "auth_attempt"})
      force(std::string("DELETE FROM ") + table);
  }
}

TEST_P(SessionsTest, SignInsAreForgottenAMonthAfterTheyExpired) {
  const auto old = signed_in("13800000000").session;
  clock_.set(old.expires_at.plus_seconds(30 * 24 * 3600));
  signed_in("13800000001");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 2);
  clock_.advance_seconds(limits::kCodeResendSeconds);
  signed_in("13800000001");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 2) << "the old one has gone";
}

TEST_P(SessionsTest, StaffAndBorrowersDoNotReachEachOthersSessions) {
  created("wang", {Role::risk});
  created("li", {Role::risk});
  const auto colleague = staff_in("li", kPassword);
  const auto staff = staff_in("wang", kPassword, {.client = "Edge · Windows"});
  const auto in = signed_in("13800000000");
  const auto borrower = as_borrower(in);
  EXPECT_TRUE(auth_.end_session(borrower, staff.session.id).error().is(AuthErrc::unknown_session));
  EXPECT_TRUE(auth_.end_session(staff.staff, in.session.id).error().is(AuthErrc::unknown_session));
  EXPECT_TRUE(
      auth_.end_session(colleague.staff, staff.session.id).error().is(AuthErrc::unknown_session));
  EXPECT_EQ(*auth_.end_other_sessions(colleague.staff), 0);
  EXPECT_TRUE(auth_.staff(staff.session.token).ok());
  ASSERT_EQ(auth_.sessions(staff.staff)->size(), 1U);
  EXPECT_EQ(auth_.sessions(staff.staff)->front().client, "Edge · Windows");
}

TEST_P(SessionsTest, StaffSignInWithTheirPassword) {
  const auto id = created("wang", {Role::reviewer, Role::finance});
  const auto done = staff_in("wang", kPassword);
  EXPECT_EQ(done.staff.id, id);
  const auto staff = auth_.staff(done.session.token);
  ASSERT_TRUE(staff.ok());
  EXPECT_EQ(staff->id, id);
  EXPECT_EQ(staff->username, "wang");
  EXPECT_EQ(staff->session, done.session.id);
  EXPECT_EQ(staff->roles, (std::vector{Role::reviewer, Role::finance}));
  EXPECT_TRUE(staff->may(Permission::verification_decide) && staff->may(Permission::ledger_read));
  EXPECT_FALSE(open(done.session.token)) << "a staff token is none of a borrower's";
  const auto trail = leaves("auth.");
  ASSERT_EQ(trail.size(), 4U);
  EXPECT_EQ(trail[3].kind, "auth.staff_created");
  EXPECT_EQ(trail[2].kind, "auth.staff_factor_set");
  EXPECT_EQ(trail[1].kind, "auth.device_added");
  EXPECT_EQ(trail[0].kind, "auth.staff_signed_in");
  EXPECT_EQ(trail[0].object, id.str());

  force("UPDATE auth_staff SET roles = 'risk'");
  EXPECT_FALSE(auth_.staff(done.session.token)->may(Permission::verification_decide))
      << "roles count as of now";
  force("DELETE FROM auth_staff");
  EXPECT_TRUE(auth_.staff(done.session.token).error().is(AuthErrc::no_session));
}

TEST_P(SessionsTest, APermissionComesFromARoleAndNobodyHasOneByItsName) {
  created("li", {Role::admin, Role::finance});
  const auto li = staff_in("li", kPassword).staff;
  EXPECT_TRUE(li.may(Permission::switch_change));
  EXPECT_TRUE(li.may(Permission::ledger_read));
  EXPECT_TRUE(li.may(Permission::own_session));
  EXPECT_FALSE(li.may(Permission::application_decide));
  EXPECT_FALSE(li.may(Permission::document_read));
  created("none", {});
  const auto none = staff_in("none", kPassword).staff;
  EXPECT_TRUE(none.roles.empty());
  EXPECT_EQ(none.permissions(), std::vector{Permission::own_session});
  force("UPDATE auth_staff SET roles = 'administrator,risky' WHERE username = 'none'");
  EXPECT_TRUE(staff_in("none", kPassword).staff.roles.empty());
}

TEST_P(SessionsTest, AdministratorsOfBeforeKeepWhatTheyCouldDo) {
  created("wang", {Role::admin});
  created("li", {Role::risk});
  force(std::string(kRolesMigration.sql));
  EXPECT_EQ(staff_in("wang", kPassword).staff.roles.size(), kAllRoles.size());
  EXPECT_EQ(staff_in("li", kPassword).staff.roles, std::vector{Role::risk});
}

TEST_P(SessionsTest, NoRoleHoldsEverything) {
  const Staff everybody{.id = {},
                        .username = {},
                        .roles = {kAllRoles.begin(), kAllRoles.end()},
                        .session = {},
                        .device = {}};
  const auto all = everybody.permissions();
  for (const Role role : kAllRoles) {
    EXPECT_FALSE(permissions_of(role).empty());
    EXPECT_LT(2 * permissions_of(role).size(), all.size()) << "less than half";
    for (const Role other : kAllRoles) {
      if (other == role) continue;
      for (const Permission mine : permissions_of(role)) {
        EXPECT_EQ(std::ranges::count(permissions_of(other), mine), 0)
            << boost::describe::enum_to_string(mine, "?") << " lies in one role";
      }
    }
  }
}

TEST_P(SessionsTest, AWrongPasswordAndAnUnknownNameLookAlike) {
  created("wang", {Role::risk});
  const auto wrong_password = auth_.staff_sign_in("wang", "wrong password", {});
  const auto unknown = auth_.staff_sign_in("nobody", kPassword, {});
  ASSERT_FALSE(wrong_password.ok() || unknown.ok());
  EXPECT_TRUE(wrong_password.error().is(AuthErrc::wrong_credentials));
  EXPECT_EQ(wrong_password.error().code(), unknown.error().code());
  EXPECT_EQ(wrong_password.error().detail(), unknown.error().detail());
  EXPECT_EQ(entering("WANG", kPassword), "auth.wrong_credentials");
  EXPECT_EQ(entering("", ""), "auth.wrong_credentials");
  EXPECT_EQ(entering("wang", std::string(201, 'x')), "auth.wrong_credentials");
  EXPECT_EQ(entering(std::string(101, 'x'), kPassword), "auth.wrong_credentials");
  EXPECT_EQ(entering("no such account", "no such account"), "auth.wrong_credentials");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_session"), 0);
}

TEST_P(SessionsTest, WrongPasswordsMakeLongerAndLongerWaits) {
  created("wang", {Role::risk});
  created("li", {Role::risk});
  const auto& allowed = policy_of(Attempt::password_guess).account;
  for (int i = 0; i < allowed.free; ++i) {
    EXPECT_EQ(entering("wang", "wrong password"), "auth.wrong_credentials") << i;
  }
  const auto refused = auth_.staff_sign_in("wang", kPassword, {});
  ASSERT_TRUE(!refused.ok() && refused.error().is(AuthErrc::too_many_guesses));
  EXPECT_EQ(refused.error().detail(), std::to_string(allowed.first_wait_s));
  EXPECT_EQ(entering("li", kPassword), "ok") << "nobody else is locked out";
  clock_.advance_seconds(allowed.first_wait_s - 1);
  EXPECT_EQ(entering("wang", kPassword), "auth.too_many_guesses");
  clock_.advance_seconds(1);
  EXPECT_EQ(entering("wang", "wrong password"), "auth.wrong_credentials");
  clock_.advance_seconds(allowed.first_wait_s);
  EXPECT_EQ(entering("wang", kPassword), "auth.too_many_guesses");
  clock_.advance_seconds(allowed.first_wait_s);
  EXPECT_EQ(entering("wang", kPassword), "ok");
}

TEST_P(SessionsTest, LimitsDoNotTellWhichNamesThereAre) {
  created("wang", {Role::risk});
  for (int i = 0; i < 8; ++i) {
    const auto known = auth_.staff_sign_in("wang", "wrong password", {});
    const auto unknown = auth_.staff_sign_in("nobody", "wrong password", {});
    EXPECT_EQ(known.error().code(), unknown.error().code()) << i;
    EXPECT_EQ(known.error().detail(), unknown.error().detail()) << i;
  }
}

TEST_P(SessionsTest, RightPasswordsAreNotCounted) {
  created("wang", {Role::risk});
  for (int i = 0; i < 8; ++i) ASSERT_EQ(entering("wang", kPassword), "ok") << i;
}

TEST_P(SessionsTest, ParallelPasswordsGetNoMoreTries) {
  created("wang", {Role::risk});
  const auto allowed = policy_of(Attempt::password_guess).account.free;
  std::atomic<int> tried = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < allowed + 4; ++i) {
    threads.emplace_back([&] {
      const auto code = entering("wang", "wrong password");
      if (code == "auth.wrong_credentials") ++tried;
      if (code == "auth.too_many_guesses") ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(tried, allowed);
  EXPECT_EQ(refused, 4);
}

TEST_P(SessionsTest, AnAccountNeedsAFreeNameAndALongPassword) {
  EXPECT_TRUE(auth_.create_staff("wang", "123456789", {}).error().is(AuthErrc::weak_password));
  for (const auto* password : {"1234567890", "QWERTYUIOP", "password123", "enterprise", "wang123456789", "2026-wang-!"})
    EXPECT_TRUE(auth_.create_staff("wang", password, {}).error().is(AuthErrc::weak_password)) << password;
  for (const auto* name : {"", "w", "Wang", "wang li", "王", "wang@bank", "wáng"})
    EXPECT_TRUE(auth_.create_staff(name, kPassword, {}).error().is(AuthErrc::bad_username)) << name;
  EXPECT_TRUE(
      auth_.create_staff(std::string(41, 'x'), kPassword, {}).error().is(AuthErrc::bad_username));
  EXPECT_TRUE(
      auth_.create_staff("wang", std::string(201, 'x'), {}).error().is(AuthErrc::weak_password));
  created("wang", {Role::risk});
  EXPECT_TRUE(auth_.create_staff("wang", "another password", {Role::admin})
                  .error()
                  .is(AuthErrc::username_taken));
  EXPECT_EQ(entering("wang", "another password"), "auth.wrong_credentials");
  EXPECT_EQ(entering("wang", kPassword), "ok");
  EXPECT_EQ(leaves("auth.staff_created").size(), 1U);
}

TEST_P(SessionsTest, TokensAndPasswordsAreNowhereInClear) {
  const auto borrower = signed_in("13800000000").session;
  created("wang", {Role::risk});
  const auto staff = staff_in("wang", kPassword);
  const auto begun = auth_.staff_sign_in("wang", kPassword, {});
  ASSERT_TRUE(begun.ok());
  EXPECT_TRUE(lies_in_the_store("wang"));
  EXPECT_FALSE(lies_in_the_store(kPassword));
  EXPECT_FALSE(lies_in_the_store(to_string(apps_.secret("wang"))));
  EXPECT_FALSE(lies_in_the_store(crypto::base32(apps_.secret("wang"))));
  for (const auto& token :
       {borrower.token, borrower.device_token, staff.session.token, begun->token}) {
    EXPECT_FALSE(lies_in_the_store(token));
    EXPECT_FALSE(lies_in_the_store(to_string(*crypto::unbase64url(token))));
    EXPECT_FALSE(lies_in_the_store(to_string(crypto::sha256(as_bytes(token)))))
        << "the hash is keyed";
  }
}

}  // namespace
}  // namespace mq::auth
