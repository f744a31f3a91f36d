#include <gmock/gmock.h>
#include <sys/wait.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/limits.h"
#include "database.h"
#include "fakes.h"

namespace mq::storage {
namespace {

using testing::ElementsAre;

enum class TestErrc { refused };
BOOST_DESCRIBE_ENUM(TestErrc, refused)
constexpr std::string_view error_domain(TestErrc) { return "test"; }

class Outbox : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({kOutboxMigration}); }

  void publish_one(std::string_view object, std::string_view payload,
                   std::string_view topic = "test.happened") {
    const Status status = db().write([&](Transaction& tx) -> Status {
      publish(tx, clock.now(), random, topic, object, payload);
      return ok();
    });
    ASSERT_TRUE(status.ok()) << status.error().detail();
  }
  OutboxWorker make_worker() { return OutboxWorker(db(), clock, random); }
  int run(OutboxWorker& worker) {
    const auto handled = worker.run_once();
    EXPECT_TRUE(handled.ok()) << handled.error().detail();
    return handled.ok() ? *handled : -1;
  }
  std::string text(std::string_view sql) {
    const auto value = db().read(
        [&](Transaction& tx) -> Result<std::string> { return tx.query(sql).at(0).text(0); });
    EXPECT_TRUE(value.ok());
    return value.ok() ? *value : "";
  }
  void expect_counts(OutboxWorker& worker, std::int64_t waiting, std::int64_t dead) {
    const auto counts = worker.counts();
    ASSERT_TRUE(counts.ok());
    EXPECT_EQ(counts->waiting, waiting);
    EXPECT_EQ(counts->dead, dead);
  }

  test::ManualClock clock;
  test::TestRandom random;
};
MQ_INSTANTIATE_DATABASES(Outbox);

TEST_P(Outbox, DeliversWhatWasCommittedAndNothingElse) {
  (void)db().write([&](Transaction& tx) -> Status {
    publish(tx, clock.now(), random, "test.happened", "loan-1", "{\"no\":1}");
    return Error(TestErrc::refused);
  });
  publish_one("loan-1", "{\"yes\":1}");
  auto worker = make_worker();
  std::vector<Event> seen;
  worker.subscribe("test.happened", [&](const Event& event) {
    seen.push_back(event);
    return ok();
  });
  expect_counts(worker, 1, 0);
  EXPECT_EQ(run(worker), 1);
  EXPECT_EQ(run(worker), 0);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_TRUE(Uuid::parse(seen[0].id).ok());
  EXPECT_EQ(seen[0].topic, "test.happened");
  EXPECT_EQ(seen[0].object, "loan-1");
  EXPECT_EQ(seen[0].payload, "{\"yes\":1}");
  EXPECT_EQ(seen[0].attempt, 1);
  expect_counts(worker, 0, 0);
  EXPECT_EQ(text("SELECT state FROM outbox"), "done");
}

TEST_P(Outbox, KeepsTheOrderOfOneObjectAndDoesNotHoldUpOthers) {
  // One instant for all: the identifiers do not tell the order.
  for (const char* n : {"1", "2", "3"}) publish_one("loan-1", n);
  publish_one("loan-2", "4");
  auto worker = make_worker();
  std::vector<std::string> seen;
  std::set<std::string> ids;
  bool broken = true;
  worker.subscribe("test.happened", [&](const Event& event) -> Status {
    ids.insert(event.id);
    if (event.payload == "1" && broken) return TestErrc::refused;
    seen.push_back(event.payload);
    return ok();
  });
  run(worker);
  EXPECT_THAT(seen, ElementsAre("4"));
  EXPECT_EQ(text("SELECT error FROM outbox WHERE payload = '1'"), "test.refused");
  broken = false;
  clock.advance_ms(199);
  EXPECT_EQ(run(worker), 0);
  clock.advance_ms(1);
  EXPECT_EQ(run(worker), 3);
  EXPECT_THAT(seen, ElementsAre("4", "1", "2", "3"));
  EXPECT_EQ(ids.size(), 4u);
}

