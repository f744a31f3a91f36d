// What was read of a document, what its owner said about it, and what the offline checks found.
// Personal data: sealed at rest, never in a log.
//
// What the machine read and what a person typed are kept apart: `read` never changes after the
// reading, `typed` says what was put in its place, by whom and when.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/errors.h"
#include "documents/kinds.h"
#include "idcard/idcard.h"
#include "vision/vision.h"

namespace mq::documents {

// Pixels of the picture that was sent; points of a PDF's page.
struct Corner {
  int x = 0, y = 0;
};
BOOST_DESCRIBE_STRUCT(Corner, (), (x, y))
struct Place {
  int page = 1;
  std::vector<Corner> corners;  // four, in reading order
};
BOOST_DESCRIBE_STRUCT(Place, (), (page, corners))

enum class ValueState {
  read,       // sure
  confirm,    // to be looked at by its owner
  missing,    // to be typed
  confirmed,  // by its owner, as it was read
  corrected   // by its owner, who typed another text
};
BOOST_DESCRIBE_ENUM(ValueState, read, confirm, missing, confirmed, corrected)

struct Typed {
  Pii<std::string> text;
  PersonId by;
  std::int64_t at_us = 0;
};
BOOST_DESCRIBE_STRUCT(Typed, (), (text, by, at_us))

struct FieldValue {
  std::string name;       // "number"
  Pii<std::string> read;  // empty: nothing
  int confidence = 0;     // of its least sure character, ten-thousandths
  bool sure = false;      // the reader was: whatever is typed instead contradicts the document
  ValueState state = ValueState::missing;
  std::vector<Place> places;
  std::optional<Typed> typed;

  const Pii<std::string>& text() const { return typed ? typed->text : read; }
};
BOOST_DESCRIBE_STRUCT(FieldValue, (), (name, read, confidence, sure, state, places, typed))

struct Check {
  std::string code;  // "card.number_wrong_check", "statement.hidden_text"
  idcard::Severity severity{};
  std::string field;  // "" of the whole document
};
BOOST_DESCRIBE_STRUCT(Check, (), (code, severity, field))

struct Reading {
  std::vector<FieldValue> fields;  // in the order of the document
  std::vector<Check> checks;
  std::optional<Place> portrait;

  const FieldValue* field(std::string_view name) const;
};
BOOST_DESCRIBE_STRUCT(Reading, (), (fields, checks, portrait))

enum class UploadState {
  received,  // more pages may follow
  reading,   // in the background
  read,      // nothing left to do
  confirm,   // its owner looks over the fields that say so
  retake,    // another photo is wanted, the problems say why
  failed,    // could not be read, the problems say why
  stored     // kept as it is: nobody here reads this kind
};
BOOST_DESCRIBE_ENUM(UploadState, received, reading, read, confirm, retake, failed, stored)

// A reader's answer.
struct ReadResult {
  UploadState state = UploadState::stored;
  std::vector<std::string> problems;  // codes, what stands most in the way first
  Reading reading;
};

// One side of an identity card; pure. `today` decides what has expired.
ReadResult result_of(const vision::CardReading& card, vision::CardSide side, BusinessDate today);

// A person who holds the front of a card: its fields, and whether the person is the one on its
// portrait, as one of the checks held.person_matches, held.person_differs and
// held.person_not_comparable. Problems are held.* and, of the card alone, card.*. Pure.
ReadResult result_of(const vision::HandHeldReading& held, BusinessDate today);

// The side of a bank card with the number; pure. Fields: number, and where they are known bank (by
// the number's prefix) and expiry.
ReadResult result_of(const vision::BankCardReading& card);

struct TypedField {
  std::string name;
  Pii<std::string> text;
};
BOOST_DESCRIBE_STRUCT(TypedField, (), (name, text))

// Takes what the owner says over and checks the card again; the fields that are not named stay as
// they are. Errors: bad_field (the detail names it), and then nothing is changed.
Status take_over(Reading& reading, Kind kind, const std::vector<TypedField>& typed,
                 const PersonId& by, Instant at);

// read when every field is sure or its owner's word, confirm otherwise.
UploadState state_of(const Reading& reading);

}  // namespace mq::documents
