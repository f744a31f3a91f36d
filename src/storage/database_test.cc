#include "database.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/limits.h"
#include "storage/storage.h"

namespace mq::storage {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Migration kThings{
    .number = 2,
    .name = "things",
    .sql =
        "CREATE TABLE things (id TEXT PRIMARY KEY, count BIGINT, note TEXT, data BYTEA);"
        "CREATE TABLE parts (thing TEXT NOT NULL REFERENCES things (id), n BIGINT NOT NULL"
        " CHECK (n < 100));"
        "CREATE TABLE late (thing TEXT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)"};

class DatabaseBehaviour : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({kThings}); }

  Status insert(std::string_view id, std::int64_t count = 0) {
    return db().write([&](Transaction& tx) -> Status {
      tx.execute("INSERT INTO things (id, count) VALUES ($1, $2)", {id, count});
      return ok();
    });
  }
  std::int64_t number(std::string_view sql, const Params& params = {}) {
    auto read = db().read(
        [&](Transaction& tx) -> Result<std::int64_t> { return tx.query(sql, params)[0].i64(0); });
    EXPECT_TRUE(read.ok()) << read.error().code() << " " << read.error().detail();
    return read.ok() ? *read : -1;
  }
  std::int64_t things() { return number("SELECT COUNT(*) FROM things"); }
};
MQ_INSTANTIATE_DATABASES(DatabaseBehaviour);

