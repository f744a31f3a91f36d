#include "payments/release.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "audit/audit.h"
#include "database.h"
#include "fakes.h"

namespace mq::payments {
namespace {

Money yuan(std::string_view text) { return *Money::parse(text); }

TEST(ReleasePolicy, LargePayoutsTakeTwoPeople) {
  EXPECT_EQ(releases_needed(Kind::payout, yuan("29999.99")), 0);
  EXPECT_EQ(releases_needed(Kind::payout, yuan("30000.00")), 2);
  EXPECT_EQ(releases_needed(Kind::payout, yuan("50000.00")), 2);
  EXPECT_EQ(releases_needed(Kind::debit, yuan("50000.00")), 0) << "comes in";
}

// docs/security/releases.md is what lenders read.
TEST(ReleasePolicy, ItsPageShowsIt) {
  std::ostringstream page;
  page << "# What people release before it is sent\n\n"
          "Written by `release_test` from `src/payments/release_policy.cc`, where the reasons "
          "stand. "
          "Each person counts once; whoever decided\nthe application does not count. One person "
          "can refuse. What nobody released in "
       << kReleaseSeconds / 86'400
       << " days is not sent any more.\n\n| What | From, yuan | People |\n|---|---|---|\n";
  for (const auto& rule : release_rules()) {
    page << "| " << boost::describe::enum_to_string(rule.kind, "?") << " | " << rule.from.str()
         << " | " << rule.people << " |\n";
  }
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const char* built = std::getenv("MQ_BUILD_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/security/releases.md");
  const std::string there((std::istreambuf_iterator<char>(file)), {});
  if (there == page.str()) return;
  const auto fresh = std::string(built == nullptr ? "." : built) + "/releases.md";
  std::ofstream(fresh) << page.str();
  FAIL()
      << "docs/security/releases.md is not what release_policy.cc says. Look at the difference to "
      << fresh << "; if it is meant, copy it there.";
}

class ReleaseTest : public test::DatabaseTest {
 protected:
  void SetUp() override {
    migrate({storage::kOutboxMigration, audit::kAuditMigration, kPaymentsMigration,
             kReleasesMigration});
    for (auto* one : {&wang_, &li_, &zhang_}) *one = StaffId::make(clock_.now(), random_);
  }
  InstructionId instructed(std::string_view amount = "30000.00", std::string object = "loan-1") {
    const auto id = db().write([&](storage::Transaction& tx) -> Result<InstructionId> {
      return instruct(tx, clock_.now(), random_,
                      {Kind::payout, std::move(object), PersonId::make(clock_.now(), random_),
                       yuan(amount), "payout_card"});
    });
    EXPECT_TRUE(id.ok());
    return *id;
  }
  // "ok 1": one is missing; or the error's code.
  std::string releasing(InstructionId id, const StaffId& by) {
    const auto missing = db().write([&](storage::Transaction& tx) -> Result<int> {
      return release(tx, clock_.now(), random_, id, by,
                     [&](const StaffId& who) { return !gone_.contains(who.str()); });
    });
    return missing.ok() ? "ok " + std::to_string(*missing) : missing.error().code();
  }
  std::string refusing(InstructionId id, const StaffId& by) {
    const auto done = db().write([&](storage::Transaction& tx) -> Status {
      return refuse(tx, clock_.now(), random_, id, by, "another name on the card");
    });
    return done.ok() ? "ok" : done.error().code();
  }
  Instruction current(InstructionId id) {
    return *db().read([&](storage::Transaction& tx) { return find(tx, id); });
  }
  // Counts what the channel is handed.
  int driven(InstructionId id) {
    const auto before = sent_.load();
    const ChannelPort channel = {
        [&](const Instruction& instruction) -> Result<ChannelAnswer> {
          ++sent_;
          return ChannelAnswer{AnswerState::succeeded, instruction.amount, "ref", ""};
        },
        [&](InstructionId) -> Result<ChannelAnswer> { return ChannelAnswer{}; }};
    EXPECT_TRUE(drive(db(), channel, clock_, random_, id).ok());
    return sent_ - before;
  }
  std::int64_t number(std::string_view sql) {
    return *db().read(
        [&](storage::Transaction& tx) -> Result<std::int64_t> { return tx.first(sql)->i64(0); });
  }
  std::vector<Waiting> all_waiting() {
    return *db().read(
        [&](storage::Transaction& tx) -> Result<std::vector<Waiting>> { return waiting(tx, 10); });
  }
  std::size_t candidates() {
    return db()
        .read([&](storage::Transaction& tx) -> Result<std::vector<InstructionId>> {
          return unresolved(tx, clock_.now().plus_seconds(1), 10);
        })
        ->size();
  }

