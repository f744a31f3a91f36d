// People's sealed data in tests: a data store, a key store, a key ring and a vault over them, and what is
// needed to look behind the capabilities' backs.
//
//   class AuthTest : public mq::test::PeopleTest {
//     void SetUp() override { prepare({storage::kOutboxMigration, …, kAuthMigration}); }
//   };
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.h"
#include "crypto/crypto.h"
#include "database.h"
#include "fakes.h"
#include "vault/vault.h"

namespace mq::test {

inline crypto::KeyRing new_key_ring(Random& random) {
  static std::atomic<int> count = 0;
  const auto path =
      std::filesystem::temp_directory_path() /
      ("mq_test_keys_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
  auto ring = crypto::KeyRing::create(path.string(), random);
  MQ_CHECK(ring.ok());
  std::filesystem::remove(path);
  return *ring;
}

class PeopleTest : public DatabaseTest {
 protected:
  // The data store's migrations; the key store gets its own.
  void prepare(std::initializer_list<storage::Migration> migrations) {
    migrate(migrations);
    const std::vector<storage::Migration> keys = {vault::kKeyStoreMigration};
    ASSERT_TRUE((*key_store_).migrate(keys).ok());
  }

  storage::Database& key_store() { return *key_store_; }

  // A person of whom nothing is known yet; later ones have higher ids.
  PersonId new_person() {
    clock_.advance_ms(1);
    return PersonId::make(clock_.now(), random_);
  }

  // Runs one statement in the data store or the key store, as somebody with the owner's account could;
  // returns the rows changed.
  std::int64_t force(storage::Database& where, std::string_view sql, storage::Params params = {}) {
    const auto changed = where.write([&](storage::Transaction& tx) -> Result<std::int64_t> {
      return tx.change(sql, params);
    });
    EXPECT_TRUE(changed.ok()) << sql << ": " << changed.error().detail();
    return changed.ok() ? *changed : -1;
  }
  std::int64_t force(std::string_view sql, storage::Params params = {}) {
    return force(db(), sql, std::move(params));
  }
  storage::Rows rows(std::string_view sql, storage::Params params = {}) {
    auto found = db().read([&](storage::Transaction& tx) -> Result<storage::Rows> {
      return tx.query(sql, params);
    });
    EXPECT_TRUE(found.ok()) << sql << ": " << found.error().detail();
    return found.ok() ? *found : storage::Rows{};
  }
  std::int64_t number(std::string_view sql, storage::Params params = {}) {
    const auto found = rows(sql, std::move(params));
    EXPECT_EQ(found.size(), 1U) << sql;
    return found.size() == 1 ? found[0].i64(0) : -1;
  }

  // The trail's leaves of one kind (or of a prefix that ends in '.'), newest first.
  std::vector<audit::Leaf> leaves(const std::string& kind) {
    auto found = db().read([&](storage::Transaction& tx) -> Result<std::vector<audit::Leaf>> {
      return audit::leaves(tx, {.kind = kind});
    });
    EXPECT_TRUE(found.ok());
    return found.ok() ? *found : std::vector<audit::Leaf>{};
  }

  // Whether these bytes lie anywhere in the data store: in the file and its log, or in any row of any
  // table. To be called with something that must be found as well, lest the search itself is broken.
  bool lies_in_the_store(std::string_view needle) {
    return db().kind() == "sqlite" ? lies_in_files(needle) : lies_in_rows(needle);
  }

  ManualClock clock_;
  TestRandom random_;
  crypto::KeyRing ring_ = new_key_ring(random_);

 private:
  bool lies_in_files(std::string_view needle) {
    const std::string path = fresh().url().substr(std::string_view("sqlite:").size());
    for (const auto* end : {"", "-wal"}) {
      std::ifstream file(path + end, std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(needle) != std::string::npos) return true;
    }
    return false;
  }
  bool lies_in_rows(std::string_view needle) {
    // A row as text shows BYTEA in hex.
    const std::string hex = crypto::hex(as_bytes(needle));
    for (const auto& table : rows("SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = $1",
                                  {fresh().schema()})) {
      for (const auto& row : rows("SELECT CAST(t AS TEXT) FROM " + table.text(0) + " t")) {
        if (row.text(0).find(needle) != std::string::npos ||
            row.text(0).find(hex) != std::string::npos) {
          return true;
        }
      }
    }
    return false;
  }

  FreshDatabase key_store_{GetParam()};

 protected:
  vault::Vault vault_{*key_store_, ring_, clock_, random_};
};

}  // namespace mq::test
