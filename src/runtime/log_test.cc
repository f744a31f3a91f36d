#include "runtime/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <type_traits>

#include "base/pii.h"
#include "runtime/json.h"

namespace mq::log {
namespace {

static_assert(!std::is_constructible_v<Field, std::string_view, Pii<std::string>>,
              "personal data must not become a log field");

// The lines written while `action` runs.
template <class Action>
std::vector<boost::json::object> lines_of(const Action& action) {
  static int number = 0;
  const auto path = ::testing::TempDir() + "mq_log_" + std::to_string(::getpid()) + "_" +
                    std::to_string(number++);
  EXPECT_TRUE(also_to_file(path).ok());
  action();
  std::vector<boost::json::object> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    auto parsed = runtime::parse_json(line);
    EXPECT_TRUE(parsed.ok()) << line;
    if (parsed.ok()) out.push_back(parsed->as_object());
  }
  ::unlink(path.c_str());
  return out;
}

TEST(Log, WritesOneObjectALineWithTypedFields) {
  const auto lines = lines_of([] {
    info("test.event", {{"text", "值"}, {"count", 3}, {"share", 0.5}, {"yes", true}});
  });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("event").as_string(), "test.event");
  EXPECT_EQ(lines[0].at("level").as_string(), "info");
  EXPECT_EQ(lines[0].at("ts").as_string().back(), 'Z');
  EXPECT_EQ(lines[0].at("text").as_string(), "值");
  EXPECT_EQ(lines[0].at("count").as_int64(), 3);
  EXPECT_TRUE(lines[0].at("yes").as_bool());
}

TEST(Log, HostileTextCannotForgeALine) {
  const std::string hostile = "a\"}\n{\"event\":\"forged\"}\r\xff\x1b[31m{}%s";
  const auto lines = lines_of([&] { warn("test.event", {{"text", hostile}}); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("event").as_string(), "test.event");
  EXPECT_EQ(lines[0].at("text").as_string(), "a\"}\n{\"event\":\"forged\"}\r?\x1b[31m{}%s");
}

TEST(Log, ErrorsShowCodeAndDetail) {
  const auto lines = lines_of([] {
    error("test.event", {{"why", Error(runtime::JsonErrc::invalid, "x is missing")}});
  });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("why").as_string(), "json.invalid: x is missing");
}

TEST(Log, LevelFiltersAndUnknownLevelsChangeNothing) {
  const auto lines = lines_of([] {
    EXPECT_TRUE(set_level("warn"));
    EXPECT_FALSE(set_level("loud"));
    info("test.hidden");
    warn("test.shown");
    EXPECT_TRUE(set_level("debug"));
    debug("test.detail");
    EXPECT_TRUE(set_level("info"));
  });
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].at("event").as_string(), "test.shown");
  EXPECT_EQ(lines[1].at("event").as_string(), "test.detail");
}

TEST(Log, ThreadsDoNotMixTheirLines) {
  const auto lines = lines_of([] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 50; ++i) info("test.event", {{"i", i}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), 200u);
}

TEST(Log, UnwritableFileIsAnError) {
  const auto status = also_to_file("/proc/nowhere/log");
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(LogErrc::cannot_open));
}

}  // namespace
}  // namespace mq::log
