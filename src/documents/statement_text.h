// Characters of a statement: folding of wide forms, amounts, dates, times. Private to documents/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mq::documents::statements {

// Wide digits, letters and signs as ASCII, all kinds of minus as '-', blanks as ' '; control
// characters and broken UTF-8 are left out.
std::string fold(std::string_view text);

// Folded, small letters, without blanks: for looking up words.
std::string key_of(std::string_view text);

// How wide the text is set: 2 for a Chinese character, 1 for any other.
int set_width(std::string_view text);
// The bytes of the character that begins at `at`.
std::size_t character_bytes(std::string_view text, std::size_t at);

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words);

struct AmountRead {
  std::int64_t minor = 0;
  bool signed_out = false;  // a minus, parentheses or DR stood at it
  bool signed_in = false;   // a plus or CR
  bool unsure = false;      // letters for digits, separators at odd places
  bool decimals = false;    // two digits after a point: hardly anything but an amount
};
// "¥1,234.56", "-8,000.00", "(12.30)", "5.00CR", "8000". Of folded text; nothing for anything else
// or for more than limits::kStatementAmountMinor. `minor` is never negative.
std::optional<AmountRead> read_amount(std::string_view folded);

struct DateRead {
  std::optional<BusinessDate> date;  // absent: looks like a date but is none
  bool without_year = false;         // "01-31": `date` is in the leap year 2000
  bool unsure = false;
  std::size_t bytes = 0;  // of the text that belong to it
};
// A date at the beginning of folded text: 2025-01-31, 2025/1/31, 2025.01.31, 20250131,
// 2025年1月31日, 31 Jan 2025, Jan 31, 2025, 01-31; unsure 2025-0131 and 202501-31.
std::optional<DateRead> read_date(std::string_view folded);

// A time of day at the beginning of folded text: "09:12:11", "09:12", "091211" (six digits alone).
std::optional<std::string> read_time(std::string_view folded);

// Characters to add, remove or change to make `b` of `a`, counted up to 3.
int edits_between(std::string_view a, std::string_view b);

}  // namespace mq::documents::statements
