#include "idcard/validity.h"

#include <string>

#include "base/limits.h"
#include "idcard/number.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

constexpr int kForLife = 0;
constexpr int kApplicationDays = 90;
constexpr std::size_t kDateDigits = 8;

bool dash(char32_t p) {
  static constexpr std::u32string_view kDashes = U"-‐‑‒–—―−─━~〜_一至到";
  return kDashes.find(p) != std::u32string_view::npos;
}

bool dot(char32_t p) {
  static constexpr std::u32string_view kDots = U".。．·•・,，、:：;'`/年月日";
  return kDots.find(p) != std::u32string_view::npos;
}

bool long_term_mark(char32_t p) { return p == U'长' || p == U'長' || p == U'期'; }

std::optional<BusinessDate> date_of(const std::string& digits, std::size_t at) {
  const auto date = BusinessDate::parse(digits.substr(at, 4) + "-" + digits.substr(at + 4, 2) +
                                        "-" + digits.substr(at + 6, 2));
  if (!date.ok()) return std::nullopt;
  const int year = date->ymd().year;
  if (year < 1900 || year > 2199) return std::nullopt;
  return *date;
}

std::string dotted(BusinessDate date) {
  std::string text = date.iso();
  text[4] = text[7] = '.';
  return text;
}

// The years between two days; 29 February may end on either side of the missing day.
std::optional<int> whole_years(BusinessDate from, BusinessDate to) {
  const int years = to.ymd().year - from.ymd().year;
  if (years <= 0 || years > 100) return std::nullopt;
  const auto same_day = from.plus_months(12 * years);
  const bool leap_day = from.ymd().month == 2 && from.ymd().day == 29;
  const bool day_after = leap_day && same_day.ymd().day == 28 && to == same_day.plus_days(1);
  if (to != same_day && !day_after) return std::nullopt;
  return years;
}

int lawful_years(int age) { return age < 16 ? 5 : age < 26 ? 10 : age < 46 ? 20 : kForLife; }

}  // namespace

std::optional<ValidityReading> parse_validity(std::string_view text) {
  const auto points = decode(text, limits::kCardFieldBytes);
  if (!points) return std::nullopt;
  std::u32string rest = squeezed(*points);
  for (const std::u32string_view label : {U"有效期限", U"有效期"}) {
    if (rest.starts_with(label)) {
      rest.erase(0, label.size());
      break;
    }
  }
  std::string digits;
  bool long_term = false;
  for (const char32_t p : rest) {
    if (long_term_mark(p)) {
      if (digits.size() != kDateDigits) return std::nullopt;
      long_term = true;
    } else if (const int value = digit_of(p); value >= 0) {
      if (long_term || digits.size() == 2 * kDateDigits) return std::nullopt;
      digits.push_back(static_cast<char>('0' + value));
    } else if (!dash(p) && !dot(p)) {
      return std::nullopt;
    }
  }
  if (digits.size() != (long_term ? kDateDigits : 2 * kDateDigits)) return std::nullopt;
  ValidityReading reading;
  const auto from = date_of(digits, 0);
  if (!from) return std::nullopt;
  reading.validity.from = *from;
  if (!long_term) {
    reading.validity.to = date_of(digits, kDateDigits);
    if (!reading.validity.to) return std::nullopt;
  }
  const std::string printed =
      dotted(*from) + "-" + (long_term ? "长期" : dotted(*reading.validity.to));
  std::u32string unspaced;
  for (const char32_t p : *points) {
    if (!space(p)) unspaced.push_back(p);
  }
  reading.exact = encode(unspaced) == printed;
  return reading;
}

std::vector<ValidityIssue> check_validity(const Validity& validity,
                                          std::optional<BusinessDate> birth, BusinessDate today) {
  std::vector<ValidityIssue> issues;
  const auto [from, to] = validity;
  if (to && *to <= from) {
    issues.push_back(ValidityIssue::order);
  } else {
    const auto years = to ? whole_years(from, *to) : std::optional(kForLife);
    const bool lawful =
        years && (*years == kForLife || *years == 5 || *years == 10 || *years == 20);
    if (!lawful) {
      issues.push_back(ValidityIssue::span);
    } else if (birth && *birth <= from && *years != lawful_years(age_on(*birth, from)) &&
               *years != lawful_years(age_on(*birth, from.plus_days(-kApplicationDays)))) {
      issues.push_back(ValidityIssue::span_for_age);
    }
  }
  if (birth && from < *birth) issues.push_back(ValidityIssue::before_birth);
  if (from < BusinessDate::from_ymd(2004, 1, 1)) issues.push_back(ValidityIssue::before_cards);
  if (today < from) issues.push_back(ValidityIssue::in_future);
  if (to && *to < today) issues.push_back(ValidityIssue::expired);
  return issues;
}

}  // namespace mq::idcard
