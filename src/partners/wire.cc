#include "partners/wire.h"

#include <algorithm>

#include "partners/partners.h"

namespace mq::partners {
namespace {

constexpr std::size_t kReferenceBytes = 64;

// The number in `text`, or -1 when it is not made of digits or is not below `bound`.
int digits(std::string_view text, int bound) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value < bound ? value : -1;
}

}  // namespace

bool is_reference(std::string_view text) {
  return !text.empty() && text.size() <= kReferenceBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<Instant> parse_instant(std::string_view iso) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";
  const Error malformed(PartnersErrc::bad_answer, "an instant is malformed");
  if (iso.size() != kShape.size()) return malformed;
  for (const std::size_t i : {10, 13, 16, 19, 23}) {
    if (iso[i] != kShape[i]) return malformed;
  }
  const auto day = BusinessDate::parse(iso.substr(0, 10));
  const int hour = digits(iso.substr(11, 2), 24), minute = digits(iso.substr(14, 2), 60);
  const int second = digits(iso.substr(17, 2), 60), ms = digits(iso.substr(20, 3), 1000);
  if (!day.ok() || hour < 0 || minute < 0 || second < 0 || ms < 0) return malformed;
  constexpr std::int64_t kDaySeconds = 24 * 60 * 60;
  return Instant{}
      .plus_seconds(day->days * kDaySeconds + hour * 3600 + minute * 60 + second)
      .plus_ms(ms);
}

}  // namespace mq::partners