TEST_P(Outbox, DelaysGrowThenTheEventIsParkedAndBlocksNobody) {
  publish_one("loan-1", "bad");
  publish_one("loan-1", "good");
  auto worker = make_worker();
  std::vector<std::int64_t> delays_ms;
  std::vector<int> attempts;
  std::vector<std::string> seen;
  bool broken = true;
  Instant last = clock.now();
  worker.subscribe("test.happened", [&](const Event& event) -> Status {
    if (event.payload == "bad" && broken) {
      attempts.push_back(event.attempt);
      delays_ms.push_back((clock.now().us - last.us) / 1000);
      last = clock.now();
      if (event.attempt % 2 == 0) throw std::runtime_error("thrown");
      return TestErrc::refused;
    }
    seen.push_back(event.payload);
    return ok();
  });
  for (int i = 0; i < 10'000 && seen.empty(); ++i) {
    run(worker);
    clock.advance_ms(100);
  }
  ASSERT_EQ(attempts.size(), static_cast<std::size_t>(limits::kOutboxAttempts));
  EXPECT_EQ(attempts.back(), limits::kOutboxAttempts);
  EXPECT_THAT(delays_ms, ElementsAre(0, 200, 400, 800, 1'600, 3'200, 6'400, 12'800, 25'600, 51'200,
                                     60'000, 60'000));
  EXPECT_THAT(seen, ElementsAre("good"));
  expect_counts(worker, 0, 1);
  EXPECT_EQ(text("SELECT error FROM outbox WHERE state = 'dead'"), "outbox.handler_threw");

  broken = false;
  EXPECT_EQ(*worker.revive("other.topic"), 0);
  EXPECT_EQ(*worker.revive(), 1);
  EXPECT_EQ(run(worker), 1);
  EXPECT_THAT(seen, ElementsAre("good", "bad"));
  expect_counts(worker, 0, 0);
}

TEST_P(Outbox, AnUnknownTopicWaitsForANodeThatKnowsIt) {
  publish_one("loan-1", "{}", "future.thing_done");
  auto old_node = make_worker();
  EXPECT_EQ(run(old_node), 1);
  EXPECT_EQ(text("SELECT error FROM outbox"), "outbox.unknown_topic");
  expect_counts(old_node, 1, 0);
  auto new_node = make_worker();
  int seen = 0;
  new_node.subscribe("future.thing_done", [&](const Event& event) {
    EXPECT_EQ(event.attempt, 2);
    ++seen;
    return ok();
  });
  clock.advance_seconds(60);
  EXPECT_EQ(run(new_node), 1);
  EXPECT_EQ(seen, 1);
}

TEST_P(Outbox, AHandlerMayUseTheDatabaseAndPublish) {
  publish_one("loan-1", "3");
  auto worker = make_worker();
  std::vector<std::string> seen;
  worker.subscribe("test.happened", [&](const Event& event) {
    seen.push_back(event.payload);
    if (event.payload != "0") publish_one("loan-1", std::to_string(std::stoi(event.payload) - 1));
    return ok();
  });
  EXPECT_EQ(run(worker), 4);
  EXPECT_THAT(seen, ElementsAre("3", "2", "1", "0"));
}

TEST_P(Outbox, WhatAKilledWorkerHeldIsDeliveredAgainAfterItsLease) {
  publish_one("loan-1", "{}");
  fresh().close();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto database = fresh().open_another();
    OutboxWorker worker(*database, clock, random);
    worker.subscribe("test.happened", [](const Event&) -> Status { ::_exit(0); });
    (void)worker.run_once();
    ::_exit(1);
  }
  int exit = 0;
  ASSERT_EQ(::waitpid(child, &exit, 0), child);
  ASSERT_TRUE(WIFEXITED(exit));
  ASSERT_EQ(WEXITSTATUS(exit), 0);
  fresh().reopen();

  // The child drew the same identifier from the same seed; a worker's must be its own.
  test::TestRandom other_random(2);
  OutboxWorker worker(db(), clock, other_random);
  std::vector<int> attempts;
  worker.subscribe("test.happened", [&](const Event& event) {
    attempts.push_back(event.attempt);
    return ok();
  });
  clock.advance_ms(limits::kOutboxLeaseMs - 1);
  EXPECT_EQ(run(worker), 0);
  clock.advance_ms(1);
  EXPECT_EQ(run(worker), 1);
  EXPECT_THAT(attempts, ElementsAre(2));
}

TEST_P(Outbox, AnEventThatKillsEveryWorkerIsParked) {
  publish_one("loan-1", "{}");
  const Status killed = db().write([&](Transaction& tx) -> Status {
    tx.execute("UPDATE outbox SET state = 'running', owner = 'gone', attempt = $1",
               {limits::kOutboxAttempts});
    return ok();
  });
  ASSERT_TRUE(killed.ok());
  auto worker = make_worker();
  worker.subscribe("test.happened", [](const Event&) -> Status {
    ADD_FAILURE() << "delivered once too often";
    return ok();
  });
  EXPECT_EQ(run(worker), 1);
  expect_counts(worker, 0, 1);
  EXPECT_EQ(text("SELECT error FROM outbox"), "outbox.worker_died");
}

