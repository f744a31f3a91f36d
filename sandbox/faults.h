// Faults on order: how each invented partner misbehaves. Not kept over a restart, so that a
// forgotten switch does not haunt the next run.
#pragma once

#include <boost/describe.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace mq::sandbox {

enum class Mode {
  none,
  slow,             // does it, answers after delay_ms
  down,             // HTTP 503 for everything; notifications wait
  wrong_signature,  // does it; answers and notifications are signed with another secret
  error,            // does nothing, signed HTTP 500
  // Of the payment channel only:
  duplicate,    // every notification arrives three times
  lost_answer,  // does it, then a bare HTTP 500; notifications wait
  decline,      // accepts instructions and lets them fail
};
BOOST_DESCRIBE_ENUM(Mode, none, slow, down, wrong_signature, error, duplicate, lost_answer, decline)

enum class Partner { authority, sms, payment };

enum class FaultErrc { not_for_this_partner, delay_out_of_range };
BOOST_DESCRIBE_ENUM(FaultErrc, not_for_this_partner, delay_out_of_range)
constexpr std::string_view error_domain(FaultErrc) { return "fault"; }

struct Fault {
  Mode mode = Mode::none;
  int delay_ms = kDefaultDelayMs;  // used by `slow`

  static constexpr int kDefaultDelayMs = 6'000;  // just above the caller's usual patience
  static constexpr int kMaxDelayMs = 60'000;
};

struct FaultChange {
  Mode mode = Mode::none;
  std::optional<int> delay_ms;
};
BOOST_DESCRIBE_STRUCT(FaultChange, (), (mode, delay_ms))

// A partner that is left out keeps its setting.
struct FaultsChange {
  std::optional<FaultChange> authority, sms, payment;
};
BOOST_DESCRIBE_STRUCT(FaultsChange, (), (authority, sms, payment))

// Thread-safe.
class Faults {
 public:
  Fault of(Partner partner) const;
  Status change(const FaultsChange& change);  // all of it or nothing
  FaultsChange all() const;

  void wait(int delay_ms);  // returns early once closed
  void close();

 private:
  mutable std::mutex mutex_;
  std::condition_variable closing_;
  bool closed_ = false;
  Fault faults_[3];
};

}  // namespace mq::sandbox
