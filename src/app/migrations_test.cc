#include "app/migrations.h"

#include <gtest/gtest.h>

#include <set>

#include "database.h"

namespace mq::app {
namespace {

class MigrationsTest : public test::DatabaseTest {};
MQ_INSTANTIATE_DATABASES(MigrationsTest);

TEST(MigrationList, NumbersAreDenseAndNamesAreOnce) {
  for (const auto* list : {&data_migrations(), &key_migrations()}) {
    std::set<std::string_view> names;
    int number = 0;
    for (const auto& migration : *list) {
      EXPECT_EQ(migration.number, ++number) << migration.name;
      EXPECT_TRUE(names.insert(migration.name).second) << migration.name;
    }
  }
}

TEST_P(MigrationsTest, ApplyFromNothingAndAgain) {
  ASSERT_TRUE(db().migrate(data_migrations()).ok());
  const auto again = db().migrate(data_migrations());
  EXPECT_TRUE(again.ok()) << again.error().detail();
}

TEST_P(MigrationsTest, KeysLieInAStoreOfTheirOwn) {
  ASSERT_TRUE(db().migrate(key_migrations()).ok());
  // The two lists are two histories: one store cannot be taken for the other.
  EXPECT_FALSE(db().migrate(data_migrations()).ok());
}

}  // namespace
}  // namespace mq::app
