// Time. An Instant is a moment on the world's clock; a BusinessDate is a day in the lender's book, which
// end of day moves forward. They never convert into each other without a named time zone.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mq {

enum class TimeErrc { malformed };
BOOST_DESCRIBE_ENUM(TimeErrc, malformed)
constexpr std::string_view error_domain(TimeErrc) { return "time"; }

// Microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t us = 0;
  auto operator<=>(const Instant&) const = default;
  Instant plus_ms(std::int64_t ms) const { return {us + ms * 1000}; }
  Instant plus_seconds(std::int64_t s) const { return {us + s * 1'000'000}; }
  std::string iso() const;  // "2026-11-22T08:00:00.123Z"
};

// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
struct BusinessDate {
  std::int32_t days = 0;
  auto operator<=>(const BusinessDate&) const = default;

  static BusinessDate from_ymd(int year, int month, int day);  // CHECKs that the day exists
  static Result<BusinessDate> parse(std::string_view iso);     // "2026-11-22"
  struct Ymd {
    int year, month, day;
  };
  Ymd ymd() const;
  std::string iso() const;
  BusinessDate plus_days(int n) const { return {days + n}; }
  // Same day of month `n` months later; the 29th–31st fall on the last day of a shorter month.
  BusinessDate plus_months(int n) const;
  // The day in China (UTC+8, no daylight saving) at that instant.
  static BusinessDate in_china(Instant at);
};

int days_in_month(int year, int month);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

}  // namespace mq
