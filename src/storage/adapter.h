// What the two adapters share. Private to storage/.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "storage/storage.h"

namespace mq::storage {

// A closure must not open a second transaction on its own database: on SQLite it would wait for
// itself, on PostgreSQL it would starve the pool. run() checks inside(this), the executing thread
// holds one.
class OpenTransaction {
 public:
  explicit OpenTransaction(const Database* database) : outer_(current_) { current_ = database; }
  ~OpenTransaction() { current_ = outer_; }
  OpenTransaction(const OpenTransaction&) = delete;
  OpenTransaction& operator=(const OpenTransaction&) = delete;
  static bool inside(const Database* database) { return current_ == database; }

 private:
  static inline thread_local const Database* current_ = nullptr;
  const Database* outer_;
};

// PostgreSQL refuses text that is not UTF-8 or holds a NUL; SQLite would keep it. Both refuse it
// here.
bool is_storable_text(std::string_view text);
bool are_storable(const Params& params);

class AdapterTransaction : public Transaction {
 public:
  // Before the first migration: what has to exist, and the lock that keeps other nodes waiting.
  virtual void prepare_migration() = 0;
  virtual void apply(const Migration& migration) = 0;
};

class AdapterDatabase : public Database {
 public:
  Status migrate(std::span<const Migration> migrations) final;

 protected:
  virtual void after_migration() {}
};

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);
Result<std::unique_ptr<Database>> open_postgresql(const std::string& url,
                                                  const std::string& schema);

}  // namespace mq::storage