TEST_P(DatabaseBehaviour, EveryTypeComesBackAsItWent) {
  const Bytes binary = {0x00, 0xff, 0x5c, 0x27, 0x00, 0x80};
  const std::string text = "面签 'quoted' \"double\" \\ $1; -- 😀";
  const auto row = db().write([&](Transaction& tx) -> Result<Row> {
    tx.execute("INSERT INTO things VALUES ($1, $2, $3, $4)",
               {"a", std::numeric_limits<std::int64_t>::min(), text, binary});
    tx.execute("INSERT INTO things VALUES ($1, $2, $3, $4)", {"b", nullptr, "", Bytes{}});
    auto rows = tx.query("SELECT id, count, note, data FROM things ORDER BY id");
    EXPECT_EQ(rows.size(), 2u);
    EXPECT_TRUE(rows[1].is_null(1));
    EXPECT_EQ(rows[1].i64_or_null(1), std::nullopt);
    EXPECT_EQ(rows[1].text(2), "");
    EXPECT_FALSE(rows[1].is_null(3));
    EXPECT_TRUE(rows[1].bytes(3).empty());
    return rows[0];
  });
  ASSERT_TRUE(row.ok()) << row.error().detail();
  EXPECT_EQ(row->i64(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row->text(2), text);
  EXPECT_EQ(row->bytes(3), binary);
}

TEST_P(DatabaseBehaviour, NullsOfEveryKindOfColumn) {
  const auto row = db().write([&](Transaction& tx) -> Result<Row> {
    return tx.query("INSERT INTO things VALUES ($1, $2, $3, $4) RETURNING count, note, data",
                    {"a", std::optional<std::int64_t>{}, nullptr, std::optional<Bytes>{}})[0];
  });
  ASSERT_TRUE(row.ok()) << row.error().detail();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(row->is_null(i)) << i;
  EXPECT_EQ(row->text_or_null(1), std::nullopt);
}

TEST_P(DatabaseBehaviour, SumsCountsAndComparisonsAreWholeNumbers) {
  ASSERT_TRUE(insert("a", 5).ok());
  ASSERT_TRUE(insert("b", 6'000'000'000).ok());
  EXPECT_EQ(number("SELECT SUM(count) FROM things"), 6'000'000'005);
  EXPECT_EQ(number("SELECT COUNT(*) > 1 FROM things"), 1);
  EXPECT_EQ(number("SELECT count + $1 FROM things WHERE id = $2", {1, "b"}), 6'000'000'001);
  EXPECT_EQ(number("SELECT COUNT(*) FROM things WHERE id = $1 OR note = $1", {"a"}), 1);
}

TEST_P(DatabaseBehaviour, FractionsAreRefused) {
  const auto read = db().read(
      [](Transaction& tx) -> Result<std::int64_t> { return tx.query("SELECT 0.5")[0].i64(0); });
  ASSERT_FALSE(read.ok());
  EXPECT_TRUE(read.error().is(StorageErrc::failed));
}

TEST_P(DatabaseBehaviour, TextThatOneDatabaseWouldRefuseIsRefusedByBoth) {
  for (const std::string_view bad :
       {std::string_view("a\0b", 3), std::string_view("\xff"), std::string_view("\xc0\x80"),
        std::string_view("\xed\xa0\x80"), std::string_view("\xe9\x9d")}) {
    const Status status = insert(bad);
    ASSERT_FALSE(status.ok());
    EXPECT_TRUE(status.error().is(StorageErrc::failed));
  }
  EXPECT_EQ(things(), 0);
}

TEST_P(DatabaseBehaviour, ChangeCountsRows) {
  ASSERT_TRUE(insert("a", 1).ok());
  ASSERT_TRUE(insert("b", 1).ok());
  const auto changed = db().write([](Transaction& tx) -> Result<std::int64_t> {
    EXPECT_EQ(tx.change("UPDATE things SET count = 2 WHERE id = $1", {"none"}), 0);
    return tx.change("UPDATE things SET count = 2 WHERE count = $1", {1});
  });
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(*changed, 2);
}

TEST_P(DatabaseBehaviour, AnErrorOfTheClosureRollsBackAndComesOutUnchanged) {
  const Status status = db().write([](Transaction& tx) -> Status {
    tx.execute("INSERT INTO things (id) VALUES ($1)", {"a"});
    return Error(IdErrc::malformed, "mine");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), "id.malformed");
  EXPECT_EQ(status.error().detail(), "mine");
  EXPECT_EQ(things(), 0);
}

TEST_P(DatabaseBehaviour, AnExceptionRollsBack) {
  const Status status = db().write([](Transaction& tx) -> Status {
    tx.query("INSERT INTO things (id) VALUES ($1) RETURNING id", {"a"});
    throw std::runtime_error("secret");
  });
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::failed));
  EXPECT_THAT(status.error().detail(), Not(HasSubstr("secret")));
  EXPECT_EQ(things(), 0);
}

TEST_P(DatabaseBehaviour, AnIncorrectStatementFailsAndTheConnectionStaysUsable) {
  for (int i = 0; i < 20; ++i) {
    const Status status = db().write([](Transaction& tx) -> Status {
      tx.execute("INSERT INTO things (id) VALUES ($1)", {"a"});
      tx.execute("INSERT INTO nowhere VALUES ($1)", {1});
      tx.execute("INSERT INTO things (id) VALUES ($1)", {"b"});
      return ok();
    });
    ASSERT_FALSE(status.ok());
    EXPECT_TRUE(status.error().is(StorageErrc::failed)) << status.error().code();
    EXPECT_THAT(status.error().detail(), HasSubstr("nowhere"));
  }
  EXPECT_EQ(things(), 0);
  EXPECT_TRUE(insert("a").ok());
  EXPECT_TRUE(insert("b").ok());
}

TEST_P(DatabaseBehaviour, ConstraintsAreToldApartAndShowNoValue) {
  ASSERT_TRUE(insert("13800138000").ok());
  const auto refused = [&](std::string_view sql, const Params& params) {
    const Status status = db().write([&](Transaction& tx) -> Status {
      tx.execute(sql, params);
      return ok();
    });
    ASSERT_FALSE(status.ok()) << sql;
    EXPECT_TRUE(status.error().is(StorageErrc::constraint)) << status.error().code();
    EXPECT_THAT(status.error().detail(), Not(HasSubstr("13800138000")));
  };
  refused("INSERT INTO things (id) VALUES ($1)", {"13800138000"});
  refused("INSERT INTO parts VALUES ($1, $2)", {"nobody", 1});
  refused("INSERT INTO parts VALUES ($1, $2)", {"13800138000", 100});
  refused("INSERT INTO parts VALUES ($1, $2)", {nullptr, 1});
  refused("INSERT INTO late VALUES ($1)", {"nobody"});
  EXPECT_EQ(things(), 1);
}

TEST_P(DatabaseBehaviour, AClosureCanActOnAConflictByAskingFirst) {
  ASSERT_TRUE(insert("a", 1).ok());
  const auto rows = db().write([](Transaction& tx) -> Result<std::int64_t> {
    const auto inserted = tx.first(
        "INSERT INTO things (id, count) VALUES ($1, 2) ON CONFLICT (id) DO NOTHING RETURNING id",
        {"a"});
    EXPECT_FALSE(inserted.has_value());
    return tx.first("SELECT count FROM things WHERE id = $1", {"a"})->i64(0);
  });
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, 1);
}

TEST_P(DatabaseBehaviour, ReadsCannotWrite) {
  const Status status = db().read([](Transaction& tx) -> Status {
    tx.change("INSERT INTO things (id) VALUES ($1)", {"a"});
    return ok();
  });
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(StorageErrc::failed)) << status.error().code();
  EXPECT_EQ(things(), 0);
}

TEST_P(DatabaseBehaviour, AReadSeesOneSnapshot) {
  ASSERT_TRUE(insert("a").ok());
  const auto counts = db().read([&](Transaction& tx) -> Result<std::vector<std::int64_t>> {
    const auto before = tx.query("SELECT COUNT(*) FROM things")[0].i64(0);
    std::thread([&] { EXPECT_TRUE(insert("b").ok()); }).join();
    return std::vector{before, tx.query("SELECT COUNT(*) FROM things")[0].i64(0)};
  });
  ASSERT_TRUE(counts.ok());
  EXPECT_THAT(*counts, testing::ElementsAre(1, 1));
  EXPECT_EQ(things(), 2);
}

TEST_P(DatabaseBehaviour, ManyStatementsInOneTransaction) {
  const int n = static_cast<int>(limits::kPostgresPipeline) * 3 + 7;
  const Status status = db().write([&](Transaction& tx) -> Status {
    for (int i = 0; i < n; ++i) {
      tx.execute("INSERT INTO things (id, data) VALUES ($1, $2)",
                 {std::to_string(i), Bytes(10'000, 0x41)});
    }
    return ok();
  });
  ASSERT_TRUE(status.ok()) << status.error().detail();
  EXPECT_EQ(things(), n);
}

TEST_P(DatabaseBehaviour, MoreStatementTextsThanAConnectionKeeps) {
  for (std::size_t i = 0; i < limits::kStatementCache * 2; ++i) {
    EXPECT_EQ(number("SELECT COUNT(*) + " + std::to_string(i) + " FROM things"),
              static_cast<std::int64_t>(i));
  }
}

TEST_P(DatabaseBehaviour, ConcurrentIncrementsAreExact) {
  ASSERT_TRUE(insert("counter").ok());
  constexpr int kThreads = 8, kIncrements = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kIncrements; ++i) {
        const Status status = db().write([](Transaction& tx) -> Status {
          const auto count =
              tx.first("SELECT count FROM things WHERE id = $1" + std::string(tx.for_update()),
                       {"counter"})
                  ->i64(0);
          tx.execute("UPDATE things SET count = $1 WHERE id = $2", {count + 1, "counter"});
          return ok();
        });
        ASSERT_TRUE(status.ok()) << status.error().code();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number("SELECT count FROM things WHERE id = 'counter'"), kThreads * kIncrements);
}

// Every second writer fails, each in its own way; the others' rows are all there and no more.
TEST_P(DatabaseBehaviour, AFailingWriterDoesNotHarmItsNeighbours) {
  ASSERT_TRUE(insert("taken").ok());
  constexpr int kThreads = 12, kRounds = 40;
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        const Status status = db().write([&](Transaction& tx) -> Status {
          tx.execute("INSERT INTO things (id) VALUES ($1)", {id});
          if (t % 4 == 1) tx.execute("INSERT INTO things (id) VALUES ('taken')");
          if (t % 4 == 3) tx.execute("INSERT INTO late VALUES ($1)", {"nobody"});
          return ok();
        });
        const bool as_expected =
            t % 2 == 0 ? status.ok() : !status.ok() && status.error().is(StorageErrc::constraint);
        if (!as_expected) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(things(), 1 + kThreads / 2 * kRounds);
}

// Two transactions that lock two rows in opposite order: PostgreSQL ends one, which is then run
// again.
TEST_P(DatabaseBehaviour, DeadlocksAreRunAgain) {
  ASSERT_TRUE(insert("a").ok());
  ASSERT_TRUE(insert("b").ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        const Status status = db().write([&](Transaction& tx) -> Status {
          const std::string_view order[] = {t == 0 ? "a" : "b", t == 0 ? "b" : "a"};
          for (const auto id : order) {
            tx.query("UPDATE things SET count = count + 1 WHERE id = $1 RETURNING id", {id});
          }
          return ok();
        });
        EXPECT_TRUE(status.ok()) << status.error().code();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number("SELECT SUM(count) FROM things"), 20);
}

TEST_P(DatabaseBehaviour, AnAdvisoryLockHasOneHolder) {
  auto other = fresh().open_another();
  std::atomic<int> inside = 0, most = 0;
  const auto hold = [&](Database& database) {
    for (int i = 0; i < 20; ++i) {
      const Status status = database.write([&](Transaction& tx) -> Status {
        tx.advisory_lock(42);
        tx.query("SELECT COUNT(*) FROM things");
        most = std::max(most.load(), ++inside);
        std::this_thread::yield();
        --inside;
        return ok();
      });
      EXPECT_TRUE(status.ok()) << status.error().detail();
    }
  };
  std::thread second([&] { hold(*other); });
  hold(db());
  second.join();
  EXPECT_EQ(most, 1);
}

TEST_P(DatabaseBehaviour, TransactionsMustNotNest) {
  const auto nest = [&] {
    (void)db().read([&](Transaction&) -> Status {
      return db().write([](Transaction&) -> Status { return ok(); });
    });
  };
  EXPECT_DEATH(nest(), "inside");
}

TEST(Row, AColumnReadAsTheWrongTypeIsABug) {
  EXPECT_DEATH(Row({Value("text")}).i64(0), "CHECK failed");
  EXPECT_DEATH(Row({Value(1)}).bytes(0), "CHECK failed");
  EXPECT_DEATH(Row({}).text(0), "CHECK failed");
}

TEST(Open, RefusesWhatItDoesNotKnow) {
  for (const char* url : {"", "mysql://user:hunter2@host/db",
                          "sqlite:", "sqlite::memory:", "sqlite:/no/such/directory/x.db"}) {
    const auto opened = open(url);
    ASSERT_FALSE(opened.ok()) << url;
    EXPECT_TRUE(opened.error().is(StorageErrc::unavailable));
    EXPECT_THAT(opened.error().detail(), Not(HasSubstr("hunter2")));
  }
}

TEST(Open, PasswordsStayOutOfErrors) {
  for (const char* url : {"postgresql://user:hunter2@127.0.0.1:1/db",
                          "postgresql://user:hunter2@127.0.0.1:1/db?bad%parameter=hunter2",
                          "postgresql://user@127.0.0.1:1/db?password=hunter2&nonsense=1",
                          "postgresql://user:hunter2@[::1/db"}) {
    const auto opened = open(url);
    ASSERT_FALSE(opened.ok()) << url;
    EXPECT_TRUE(opened.error().is(StorageErrc::unavailable)) << opened.error().code();
    EXPECT_THAT(opened.error().detail(), Not(HasSubstr("hunter2")));
  }
}

TEST(Open, SchemaNamesAreChecked) {
  const auto opened = open("postgresql://user@127.0.0.1:1/db", "x\"; DROP TABLE loans; --");
  ASSERT_FALSE(opened.ok());
  EXPECT_TRUE(opened.error().is(StorageErrc::failed));
}

}  // namespace
}  // namespace mq::storage
