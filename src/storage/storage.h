// Storage: transactions, migrations and the outbox, the same on SQLite and on PostgreSQL.
//
// SQL is written once, in what both databases understand: $1 placeholders, BIGINT, TEXT, BYTEA,
// ON CONFLICT, RETURNING; booleans are BIGINT 0/1, instants BIGINT microseconds, dates BIGINT days,
// identifiers TEXT (UUID), money BIGINT minor units. Where the two differ the text asks the
// transaction: for_update(), skip_locked().
//
// Text is UTF-8 without NUL, anything else is refused (storage.failed); so is a fraction in a result.
// SUM and COUNT come as whole numbers, a comparison as 0/1. A parameter has the type of its Value; NULL
// takes the type of its place, so write it where one column or cast gives that. Every placeholder up to
// the highest is used, and one statement is one call.
//
// Thread-safety: a Database may be used from any thread; a Transaction belongs to its closure.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace mq::storage {

enum class StorageErrc {
  unavailable,        // the database cannot be reached, or went away before the commit was sure
  busy,               // the write queue is full: try again
  constraint,         // a unique, foreign-key or check constraint refused the statement
  conflict,           // serialization failures beyond the retry limit
  migration_failed,   // a migration did not apply, or the database is newer than this program
  failed,             // any other refusal by the database (a bug in our SQL, a full disk)
};
BOOST_DESCRIBE_ENUM(StorageErrc, unavailable, busy, constraint, conflict, migration_failed, failed)
constexpr std::string_view error_domain(StorageErrc) { return "storage"; }

// One SQL value.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  template <class Int, std::enable_if_t<std::is_integral_v<Int>, int> = 0>
  Value(Int value) : v_(static_cast<std::int64_t>(value)) {}
  Value(std::string value) : v_(std::move(value)) {}
  Value(std::string_view value) : v_(std::string(value)) {}
  Value(const char* value) : v_(std::string(value)) {}
  Value(Bytes value) : v_(std::move(value)) {}
  Value(Instant value) : v_(value.us) {}
  Value(BusinessDate value) : v_(static_cast<std::int64_t>(value.days)) {}
  Value(const Uuid& value) : v_(value.str()) {}
  template <class Tag>
  Value(const Id<Tag>& value) : v_(value.str()) {}
  template <class T>
  Value(const std::optional<T>& value) {
    if (value) *this = Value(*value);
  }

  bool is_null() const { return std::holds_alternative<std::monostate>(v_); }
  const auto& raw() const { return v_; }

 private:
  std::variant<std::monostate, std::int64_t, std::string, Bytes> v_;
};

// One result row. A column read as the wrong type is a bug: CHECK.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  std::size_t size() const { return values_.size(); }
  bool is_null(std::size_t column) const { return values_.at(column).is_null(); }
  std::int64_t i64(std::size_t column) const;
  bool flag(std::size_t column) const { return i64(column) != 0; }
  const std::string& text(std::size_t column) const;
  std::optional<std::string> text_or_null(std::size_t column) const;
  std::optional<std::int64_t> i64_or_null(std::size_t column) const;
  const Bytes& bytes(std::size_t column) const;
  Instant instant(std::size_t column) const { return {i64(column)}; }
  BusinessDate date(std::size_t column) const { return {static_cast<std::int32_t>(i64(column))}; }
  Money money(std::size_t column, Currency currency = Currency::CNY) const {
    return {i64(column), currency};
  }
  template <class AnyId>
  AnyId id(std::size_t column) const {
    auto parsed = AnyId::parse(text(column));
    MQ_CHECK(parsed.ok());
    return *parsed;
  }

 private:
  std::vector<Value> values_;
};
using Rows = std::vector<Row>;
using Params = std::vector<Value>;

// Statements fail by unwinding the closure: the adapter throws its own private exception, write()/read()
// catch it and return the Error. A closure must therefore hold nothing that an unwinding would leak, and
// must not catch (...).
class Transaction {
 public:
  virtual ~Transaction() = default;
  // Rows of a SELECT or of a … RETURNING.
  virtual Rows query(std::string_view sql, Params params = {}) = 0;
  // A statement whose result is not needed. It may be sent together with the next statement
  // (PostgreSQL pipeline); its failure then appears there or at the commit.
  virtual void execute(std::string_view sql, Params params = {}) = 0;
  // Number of rows changed.
  virtual std::int64_t change(std::string_view sql, Params params = {}) = 0;

  // Text to put after a SELECT: " FOR UPDATE" / " FOR UPDATE SKIP LOCKED", or "" where the whole
  // database has one writer anyway.
  virtual std::string_view for_update() const = 0;
  virtual std::string_view skip_locked() const = 0;
  // For write(). Holds until the transaction ends; only one transaction in the whole installation holds `key`.
  virtual void advisory_lock(std::int64_t key) = 0;

