#include <gmock/gmock.h>

#include <thread>

#include "database.h"

namespace mq::storage {
namespace {

using testing::HasSubstr;

constexpr Migration kFirst{.number = 1, .name = "first", .sql = "CREATE TABLE a (n BIGINT)"};
constexpr Migration kSecond{
    .number = 2,
    .name = "second",
    .sql = "CREATE TABLE b (n BIGINT); CREATE TABLE c (data BYTEA, t TEXT) -- the end",
    .sqlite_only =
        "CREATE TRIGGER b_no_delete BEFORE DELETE ON b"
        " BEGIN SELECT RAISE(ABORT, 'append-only'); END;",
    .postgresql_only =
        "CREATE FUNCTION b_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION 'append-only'; END $$;"
        "CREATE TRIGGER b_no_delete BEFORE DELETE ON b FOR EACH ROW"
        " EXECUTE FUNCTION b_append_only();"};

class Migrations : public test::DatabaseTest {
 protected:
  Status apply(std::vector<Migration> list) { return db().migrate(list); }
  Status run(std::string_view sql, Params params = {}) {
    return db().write([&](Transaction& tx) -> Status {
      tx.execute(sql, params);
      return ok();
    });
  }
  void expect_refused(const Status& status, std::string_view detail) {
    ASSERT_FALSE(status.ok());
    EXPECT_TRUE(status.error().is(StorageErrc::migration_failed)) << status.error().code();
    EXPECT_THAT(status.error().detail(), HasSubstr(std::string(detail)));
  }
};
MQ_INSTANTIATE_DATABASES(Migrations);

TEST_P(Migrations, ApplyWhatIsMissingOnceEach) {
  ASSERT_TRUE(apply({kFirst}).ok());
  ASSERT_TRUE(run("INSERT INTO a VALUES (1)").ok());
  ASSERT_TRUE(apply({kFirst, kSecond}).ok());
  ASSERT_TRUE(apply({kFirst, kSecond}).ok());
  const auto names = db().read([](Transaction& tx) -> Result<std::vector<std::string>> {
    EXPECT_EQ(tx.query("SELECT n FROM a").size(), 1u);
    std::vector<std::string> out;
    for (const Row& row : tx.query("SELECT name FROM schema_migrations ORDER BY number")) {
      out.push_back(row.text(0));
    }
    return out;
  });
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(*names, testing::ElementsAre("first", "second"));
}

TEST_P(Migrations, ADatabaseNewerThanTheProgramIsRefused) {
  ASSERT_TRUE(apply({kFirst, kSecond}).ok());
  expect_refused(apply({kFirst}), "newer than this program");
}

TEST_P(Migrations, AChangedTextIsRefused) {
  ASSERT_TRUE(apply({kFirst, kSecond}).ok());
  Migration changed = kSecond;
  changed.sqlite_only = "";
  expect_refused(apply({kFirst, changed}), "2 (second): its text changed");
}

TEST_P(Migrations, AFailingOneLeavesNothingOfItselfAndTheEarlierOnes) {
  const Migration broken{
      .number = 2, .name = "broken", .sql = "CREATE TABLE b (n BIGINT); CREATE TABLE a (n BIGINT)"};
  expect_refused(apply({kFirst, broken}), "2 (broken)");
  EXPECT_TRUE(run("INSERT INTO a VALUES (1)").ok());
  EXPECT_FALSE(run("INSERT INTO b VALUES (1)").ok());
  EXPECT_TRUE(apply({kFirst, kSecond}).ok());
}

TEST_P(Migrations, NumbersMustRise) {
  expect_refused(apply({kSecond, kFirst}), "numbers must rise");
  expect_refused(apply({kFirst, kFirst}), "numbers must rise");
}

TEST_P(Migrations, TypesAreStrictAndTriggersSpeakAsConstraints) {
  ASSERT_TRUE(apply({kFirst, kSecond}).ok());
  EXPECT_FALSE(run("INSERT INTO a VALUES ($1)", {"text"}).ok());
  EXPECT_FALSE(run("INSERT INTO c (data) VALUES ($1)", {"text"}).ok());
  ASSERT_TRUE(run("INSERT INTO b VALUES (1)").ok());
  const Status refused = run("DELETE FROM b");
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(StorageErrc::constraint)) << refused.error().code();
  EXPECT_THAT(refused.error().detail(), HasSubstr("append-only"));
}

TEST_P(Migrations, NodesThatStartAtOnceDoNotCollide) {
  std::vector<std::thread> nodes;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    nodes.emplace_back([&] {
      const std::vector<Migration> list = {kFirst, kSecond};
      const Status status = fresh().open_another()->migrate(list);
      if (status.ok()) ++good;
      EXPECT_TRUE(status.ok()) << status.error().detail();
    });
  }
  for (auto& node : nodes) node.join();
  EXPECT_EQ(good, 4);
}

}  // namespace
}  // namespace mq::storage