  test::ManualClock clock_;
  test::TestRandom random_;
  StaffId wang_, li_, zhang_;
  std::set<std::string> gone_;
  std::atomic<int> sent_ = 0;
};
MQ_INSTANTIATE_DATABASES(ReleaseTest);

TEST_P(ReleaseTest, IsSentOnceTwoPeopleHaveReleasedIt) {
  const auto small = instructed("29999.99", "loan-0");
  EXPECT_EQ(releasing(small, wang_), "payments.not_waiting");
  EXPECT_EQ(driven(small), 1);
  const auto id = instructed();
  EXPECT_EQ(current(id).releases_needed, 2);
  EXPECT_EQ(driven(id), 0);
  EXPECT_EQ(candidates(), 0U) << "the job does not take it up again and again";
  EXPECT_EQ(releasing(id, wang_), "ok 1");
  EXPECT_EQ(releasing(id, wang_), "payments.own_release");
  EXPECT_EQ(driven(id), 0);
  ASSERT_EQ(all_waiting().size(), 1U);
  EXPECT_EQ(all_waiting()[0].releases.size(), 1U);
  EXPECT_EQ(all_waiting()[0].expires_at, current(id).created_at.plus_seconds(kReleaseSeconds));
  EXPECT_EQ(current(id).state, State::created);
  EXPECT_EQ(current(id).attempts, 0);
  EXPECT_EQ(releasing(id, li_), "ok 0");
  EXPECT_TRUE(all_waiting().empty());
  EXPECT_EQ(candidates(), 1U);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE topic = 'payments.instruction_created'"), 3);
  EXPECT_EQ(driven(id), 1);
  EXPECT_EQ(current(id).state, State::succeeded);
  EXPECT_EQ(releasing(id, zhang_), "payments.not_waiting");
  EXPECT_EQ(refusing(id, zhang_), "payments.not_waiting") << "too late";
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_leaf WHERE kind = 'payments.released'"), 2);
}

TEST_P(ReleaseTest, WhatTheChannelSaysOfOneThatWaitsIsAFinding) {
  const auto id = instructed();
  const auto said = db().write([&](storage::Transaction& tx) -> Result<Recorded> {
    return record_notification(
        tx, clock_.now(), random_,
        {"n-1", id, Kind::payout, AnswerState::succeeded, yuan("30000.00"), "ch-1", ""});
  });
  EXPECT_EQ(said->effect, Effect::contradicted);
  EXPECT_EQ(current(id).state, State::created);
}

TEST_P(ReleaseTest, OneWhoWasTakenAwayDoesNotCountAtTheEnd) {
  const auto id = instructed();
  EXPECT_EQ(releasing(id, wang_), "ok 1");
  gone_.insert(wang_.str());
  EXPECT_EQ(releasing(id, li_), "ok 1") << "the first one does not count any more";
  EXPECT_EQ(driven(id), 0);
  EXPECT_EQ(releasing(id, zhang_), "ok 0");
  EXPECT_EQ(driven(id), 1);
}

TEST_P(ReleaseTest, OneRefusesAndItHasFailedWithoutBeingSent) {
  const auto id = instructed();
  EXPECT_EQ(releasing(id, wang_), "ok 1");
  EXPECT_EQ(refusing(id, wang_), "ok") << "also who released it before";
  EXPECT_EQ(refusing(id, li_), "payments.not_waiting");
  EXPECT_EQ(releasing(id, li_), "payments.not_waiting");
  EXPECT_EQ(current(id).state, State::failed);
  EXPECT_EQ(current(id).reason, kReleaseRefused);
  EXPECT_EQ(driven(id), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE topic = 'payments.instruction_settled'"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM payment_refusal"), 1);
  instructed();  // the loan may be paid out by another instruction
}

TEST_P(ReleaseTest, WhatNobodyReleasedInTimeHasFailed) {
  const auto id = instructed();
  const auto expiring = [&] {
    return *db().write([&](storage::Transaction& tx) -> Result<int> {
      return expire_releases(tx, clock_.now(), random_);
    });
  };
  clock_.advance_seconds(kReleaseSeconds - 1);
  EXPECT_EQ(expiring(), 0);
  EXPECT_EQ(releasing(id, wang_), "ok 1");
  clock_.advance_seconds(1);
  EXPECT_EQ(releasing(id, li_), "payments.not_waiting") << "although no job has run yet";
  EXPECT_EQ(expiring(), 1);
  EXPECT_EQ(expiring(), 0);
  EXPECT_EQ(current(id).reason, kReleaseExpired);
  EXPECT_EQ(driven(id), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE topic = 'payments.instruction_settled'"), 1);
}

TEST_P(ReleaseTest, ManyAtTheSameMomentSendItOnce) {
  const auto id = instructed();
  std::atomic<int> last = 0, refused = 0;
  std::vector<std::thread> threads;
  std::vector<StaffId> people;
  for (int i = 0; i < 4; ++i) people.push_back(StaffId::make(clock_.now(), random_));
  for (const auto& who : people) {
    threads.emplace_back([&, who] {
      const auto said = releasing(id, who);
      last += said == "ok 0";
      refused += said == "payments.not_waiting";
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(last, 1);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(driven(id), 1);
  EXPECT_EQ(driven(id), 0);
}

}  // namespace
}  // namespace mq::payments
