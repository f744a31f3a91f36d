#include <algorithm>
#include <map>

#include "crypto/hash.h"
#include "storage/adapter.h"

namespace mq::storage {

namespace {

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL)";

Error failed(const Migration& migration, std::string_view what) {
  return {StorageErrc::migration_failed, "migration " + std::to_string(migration.number) + " (" +
                                             std::string(migration.name) +
                                             "): " + std::string(what)};
}

// Over the text for both databases, so that all installations agree on what a number means.
std::string fingerprint(const Migration& migration) {
  std::string text;
  for (const auto part : {migration.sql, migration.sqlite_only, migration.postgresql_only}) {
    text.append(part).push_back('\0');
  }
  return crypto::hex(crypto::sha256(as_bytes(text)));
}

// The fingerprints of what the database has, by number.
std::map<std::int64_t, std::string> load_applied(Transaction& tx) {
  std::map<std::int64_t, std::string> applied;
  for (const Row& row : tx.query("SELECT number, sha256 FROM schema_migrations")) {
    applied.emplace(row.i64(0), row.text(1));
  }
  return applied;
}

Status check_applied(const std::map<std::int64_t, std::string>& applied,
                     std::span<const Migration> migrations) {
  for (const auto& [number, sha256] : applied) {
    const auto known = std::find_if(migrations.begin(), migrations.end(),
                                    [&](const Migration& m) { return m.number == number; });
    if (known == migrations.end()) {
      return Error(
          StorageErrc::migration_failed,
          "the database is newer than this program: it has migration " + std::to_string(number));
    }
    if (fingerprint(*known) != sha256) {
      return failed(*known, "its text changed after it was applied");
    }
  }
  return ok();
}

Status apply_if_missing(AdapterTransaction& tx, const Migration& migration,
                        std::span<const Migration> all) {
  tx.prepare_migration();
  // Another node may have applied it while this one waited for the lock.
  const auto applied = load_applied(tx);
  MQ_REQUIRE(check_applied(applied, all));
  if (applied.contains(migration.number)) return ok();
  tx.apply(migration);
  tx.execute(
      "INSERT INTO schema_migrations (number, name, sha256, applied_at)"
      " VALUES ($1, $2, $3, $4)",
      {migration.number, migration.name, fingerprint(migration), SystemClock().now()});
  return ok();
}

}  // namespace

Status AdapterDatabase::migrate(std::span<const Migration> migrations) {
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i].number <= migrations[i - 1].number) {
      return failed(migrations[i], "numbers must rise");
    }
  }
  const auto in_transaction = [&](auto&& step) {
    return run(Mode::write, [&](Transaction& tx) -> Status {
      return step(static_cast<AdapterTransaction&>(tx));
    });
  };
  MQ_REQUIRE(in_transaction([&](AdapterTransaction& tx) -> Status {
    tx.prepare_migration();
    tx.apply({.number = 0, .name = "schema_migrations", .sql = kTable});
    return check_applied(load_applied(tx), migrations);
  }));
  for (const Migration& migration : migrations) {
    Status status = in_transaction(
        [&](AdapterTransaction& tx) { return apply_if_missing(tx, migration, migrations); });
    if (status.ok()) continue;
    const Error& error = status.error();
    if (error.is(StorageErrc::migration_failed) || error.is(StorageErrc::unavailable)) return error;
    return failed(migration, error.code() + ": " + error.detail());
  }
  after_migration();
  return ok();
}

}  // namespace mq::storage
