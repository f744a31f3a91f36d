#include <future>
#include <thread>

#include "base/limits.h"
#include "runtime/queue.h"
#include "storage/adapter.h"
#include "storage/pool.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/dialect.h"

namespace mq::storage {

namespace {

using sqlite::Connection;
using sqlite::Failure;
using Closure = std::function<Status(Transaction&)>;

class SqliteTransaction final : public AdapterTransaction {
 public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

  Rows query(std::string_view sql, Params params) override {
    return connection_.query(sql, params);
  }
  void execute(std::string_view sql, Params params) override { connection_.change(sql, params); }
  std::int64_t change(std::string_view sql, Params params) override {
    return connection_.change(sql, params);
  }
  std::string_view for_update() const override { return ""; }
  std::string_view skip_locked() const override { return ""; }
  void advisory_lock(std::int64_t) override {}

  void prepare_migration() override {}
  void apply(const Migration& migration) override {
    connection_.script(to_sqlite(migration.sql));
    connection_.script(std::string(migration.sqlite_only));
  }

 private:
  Connection& connection_;
};

Status call(const Database* database, Connection& connection, const Closure& closure) {
  const OpenTransaction open(database);
  SqliteTransaction transaction(connection);
  try {
    return closure(transaction);
  } catch (const Failure& failure) {
    return failure.error;
  } catch (...) {
    return Error(StorageErrc::failed, "the closure threw an exception");
  }
}

struct Job {
  const Closure* closure;
  std::promise<Status> outcome;
};
using Group = std::vector<std::unique_ptr<Job>>;
using Outcomes = std::vector<Status>;

class SqliteDatabase final : public AdapterDatabase {
 public:
  SqliteDatabase(std::string path, std::unique_ptr<Connection> writer)
      : writer_(std::move(writer)),
        readers_(
            limits::kSqliteReaders, limits::kConnectionWaitMs,
            [path = std::move(path)] { return Connection::open(path, Connection::Use::read); }),
        queue_(limits::kWriteQueue),
        thread_([this] { write_groups(); }) {}

  ~SqliteDatabase() override {
    queue_.close();
    thread_.join();
  }

  std::string_view kind() const override { return "sqlite"; }

 protected:
  Status run(Mode mode, const Closure& closure) override {
    MQ_CHECK(!OpenTransaction::inside(this));
    if (mode == Mode::read) return run_read(closure);
    auto job = std::make_unique<Job>(Job{&closure, {}});
    auto outcome = job->outcome.get_future();
    if (!queue_.push(std::move(job))) {
      return Error(StorageErrc::busy, "the write queue is full");
    }
    return outcome.get();
  }

 private:
  Status run_read(const Closure& closure) {
    auto reader = readers_.acquire();
    if (!reader.ok()) return std::move(reader).error();
    MQ_REQUIRE((*reader)->control("BEGIN DEFERRED"));
    Status status = call(this, **reader, closure);
    if (!(*reader)->control("ROLLBACK").ok()) reader->discard();
    return status;
  }

  void write_groups() {
    while (auto first = queue_.pop()) {
      Group group;
      group.push_back(std::move(*first));
      while (group.size() < limits::kWriteGroup) {
        auto next = queue_.try_pop();
        if (!next) break;
        group.push_back(std::move(*next));
      }
      Outcomes outcomes = write_group(group);
      for (std::size_t i = 0; i < group.size(); ++i) {
        group[i]->outcome.set_value(std::move(outcomes[i]));
      }
    }
  }

  Outcomes write_group(std::span<const std::unique_ptr<Job>> group) {
    if (auto begun = writer_->control("BEGIN IMMEDIATE"); !begun.ok()) {
      return Outcomes(group.size(), begun);
    }
    Outcomes outcomes;
    for (const auto& job : group) {
      outcomes.push_back(write_one(*job->closure));
      if (writer_->in_transaction()) continue;
      // SQLite gave up the whole transaction (full disk, I/O error): nothing of the group is kept.
      return Outcomes(group.size(),
                      Error(StorageErrc::unavailable, "the commit group was rolled back"));
    }
    Status committed = writer_->control("COMMIT");
    if (committed.ok()) return outcomes;

    (void)writer_->control("ROLLBACK");
    if (committed.error().is(StorageErrc::constraint) && group.size() > 1) {
      // A deferred constraint shows only at COMMIT and does not say whose it is: one by one.
      return write_singly(group);
    }
    for (Status& outcome : outcomes) {
      if (outcome.ok()) outcome = committed;
    }
    return outcomes;
  }

  Outcomes write_singly(std::span<const std::unique_ptr<Job>> group) {
    Outcomes outcomes;
    for (std::size_t i = 0; i < group.size(); ++i) {
      outcomes.push_back(std::move(write_group(group.subspan(i, 1)).front()));
    }
    return outcomes;
  }

  Status write_one(const Closure& closure) {
    MQ_REQUIRE(writer_->control("SAVEPOINT closure"));
    Status status = call(this, *writer_, closure);
    if (!writer_->in_transaction()) return status;
    if (!status.ok()) MQ_REQUIRE(writer_->control("ROLLBACK TO closure"));
    MQ_REQUIRE(writer_->control("RELEASE closure"));
    return status;
  }

  std::unique_ptr<Connection> writer_;
  Pool<Connection> readers_;
  runtime::BoundedQueue<std::unique_ptr<Job>> queue_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  MQ_TRY(auto writer, Connection::open(path, Connection::Use::write));
  return std::unique_ptr<Database>(new SqliteDatabase(path, std::move(writer)));
}

}  // namespace mq::storage
