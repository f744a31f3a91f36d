#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/limits.h"
#include "runtime/log.h"
#include "storage/storage.h"

namespace mq::storage {

// `seq` orders the events of one object; nothing is ever claimed by it. While an event is running,
// available_at is the end of its lease. SQLite numbers an INTEGER PRIMARY KEY by itself.
const Migration kOutboxMigration{
    .number = 1,
    .name = "outbox",
    .sql = R"sql(
CREATE TABLE outbox (
  seq BIGINT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL,
  object TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
  attempt BIGINT NOT NULL,
  available_at BIGINT NOT NULL,
  owner TEXT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE INDEX outbox_due ON outbox (available_at) WHERE state IN ('waiting', 'running');
CREATE INDEX outbox_object ON outbox (object, seq) WHERE state IN ('waiting', 'running');
CREATE INDEX outbox_dead ON outbox (topic) WHERE state = 'dead';
CREATE INDEX outbox_done ON outbox (done_at) WHERE state = 'done';
)sql",
    .sqlite_only = {},
    .postgresql_only = "ALTER TABLE outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;"};

void publish(Transaction& tx, Instant now, Random& random, std::string_view topic,
             std::string_view object, std::string_view payload_json) {
  tx.execute(
      "INSERT INTO outbox (id, topic, object, payload, state, attempt, available_at, owner, error,"
      " created_at) VALUES ($1, $2, $3, $4, 'waiting', 0, $5, '', '', $5)",
      {Uuid::v7(now, random), topic, object, payload_json, now});
}

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kFirstDelayMs = 200;
constexpr std::int64_t kLongestDelayMs = 60'000;
constexpr std::chrono::milliseconds kPoll{200};
// A claimed event that waited this long for a thread renews its lease before it is handled.
constexpr std::chrono::milliseconds kRenewAfter{limits::kOutboxLeaseMs / 3};

enum class OutboxErrc { unknown_topic, handler_threw, worker_died };
BOOST_DESCRIBE_ENUM(OutboxErrc, unknown_topic, handler_threw, worker_died)
constexpr std::string_view error_domain(OutboxErrc) { return "outbox"; }

struct Claimed {
  Event event;
  std::string owner;  // with the attempt the proof that the lease is still ours
  SteadyClock::time_point at;
};

std::int64_t delay_ms(int attempt) {
  return std::min(kLongestDelayMs, kFirstDelayMs << std::min(attempt - 1, 20));
}

}  // namespace

struct OutboxWorker::Impl {
  Impl(Database& db, const Clock& time, Random& random)
      : database(db), clock(time), worker(Uuid::v7(time.now(), random).str()) {}

  std::string owner() const { return worker + "/" + std::to_string(generation); }
  Result<std::deque<Claimed>> claim();
  Result<bool> renew(const Claimed& claimed);
  Status call_handler(const Event& event);
  Status deliver(const Event& event);
  Status record(const Claimed& claimed, const Status& delivered);
  Status give_back_unhandled();

  std::optional<Claimed> take();
  void handle(const Claimed& claimed);
  void loop();
  void note_health(const Status& status);
  bool pause();
  bool wait_out_trouble();

  Database& database;
  const Clock& clock;
  const std::string worker;
  int generation = 0;  // guarded by claiming
  std::map<std::string, Handler, std::less<>> handlers;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Claimed> ready;
  bool stopping = false;
  bool woken = false;
  bool healthy = true;
  std::mutex claiming;
  std::vector<std::thread> threads;
};

// The head of each object's queue, if it is due and not running on a living lease. An event in its
// turn is found by its state; a row committed late, whatever its seq, is found the next time.
// A worker does not take a lease over from itself: its handler is still running, whatever a
// simulated clock says. After a claim of unknown outcome it goes on under a new name, so that rows
// it may have claimed without knowing come back by their lease.
Result<std::deque<Claimed>> OutboxWorker::Impl::claim() {
  const Instant now = clock.now();
  const std::string me = owner();
  auto result = database.write([&](Transaction& tx) -> Result<std::deque<Claimed>> {
    const std::string sql =
        "WITH due AS MATERIALIZED (SELECT o.seq FROM outbox o"
        " WHERE o.state IN ('waiting', 'running') AND o.available_at <= $1"
        " AND (o.state = 'waiting' OR o.owner <> $2)"
        " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.object = o.object AND e.seq < o.seq"
        " AND e.state IN ('waiting', 'running'))"
        " ORDER BY o.available_at LIMIT $3" +
        std::string(tx.skip_locked()) +
        ") UPDATE outbox SET state = 'running', owner = $2, attempt = attempt + 1,"
        " available_at = $4 WHERE seq IN (SELECT seq FROM due)"
        " RETURNING id, topic, object, payload, attempt";
    std::deque<Claimed> claimed;
    for (const Row& row :
         tx.query(sql, {now, me, limits::kOutboxBatch, now.plus_ms(limits::kOutboxLeaseMs)})) {
      claimed.push_back(
          {{row.text(0), row.text(1), row.text(2), row.text(3), static_cast<int>(row.i64(4))},
           me,
           SteadyClock::now()});
    }
    return claimed;
  });
  if (!result.ok()) ++generation;
  return result;
}

