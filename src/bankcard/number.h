// Card numbers (ISO/IEC 7812-1). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mq::bankcard {

inline constexpr std::size_t kShortestNumber = 15, kLongestNumber = 19;

// 15–19 digits with a right check digit (Luhn): what a person may type. Every single wrong digit
// and every swap of unequal neighbours but 09 ↔ 90 is seen; of other errors one in ten is not.
bool plausible_number(std::string_view number);

// What stands printed on a card: as above, and the first digit is 3 to 6. Among those that begin
// with 6 only 62 is UnionPay's; others need a prefix that is known (issuer.h), because upside-down
// numbers begin so too.
bool printed_number(std::string_view number);

struct NumberReading {
  std::string number;     // printed_number() holds
  int repairs = 0;        // characters that were read as their look-alike
  bool alone = true;      // the whole run of digits: none before it, none after it
  std::size_t first = 0;  // code points of the text before it, and up to its end
  std::size_t after = 0;
};

// The numbers in one row of text (UTF-8, limits::kCardTextBytes; nothing in a longer one), most
// certain first: one that stands alone, then fewer repairs, then with a known issuer, then by
// position. Spaces and the dashes and dots that stand between groups do not part digits; of a run
// of up to nineteen digits only the whole can be a number, of a longer one every part. Letters that
// resemble digits are replaced, four at most (O D Q → 0, l I | → 1, Z → 2, A → 4, S → 5, G b → 6, T
// → 7, B → 8, g q → 9), never
// those of a word beside the number, and never a wrong digit: nothing could tell by which. Each
// number once.
std::vector<NumberReading> find_card_numbers(std::string_view row);

// The longest run of digits and look-alikes of the row, as digits: what was read of a number that
// cannot be one. Empty when it is shorter than twelve.
std::string longest_digits(std::string_view row);

}  // namespace mq::bankcard
