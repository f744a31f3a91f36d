#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/limits.h"
#include "database.h"
#include "storage/sqlite/dialect.h"

namespace mq::storage {
namespace {

constexpr Migration kRows{.number = 1, .name = "rows", .sql = "CREATE TABLE rows (n BIGINT)"};

Status insert(Database& database, std::int64_t n) {
  return database.write([&](Transaction& tx) -> Status {
    tx.execute("INSERT INTO rows VALUES ($1)", {n});
    return ok();
  });
}

std::int64_t count(Database& database) {
  const auto rows = database.read([](Transaction& tx) -> Result<std::int64_t> {
    return tx.query("SELECT COUNT(*) FROM rows")[0].i64(0);
  });
  EXPECT_TRUE(rows.ok());
  return rows.ok() ? *rows : -1;
}

TEST(SqliteDialect, ReplacesWholeWordsOutsideQuotes) {
  EXPECT_EQ(to_sqlite("create table t (a BIGINT, b bytea DEFAULT 'BIGINT', \"BIGINT\" TEXT);"),
            "create table t (a INTEGER, b BLOB DEFAULT 'BIGINT', \"BIGINT\" TEXT) STRICT;");
  EXPECT_EQ(to_sqlite("ALTER TABLE t ADD COLUMN big BIGINT; CREATE INDEX i ON t (bigints)"),
            "ALTER TABLE t ADD COLUMN big INTEGER; CREATE INDEX i ON t (bigints)");
}

TEST(SqliteDialect, StrictStandsBeforeATrailingComment) {
  EXPECT_EQ(
      to_sqlite("CREATE TABLE a (n BIGINT) -- ; BIGINT\n; /* ; */ CREATE TABLE b (t TEXT) -- x"),
      "CREATE TABLE a (n INTEGER) STRICT -- ; BIGINT\n; /* ; */ CREATE TABLE b (t TEXT) STRICT"
      " -- x");
  EXPECT_EQ(to_sqlite("CREATE TABLE a (t TEXT DEFAULT 'it''s; CREATE TABLE')"),
            "CREATE TABLE a (t TEXT DEFAULT 'it''s; CREATE TABLE') STRICT");
  EXPECT_EQ(to_sqlite("  -- nothing\n"), "  -- nothing\n");
}

TEST(Sqlite, TheFileIsPrivateAndDurable) {
  test::FreshDatabase fresh("sqlite");
  ASSERT_TRUE((*fresh).migrate(std::span(&kRows, 1)).ok());
  struct stat info {};
  ASSERT_EQ(::stat(fresh.url().substr(7).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto settings = (*fresh).read([](Transaction& tx) -> Result<std::vector<std::int64_t>> {
    EXPECT_EQ(tx.query("PRAGMA journal_mode")[0].text(0), "wal");
    return std::vector{tx.query("PRAGMA synchronous")[0].i64(0),
                       tx.query("PRAGMA foreign_keys")[0].i64(0),
                       tx.query("PRAGMA trusted_schema")[0].i64(0)};
  });
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(*settings, (std::vector<std::int64_t>{2, 1, 0}));
}

// Holds the writer in a closure until told to go on.
class Gate {
 public:
  explicit Gate(Database& database)
      : thread_([this, &database] {
          (void)database.write([this](Transaction&) -> Status {
            std::unique_lock lock(mutex_);
            held_ = true;
            changed_.notify_all();
            changed_.wait(lock, [&] { return open_; });
            return ok();
          });
        }) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  ~Gate() {
    open();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false, open_ = false;
  std::thread thread_;
};

TEST(Sqlite, AFullQueueRefusesAndLosesNothingItTook) {
  test::FreshDatabase fresh("sqlite");
  ASSERT_TRUE((*fresh).migrate(std::span(&kRows, 1)).ok());
  std::vector<std::thread> writers;
  std::atomic<int> written = 0, busy = 0, other = 0;
  constexpr int kWriters = static_cast<int>(limits::kWriteQueue) + 40;
  {
    Gate gate(*fresh);
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        const Status status = insert(*fresh, i);
        ++(status.ok() ? written : status.error().is(StorageErrc::busy) ? busy : other);
      });
    }
    while (busy < 40) std::this_thread::yield();
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(busy, 40);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(written, static_cast<int>(limits::kWriteQueue));
  EXPECT_EQ(count(*fresh), written);
}

// One group holds good closures, one that fails at its statement and one that fails only at COMMIT.
TEST(Sqlite, InOneCommitGroupOnlyTheFailingClosuresFail) {
  test::FreshDatabase fresh("sqlite");
  const Migration tables{
      .number = 1,
      .name = "tables",
      .sql =
          "CREATE TABLE rows (n BIGINT UNIQUE);"
          "CREATE TABLE late (n BIGINT REFERENCES rows (n) DEFERRABLE INITIALLY DEFERRED)"};
  ASSERT_TRUE((*fresh).migrate(std::span(&tables, 1)).ok());
  ASSERT_TRUE(insert(*fresh, 0).ok());
  std::vector<std::thread> writers;
  std::array<std::optional<Status>, 12> outcome;
  std::atomic<std::size_t> started = 0;
  {
    Gate gate(*fresh);
    for (std::size_t i = 0; i < outcome.size(); ++i) {
      writers.emplace_back([&, i] {
        ++started;
        outcome[i] = (*fresh).write([&](Transaction& tx) -> Status {
          tx.execute("INSERT INTO rows VALUES ($1)", {i + 1});
          if (i == 3) tx.execute("INSERT INTO rows VALUES (0)");
          if (i == 7) tx.execute("INSERT INTO late VALUES (-1)");
          return ok();
        });
      });
    }
    while (started < outcome.size()) std::this_thread::yield();
  }
  for (auto& writer : writers) writer.join();
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    EXPECT_EQ(outcome[i]->ok(), i != 3 && i != 7) << i;
  }
  EXPECT_EQ(count(*fresh), 1 + 10);
}

// Another process holds the write lock for good: the writers are told, nothing hangs or is half
// done.
TEST(Sqlite, ALockedFileIsReported) {
  test::FreshDatabase fresh("sqlite");
  ASSERT_TRUE((*fresh).migrate(std::span(&kRows, 1)).ok());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(fresh.url().substr(7).c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const Status status = insert(*fresh, 1);
  EXPECT_EQ(count(*fresh), 0);
  sqlite3_close(other);
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::busy)) << status.error().code();
  EXPECT_TRUE(insert(*fresh, 1).ok());
}

// An operator looks at the database, or `mianqian user` runs, beside the server: what the server
// writes after that is still there for everybody.
TEST(Sqlite, AnotherProcessThatComesAndGoesTakesNothingAway) {
  test::FreshDatabase fresh("sqlite");
  ASSERT_TRUE((*fresh).migrate(std::span(&kRows, 1)).ok());
  const auto path = fresh.url().substr(7);
  const auto seen_by_another = [&] {
    std::FILE* other = popen(("sqlite3 '" + path + "' 'SELECT COUNT(*) FROM rows'").c_str(), "r");
    int rows = -1;
    EXPECT_EQ(std::fscanf(other, "%d", &rows), 1);
    EXPECT_EQ(pclose(other), 0);
    return rows;
  };
  ASSERT_TRUE(insert(*fresh, 1).ok());
  ASSERT_EQ(count(*fresh), 1);  // a second connection of this process
  EXPECT_EQ(seen_by_another(), 1);
  struct stat info {};
  EXPECT_EQ(::stat((path + "-wal").c_str(), &info), 0) << "the log is still in use";
  ASSERT_TRUE(insert(*fresh, 2).ok());
  EXPECT_EQ(seen_by_another(), 2);
  fresh.reopen();
  EXPECT_EQ(count(*fresh), 2) << "nothing acknowledged is lost";
}

TEST(Sqlite, AFileThatIsNoDatabaseIsUnavailable) {
  test::FreshDatabase fresh("sqlite");
  const std::string path = fresh.url().substr(7) + ".txt";
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  for (int i = 0; i < 1000; ++i) std::fputs("not a database\n", file);
  std::fclose(file);
  const auto opened = open("sqlite:" + path);
  ASSERT_FALSE(opened.ok());
  EXPECT_TRUE(opened.error().is(StorageErrc::unavailable)) << opened.error().code();
}

// A child writes rows from several threads and reports each acknowledged one through a pipe, until
// it is killed in the middle of it.
TEST(Sqlite, WhatWasAcknowledgedSurvivesAKill) {
  test::FreshDatabase fresh("sqlite");
  ASSERT_TRUE((*fresh).migrate(std::span(&kRows, 1)).ok());
  fresh.close();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto database = fresh.open_another();
    std::vector<std::thread> writers;
    for (std::int64_t t = 0; t < 4; ++t) {
      writers.emplace_back([&, t] {
        for (std::int64_t n = t;; n += 4) {
          if (!insert(*database, n).ok()) ::_exit(1);
          if (::write(ends[1], &n, sizeof n) != sizeof n) ::_exit(1);
        }
      });
    }
    for (auto& writer : writers) writer.join();
  }
  ::close(ends[1]);
  std::vector<std::int64_t> acknowledged;
  std::int64_t n = 0;
  while (::read(ends[0], &n, sizeof n) == sizeof n) {
    acknowledged.push_back(n);
    if (acknowledged.size() == 300) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int exit = 0;
  ASSERT_EQ(::waitpid(child, &exit, 0), child);
  EXPECT_TRUE(WIFSIGNALED(exit));

  ASSERT_GE(acknowledged.size(), 300u);
  fresh.reopen();
  const auto missing = (*fresh).read([&](Transaction& tx) -> Result<int> {
    int absent = 0;
    for (const auto expected : acknowledged) {
      absent += tx.query("SELECT n FROM rows WHERE n = $1", {expected}).size() == 1 ? 0 : 1;
    }
    EXPECT_EQ(tx.query("PRAGMA integrity_check")[0].text(0), "ok");
    return absent;
  });
  ASSERT_TRUE(missing.ok());
  EXPECT_EQ(*missing, 0);
}

}  // namespace
}  // namespace mq::storage
