// The common SQL of migrations in SQLite's words. Private to storage/.
#pragma once

#include <string>
#include <string_view>

namespace mq::storage {

// BIGINT becomes INTEGER, BYTEA becomes BLOB, and every CREATE TABLE is STRICT, so that SQLite
// refuses a value of the wrong type as PostgreSQL does. Quoted text and comments stay as they are.
std::string to_sqlite(std::string_view sql);

}  // namespace mq::storage
