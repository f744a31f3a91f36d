// Dates as statements print them.
#include <array>

#include "documents/statement_text.h"

namespace mq::documents::statements {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr int kFirstYear = 1990, kLastYear = 2099;  // other years are misread or no dates

// A number at the front of `text`: O and l count as digits among digits.
struct Number {
  int value = 0;
  std::size_t digits = 0;
  bool unsure = false;
};

Number take_number(std::string_view& text, std::size_t most) {
  Number out;
  while (!text.empty() && out.digits < most) {
    const char raw = text.front();
    const char c = raw == 'O' || raw == 'o'                 ? '0'
                   : raw == 'l' || raw == 'I' || raw == '|' ? '1'
                                                            : raw;
    if (!is_digit(c)) break;
    // A word may begin with these letters, a number may not.
    if (c != raw && out.digits == 0 && (text.size() < 2 || !is_digit(text[1]))) break;
    out.unsure |= c != raw;
    out.value = out.value * 10 + (c - '0');
    ++out.digits;
    text.remove_prefix(1);
  }
  return out;
}

std::optional<BusinessDate> day_of(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return BusinessDate::from_ymd(year, month, day);
}

bool take_mark(std::string_view& text, std::string_view& mark) {
  for (const std::string_view known : {"-", "/", ".", "年", "月", "日"}) {
    if (!text.starts_with(known)) continue;
    mark = known;
    text.remove_prefix(known.size());
    return true;
  }
  return false;
}

void take_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == ',')) text.remove_prefix(1);
}

int take_month_name(std::string_view& text) {
  constexpr std::array<std::string_view, 12> kNames = {"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  if (text.size() < 3) return 0;
  const auto name = key_of(text.substr(0, 3));
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name != kNames[i]) continue;
    while (!text.empty() && ((text.front() | 0x20) >= 'a' && (text.front() | 0x20) <= 'z')) {
      text.remove_prefix(1);
    }
    if (!text.empty() && text.front() == '.') text.remove_prefix(1);
    return static_cast<int>(i) + 1;
  }
  return 0;
}

DateRead finished(int year, int month, int day, bool unsure, std::size_t bytes) {
  DateRead out;
  out.date = day_of(year, month, day);
  out.unsure = unsure || !out.date;
  out.bytes = bytes;
  return out;
}

std::optional<DateRead> with_month_name(std::string_view whole) {
  std::string_view text = whole;
  Number day;
  int month = take_month_name(text);
  if (month == 0) {
    day = take_number(text, 2);
    if (day.digits == 0) return std::nullopt;
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    take_blanks(text);
    month = take_month_name(text);
    if (month == 0) return std::nullopt;
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  } else {
    take_blanks(text);
    day = take_number(text, 2);
  }
  take_blanks(text);
  const Number year = take_number(text, 4);
  if (day.digits == 0 || year.digits != 4) return std::nullopt;
  return finished(year.value, month, day.value, day.unsure || year.unsure,
                  whole.size() - text.size());
}

// "2025-0412", "202504-12": recognition loses one of two dashes; the digits are all there.
std::optional<DateRead> with_one_dash(std::string_view whole) {
  std::string_view text = whole;
  const Number front = take_number(text, 6);
  if ((front.digits != 4 && front.digits != 6) || text.empty() || text.front() != '-')
    return std::nullopt;
  text.remove_prefix(1);
  const Number back = take_number(text, 8 - front.digits);
  if (front.digits + back.digits != 8) return std::nullopt;
  const bool more = !text.empty() && (is_digit(text.front()) || text.front() == '-');
  const bool time = text.find(':') == 2 && read_time(text);  // joined to it without a blank
  if (more && !time) return std::nullopt;
  const int days =
      front.digits == 4 ? front.value * 10000 + back.value : front.value * 100 + back.value;
  const int year = days / 10000;
  if (year < kFirstYear || year > kLastYear) return std::nullopt;
  return finished(year, days / 100 % 100, days % 100, true, whole.size() - text.size());
}

}  // namespace

std::optional<DateRead> read_date(std::string_view folded) {
  if (const auto named = with_month_name(folded)) return named;
  std::string_view text = folded, mark, second_mark, end_mark;
  const Number first = take_number(text, 8);
  if (first.digits == 8) {
    if (!text.empty() && (is_digit(text.front()) || text.front() == '.' || text.front() == ',')) {
      return std::nullopt;
    }
    const auto year = first.value / 10000;
    if (year < kFirstYear || year > kLastYear) return std::nullopt;
    return finished(year, first.value / 100 % 100, first.value % 100, first.unsure, 8);
  }
  if (const auto joined = with_one_dash(folded)) return joined;
  if ((first.digits != 4 && first.digits != 2 && first.digits != 1) || !take_mark(text, mark)) {
    return std::nullopt;
  }
  const Number second = take_number(text, 2);
  if (second.digits == 0) return std::nullopt;
  if (first.digits < 4 && mark != "年") {
    // Month and day; a point would make an amount of it.
    if (mark == "." || second.digits != 2 || first.digits != 2) return std::nullopt;
    if (!text.empty() && (is_digit(text.front()) || text.front() == '.' || text.front() == '-'))
      return std::nullopt;
    if (first.value > 12 && !first.unsure) return std::nullopt;
    if (mark == "月" && !take_mark(text, end_mark)) return std::nullopt;
    auto out = finished(2000, first.value, second.value, first.unsure || second.unsure,
                        folded.size() - text.size());
    out.without_year = true;
    return out;
  }
  if (!take_mark(text, second_mark)) return std::nullopt;
  const Number day = take_number(text, 2);
  if (day.digits == 0) return std::nullopt;
  if (second_mark == "月") take_mark(text, end_mark);
  const int year = first.digits == 4 ? first.value : 2000 + first.value;
  return finished(year, second.value, day.value, first.unsure || second.unsure || day.unsure,
                  folded.size() - text.size());
}

}  // namespace mq::documents::statements
