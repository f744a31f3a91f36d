#include "journal.h"

#include <gtest/gtest.h>

#include <vector>

#include "temp_dir_for_test.h"

namespace mq::sandbox {
namespace {

class JournalTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Journal>> open() {
    lines.clear();
    return Journal::open(dir.file("j"), [&](std::string_view line) {
      lines.emplace_back(line);
      return ok();
    });
  }
  TempDir dir;
  std::vector<std::string> lines;
};

TEST_F(JournalTest, GivesBackWhatWasAppended) {
  {
    const auto journal = open();
    ASSERT_TRUE(journal.ok());
    EXPECT_TRUE(lines.empty());
    ASSERT_TRUE((*journal)->append("one").ok());
    ASSERT_TRUE((*journal)->append("two").ok());
  }
  ASSERT_TRUE(open().ok());
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two"}));
}

TEST_F(JournalTest, CutsATornLastLineOffSoThatTheNextOneStandsAlone) {
  dir.write("j", "one\nhalf a li");
  {
    const auto journal = open();
    ASSERT_TRUE(journal.ok());
    EXPECT_EQ(lines, std::vector<std::string>{"one"});
    ASSERT_TRUE((*journal)->append("two").ok());
  }
  EXPECT_EQ(dir.read("j"), "one\ntwo\n");
}

TEST_F(JournalTest, BelongsToOneProcessAtATime) {
  const auto first = open();
  ASSERT_TRUE(first.ok());
  const auto second = open();
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(second.error().is(JournalErrc::in_use));
}

TEST_F(JournalTest, SaysSoWhenTheFolderIsMissing) {
  const auto journal = Journal::open(dir.file("missing/j"), [](std::string_view) { return ok(); });
  ASSERT_FALSE(journal.ok());
  EXPECT_TRUE(journal.error().is(JournalErrc::unreadable));
}

}  // namespace
}  // namespace mq::sandbox