// False when another worker has taken the event over meanwhile.
Result<bool> OutboxWorker::Impl::renew(const Claimed& claimed) {
  if (SteadyClock::now() - claimed.at < kRenewAfter) return true;
  const Instant end = clock.now().plus_ms(limits::kOutboxLeaseMs);
  return database.write([&](Transaction& tx) -> Result<bool> {
    return tx.change(
               "UPDATE outbox SET available_at = $1 WHERE id = $2 AND state = 'running'"
               " AND owner = $3 AND attempt = $4",
               {end, claimed.event.id, claimed.owner, claimed.event.attempt}) == 1;
  });
}

Status OutboxWorker::Impl::call_handler(const Event& event) {
  // Its last attempt never came back: what kills a worker must not kill the next one for ever.
  if (event.attempt > limits::kOutboxAttempts) return OutboxErrc::worker_died;
  const auto handler = handlers.find(event.topic);
  if (handler == handlers.end()) return OutboxErrc::unknown_topic;
  try {
    return handler->second(event);
  } catch (...) {
    return OutboxErrc::handler_threw;
  }
}

Status OutboxWorker::Impl::deliver(const Event& event) {
  Status delivered = call_handler(event);
  if (delivered.ok()) return delivered;
  const bool last = event.attempt >= limits::kOutboxAttempts;
  log::write(last ? log::Level::error : log::Level::warn, last ? "outbox.parked" : "outbox.retry",
             {{"event_id", event.id},
              {"topic", event.topic},
              {"attempt", event.attempt},
              {"error", delivered.error()}});
  return delivered;
}

Status OutboxWorker::Impl::record(const Claimed& claimed, const Status& delivered) {
  const Event& event = claimed.event;
  const Instant now = clock.now();
  return database.write([&](Transaction& tx) -> Status {
    static constexpr std::string_view kMine =
        " WHERE id = $1 AND state = 'running' AND owner = $2 AND attempt = $3";
    if (delivered.ok()) {
      tx.execute("UPDATE outbox SET state = 'done', error = '', done_at = $4" + std::string(kMine),
                 {event.id, claimed.owner, event.attempt, now});
    } else {
      const bool dead = event.attempt >= limits::kOutboxAttempts;
      tx.execute("UPDATE outbox SET state = $4, error = $5, available_at = $6" + std::string(kMine),
                 {event.id, claimed.owner, event.attempt, dead ? "dead" : "waiting",
                  delivered.error().code(), now.plus_ms(delay_ms(event.attempt))});
    }
    return ok();
  });
}

// What was claimed and not handled when the worker stopped need not wait for its lease.
Status OutboxWorker::Impl::give_back_unhandled() {
  const Instant now = clock.now();
  return database.write([&](Transaction& tx) -> Status {
    tx.execute(
        "UPDATE outbox SET state = 'waiting', attempt = attempt - 1, available_at = $1"
        " WHERE state = 'running' AND owner = $2",
        {now, owner()});
    return ok();
  });
}

void OutboxWorker::Impl::handle(const Claimed& claimed) {
  const auto mine = renew(claimed);
  if (mine.ok() && !*mine) return;
  const Status delivered = deliver(claimed.event);
  // A database that is away for a while must not make the handler run again.
  for (;;) {
    const Status recorded = record(claimed, delivered);
    note_health(recorded);
    if (recorded.ok() || wait_out_trouble()) return;
  }
}

