#include "storage/adapter.h"

namespace mq::storage {

Result<std::unique_ptr<Database>> open(const std::string& url, const std::string& schema) {
  static constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) return open_sqlite(url.substr(kSqlite.size()));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return open_postgresql(url, schema);
  }
  // The text itself may hold a password, so it is not repeated.
  return Error(StorageErrc::unavailable,
               "a database is given as sqlite:/path/to/file.db or postgresql://user@host/db");
}

}  // namespace mq::storage
