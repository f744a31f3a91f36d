// Bank card numbers. Pure.
#pragma once

#include <string_view>

namespace mq::origination {

// 15–19 digits with a right Luhn check digit (ISO/IEC 7812-1).
bool plausible_card_number(std::string_view number);

}  // namespace mq::origination