// A simulated clock may pass the end of a lease while the handler is still at work.
TEST_P(Outbox, AWorkerDoesNotTakeOverFromItself) {
  publish_one("loan-1", "{}");
  auto worker = make_worker();
  int runs = 0;
  worker.subscribe("test.happened", [&](const Event&) {
    ++runs;
    clock.advance_days(1);
    EXPECT_EQ(run(worker), 0);
    return ok();
  });
  EXPECT_EQ(run(worker), 1);
  EXPECT_EQ(runs, 1);
}

// A worker that lost its lease must not overwrite what the next one made of the event.
TEST_P(Outbox, TheOnlyProcessTakesBackWhatADeadOneHeldAtOnce) {
  publish_one("loan-1", "{}");
  {
    // As a process leaves it that died while it handled the event.
    const auto left = db().write([](Transaction& tx) -> Status {
      tx.execute("UPDATE outbox SET state = 'running', owner = 'gone', attempt = 1, available_at = $1",
                 {INT64_MAX});
      return ok();
    });
    ASSERT_TRUE(left.ok());
  }
  OutboxWorker worker(db(), clock, random);
  int handled = 0;
  worker.subscribe("test.happened", [&](const Event&) {
    ++handled;
    return ok();
  });
  EXPECT_EQ(run(worker), 0);
  const auto reclaimed = worker.reclaim();
  ASSERT_TRUE(reclaimed.ok());
  EXPECT_EQ(*reclaimed, 1);
  EXPECT_EQ(run(worker), 1);
  EXPECT_EQ(handled, 1);
}

TEST_P(Outbox, AResultThatComesAfterTheLeaseIsNotRecorded) {
  publish_one("loan-1", "{}");
  auto slow = make_worker();
  auto quick = make_worker();
  quick.subscribe("test.happened", [](const Event&) { return ok(); });
  slow.subscribe("test.happened", [&](const Event&) -> Status {
    clock.advance_ms(limits::kOutboxLeaseMs);
    EXPECT_EQ(run(quick), 1);
    return TestErrc::refused;
  });
  run(slow);
  EXPECT_EQ(text("SELECT state FROM outbox"), "done");
  expect_counts(slow, 0, 0);
}

TEST_P(Outbox, TwoNodesHandleEachEventOnceAndEachObjectInOrder) {
  constexpr int kObjects = 12, kEach = 15;
  for (int n = 0; n < kEach; ++n) {
    for (int o = 0; o < kObjects; ++o) publish_one(std::to_string(o), std::to_string(n));
  }
  auto other = fresh().open_another();
  auto here = make_worker();
  OutboxWorker there(*other, clock, random);

  std::mutex mutex;
  std::map<std::string, std::vector<int>> seen;
  std::set<std::string> busy;
  int overlaps = 0, total = 0;
  const auto handler = [&](const Event& event) {
    {
      const std::lock_guard lock(mutex);
      if (!busy.insert(event.object).second) ++overlaps;
      seen[event.object].push_back(std::stoi(event.payload));
    }
    std::this_thread::yield();
    const std::lock_guard lock(mutex);
    busy.erase(event.object);
    ++total;
    return ok();
  };
  here.subscribe("test.happened", handler);
  there.subscribe("test.happened", handler);
  here.start(3);
  there.start(3);
  const auto finished = [&] {
    const std::lock_guard lock(mutex);
    return total >= kObjects * kEach;
  };
  while (!finished()) {
    here.wake();
    there.wake();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  here.stop();
  there.stop();
  EXPECT_EQ(overlaps, 0);
  EXPECT_EQ(total, kObjects * kEach);
  for (const auto& [object, payloads] : seen) {
    EXPECT_TRUE(std::is_sorted(payloads.begin(), payloads.end())) << object;
    EXPECT_EQ(payloads.size(), static_cast<std::size_t>(kEach)) << object;
  }
  expect_counts(here, 0, 0);
}

TEST_P(Outbox, StoppingGivesBackWhatWasNotHandled) {
  for (int o = 0; o < 10; ++o) publish_one(std::to_string(o), "{}");
  auto worker = make_worker();
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false, leave = false;
  worker.subscribe("test.happened", [&](const Event&) {
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [&] { return leave; });
    return ok();
  });
  worker.start(1);
  std::thread stopper;
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return entered; });
    stopper = std::thread([&] { worker.stop(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    leave = true;
  }
  changed.notify_all();
  stopper.join();
  // Whoever comes next finds them at once and on their first attempt.
  auto next = make_worker();
  std::set<int> attempts;
  next.subscribe("test.happened", [&](const Event& event) {
    attempts.insert(event.attempt);
    return ok();
  });
  EXPECT_GE(run(next), 1);
  EXPECT_THAT(attempts, ElementsAre(1));
  expect_counts(next, 0, 0);
}

}  // namespace
}  // namespace mq::storage
