#include "origination/card_number.h"

namespace mq::origination {

bool plausible_card_number(std::string_view number) {
  if (number.size() < 15 || number.size() > 19) return false;
  int sum = 0;
  bool twice = false;
  for (auto digit = number.rbegin(); digit != number.rend(); ++digit) {
    if (*digit < '0' || *digit > '9') return false;
    int value = *digit - '0';
    if (twice) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
    twice = !twice;
  }
  return sum % 10 == 0;
}

}  // namespace mq::origination
