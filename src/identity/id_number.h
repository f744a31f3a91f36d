// Resident identity numbers (GB 11643-1999). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace mq::identity {

struct IdNumberFacts {
  BusinessDate birth;
  bool male = false;
};

// Eighteen characters, a birth date that exists, and the right check character (weights
// 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, sum mod 11 → 1 0 X 9 8 7 6 5 4 3 2); nothing otherwise.
std::optional<IdNumberFacts> read_id_number(std::string_view number);

// Completed years of age on a day.
int age_on(BusinessDate birth, BusinessDate day);

// A personal name as on the card: 1–50 Chinese or Latin letters, the middle dot · between parts.
bool plausible_name(std::string_view name);

}  // namespace mq::identity
