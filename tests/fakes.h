// A clock that stands still until told otherwise, and random bytes that are the same in every run.
#pragma once

#include <atomic>
#include <mutex>
#include <random>
#include <span>

#include "base/ids.h"
#include "base/time.h"

namespace mq::test {

// Thread-safe.
class ManualClock final : public Clock {
 public:
  // 2026-01-05T01:00:00Z, a Monday morning in China.
  explicit ManualClock(Instant start = {1'767'574'800'000'000}) : us_(start.us) {}
  Instant now() const override { return {us_.load()}; }
  void set(Instant at) { us_ = at.us; }
  void advance_ms(std::int64_t ms) { us_ += ms * 1000; }
  void advance_seconds(std::int64_t s) { us_ += s * 1'000'000; }
  void advance_days(std::int64_t days) { advance_seconds(days * 86'400); }

 private:
  std::atomic<std::int64_t> us_;
};

// Thread-safe. Not for keys.
class TestRandom final : public Random {
 public:
  explicit TestRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_() >> 32);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace mq::test
