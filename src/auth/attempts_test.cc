#include "auth/attempts.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr Instant kBegin{1'790'000'000'000'000};
constexpr auto kPhone = "13800000000";

constexpr Allowance kAllowance{
    .free = 3, .window_s = 300, .first_wait_s = 10, .longest_wait_s = 35};

// After so many tries at the same moment.
Debt tries(int count) {
  Debt debt{0, kBegin};
  for (int i = 0; i < count; ++i) debt = with_try(kAllowance, debt, kBegin);
  return debt;
}

TEST(Waits, GrowFromTheFirstToTheLongest) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(wait_s(kAllowance, tries(i), kBegin), 0) << i;
  EXPECT_EQ(wait_s(kAllowance, tries(3), kBegin), 10);
  EXPECT_EQ(wait_s(kAllowance, tries(4), kBegin), 20);
  EXPECT_EQ(wait_s(kAllowance, tries(5), kBegin), 35);
  EXPECT_EQ(wait_s(kAllowance, tries(1'000), kBegin), 35);
  EXPECT_EQ(wait_s(kAllowance, tries(3), {kBegin.us + 1}), 10) << "begun seconds count whole";
  EXPECT_EQ(wait_s(kAllowance, tries(3), kBegin.plus_seconds(9)), 1);
  EXPECT_EQ(wait_s(kAllowance, tries(3), kBegin.plus_seconds(10)), 0);
  EXPECT_EQ(wait_s(kAllowance, tries(3), kBegin.plus_seconds(-5)), 15) << "a clock that went back";
}

TEST(Waits, TriesAreEarnedAnewOneByOne) {
  Debt debt = tries(3);
  for (int i = 1; i <= 50; ++i) {
    const auto now = kBegin.plus_seconds(100 * i);
    EXPECT_EQ(wait_s(kAllowance, debt, now), 0) << i;
    debt = with_try(kAllowance, debt, now);
    EXPECT_EQ(wait_s(kAllowance, debt, now), 10) << "no more than one was earned";
  }
  EXPECT_EQ(at(debt, debt.last.plus_seconds(300)).us, 0);
  EXPECT_EQ(at(debt, debt.last.plus_seconds(1'000'000)).us, 0);
}

TEST(Addresses, OfVersionSixCountByTheirNetwork) {
  EXPECT_EQ(counted_address("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(counted_address("::ffff:10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(counted_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(counted_address("2001:db8:1:2::1"), counted_address("2001:db8:1:2:ffff::9"));
  EXPECT_NE(counted_address("2001:db8:1:2::1"), counted_address("2001:db8:1:3::1"));
  EXPECT_EQ(counted_address("no address"), "no address");
}

// docs/security/limits.md is what lenders read and what the attack is measured against.
TEST(Limits, TheirPageShowsThem) {
  std::ostringstream page;
  page << "# How often somebody may try\n\n"
          "Written by `attempts_test` from `src/auth/attempts.cc`, where the reasons stand. Some "
          "tries are free;\n"
          "as many are earned anew in the time of the fourth column. Beyond them each waits twice "
          "as long as the one before.\n"
          "Tries from a device that is known to the account count for that device alone, all "
          "others for the account and for\n"
          "the address.\n\n"
          "| What | Counted for | Free | Earned anew in, s | First wait, s | Longest wait, s |\n"
          "|---|---|---|---|---|---|\n";
  for (const auto what : kAllAttempts) {
    const auto& policy = policy_of(what);
    const auto row = [&](const char* whom, const Allowance& a) {
      page << "| " << boost::describe::enum_to_string(what, "?") << " | " << whom << " | " << a.free
           << " | " << a.window_s << " | " << a.first_wait_s << " | " << a.longest_wait_s << " |\n";
      EXPECT_GT(a.free, 0);
      EXPECT_LE(a.first_wait_s, a.longest_wait_s);
      EXPECT_LT(a.longest_wait_s, a.window_s);
    };
    row("account", policy.account);
    row("device", policy.device);
    row("address", policy.address);
  }
  page << "\nA code ends after " << limits::kCodeGuesses << " wrong guesses and "
       << limits::kCodeLifeSeconds
       << " seconds. A device on which a borrower signs in to an account that has one already\nmay "
          "not sign for "
       << kNewDeviceHoldSeconds / 3600 << " hours, unless it is confirmed on one that may.\n";
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const char* built = std::getenv("MQ_BUILD_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/security/limits.md");
  const std::string there((std::istreambuf_iterator<char>(file)), {});
  if (there == page.str()) return;
  const auto fresh = std::string(built == nullptr ? "." : built) + "/limits.md";
  std::ofstream(fresh) << page.str();
  FAIL() << "docs/security/limits.md is not what attempts.cc says. Look at the difference to "
         << fresh << "; if it is meant, copy it there.";
}

class AttemptsTest : public AuthFixture<test::PeopleTest> {
 protected:
  std::string guessing(const Origin& from) {
    const auto asked = auth_.request_sign_in(Pii<std::string>(kPhone), from);
    if (!asked.ok()) return asked.error().code();
    const auto done = auth_.sign_in(asked->id, wrong(received_code(asked->id)), from);
    return done.ok() ? "ok" : done.error().code();
  }
};
MQ_INSTANTIATE_DATABASES(AttemptsTest);

TEST_P(AttemptsTest, AnAttackerDoesNotLockOutTheOwnersDevice) {
  Origin home{.address = "10.0.0.1"};
  const auto first = signed_in(kPhone, home).session;
  home.devices = {first.device_token};
  EXPECT_TRUE(auth_.borrower(first.token).ok());
  // From one address that is also the owner's, and from many, for as long as they are answered.
  int answered = 0, refused = 0;
  for (int i = 0; i < 200; ++i) {
    const auto from = i % 2 == 0 ? home.address : "10.1.0." + std::to_string(i);
    const auto verdict = guessing({.address = from});
    ++(verdict == "auth.wrong_code" ? answered : refused);
    EXPECT_TRUE(verdict == "auth.wrong_code" || verdict == "auth.too_many_codes") << verdict;
    clock_.advance_seconds(1);
  }
  EXPECT_GT(answered, 0);
  EXPECT_LE(answered, policy_of(Attempt::code_send).account.free + 2);
  const auto in = signed_in(kPhone, home);
  EXPECT_EQ(in.session.device, first.device);
}

TEST_P(AttemptsTest, AnAddressIsSlowedDownOverAllAccounts) {
  const auto& allowed = policy_of(Attempt::code_send).address;
  const auto asking = [&](int phone, const std::string& address) {
    return auth_.request_sign_in(Pii<std::string>(std::to_string(13'900'000'000 + phone)),
                                 {.address = address});
  };
  for (int i = 0; i < allowed.free; ++i) ASSERT_TRUE(asking(i, "10.0.0.7").ok()) << i;
  const auto slowed = asking(9'000, "10.0.0.7");
  ASSERT_FALSE(slowed.ok());
  EXPECT_TRUE(slowed.error().is(AuthErrc::too_many_codes));
  EXPECT_EQ(slowed.error().detail(), std::to_string(allowed.first_wait_s));
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_account"), allowed.free)
      << "nor does it make accounts";
  EXPECT_TRUE(asking(9'000, "10.0.0.8").ok());
}

TEST_P(AttemptsTest, AMessageThatLedToASignInIsNotCounted) {
  for (int i = 0; i < 2 * policy_of(Attempt::code_send).account.free; ++i) {
    signed_in(kPhone, {.address = "10.0.0.7"});
    clock_.advance_seconds(limits::kCodeResendSeconds);
  }
}

TEST_P(AttemptsTest, ADeviceHasItsOwnCountAndASuccessClearsIt) {
  EXPECT_TRUE(auth_.create_staff("wang", "correct horse battery", {Role::risk}).ok());
  const auto trying = [&](std::string_view password, const Origin& from) {
    const auto done = auth_.staff_sign_in("wang", password, from);
    return done.ok() ? "ok" : done.error().code();
  };
  Origin desk{.address = "10.0.0.1"};
  desk.devices = {staff_in("wang", "correct horse battery", desk).session.device_token};
  const auto free = policy_of(Attempt::password_guess).device.free;
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i < free; ++i)
      EXPECT_EQ(trying("wrong password", desk), "auth.wrong_credentials");
    EXPECT_EQ(trying("correct horse battery", desk), "ok");
  }
  for (int i = 0; i < free; ++i)
    EXPECT_EQ(trying("wrong password", desk), "auth.wrong_credentials");
  EXPECT_EQ(trying("correct horse battery", desk), "auth.too_many_guesses");
  EXPECT_EQ(trying("correct horse battery", {.address = "10.0.0.2"}), "ok")
      << "its tries are not the account's";
}

TEST_P(AttemptsTest, CountsAreForgottenAndSayNothing) {
  EXPECT_EQ(guessing({.address = "10.9.8.7"}), "auth.wrong_code");
  EXPECT_GT(number("SELECT COUNT(*) FROM auth_attempt"), 0);
  EXPECT_FALSE(lies_in_the_store("10.9.8.7"));
  clock_.advance_seconds(2 * 24 * 3600);
  signed_in("13900000000", {});
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_attempt WHERE last_at < $1",
                   {clock_.now().plus_seconds(-3600)}),
            0);
}

}  // namespace
}  // namespace mq::auth
