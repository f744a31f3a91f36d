#include <mutex>

#include "runtime/http.h"

namespace mq::runtime {

struct Breaker::State {
  mutable std::mutex mutex;
  int failures = 0;                   // in a row
  std::int64_t next_probe_at_ms = 0;  // while open: the earliest next attempt
};

std::shared_ptr<Breaker::State> Breaker::make_state() { return std::make_shared<State>(); }

bool Breaker::allow(std::int64_t now_ms) {
  const std::lock_guard lock(state_->mutex);
  if (state_->failures < limits::kBreakerFailures) return true;
  if (now_ms < state_->next_probe_at_ms) return false;
  // One probe a period, also when the probe's caller dies before it records an outcome.
  state_->next_probe_at_ms = now_ms + limits::kBreakerOpenMs;
  return true;
}

void Breaker::record(bool success, std::int64_t now_ms) {
  const std::lock_guard lock(state_->mutex);
  if (success) {
    state_->failures = 0;
    return;
  }
  if (state_->failures < limits::kBreakerFailures) ++state_->failures;
  if (state_->failures >= limits::kBreakerFailures) {
    state_->next_probe_at_ms = now_ms + limits::kBreakerOpenMs;
  }
}

bool Breaker::open() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failures >= limits::kBreakerFailures;
}

}  // namespace mq::runtime
