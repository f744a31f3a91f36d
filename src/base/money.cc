#include "base/money.h"

#include <array>

#include "base/check.h"

namespace mq {
namespace {

// Reads [-]digits[.digits] into a whole number of 10^-scale units; false when it is anything else.
bool parse_decimal(std::string_view text, int scale, int max_whole_digits, std::int64_t& out) {
  bool negative = false;
  if (!text.empty() && text.front() == '-') {
    negative = true;
    text.remove_prefix(1);
  }
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || static_cast<int>(whole.size()) > max_whole_digits) return false;
  if (point != std::string_view::npos && fraction.empty()) return false;
  if (static_cast<int>(fraction.size()) > scale) return false;
  std::int64_t value = 0;
  for (const auto part : {whole, fraction}) {
    for (const char c : part) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
  }
  for (auto digits = static_cast<int>(fraction.size()); digits < scale; ++digits) value *= 10;
  out = negative ? -value : value;
  return true;
}

}  // namespace

std::string_view to_string(Currency currency) {
  return boost::describe::enum_to_string(currency, "?");
}

Result<Currency> parse_currency(std::string_view text) {
  for (const auto currency : {Currency::CNY, Currency::USD, Currency::EUR, Currency::HKD}) {
    if (text == to_string(currency)) return currency;
  }
  return MoneyErrc::malformed;
}

Result<Money> Money::parse(std::string_view text, Currency currency) {
  std::int64_t minor = 0;
  if (!parse_decimal(text, 2, 15, minor)) return MoneyErrc::malformed;
  return Money(minor, currency);
}

std::string Money::str() const {
  const auto magnitude =
      minor_ < 0 ? 0 - static_cast<std::uint64_t>(minor_) : static_cast<std::uint64_t>(minor_);
  const auto cents = std::to_string(magnitude % 100);
  return (minor_ < 0 ? "-" : "") + std::to_string(magnitude / 100) + "." +
         (cents.size() < 2 ? "0" : "") + cents;
}

Money Money::operator+(Money other) const {
  MQ_CHECK(currency_ == other.currency_);
  std::int64_t sum = 0;
  MQ_CHECK(!__builtin_add_overflow(minor_, other.minor_, &sum));
  return {sum, currency_};
}

Money Money::operator-(Money other) const {
  MQ_CHECK(currency_ == other.currency_);
  std::int64_t difference = 0;
  MQ_CHECK(!__builtin_sub_overflow(minor_, other.minor_, &difference));
  return {difference, currency_};
}

Money Money::operator-() const { return zero(currency_) - *this; }

std::strong_ordering Money::operator<=>(Money other) const {
  MQ_CHECK(currency_ == other.currency_);
  return minor_ <=> other.minor_;
}

Money Money::times(std::int64_t numerator, std::int64_t denominator) const {
  MQ_CHECK(denominator > 0);
  const __int128 product = static_cast<__int128>(minor_) * numerator;
  const __int128 half = denominator / 2 + denominator % 2;
  const __int128 magnitude = product < 0 ? -product : product;
  __int128 quotient = magnitude / denominator;
  if (magnitude % denominator >= half) ++quotient;
  if (product < 0) quotient = -quotient;
  MQ_CHECK(quotient >= INT64_MIN && quotient <= INT64_MAX);
  return {static_cast<std::int64_t>(quotient), currency_};
}

Money min(Money a, Money b) { return a < b ? a : b; }

Result<Rate> Rate::parse(std::string_view text) {
  std::int64_t nano = 0;
  if (!parse_decimal(text, 9, 4, nano)) return MoneyErrc::malformed;
  if (nano < 0 || nano > 1000 * kScale) return MoneyErrc::out_of_range;
  return Rate(nano);
}

std::string Rate::str() const {
  auto fraction = std::to_string(nano_ % kScale);
  fraction.insert(0, 9 - fraction.size(), '0');
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return std::to_string(nano_ / kScale) + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace mq
