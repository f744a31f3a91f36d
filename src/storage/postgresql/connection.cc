#include "storage/postgresql/connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"
#include "storage/adapter.h"

namespace mq::storage::postgresql {

namespace {

// Type numbers of pg_type, fixed since PostgreSQL began.
constexpr Oid kBytea = 17, kInt8 = 20, kText = 25;

Error unavailable(std::string detail) { return {StorageErrc::unavailable, std::move(detail)}; }

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// The password in the URL, so that it can be struck out; nothing when the URL cannot be read.
Result<std::string> password_in(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(url.c_str(), &message));
  PQfreemem(message);  // repeats the URL, so nobody sees it
  if (options == nullptr) return unavailable("the database URL cannot be read");
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) {
      return std::string(option->val);
    }
  }
  return std::string();
}

std::string without(std::string text, const std::string& secret) {
  for (auto at = text.find(secret); !secret.empty() && at != std::string::npos;
       at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
    at += 3;
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Statement texts are ours, values are not: one prepared statement for each text and types of
// values.
char type_letter(const Value& value) {
  struct Letter {
    char operator()(std::monostate) const { return '0'; }
    char operator()(std::int64_t) const { return 'i'; }
    char operator()(const std::string&) const { return 't'; }
    char operator()(const Bytes&) const { return 'b'; }
  };
  return std::visit(Letter{}, value.raw());
}

Oid type_number(char letter) {
  return letter == 'i' ? kInt8 : letter == 't' ? kText : letter == 'b' ? kBytea : 0;
}

// The values in libpq's form. Text goes as binary too: as a C string it would end at a NUL.
class Arguments {
 public:
  explicit Arguments(const Params& params) {
    numbers_.reserve(params.size());
    for (const Value& value : params) std::visit([this](const auto& v) { add(v); }, value.raw());
  }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  int count() const { return static_cast<int>(values_.size()); }

 private:
  void add(std::monostate) { push(nullptr, 0, 0); }
  void add(std::int64_t value) {
    numbers_.push_back(std::to_string(value));
    push(numbers_.back().c_str(), 0, 0);
  }
  void add(const std::string& value) { push(value.data(), value.size(), 1); }
  void add(const Bytes& value) {
    // A null pointer would mean NULL, also with length 0.
    push(value.empty() ? "" : reinterpret_cast<const char*>(value.data()), value.size(), 1);
  }
  void push(const char* data, std::size_t size, int format) {
    values_.push_back(data);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
  }

  std::vector<std::string> numbers_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

StorageErrc code_of(std::string_view sqlstate) {
  if (sqlstate.starts_with("23") || sqlstate == "P0001") return StorageErrc::constraint;
  if (sqlstate.starts_with("08") || sqlstate.starts_with("57P")) return StorageErrc::unavailable;
  if (sqlstate == "55P03") return StorageErrc::busy;
  return StorageErrc::failed;
}

// Messages of these classes speak of our SQL or our triggers; others may repeat a value.
bool tells_no_value(std::string_view sqlstate) {
  return sqlstate.starts_with("42") || sqlstate.starts_with("25") || sqlstate == "P0001" ||
         sqlstate == "55P03" || sqlstate.starts_with("57");
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Target& target) {
  MQ_TRY(const std::string password, password_in(target.url));
  const std::string timeout_s = std::to_string(limits::kPostgresConnectSeconds);
  // What stands before dbname is a default that the URL may change.
  const std::array<const char*, 9> keys = {"application_name",
                                           "connect_timeout",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "tcp_user_timeout",
                                           "dbname",
                                           "client_encoding",
                                           nullptr};
  const std::array<const char*, 9> values = {"mianqian", timeout_s.c_str(),  "10",   "5",    "3",
                                             "15000",    target.url.c_str(), "UTF8", nullptr};
  std::unique_ptr<Connection> connection(
      new Connection(PQconnectdbParams(keys.data(), values.data(), 1)));
  PGconn* handle = connection->handle_;
  if (handle == nullptr || PQstatus(handle) != CONNECTION_OK) {
    return unavailable(handle == nullptr ? "out of memory"
                                         : without(PQerrorMessage(handle), password));
  }
  MQ_REQUIRE(connection->configure(target.schema));
  return connection;
}

Status Connection::configure(const std::string& schema) {
  // The driver's own printing of notices would mix into our log.
  PQsetNoticeReceiver(
      handle_, [](void*, const PGresult*) {}, nullptr);
  const auto ms = [](int value) { return std::to_string(value) + "; "; };
  const std::string settings =
      "SET search_path TO \"" + schema + "\"; " +  //
      "SET statement_timeout = " + ms(limits::kPostgresStatementMs) +
      "SET lock_timeout = " + ms(limits::kPostgresLockMs) +
      "SET idle_in_transaction_session_timeout = " + ms(limits::kPostgresIdleMs) +
      "SET synchronous_commit = on; SET standard_conforming_strings = on;"
      "SET bytea_output = hex; SET TIME ZONE 'UTC'";
  const ResultHandle done(PQexec(handle_, settings.c_str()));
  if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) return failure_of(done.get()).error;
  if (PQenterPipelineMode(handle_) != 1) return unavailable("no pipeline mode");
  return ok();
}

Connection::~Connection() { PQfinish(handle_); }

bool Connection::is_worn() const {
  return broken_ || PQstatus(handle_) != CONNECTION_OK ||
         statements_.size() > limits::kStatementCache;
}

bool Connection::is_stale() const {
  pollfd socket{PQsocket(handle_), POLLIN, 0};
  return ::poll(&socket, 1, 0) != 0;
}

Failure Connection::failure_of(const PGresult* result) const {
  const auto sqlstate = field(result, PG_DIAG_SQLSTATE);
  const auto severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (sqlstate.empty() || severity == "FATAL" || severity == "PANIC" ||
      PQstatus(handle_) != CONNECTION_OK) {
    return {unavailable("the connection to the database was lost"), Failure::Kind::lost};
  }
  std::string detail(sqlstate);
  if (const auto name = field(result, PG_DIAG_CONSTRAINT_NAME); !name.empty()) {
    detail.append(" ").append(name);
  } else if (tells_no_value(sqlstate)) {
    detail.append(" ").append(field(result, PG_DIAG_MESSAGE_PRIMARY));
  }
  const bool conflict = sqlstate == "40001" || sqlstate == "40P01";
  return {Error(conflict ? StorageErrc::conflict : code_of(sqlstate), std::move(detail)),
          conflict ? Failure::Kind::conflict : Failure::Kind::refused};
}

void Connection::check_sent(int sent) {
  if (sent == 1) return;
  broken_ = true;
  throw Failure{unavailable("the connection to the database was lost"), Failure::Kind::lost};
}

const std::string& Connection::prepare(std::string_view sql, const Params& params) {
  std::string key;
  std::vector<Oid> types;
  for (const Value& value : params) {
    key.push_back(type_letter(value));
    types.push_back(type_number(key.back()));
  }
  key.append(" ").append(sql);
  const auto [found, added] = statements_.try_emplace(key);
  if (added) {
    found->second = "s" + std::to_string(++prepared_);
    check_sent(PQsendPrepare(handle_, found->second.c_str(), std::string(sql).c_str(),
                             static_cast<int>(types.size()), types.data()));
    pending_.push_back({Pending::Kind::prepare, key});
  }
  return found->second;
}

void Connection::queue(std::string_view sql, const Params& params) {
  if (!are_storable(params)) {
    throw Failure{Error(StorageErrc::failed, "text that is not UTF-8 or holds a NUL"),
                  Failure::Kind::refused};
  }
  if (pending_.size() >= limits::kPostgresPipeline) {
    check_sent(PQsendFlushRequest(handle_));
    drain();
  }
  const std::string& name = prepare(sql, params);
  const Arguments arguments(params);
  check_sent(PQsendQueryPrepared(handle_, name.c_str(), arguments.count(), arguments.values(),
                                 arguments.lengths(), arguments.formats(), 0));
  pending_.push_back({Pending::Kind::statement, {}});
}

ResultHandle Connection::run(std::string_view sql, const Params& params) {
  queue(sql, params);
  check_sent(PQsendFlushRequest(handle_));
  return drain();
}

void Connection::sync() {
  check_sent(PQpipelineSync(handle_));
  pending_.push_back({Pending::Kind::sync, {}});
}

void Connection::commit() {
  queue("COMMIT", {});
  sync();
  const ResultHandle done = drain();
  // COMMIT of a transaction that has failed says ROLLBACK, and is no error to the server.
  if (std::string_view(PQcmdStatus(done.get())) != "COMMIT") {
    throw Failure{Error(StorageErrc::failed, "the transaction had failed before its commit"),
                  Failure::Kind::refused};
  }
}

void Connection::roll_back() noexcept {
  try {
    sync();
    try {
      drain();
    } catch (const Failure&) {
      // Why it rolls back is known already.
    }
    if (is_worn()) return;
    if (PQtransactionStatus(handle_) == PQTRANS_IDLE) return;
    queue("ROLLBACK", {});
    sync();
    drain();
  } catch (...) {
    broken_ = true;
  }
}

void Connection::script(const std::string& sql) {
  sync();
  drain();
  check_sent(PQexitPipelineMode(handle_));
  const ResultHandle done(PQexec(handle_, sql.c_str()));
  const auto status = PQresultStatus(done.get());
  check_sent(PQenterPipelineMode(handle_));
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    throw failure_of(done.get());
  }
}

// Reads one result for everything that was sent, also behind a failure, so that the connection
// stays in step; then throws the first failure. Returns the result of the last statement.
ResultHandle Connection::drain() {
  check_sent(PQflush(handle_) >= 0 ? 1 : 0);
  ResultHandle last;
  std::optional<Failure> failure;
  while (!pending_.empty()) {
    Pending pending = std::move(pending_.front());
    pending_.pop_front();
    receive(std::move(pending), last, failure);
  }
  if (failure) throw *failure;
  return last;
}

void Connection::receive(Pending pending, ResultHandle& last, std::optional<Failure>& failure) {
  if (broken_) return;
  ResultHandle result(PQgetResult(handle_));
  const auto status = result == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(result.get());
  const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  if (pending.kind == Pending::Kind::sync && status == PGRES_PIPELINE_SYNC) return;

  if (!good && pending.kind == Pending::Kind::prepare) statements_.erase(pending.key);
  if (status == PGRES_FATAL_ERROR) {
    Failure found = failure_of(result.get());
    broken_ = broken_ || found.kind == Failure::Kind::lost;
    if (!failure) failure = std::move(found);
  } else if (!good && status != PGRES_PIPELINE_ABORTED) {
    broken_ = true;  // COPY or the like: not in step any more
    failure = Failure{Error(StorageErrc::failed, "an unexpected answer"), Failure::Kind::refused};
  }
  if (broken_) return;
  if (good && pending.kind == Pending::Kind::statement) last = std::move(result);
  const ResultHandle end(PQgetResult(handle_));
  MQ_CHECK(end == nullptr);
}

namespace {

std::int64_t whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Failure{Error(StorageErrc::failed, "a result that is not a 64-bit whole number"),
                  Failure::Kind::refused};
  }
  return number;
}

Bytes from_hex(std::string_view text) {
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(nibble(text[i]) << 4 | nibble(text[i + 1])));
  }
  return bytes;
}

Value to_value(Oid type, std::string_view text) {
  constexpr Oid kBool = 16, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701, kNumeric = 1700;
  switch (type) {
    case kInt8:
    case kInt4:
    case kInt2:
    case kNumeric:  // SUM of BIGINT
      return Value(whole_number(text));
    case kBool:
      return Value(text == "t" ? 1 : 0);
    case kBytea:
      return Value(from_hex(text));
    case kFloat4:
    case kFloat8:
      throw Failure{Error(StorageErrc::failed, "a floating-point value in a result"),
                    Failure::Kind::refused};
    default:
      return Value(text);
  }
}

}  // namespace

Rows to_rows(const PGresult* result) {
  const int count = PQntuples(result), columns = PQnfields(result);
  Rows rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        values.emplace_back();
        continue;
      }
      const std::string_view text(PQgetvalue(result, row, column),
                                  static_cast<std::size_t>(PQgetlength(result, row, column)));
      values.push_back(to_value(PQftype(result, column), text));
    }
    rows.emplace_back(std::move(values));
  }
  return rows;
}

}  // namespace mq::storage::postgresql
