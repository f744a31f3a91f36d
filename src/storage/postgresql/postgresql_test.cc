// What only PostgreSQL does: lost connections, serialization failures, unknown outcomes.
#include <gmock/gmock.h>

#include <thread>

#include "base/limits.h"
#include "database.h"

namespace mq::storage {
namespace {

constexpr Migration kTables{.number = 1,
                            .name = "tables",
                            .sql = "CREATE TABLE rows (n BIGINT); CREATE TABLE doomed (n BIGINT)",
                            .postgresql_only = R"sql(
CREATE SEQUENCE attempts;
CREATE FUNCTION conflict_until(BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('attempts') < $1 THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF;
  RETURN currval('attempts');
END $$;
CREATE FUNCTION die_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_terminate_backend(pg_backend_pid());
  PERFORM pg_sleep(10);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER doom AFTER INSERT ON doomed DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION die_at_commit();
)sql"};

class Postgresql : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({kTables}); }

  std::int64_t rows() {
    const auto count = db().read([](Transaction& tx) -> Result<std::int64_t> {
      return tx.query("SELECT COUNT(*) FROM rows")[0].i64(0);
    });
    EXPECT_TRUE(count.ok()) << count.error().detail();
    return count.ok() ? *count : -1;
  }
  // Ends the server's process behind that transaction's connection, from another node.
  void kill(std::int64_t backend) {
    const auto killed = other_->write([&](Transaction& tx) -> Status {
      tx.query("SELECT pg_terminate_backend($1::int)", {backend});
      while (!tx.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", {backend}).empty()) {
        tx.query("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()");
      }
      return ok();
    });
    ASSERT_TRUE(killed.ok()) << killed.error().detail();
  }
  static std::int64_t backend(Transaction& tx) {
    return tx.query("SELECT pg_backend_pid()")[0].i64(0);
  }

 private:
  std::unique_ptr<Database> other_ = fresh().open_another();
};

// Instantiated only where there is a server; databases() says so when there is none.
std::vector<std::string> servers() {
  std::vector<std::string> kinds = test::databases();
  kinds.erase(kinds.begin());
  return kinds;
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Postgresql);
INSTANTIATE_TEST_SUITE_P(On, Postgresql, testing::ValuesIn(servers()), test::database_name);

TEST_P(Postgresql, AStaleConnectionIsReplaced) {
  const auto pid = db().read([](Transaction& tx) -> Result<std::int64_t> { return backend(tx); });
  ASSERT_TRUE(pid.ok());
  kill(*pid);
  const Status status = db().write([](Transaction& tx) -> Status {
    tx.execute("INSERT INTO rows VALUES (1)");
    return ok();
  });
  EXPECT_TRUE(status.ok()) << status.error().detail();
  EXPECT_EQ(rows(), 1);
}

TEST_P(Postgresql, AConnectionLostBeforeTheCommitIsRetriedOnce) {
  int runs = 0;
  const Status status = db().write([&](Transaction& tx) -> Status {
    tx.execute("INSERT INTO rows VALUES (1)");
    const auto pid = backend(tx);
    if (++runs == 1) kill(pid);
    tx.query("INSERT INTO rows VALUES (2) RETURNING n");
    return ok();
  });
  ASSERT_TRUE(status.ok()) << status.error().detail();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 2);
}

TEST_P(Postgresql, AConnectionLostTwiceIsUnavailable) {
  int runs = 0;
  const Status status = db().write([&](Transaction& tx) -> Status {
    ++runs;
    kill(backend(tx));
    tx.query("INSERT INTO rows VALUES (2) RETURNING n");
    return ok();
  });
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::unavailable)) << status.error().code();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 0);
}

TEST_P(Postgresql, ACommitOfUnknownOutcomeIsNeverRepeated) {
  int runs = 0;
  const Status status = db().write([&](Transaction& tx) -> Status {
    ++runs;
    tx.execute("INSERT INTO rows VALUES (1)");
    tx.query("INSERT INTO doomed VALUES (1) RETURNING n");
    return ok();
  });
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::unavailable)) << status.error().code();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(rows(), 0);
}

TEST_P(Postgresql, SerializationFailuresAreRunAgain) {
  int runs = 0;
  const auto result = db().write([&](Transaction& tx) -> Result<std::int64_t> {
    ++runs;
    tx.execute("INSERT INTO rows VALUES (1)");
    return tx.query("SELECT conflict_until($1)", {3})[0].i64(0);
  });
  ASSERT_TRUE(result.ok()) << result.error().detail();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(rows(), 1);
}

TEST_P(Postgresql, SerializationFailuresBeyondTheLimitAreAConflict) {
  int runs = 0;
  const Status status = db().write([&](Transaction& tx) -> Status {
    ++runs;
    tx.execute("SELECT conflict_until($1)", {1'000});
    return ok();
  });
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::conflict)) << status.error().code();
  EXPECT_EQ(runs, limits::kTransactionRetries + 1);
}

TEST_P(Postgresql, MoreThreadsThanConnectionsWaitTheirTurn) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (std::size_t t = 0; t < limits::kPostgresConnections * 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const Status status = db().write([](Transaction& tx) -> Status {
          tx.execute("INSERT INTO rows VALUES (1)");
          return ok();
        });
        if (!status.ok()) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(rows(), static_cast<std::int64_t>(limits::kPostgresConnections) * 40);
}

TEST_P(Postgresql, SchemasAreSeparate) {
  auto keys = open(fresh().url(), fresh().schema() + "_keys");
  ASSERT_TRUE(keys.ok());
  ASSERT_TRUE((*keys)->migrate(std::span(&kTables, 1)).ok());
  const Status status = (*keys)->write([&](Transaction& tx) -> Status {
    tx.query("INSERT INTO rows VALUES (1) RETURNING n");
    tx.execute("DROP SCHEMA " + fresh().schema() + "_keys CASCADE");
    return ok();
  });
  EXPECT_TRUE(status.ok()) << status.error().detail();
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace mq::storage
