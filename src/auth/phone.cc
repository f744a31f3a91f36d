#include "auth/phone.h"

namespace mq::auth {

std::optional<std::string> normal_phone(std::string_view text) {
  if (text.size() > 24) return std::nullopt;
  std::string digits;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    digits.push_back(c);
  }
  if (digits.starts_with("+86")) digits.erase(0, 3);
  if (digits.size() != 11 || digits[0] != '1' || digits[1] < '3') return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  return digits;
}

}  // namespace mq::auth
