#include "storage/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <charconv>

#include "base/limits.h"
#include "storage/adapter.h"

namespace mq::storage::sqlite {

namespace {

StorageErrc code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CONSTRAINT:
      return StorageErrc::constraint;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StorageErrc::busy;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return StorageErrc::unavailable;
    default:
      return StorageErrc::failed;
  }
}

// SQLite makes files by the umask; this one holds the lender's book. WAL and SHM follow its mode.
// One that is there is not opened: closing it would drop every lock that this process's connections
// hold on it (POSIX), and the next process to close the database would delete the WAL under them.
void create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

// The number in "$12", 0 for anything else.
std::size_t placeholder_number(const char* name) {
  if (name == nullptr || name[0] != '$') return 0;
  const std::string_view digits(name + 1);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const {
      return sqlite3_bind_int64(statement, index, number);
    }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    int operator()(const Bytes& bytes) const {
      // A null pointer would bind NULL, also with length 0.
      if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
      return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, index}, value.raw());
}

Value column_value(sqlite3_stmt* statement, int column) {
  const auto size = [&] {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return Value(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return Value(std::string(text, size()));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
      return Value(Bytes(bytes, bytes + size()));
    }
    case SQLITE_FLOAT:
      throw Failure{Error(StorageErrc::failed, "a floating-point value in a result")};
    default:
      return {};
  }
}

// Ends the statement's run and lets go of the caller's values, however the run ended.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Use use) {
  if (path.empty() || path.starts_with(':')) {
    return Error(StorageErrc::unavailable, "SQLite needs the path of a file");
  }
  create_private(path);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) {
    return Error(StorageErrc::unavailable, path + ": " + sqlite3_errstr(code));
  }
  MQ_REQUIRE(connection->configure(use));
  return connection;
}

Status Connection::configure(Use use) {
  sqlite3_busy_timeout(handle_, limits::kSqliteBusyMs);
  int now = 0;
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, &now);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, &now);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, &now);
  MQ_REQUIRE(control("PRAGMA journal_mode = WAL"));
  MQ_REQUIRE(control("PRAGMA synchronous = FULL"));
  MQ_REQUIRE(control("PRAGMA foreign_keys = ON"));
  MQ_REQUIRE(control("PRAGMA trusted_schema = OFF"));
  MQ_REQUIRE(control("PRAGMA temp_store = MEMORY"));
  // Deleted rows may have been data keys.
  MQ_REQUIRE(control("PRAGMA secure_delete = ON"));
  MQ_REQUIRE(control("PRAGMA journal_size_limit = 67108864"));
  MQ_REQUIRE(control("PRAGMA cache_size = -16384"));
  if (use == Use::read) MQ_REQUIRE(control("PRAGMA query_only = ON"));
  return ok();
}

Connection::~Connection() {
  forget_statements();
  sqlite3_close(handle_);
}

void Connection::forget_statements() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
  statements_.clear();
}

// SQLite's messages name tables, columns and SQL tokens, never values.
Error Connection::last_error() const {
  return {code_of(sqlite3_extended_errcode(handle_)), sqlite3_errmsg(handle_)};
}

Status Connection::control(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return ok();
  return last_error();
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Connection::script(const std::string& sql) {
  if (auto status = control(sql.c_str()); !status.ok()) throw Failure{status.error()};
}

Connection::Statement& Connection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  if (statements_.size() >= limits::kStatementCache) forget_statements();

  Statement statement;
  const char* tail = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement.handle, &tail) != SQLITE_OK) {
    throw Failure{last_error()};
  }
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  bool sound = statement.handle != nullptr && rest.find_first_not_of(" \t\r\n;") == rest.npos;
  for (int i = 1; sound && i <= sqlite3_bind_parameter_count(statement.handle); ++i) {
    const auto number = placeholder_number(sqlite3_bind_parameter_name(statement.handle, i));
    sound = number > 0;
    statement.values.push_back(number - 1);
    statement.value_count = std::max(statement.value_count, number);
  }
  if (!sound) {
    sqlite3_finalize(statement.handle);
    throw Failure{Error(StorageErrc::failed, "not one statement with $1, $2 … as placeholders")};
  }
  return statements_.emplace(sql, std::move(statement)).first->second;
}

void Connection::bind(const Statement& statement, const Params& params) {
  if (params.size() != statement.value_count) {
    throw Failure{Error(StorageErrc::failed, "another number of values than of placeholders")};
  }
  if (!are_storable(params)) {
    throw Failure{Error(StorageErrc::failed, "text that is not UTF-8 or holds a NUL")};
  }
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    const Value& value = params[statement.values[i]];
    if (bind_value(statement.handle, static_cast<int>(i) + 1, value) != SQLITE_OK) {
      throw Failure{last_error()};
    }
  }
}

Rows Connection::run(std::string_view sql, const Params& params) {
  Statement& statement = prepare(sql);
  const Reset reset(statement.handle);
  bind(statement, params);
  Rows rows;
  int code = sqlite3_step(statement.handle);
  const int columns = sqlite3_column_count(statement.handle);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.handle)) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(column_value(statement.handle, i));
    rows.emplace_back(std::move(values));
  }
  if (code != SQLITE_DONE) throw Failure{last_error()};
  return rows;
}

Rows Connection::query(std::string_view sql, const Params& params) { return run(sql, params); }

std::int64_t Connection::change(std::string_view sql, const Params& params) {
  run(sql, params);
  return sqlite3_changes64(handle_);
}

}  // namespace mq::storage::sqlite
