#include "bankcard/expiry.h"

#include <algorithm>
#include <cstdio>

#include "bankcard/text.h"
#include "base/limits.h"

namespace mq::bankcard {
namespace {

bool has_label(std::u32string_view before) {
  std::u32string letters;
  for (const char32_t p : before) {
    if (p >= 'a' && p <= 'z')
      letters.push_back(p - 'a' + 'A');
    else if (!between_groups(p) && p != ':')
      letters.push_back(p);
  }
  static constexpr std::u32string_view kLabels[] = {U"THRU",  U"EXP",        U"VALID",
                                                    U"UNTIL", U"MONTH/YEAR", U"有效"};
  return std::any_of(std::begin(kLabels), std::end(kLabels), [&](std::u32string_view label) {
    return letters.find(label) != std::u32string::npos;
  });
}

}  // namespace

std::string Expiry::text() const {
  char out[24];
  std::snprintf(out, sizeof out, "%02d/%02d", month, year % 100);
  return out;
}

std::optional<ExpiryReading> find_expiry(std::string_view row) {
  const auto points = decode(row, limits::kCardTextBytes);
  if (!points) return std::nullopt;
  std::u32string text;  // no space parts MM / YY
  for (std::size_t i = 0; i < points->size(); ++i) {
    const bool beside_slash =
        (i > 0 && (*points)[i - 1] == '/') || (i + 1 < points->size() && (*points)[i + 1] == '/');
    if ((*points)[i] != ' ' || !beside_slash) text.push_back((*points)[i]);
  }
  std::optional<ExpiryReading> out;
  const auto is_digit = [&](std::size_t i) { return i < text.size() && digit(text[i]); };
  const auto touches = [&](std::size_t i) {
    return i < text.size() && (digit(text[i]) || text[i] == '/');
  };
  for (std::size_t slash = 2; slash + 2 < text.size(); ++slash) {
    if (text[slash] != '/' || !is_digit(slash - 1) || !is_digit(slash - 2)) continue;
    if (!is_digit(slash + 1) || !is_digit(slash + 2) || touches(slash + 3) ||
        (slash >= 3 && touches(slash - 3)))
      continue;
    const auto two = [&](std::size_t i) {
      return static_cast<int>((text[i] - '0') * 10 + (text[i + 1] - '0'));
    };
    const Expiry found{2000 + two(slash + 1), two(slash - 2)};
    if (found.month < 1 || found.month > 12) continue;
    if (!out || found > out->expiry) {
      out = ExpiryReading{found, has_label(std::u32string_view(text).substr(0, slash - 2))};
    }
  }
  return out;
}

}  // namespace mq::bankcard
