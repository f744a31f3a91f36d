#include "app/bench_commands.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "app/bench_support.h"

namespace mq::app {
namespace {

namespace json = boost::json;

void expect_figures(const json::object& report) {
  for (const char* key : {"name", "n", "per_s", "p50_ms", "p99_ms", "cpu_ms"}) {
    EXPECT_TRUE(report.contains(key)) << key;
  }
  EXPECT_LE(report.at("p50_ms").to_number<double>(), report.at("p99_ms").to_number<double>());
}

TEST(Measure, CallsEachNumberOnceOnAnyNumberOfThreads) {
  for (const int threads : {1, 3}) {
    std::vector<std::atomic<int>> calls(50);
    const auto figures =
        measure(50, threads, [&](std::int64_t i) { ++calls[static_cast<std::size_t>(i)]; });
    EXPECT_EQ(figures.n, 50);
    EXPECT_GT(figures.per_s, 0);
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(BenchSearch, FindsAllThatAFloatScanFinds) {
  CLI::App app;
  int exit_code = -1;
  add_bench_search_command(app, exit_code);
  testing::internal::CaptureStdout();
  app.parse("bench search --n 3000 --queries 5 --threads 2 --json");
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_EQ(exit_code, 0);
  const auto report = json::parse(printed).as_object();
  expect_figures(report);
  expect_figures(report.at("yardstick").as_object());
  EXPECT_EQ(report.at("name"), "search");
  EXPECT_EQ(report.at("n"), 3000);
  EXPECT_EQ(report.at("recall").to_number<double>(), 1.0);
  for (const char* key : {"memory_read_gb_s", "memory_read_gb_s_threads", "fp32_gop_s"}) {
    EXPECT_GT(report.at("calibration").at(key).to_number<double>(), 0) << key;
  }
}

TEST(BenchSearch, RefusesSizesOutOfRange) {
  for (const char* line :
       {"bench search --n 5", "bench search --n 5000000", "bench search --threads 0"}) {
    CLI::App app;
    int exit_code = -1;
    add_bench_search_command(app, exit_code);
    EXPECT_THROW(app.parse(line), CLI::ValidationError) << line;
    EXPECT_EQ(exit_code, -1);
  }
}

}  // namespace
}  // namespace mq::app
