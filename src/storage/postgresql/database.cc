#include <array>
#include <thread>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "storage/adapter.h"
#include "storage/pool.h"
#include "storage/postgresql/connection.h"

namespace mq::storage {

namespace {

using postgresql::Connection;
using postgresql::Failure;
using postgresql::Target;
using Closure = std::function<Status(Transaction&)>;

// Advisory locks are of the whole PostgreSQL database, ours of one schema: mixed by FNV-1a.
std::int64_t lock_key(std::string_view schema, std::int64_t key) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const unsigned char c : schema) hash = (hash ^ c) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash ^ static_cast<std::uint64_t>(key));
}

class PostgresTransaction final : public AdapterTransaction {
 public:
  PostgresTransaction(Connection& connection, const std::string& schema, bool writes)
      : connection_(connection), schema_(schema), writes_(writes) {}

  Rows query(std::string_view sql, Params params) override {
    begin();
    return postgresql::to_rows(connection_.run(sql, params).get());
  }
  void execute(std::string_view sql, Params params) override {
    begin();
    connection_.queue(sql, params);
  }
  std::int64_t change(std::string_view sql, Params params) override {
    begin();
    const auto result = connection_.run(sql, params);
    return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
  }
  std::string_view for_update() const override { return writes_ ? " FOR UPDATE" : ""; }
  std::string_view skip_locked() const override { return writes_ ? " FOR UPDATE SKIP LOCKED" : ""; }
  void advisory_lock(std::int64_t key) override {
    execute("SELECT pg_advisory_xact_lock($1)", {lock_key(schema_, key)});
  }

  void prepare_migration() override {
    static constexpr std::int64_t kMigrationLock = 0x6d696772617465;  // "migrate"
    begin();
    connection_.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = " +
                       std::to_string(limits::kMigrationLockMs));
    advisory_lock(kMigrationLock);
    connection_.script("CREATE SCHEMA IF NOT EXISTS \"" + schema_ + "\"");
  }
  void apply(const Migration& migration) override {
    begin();
    connection_.script(std::string(migration.sql));
    connection_.script(std::string(migration.postgresql_only));
  }

  bool begun() const { return begun_; }

 private:
  void begin() {
    if (begun_) return;
    begun_ = true;
    connection_.queue(writes_ ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                              : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                      {});
  }

  Connection& connection_;
  const std::string& schema_;
  const bool writes_;
  bool begun_ = false;
};

struct Attempt {
  Status status = ok();
  std::optional<Failure::Kind> failure;  // of the database, not a refusal by the closure
  bool commit_sent = false;
};

class PostgresDatabase final : public AdapterDatabase {
 public:
  explicit PostgresDatabase(Target target)
      : target_(std::move(target)),
        pool_(limits::kPostgresConnections, limits::kConnectionWaitMs,
              [this] { return Connection::open(target_); }) {}

  std::string_view kind() const override { return "postgresql"; }

  Status reach() {
    auto lease = pool_.acquire();
    if (!lease.ok()) return std::move(lease).error();
    return ok();
  }

 protected:
  Status run(Mode mode, const Closure& closure) override {
    MQ_CHECK(!OpenTransaction::inside(this));
    int conflicts = 0;
    bool reconnected = false;
    for (;;) {
      Attempt attempt = run_once(mode, closure);
      if (attempt.failure == Failure::Kind::conflict) {
        if (++conflicts > limits::kTransactionRetries) return std::move(attempt.status);
        wait_a_little(conflicts);
      } else if (attempt.failure == Failure::Kind::lost) {
        pool_.drop_idle();
        // Once COMMIT is on its way only the server knows what came of it.
        if (attempt.commit_sent || reconnected) return std::move(attempt.status);
        reconnected = true;
      } else {
        return std::move(attempt.status);
      }
    }
  }

  // Prepared statements may have been planned for tables that have changed.
  void after_migration() override { pool_.drop_idle(); }

 private:
  Attempt run_once(Mode mode, const Closure& closure) {
    Attempt attempt;
    auto acquired = acquire_live();
    if (!acquired.ok()) {
      attempt.status = std::move(acquired).error();
      return attempt;
    }
    auto lease = std::move(acquired).value();
    PostgresTransaction transaction(*lease, target_.schema, mode == Mode::write);
    try {
      const OpenTransaction open(this);
      attempt.status = closure(transaction);
      if (attempt.status.ok() && transaction.begun()) {
        attempt.commit_sent = mode == Mode::write;
        lease->commit();
      }
    } catch (const Failure& failure) {
      attempt.status = failure.error;
      attempt.failure = failure.kind;
    } catch (...) {
      attempt.status = Error(StorageErrc::failed, "the closure threw an exception");
    }
    if (!attempt.status.ok() && transaction.begun() && !lease->is_worn()) lease->roll_back();
    if (lease->is_worn()) lease.discard();
    return attempt;
  }

  // Found out now, a connection lost while idle costs nobody an answer.
  Result<Pool<Connection>::Lease> acquire_live() {
    for (;;) {
      auto acquired = pool_.acquire();
      if (!acquired.ok() || !(*acquired)->is_stale()) return acquired;
      acquired->discard();
    }
  }

  static void wait_a_little(int round) {
    crypto::SystemRandom random;
    std::array<std::uint8_t, 2> raw{};
    random.fill(raw);
    const int half_ms = (5 << round) / 2;
    std::this_thread::sleep_for(
        std::chrono::milliseconds(half_ms + (raw[0] << 8 | raw[1]) % (half_ms + 1)));
  }

  const Target target_;
  Pool<Connection> pool_;
};

bool is_schema_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && !(name[0] >= '0' && name[0] <= '9') &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgresql(const std::string& url,
                                                  const std::string& schema) {
  if (!is_schema_name(schema)) {
    return Error(StorageErrc::failed, "a schema name is a–z, 0–9 and _, at most 63 letters");
  }
  auto database = std::make_unique<PostgresDatabase>(Target{url, schema});
  MQ_REQUIRE(database->reach());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace mq::storage
