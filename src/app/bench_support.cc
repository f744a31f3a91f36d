#include "app/bench_support.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/face_support.h"
#include "base/check.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

double ms_since(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

double process_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Nearest rank; `sorted` is not empty.
double percentile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

void on_threads(int threads, const std::function<void(int)>& work) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work, i);
  work(0);
  for (auto& other : others) other.join();
}

// Vectors of the compiler: each target gets the widest instructions it has.
using Words = std::uint64_t __attribute__((vector_size(64)));
using Floats = float __attribute__((vector_size(64)));
constexpr std::size_t kReadBytes = 256 * 1024 * 1024;  // far above any cache
constexpr int kReadRounds = 3;
constexpr std::int64_t kMultiplyRounds = 4'000'000;
constexpr int kChains = 12;  // independent sums, enough to hide the latency of an instruction

#define MQ_BENCH_READ(name, target_name)                                            \
  __attribute__((target(target_name))) std::uint64_t name(const std::uint8_t* from, \
                                                          std::size_t size) {       \
    Words a{}, b{}, c{}, d{};                                                       \
    const auto* at = reinterpret_cast<const Words*>(from);                          \
    for (const auto* end = at + size / sizeof(Words); at != end; at += 4) {         \
      a ^= at[0], b ^= at[1], c ^= at[2], d ^= at[3];                               \
    }                                                                               \
    a ^= b ^ c ^ d;                                                                 \
    return a[0] ^ a[1] ^ a[2] ^ a[3] ^ a[4] ^ a[5] ^ a[6] ^ a[7];                   \
  }
MQ_BENCH_READ(read_avx512, "avx512f")
MQ_BENCH_READ(read_avx2, "avx2")
MQ_BENCH_READ(read_baseline, "sse2")

#define MQ_BENCH_MULTIPLY(name, target_name)                                               \
  __attribute__((target(target_name))) float name(std::int64_t rounds, float factor) {     \
    Floats sums[kChains];                                                                  \
    for (int i = 0; i < kChains; ++i) sums[i] = Floats{} + factor * static_cast<float>(i); \
    for (std::int64_t i = 0; i < rounds; ++i) {                                            \
      _Pragma("GCC unroll 12") for (Floats & sum : sums) sum = sum * factor + factor;      \
    }                                                                                      \
    Floats total{};                                                                        \
    for (const Floats& sum : sums) total += sum;                                           \
    float out = 0;                                                                         \
    for (std::size_t i = 0; i < sizeof(Floats) / sizeof(float); ++i) out += total[i];      \
    return out;                                                                            \
  }
MQ_BENCH_MULTIPLY(multiply_avx512, "avx512f")
MQ_BENCH_MULTIPLY(multiply_avx2, "avx2,fma")
MQ_BENCH_MULTIPLY(multiply_baseline, "sse2")

bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }
bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}

// Keeps a result that nobody needs from being optimised away.
template <class T>
void consume(T value) {
  volatile T kept = value;
  static_cast<void>(kept);
}

double read_gb_s(const std::uint8_t* data, int threads) {
  const auto read = has_avx512() ? read_avx512 : has_avx2() ? read_avx2 : read_baseline;
  const std::size_t unit = 4 * sizeof(Words);
  const std::size_t share = kReadBytes / static_cast<std::size_t>(threads) / unit * unit;
  double best_ms = 1e9;
  for (int round = 0; round < kReadRounds; ++round) {
    const auto start = SteadyClock::now();
    on_threads(threads,
               [&](int i) { consume(read(data + share * static_cast<std::size_t>(i), share)); });
    best_ms = std::min(best_ms, ms_since(start));
  }
  return static_cast<double>(share) * threads / best_ms / 1e6;
}

double multiply_gop_s() {
  const auto multiply = has_avx512() ? multiply_avx512
                        : has_avx2() ? multiply_avx2
                                     : multiply_baseline;
  constexpr double kPerRound = 2.0 * kChains * sizeof(Floats) / sizeof(float);
  double best_ms = 1e9;
  for (int round = 0; round < 2; ++round) {
    const auto start = SteadyClock::now();
    consume(multiply(kMultiplyRounds, 0.5F));
    best_ms = std::min(best_ms, ms_since(start));
  }
  return kPerRound * static_cast<double>(kMultiplyRounds) / best_ms / 1e6;
}

std::string cpu_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

BenchFigures measure(std::int64_t count, int threads,
                     const std::function<void(std::int64_t)>& work) {
  MQ_CHECK(count >= 1 && threads >= 1);
  std::vector<double> latencies(static_cast<std::size_t>(count));
  std::atomic<std::int64_t> next{0};
  const double cpu_before = process_cpu_ms();
  const auto start = SteadyClock::now();
  on_threads(threads, [&](int) {
    for (std::int64_t i = next++; i < count; i = next++) {
      const auto begun = SteadyClock::now();
      work(i);
      latencies[static_cast<std::size_t>(i)] = ms_since(begun);
    }
  });
  const double wall_ms = ms_since(start);
  const double cpu_ms = process_cpu_ms() - cpu_before;
  std::sort(latencies.begin(), latencies.end());
  const auto calls = static_cast<double>(count);
  return {count, calls * 1e3 / wall_ms, percentile(latencies, 0.50), percentile(latencies, 0.99),
          cpu_ms / calls};
}

json::object figures_json(const BenchFigures& figures) {
  return {{"n", figures.n},
          {"per_s", rounded(figures.per_s, 2)},
          {"p50_ms", rounded(figures.p50_ms, 3)},
          {"p99_ms", rounded(figures.p99_ms, 3)},
          {"cpu_ms", rounded(figures.cpu_ms, 3)}};
}

json::object calibrate(int threads) {
  MQ_CHECK(threads >= 1);
  json::object out = {{"cpu", cpu_name()}, {"threads", threads}};
  {
    const std::size_t size = kReadBytes / sizeof(Words);
    const std::unique_ptr<Words[]> data(new Words[size]);
    std::memset(data.get(), 0x5a, size * sizeof(Words));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(data.get());
    out["memory_read_gb_s"] = rounded(read_gb_s(bytes, 1), 1);
    out["memory_read_gb_s_threads"] = rounded(read_gb_s(bytes, threads), 1);
  }
  out["fp32_gop_s"] = rounded(multiply_gop_s(), 1);
  return out;
}

void print_report(const json::object& report, bool as_json) {
  if (as_json) {
    std::cout << json::serialize(report) << '\n';
    return;
  }
  for (const auto& [name, value] : report)
    std::cout << std::string_view(name) << ": " << value << '\n';
}

}  // namespace mq::app
