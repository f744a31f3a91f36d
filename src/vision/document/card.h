// Resident identity cards (GA 448): what a photo of one says, and how sure that is.
//
// Reading is right or says that it is not sure: every field has a state, and a card whose number or
// name was not read with certainty is never `read`. What the fields mean is checked against each
// other and against the rules of the numbers (idcard/), not against any register.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "idcard/idcard.h"
#include "vision/text/text.h"

namespace mq::vision {

enum class CardSide { front, back };
BOOST_DESCRIBE_ENUM(CardSide, front, back)

// read: take it; confirm: show it to the person with the picture; missing: ask for it.
enum class FieldState { read, confirm, missing };
BOOST_DESCRIBE_ENUM(FieldState, read, confirm, missing)

// read: every field is; confirm: the person looks over the fields that say so; retake: take another
// photo.
enum class CardState { read, confirm, retake };
BOOST_DESCRIBE_ENUM(CardState, read, confirm, retake)

// Why another photo is wanted, what stands most in the way first.
enum class CardProblem {
  no_card,     // no text of an identity card
  wrong_side,  // the other side than the one asked for
  two_cards,
  mirrored,
  foreign,    // a card, but not this kind
  too_small,  // of the card in the picture
  blurred,
  glare,
  dark,
  cut_off,  // a part lies outside of the picture
  covered,  // a finger or a thing lies on a field
  copy,     // looks like a photocopy
  screen,   // looks like a photo of a screen
};
BOOST_DESCRIBE_ENUM(CardProblem, no_card, wrong_side, two_cards, mirrored, foreign, too_small,
                    blurred, glare, dark, cut_off, covered, copy, screen)

// What valid_to says of a card without an end (长期).
inline constexpr char kLongTerm[] = "long-term";

// A field as read. Personal data.
struct CardField {
  std::string text;      // in the form of the field: dates 2001-02-03, no spaces, kLongTerm
  float confidence = 0;  // of its least sure character
  FieldState state = FieldState::missing;
  std::vector<std::array<Point, 4>> places;  // a quadrangle a line, in pixels of the sent picture
};

struct CardReading {
  CardSide side = CardSide::front;
  CardState state = CardState::retake;
  std::vector<CardProblem> problems;
  // Front.
  CardField name, sex, nation, birth, address, number;
  // Back.
  CardField authority, valid_from, valid_to;
  // Corners of the card in reading order, and the portrait's; nothing where they are not known.
  std::optional<std::array<Point, 4>> card;
  std::optional<std::array<Point, 4>> portrait;
  float width = 0;  // of the card in the picture, pixels; 0: not known
};

}  // namespace mq::vision
