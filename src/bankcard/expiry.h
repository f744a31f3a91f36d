// Until when a card is valid, as printed: month and year. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mq::bankcard {

struct Expiry {
  int year = 2000;
  int month = 1;             // 1–12
  std::string text() const;  // "05/29"
  auto operator<=>(const Expiry&) const = default;
};

struct ExpiryReading {
  Expiry expiry;
  bool labelled = false;  // VALID THRU, GOOD THRU, EXPIRES, 有效期 or 有效期至 stands before it
};

// The date of the form MM/YY in one row of text; of several the latest, since the first may say
// when the card began. Nothing where more digits or slashes touch it: 05/29/2031 is some other
// date.
std::optional<ExpiryReading> find_expiry(std::string_view row);

}  // namespace mq::bankcard
