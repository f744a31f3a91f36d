// What the `bench …` commands share: timing a series of calls, and a yardstick for the machine
// itself.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <functional>

namespace mq::app {

// A series of equal calls. Latencies are wall time by nearest rank; `cpu_ms` is the processor time
// of the whole process for one call, so that work handed to other threads counts.
struct BenchFigures {
  std::int64_t n = 0;
  double per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double cpu_ms = 0;
};

// Calls work(0) … work(count - 1), count >= 1 (CHECK), on `threads` threads that each take the next
// number when they are free. Warm up before: every call is counted.
BenchFigures measure(std::int64_t count, int threads,
                     const std::function<void(std::int64_t)>& work);

// The keys n, per_s, p50_ms, p99_ms, cpu_ms.
boost::json::object figures_json(const BenchFigures& figures);

// A fixed short piece of work on this processor (about half a second), so that figures of two
// machines can be compared: `cpu`, `threads`, `memory_read_gb_s` by one thread and
// `memory_read_gb_s_threads` by all, `fp32_gop_s` by one thread (a multiplication and an addition
// are two).
boost::json::object calibrate(int threads);

// One JSON object, or a line a key.
void print_report(const boost::json::object& report, bool as_json);

}  // namespace mq::app