// The next event to handle: a claimed one that waits for a thread, or a fresh claim.
std::optional<Claimed> OutboxWorker::Impl::take() {
  const auto pop = [&]() -> std::optional<Claimed> {
    const std::lock_guard lock(mutex);
    if (stopping || ready.empty()) return std::nullopt;
    Claimed next = std::move(ready.front());
    ready.pop_front();
    return next;
  };
  if (auto next = pop()) return next;
  const std::lock_guard one_at_a_time(claiming);
  if (auto next = pop()) return next;
  auto claimed = claim();
  note_health(claimed.ok() ? ok() : Status(claimed.error()));
  if (!claimed.ok()) return std::nullopt;
  {
    const std::lock_guard lock(mutex);
    ready = std::move(*claimed);
  }
  changed.notify_all();
  return pop();
}

void OutboxWorker::Impl::note_health(const Status& status) {
  const std::lock_guard lock(mutex);
  if (status.ok() == healthy) return;
  healthy = status.ok();
  if (healthy) {
    log::info("outbox.database_back");
  } else {
    log::error("outbox.database_error", {{"error", status.error()}});
  }
}

// Until the next look; true when the worker is to stop.
bool OutboxWorker::Impl::pause() {
  std::unique_lock lock(mutex);
  changed.wait_for(lock, kPoll, [&] { return stopping || woken || !ready.empty(); });
  woken = false;
  return stopping;
}

bool OutboxWorker::Impl::wait_out_trouble() {
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, kPoll, [&] { return stopping; });
}

void OutboxWorker::Impl::loop() {
  for (;;) {
    if (auto next = take()) {
      handle(*next);
    } else if (pause()) {
      return;
    }
  }
}

OutboxWorker::OutboxWorker(Database& database, const Clock& clock, Random& random)
    : impl_(std::make_unique<Impl>(database, clock, random)) {}

OutboxWorker::~OutboxWorker() { stop(); }

void OutboxWorker::subscribe(std::string topic, Handler handler) {
  MQ_CHECK(impl_->threads.empty());
  const bool added = impl_->handlers.emplace(std::move(topic), std::move(handler)).second;
  MQ_CHECK(added);
}

void OutboxWorker::start(int threads) {
  MQ_CHECK(impl_->threads.empty() && threads > 0);
  impl_->stopping = false;
  for (int i = 0; i < threads; ++i) impl_->threads.emplace_back([this] { impl_->loop(); });
}

void OutboxWorker::stop() {
  if (impl_->threads.empty()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  for (auto& thread : impl_->threads) thread.join();
  impl_->threads.clear();
  impl_->ready.clear();
  if (const auto status = impl_->give_back_unhandled(); !status.ok()) {
    log::warn("outbox.not_given_back", {{"error", status.error()}});
  }
}

void OutboxWorker::wake() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->woken = true;
  }
  impl_->changed.notify_all();
}

Result<int> OutboxWorker::run_once() {
  int handled = 0;
  for (;;) {
    MQ_TRY(const auto claimed, impl_->claim());
    if (claimed.empty()) return handled;
    for (const Claimed& next : claimed) {
      const Status delivered = impl_->deliver(next.event);
      MQ_REQUIRE(impl_->record(next, delivered));
      ++handled;
    }
  }
}

Result<OutboxWorker::Counts> OutboxWorker::counts() {
  return impl_->database.read([](Transaction& tx) -> Result<Counts> {
    return Counts{
        .waiting =
            tx.query("SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'running')")[0].i64(0),
        .dead = tx.query("SELECT COUNT(*) FROM outbox WHERE state = 'dead'")[0].i64(0)};
  });
}

Result<int> OutboxWorker::reclaim() {
  const Instant now = impl_->clock.now();
  return impl_->database.write([&](Transaction& tx) -> Result<int> {
    return static_cast<int>(tx.change(
        "UPDATE outbox SET state = 'waiting', available_at = $1 WHERE state = 'running'", {now}));
  });
}

Result<int> OutboxWorker::revive(std::string_view topic) {
  const Instant now = impl_->clock.now();
  auto revived = impl_->database.write([&](Transaction& tx) -> Result<int> {
    return static_cast<int>(
        tx.change("UPDATE outbox SET state = 'waiting', attempt = 0, available_at = $1"
                  " WHERE state = 'dead' AND ($2 = '' OR topic = $2)",
                  {now, topic}));
  });
  wake();
  return revived;
}

}  // namespace mq::storage
