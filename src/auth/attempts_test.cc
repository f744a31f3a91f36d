#include "auth/attempts.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "auth/auth_testing.h"
#include "base/limits.h"
#include "people.h"

namespace mq::auth {
namespace {

constexpr Instant kBegin{1'790'000'000'000'000};
constexpr auto kPhone = "13800000000";

TEST(Waits, GrowFromTheFirstToTheLongestAndAreForgotten) {
  const Allowance allowance{.free = 3, .first_wait_s = 10, .longest_wait_s = 35, .forgotten_after_s = 100};
  for (std::int64_t tries = 0; tries < 3; ++tries) EXPECT_EQ(wait_s(allowance, tries, kBegin, kBegin), 0);
  EXPECT_EQ(wait_s(allowance, 3, kBegin, kBegin), 10);
  EXPECT_EQ(wait_s(allowance, 4, kBegin, kBegin), 20);
  EXPECT_EQ(wait_s(allowance, 5, kBegin, kBegin), 35);
  EXPECT_EQ(wait_s(allowance, 1'000'000'000, kBegin, kBegin), 35);
  EXPECT_EQ(wait_s(allowance, 3, kBegin, {kBegin.us + 1}), 10) << "begun seconds count whole";
  EXPECT_EQ(wait_s(allowance, 3, kBegin, kBegin.plus_seconds(9)), 1);
  EXPECT_EQ(wait_s(allowance, 3, kBegin, kBegin.plus_seconds(10)), 0);
  EXPECT_EQ(wait_s(allowance, 1'000, kBegin, kBegin.plus_seconds(100)), 0);
  EXPECT_EQ(wait_s(allowance, 3, kBegin, kBegin.plus_seconds(-5)), 15) << "a clock that went back";
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
          "Written by `attempts_test` from `src/auth/attempts.cc`, where the reasons stand. Tries are free up to a\n"
          "number; then each waits twice as long as the one before. Who does not try is forgotten. Tries from a device\n"
          "that is known to the account count for that device alone, all others for the account and for the address.\n\n"
          "| What | Counted for | Free | First wait, s | Longest wait, s | Forgotten after, s |\n"
          "|---|---|---|---|---|---|\n";
  for (const auto what : kAllAttempts) {
    const auto& policy = policy_of(what);
    const auto row = [&](const char* whom, const Allowance& a) {
      page << "| " << boost::describe::enum_to_string(what, "?") << " | " << whom << " | " << a.free << " | "
           << a.first_wait_s << " | " << a.longest_wait_s << " | " << a.forgotten_after_s << " |\n";
      EXPECT_GT(a.free, 0);
      EXPECT_LE(a.first_wait_s, a.longest_wait_s);
      EXPECT_LE(a.longest_wait_s, a.forgotten_after_s) << "waits are not slept through";
    };
    row("account", policy.account);
    row("device", policy.device);
    row("address", policy.address);
  }
  page << "\nA code ends after " << limits::kCodeGuesses << " wrong guesses and " << limits::kCodeLifeSeconds
       << " seconds. A device on which a borrower signs in to an account that has one already\nmay not sign for "
       << kNewDeviceHoldSeconds / 3600 << " hours, unless it is confirmed on one that may.\n";
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const std::filesystem::path docs = std::string(root == nullptr ? "." : root) + "/docs/security/limits.md";
  std::ifstream file(docs);
  const std::string there{std::istreambuf_iterator<char>(file), {}};
  if (there != page.str()) std::ofstream("limits.md") << page.str();
  EXPECT_EQ(there, page.str()) << "limits.md was written here; copy it to docs/security/";
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
  Origin home{.address = "10.0.0.1", .device = {}, .client = {}};
  const auto first = signed_in(kPhone, home).session;
  home.device = first.device_token;
  EXPECT_TRUE(auth_.borrower(first.token, home.device).ok());
  // From one address that is also the owner's, and from many, for as long as they are answered.
  int answered = 0, refused = 0;
  for (int i = 0; i < 200; ++i) {
    const auto from = i % 2 == 0 ? home.address : "10.1.0." + std::to_string(i);
    const auto verdict = guessing({.address = from, .device = {}, .client = {}});
    ++(verdict == "auth.wrong_code" ? answered : refused);
    EXPECT_TRUE(verdict == "auth.wrong_code" || verdict == "auth.too_many_codes") << verdict;
    clock_.advance_seconds(1);
  }
  EXPECT_GT(answered, 0);
  EXPECT_LE(answered, policy_of(Attempt::code_send).account.free + 2);
  const auto in = signed_in(kPhone, home);
  EXPECT_EQ(in.session.device_token, home.device);
  EXPECT_TRUE(auth_.require_settled(as_borrower(in)).ok());
}

TEST_P(AttemptsTest, AnAddressIsSlowedDownOverAllAccounts) {
  const auto& allowed = policy_of(Attempt::password_guess).address;
  const Origin attacker{.address = "10.0.0.7", .device = {}, .client = {}};
  for (int i = 0; i < allowed.free; ++i) {
    const auto tried = auth_.staff_sign_in("name" + std::to_string(i), "wrong password", attacker);
    ASSERT_TRUE(tried.error().is(AuthErrc::wrong_credentials)) << i;
  }
  const auto slowed = auth_.staff_sign_in("another", "wrong password", attacker);
  EXPECT_TRUE(slowed.error().is(AuthErrc::too_many_guesses));
  EXPECT_EQ(slowed.error().detail(), std::to_string(allowed.first_wait_s));
  EXPECT_TRUE(auth_.staff_sign_in("another", "wrong password",
                                  {.address = "10.0.0.8", .device = {}, .client = {}})
                  .error()
                  .is(AuthErrc::wrong_credentials));
}

TEST_P(AttemptsTest, ADeviceHasItsOwnCountAndASuccessClearsIt) {
  EXPECT_TRUE(auth_.create_staff("wang", "correct horse battery", {Role::risk}).ok());
  const auto trying = [&](std::string_view password, const Origin& from) {
    const auto done = auth_.staff_sign_in("wang", password, from);
    return done.ok() ? "ok" : done.error().code();
  };
  Origin desk{.address = "10.0.0.1", .device = {}, .client = {}};
  desk.device = auth_.staff_sign_in("wang", "correct horse battery", desk)->session.device_token;
  const auto free = policy_of(Attempt::password_guess).device.free;
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i < free; ++i) EXPECT_EQ(trying("wrong password", desk), "auth.wrong_credentials");
    EXPECT_EQ(trying("correct horse battery", desk), "ok");
  }
  for (int i = 0; i < free; ++i) EXPECT_EQ(trying("wrong password", desk), "auth.wrong_credentials");
  EXPECT_EQ(trying("correct horse battery", desk), "auth.too_many_guesses");
  EXPECT_EQ(trying("correct horse battery", {.address = "10.0.0.2", .device = {}, .client = {}}), "ok")
      << "its tries are not the account's";
}

TEST_P(AttemptsTest, CountsAreForgottenAndSayNothing) {
  guessing({.address = "10.9.8.7", .device = {}, .client = {}});
  EXPECT_GT(number("SELECT COUNT(*) FROM auth_attempt"), 0);
  EXPECT_FALSE(lies_in_the_store("10.9.8.7"));
  clock_.advance_seconds(2 * 24 * 3600);
  signed_in("13900000000");
  EXPECT_EQ(number("SELECT COUNT(*) FROM auth_attempt WHERE tries > 0 AND last_at < $1",
                   {clock_.now().plus_seconds(-3600)}),
            0);
}

}  // namespace
}  // namespace mq::auth
