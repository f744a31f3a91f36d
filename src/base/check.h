// CHECK: a broken invariant is a bug, and a bug stops the process at once, in every build.
// Expected failures are values (result.h); CHECK is never used on input.
#pragma once

#include <source_location>
#include <string_view>

namespace mq {

// Prints "CHECK failed: <what> at file:line" to stderr and aborts. `what` must not hold personal data.
[[noreturn]] void check_failed(std::string_view what,
                               std::source_location where = std::source_location::current());

}  // namespace mq

#define MQ_CHECK(condition)                        \
  do {                                             \
    if (!(condition)) ::mq::check_failed(#condition); \
  } while (false)