  // The first row, or nothing.
  std::optional<Row> first(std::string_view sql, Params params = {});
};

struct Migration {
  int number;              // dense, from 1, over the whole product; never changed once released
  std::string_view name;   // "ledger"
  std::string_view sql;    // statements for both databases, separated by ';'
  std::string_view sqlite_only = {};    // e.g. append-only triggers
  std::string_view postgresql_only = {};
};

class Database {
 public:
  virtual ~Database() = default;

  // Runs `closure(Transaction&) -> Result<T>` in a transaction that commits only if it returns a value.
  // The closure may run more than once (retry, commit group): it must be pure apart from the
  // transaction, and short: no partner call, model run, password hash or signature inside. It must not
  // open another transaction on the same Database (CHECK). On SQLite it runs on another thread than the
  // caller's. An exception rolls back and becomes storage.failed.
  template <class Closure>
  auto write(Closure&& closure) {
    return run_typed(Mode::write, std::forward<Closure>(closure));
  }
  // The same for reading: one consistent snapshot, nothing is written.
  template <class Closure>
  auto read(Closure&& closure) {
    return run_typed(Mode::read, std::forward<Closure>(closure));
  }

  // Applies what is missing, each migration in a transaction of its own. Safe when several nodes start
  // at once. Refuses a database that is newer than this program, and one that has a migration with
  // another text. The numbers must rise; a test may leave some out.
  virtual Status migrate(std::span<const Migration> migrations) = 0;
  virtual std::string_view kind() const = 0;  // "sqlite" or "postgresql"

 protected:
  enum class Mode { read, write };
  virtual Status run(Mode mode, const std::function<Status(Transaction&)>& closure) = 0;

 private:
  template <class Closure>
  auto run_typed(Mode mode, Closure&& closure) {
    using R = std::invoke_result_t<Closure&, Transaction&>;
    std::optional<R> out;
    Status status = run(mode, [&](Transaction& tx) -> Status {
      out.reset();
      out.emplace(closure(tx));
      if (!out->ok()) return out->error();
      return mq::ok();
    });
    if (!status.ok()) return R(std::move(status).error());
    return std::move(*out);
  }
};

// `url`: "sqlite:/path/to/file.db" or "postgresql://user@host/db". `schema` keeps stores apart on
// PostgreSQL (the data keys live in another schema than the data); SQLite ignores it.
Result<std::unique_ptr<Database>> open(const std::string& url, const std::string& schema = "mianqian");

// --- Outbox ---------------------------------------------------------------------------------------
// An event is written in the transaction that causes it and handed to its subscriber afterwards, at
// least once, in the order of publication for one object. Payloads hold identifiers only, never
// personal data.
struct Event {
  std::string id;       // UUIDv7; constant over repeats, good as an idempotency key
  std::string topic;    // "<capability>.<past participle>", e.g. "payments.payout_requested"
  std::string object;   // what the order is kept for, e.g. the loan id
  std::string payload;  // JSON
  int attempt = 0;      // 1 at the first delivery
};

void publish(Transaction& tx, Instant now, Random& random, std::string_view topic,
             std::string_view object, std::string_view payload_json);

// Subscribers run on the worker's threads, outside any transaction. An error or an exception means
// "again later" with growing delay; after limits::kOutboxAttempts the event is parked ("dead") and
// stays visible.
class OutboxWorker {
 public:
  using Handler = std::function<Status(const Event&)>;
  OutboxWorker(Database& database, const Clock& clock, Random& random);
  ~OutboxWorker();
  OutboxWorker(const OutboxWorker&) = delete;
  OutboxWorker& operator=(const OutboxWorker&) = delete;

  void subscribe(std::string topic, Handler handler);  // before start(); one handler a topic
  void start(int threads = 2);
  void stop();               // waits for running handlers
  void wake();               // something may be due: look now
  // Claims and handles on this thread until nothing is due, also what handlers publish meanwhile;
  // returns how many deliveries it made. For tests.
  Result<int> run_once();

  struct Counts {
    std::int64_t waiting = 0, dead = 0;
  };
  Result<Counts> counts();
  // Gives back at once what a process that died was handling, instead of when its lease ends; returns
  // how many. Only before start(), and only when no other process works on this database.
  Result<int> reclaim();
  // Puts the parked events of a topic back in the queue ("" = all); returns how many.
  Result<int> revive(std::string_view topic = "");

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

extern const Migration kOutboxMigration;  // number 1

}  // namespace mq::storage
