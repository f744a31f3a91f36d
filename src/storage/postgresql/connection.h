// One pipelined connection to PostgreSQL. Private to storage/. Not thread-safe: one thread at a
// time.
#pragma once

#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/storage.h"

namespace mq::storage::postgresql {

// Thrown by a statement, caught where the closure was called.
struct Failure {
  enum class Kind {
    refused,   // the server's last word
    conflict,  // serialization failure or deadlock: the transaction may be run again
    lost,      // the connection is gone
  };
  Error error;
  Kind kind;
};

struct Target {
  std::string url;
  std::string schema;
};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Target& target);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends nothing yet: goes out with the next run() or finish(), where its failure appears.
  void queue(std::string_view sql, const Params& params);
  // Sends what is queued and this; its result.
  ResultHandle run(std::string_view sql, const Params& params);
  // The same with COMMIT, and ends the pipeline's section.
  void commit();
  // Ends the transaction after a failure or a refusal of the closure; never throws.
  void roll_back() noexcept;
  // Several statements in the open transaction, outside the pipeline.
  void script(const std::string& sql);

  // Not to be used again: lost, or out of step, or with too many prepared statements.
  bool is_worn() const;
  // An idle connection has nothing to read; the end of its server process, or a goodbye, has.
  bool is_stale() const;

 private:
  struct Pending {
    enum class Kind { prepare, statement, sync } kind;
    std::string key;  // of the statement being prepared
  };

  explicit Connection(PGconn* handle) : handle_(handle) {}
  Status configure(const std::string& schema);
  const std::string& prepare(std::string_view sql, const Params& params);
  void sync();
  ResultHandle drain();
  void receive(Pending pending, ResultHandle& last, std::optional<Failure>& failure);
  Failure failure_of(const PGresult* result) const;
  void check_sent(int sent);

  PGconn* handle_;
  bool broken_ = false;
  std::deque<Pending> pending_;
  std::int64_t prepared_ = 0;
  std::unordered_map<std::string, std::string> statements_;  // types and text → name on the server
};

Rows to_rows(const PGresult* result);

}  // namespace mq::storage::postgresql
