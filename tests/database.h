// Runs a test on SQLite and, when MQ_TEST_POSTGRES_URL is set, on PostgreSQL too.
//
//   class LedgerTest : public mq::test::DatabaseTest {
//     void SetUp() override { migrate({storage::kOutboxMigration, kLedgerMigration}); }
//   };
//   MQ_INSTANTIATE_DATABASES(LedgerTest);
//   TEST_P(LedgerTest, Balances) { db().write(…); }
//
// Every test has a fresh database: a file in its own temporary directory, or a schema of its own
// that is dropped afterwards.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "storage/storage.h"

namespace mq::test {

inline const char* postgres_url() {
  const char* url = std::getenv("MQ_TEST_POSTGRES_URL");
  return url != nullptr && *url != '\0' ? url : nullptr;
}

// The databases a test runs on; says so when one is missing.
inline std::vector<std::string> databases() {
  if (postgres_url() != nullptr) return {"sqlite", "postgresql"};
  static const bool said = [] {
    std::fputs("PostgreSQL: not tested, MQ_TEST_POSTGRES_URL is not set\n", stderr);
    return true;
  }();
  (void)said;
  return {"sqlite"};
}

// A fresh, empty database of one kind, removed at the end. For tests that are not fixtures.
class FreshDatabase {
 public:
  explicit FreshDatabase(const std::string& kind) {
    static std::atomic<int> count = 0;
    const std::string name =
        "mq_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    if (kind == "postgresql") {
      url_ = postgres_url();
      schema_ = name;
    } else {
      directory_ = std::filesystem::temp_directory_path() / name;
      std::filesystem::create_directories(directory_);
      url_ = "sqlite:" + (directory_ / "test.db").string();
    }
    reopen();
  }
  ~FreshDatabase() {
    if (!schema_.empty()) {
      if (!database_) reopen();
      const Status dropped = database_->write([&](storage::Transaction& tx) -> Status {
        tx.execute("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
        return ok();
      });
      EXPECT_TRUE(dropped.ok()) << dropped.error().detail();
    }
    database_.reset();
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
  }
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  storage::Database& operator*() { return *database_; }
  const std::string& url() const { return url_; }
  const std::string& schema() const { return schema_; }

  // Another node on the same data.
  std::unique_ptr<storage::Database> open_another() const {
    auto opened = storage::open(url_, schema_.empty() ? "mianqian" : schema_);
    MQ_CHECK(opened.ok());
    return std::move(opened).value();
  }
  void close() { database_.reset(); }
  void reopen() { database_ = open_another(); }

 private:
  std::string url_, schema_;
  std::filesystem::path directory_;
  std::unique_ptr<storage::Database> database_;
};

inline std::string database_name(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

class DatabaseTest : public testing::TestWithParam<std::string> {
 protected:
  storage::Database& db() { return *fresh_; }
  FreshDatabase& fresh() { return fresh_; }

  void migrate(std::initializer_list<storage::Migration> migrations) {
    const std::vector<storage::Migration> list(migrations);
    const Status status = db().migrate(list);
    ASSERT_TRUE(status.ok()) << status.error().code() << ": " << status.error().detail();
  }

 private:
  FreshDatabase fresh_{GetParam()};
};

}  // namespace mq::test

#define MQ_INSTANTIATE_DATABASES(Fixture)                                           \
  INSTANTIATE_TEST_SUITE_P(On, Fixture, testing::ValuesIn(::mq::test::databases()), \
                           ::mq::test::database_name)
