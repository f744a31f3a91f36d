// Resident identity numbers (GB 11643-1999). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace mq::idcard {

struct IdNumberFacts {
  BusinessDate birth;
  bool male = false;
  int region = 0;  // the first six digits, see region.h; not checked here
};

// Eighteen characters, a birth date that exists, and the right check character (weights
// 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, sum mod 11 → 1 0 X 9 8 7 6 5 4 3 2); nothing otherwise.
std::optional<IdNumberFacts> read_id_number(std::string_view number);

// Why a number is none. Fifteen digits with a date in them are the numbers given until 1999: they
// have no check character, went out of use with the last cards of the first generation on
// 2013-01-01, and are never turned into an eighteen-digit number here.
enum class NumberState { valid, malformed, old_format, no_such_birth, wrong_check };
BOOST_DESCRIBE_ENUM(NumberState, valid, malformed, old_format, no_such_birth, wrong_check)
NumberState inspect_id_number(std::string_view number);

struct NumberReading {
  std::string number;   // eighteen characters, X as a capital
  IdNumberFacts facts;  // birth from 1880 to 2099
  int repairs = 0;      // characters that were read as their look-alike
  bool alone = true;    // no further digit touches it
};

// What a recogniser of printed characters took for an identity number. Spaces and full-width forms
// do not count; letters that resemble digits (O D Q → 0, l I | → 1, Z → 2, A → 4, S → 5, G b → 6, T
// → 7, B → 8, g q → 9; B also 3, G also 0) are replaced, six at most, where exactly one replacement
// gives a number; otherwise nothing. A wrong digit is never replaced: the check character could not
// tell by which.
std::optional<NumberReading> repair_id_number(std::string_view text);

// All numbers in a longer text (limits::kCardTextBytes; nothing in a longer one), most certain
// first: one that stands alone before a part of more digits, fewer repairs before more, then by
// position. Each once.
std::vector<NumberReading> find_id_numbers(std::string_view text);

// Completed years of age on a day. Who was born on 29 February gets older on 1 March in common
// years.
int age_on(BusinessDate birth, BusinessDate day);

}  // namespace mq::idcard
