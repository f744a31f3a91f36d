// Money and rates. Never floating point: money is a whole number of minor units, a rate an exact decimal.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mq {

enum class MoneyErrc { malformed, out_of_range, currency_mismatch };
BOOST_DESCRIBE_ENUM(MoneyErrc, malformed, out_of_range, currency_mismatch)
constexpr std::string_view error_domain(MoneyErrc) { return "money"; }

// ISO 4217. Two minor digits each; a currency with another exponent needs a wider table.
enum class Currency : std::uint8_t { CNY, USD, EUR, HKD };
BOOST_DESCRIBE_ENUM(Currency, CNY, USD, EUR, HKD)

std::string_view to_string(Currency currency);
Result<Currency> parse_currency(std::string_view text);

// An amount: `minor` hundredths of the currency unit (分). Sums are checked: an overflow or a mix of
// currencies is a bug and stops the process, since amounts are limited where they come in.
class Money {
 public:
  constexpr Money() = default;
  constexpr Money(std::int64_t minor, Currency currency) : minor_(minor), currency_(currency) {}
  static constexpr Money zero(Currency currency = Currency::CNY) { return {0, currency}; }

  // "10000.00", "-3.50", "7". At most two decimals, at most 15 digits before the point.
  static Result<Money> parse(std::string_view text, Currency currency = Currency::CNY);
  // Always two decimals: "10000.00".
  std::string str() const;

  constexpr std::int64_t minor() const { return minor_; }
  constexpr Currency currency() const { return currency_; }
  constexpr bool is_zero() const { return minor_ == 0; }
  constexpr bool is_negative() const { return minor_ < 0; }
  constexpr bool is_positive() const { return minor_ > 0; }

  Money operator+(Money other) const;
  Money operator-(Money other) const;
  Money operator-() const;
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
  std::strong_ordering operator<=>(Money other) const;
  bool operator==(Money other) const { return (*this <=> other) == 0; }

  // round(this · numerator / denominator), half up away from zero, in 128 bits. denominator > 0.
  Money times(std::int64_t numerator, std::int64_t denominator) const;

 private:
  std::int64_t minor_ = 0;
  Currency currency_ = Currency::CNY;
};

Money min(Money a, Money b);

// A yearly rate or a share as an exact decimal: `nano` billionths. 7.2 % is 72'000'000.
class Rate {
 public:
  static constexpr std::int64_t kScale = 1'000'000'000;

  constexpr Rate() = default;
  static constexpr Rate from_nano(std::int64_t nano) { return Rate(nano); }
  // "0.072". At most nine decimals; between 0 and 1000.
  static Result<Rate> parse(std::string_view text);
  // Shortest exact form: "0.072".
  std::string str() const;

  constexpr std::int64_t nano() const { return nano_; }
  constexpr auto operator<=>(const Rate&) const = default;

 private:
  constexpr explicit Rate(std::int64_t nano) : nano_(nano) {}
  std::int64_t nano_ = 0;
};

}  // namespace mq
