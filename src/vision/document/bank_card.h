// Bank cards: what a photo of the side with the number says, and how sure that is.
//
// A number is `read` only when it stands alone in its row, has a right check digit and a length
// that its known issuer gives, two recognisers agree on every digit, and it is no number upside
// down. Everything else is shown to the person. Whether the account exists is for the element check
// to say.
#pragma once

#include <optional>
#include <vector>

#include "bankcard/bankcard.h"
#include "vision/document/card.h"

namespace mq::vision {

struct BankCardReading {
  // Of the number and the issuer; the expiry has its own state, for not every card has one on this
  // side.
  CardState state = CardState::retake;
  // no_card, two_cards, foreign (an identity card), covered (by a thing or a reflection) or too_small; empty where the number can just
  // not be read.
  std::vector<CardProblem> problems;
  CardField number;  // digits; what was read of them, to confirm or correct, where they cannot be a
                     // number
  CardField issuer;  // the bank's Chinese name by the number's prefix; confirm: the card names
                     // another one
  CardField expiry;  // MM/YY
  std::optional<bankcard::CardKind> kind;
};

}  // namespace mq::vision
