// From the lines of a bank card to its number, expiry and bank. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vision/document/bank_card.h"
#include "vision/document/card_lines.h"

namespace mq::vision {

struct BankCardText {
  std::optional<bankcard::NumberReading> valid;
  Passage number;  // its digits as read, a place a line; of `digits` where there is no valid one
  std::string digits;      // the longest run of digits, where no row holds a valid number
  int numbers = 0;         // different ones of known issuers
  bool id_number = false;  // a row holds the number of an identity card
  std::optional<bankcard::ExpiryReading> expiry;
  Passage expiry_place;
  std::vector<bankcard::Bank> named;  // banks whose names stand on the card
  float height = 0;                   // of the number's lines, pixels
  bool hole = false;                  // digits seem to be missing inside of the number
};

// `direction` as card_lines() was given it: the lines of a row follow each other along their own
// slope, which in perspective is not quite the page's.
BankCardText read_bank_card(const CardLines& card, float direction);

// Everything that the text alone says. The number is `read` where the text gives no doubt of it:
// the second reader's word is still to be heard.
void fill_bank_card(const BankCardText& text, BankCardReading& out);

// From the states of its number and issuer, and from its problems.
CardState state_of(const BankCardReading& reading);

}  // namespace mq::vision
