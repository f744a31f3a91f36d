// One connection to an SQLite file. Private to storage/. Not thread-safe: one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/storage.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mq::storage::sqlite {

// Thrown by a statement, caught where the closure was called.
struct Failure {
  Error error;
};

class Connection {
 public:
  enum class Use { write, read };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Use use);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // These throw Failure.
  Rows query(std::string_view sql, const Params& params);
  std::int64_t change(std::string_view sql, const Params& params);
  void script(const std::string& sql);

  // BEGIN, COMMIT and the like.
  Status control(const char* sql);
  // False when no transaction is open, e.g. because SQLite itself rolled back on a full disk.
  bool in_transaction() const;

 private:
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    std::vector<std::size_t> values;  // for each SQLite parameter the index of its value
    std::size_t value_count = 0;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Error last_error() const;
  Status configure(Use use);
  Statement& prepare(std::string_view sql);
  void bind(const Statement& statement, const Params& params);
  Rows run(std::string_view sql, const Params& params);
  void forget_statements();

  sqlite3* handle_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace mq::storage::sqlite
