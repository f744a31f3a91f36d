// The verification decision: facts in, outcome and reasons out. Pure: no clock, no random, no
// database.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace mq::identity {

enum class AuthorityResult { match, no_match, no_photo };
BOOST_DESCRIBE_ENUM(AuthorityResult, match, no_match, no_photo)

// Why a verification ended as it did. The codes are the API's; texts are in reasons.cc.
enum class Reason {
  face_mismatch_card,       // selfie and card portrait
  face_mismatch_authority,  // selfie and authority photo
  card_mismatch_authority,  // card portrait and authority photo
  authority_no_match,       // the source knows no such name and number
  authority_no_photo,
  authority_photo_unusable,
  liveness_suspicion,  // the picture may show a print or a screen
  attempts_used_up,
  staff_decision,
  typed_against_card,     // name or number is another than was surely read from the card's photo
  held_person_differs,    // of the hand-held photo: the person is not the one of the selfie
  held_portrait_differs,  // the card in hand shows somebody else
  held_number_differs,    // the card in hand has another number than the one that is verified
};
BOOST_DESCRIBE_ENUM(Reason, face_mismatch_card, face_mismatch_authority, card_mismatch_authority,
                    authority_no_match, authority_no_photo, authority_photo_unusable,
                    liveness_suspicion, attempts_used_up, staff_decision, typed_against_card,
                    held_person_differs, held_portrait_differs, held_number_differs)

enum class Outcome { passed, retry, review };
BOOST_DESCRIBE_ENUM(Outcome, passed, retry, review)

// Similarities are cosines in ten-thousandths (6123 = 0.6123), so that stored facts replay exactly.
struct Facts {
  std::int64_t card_selfie = 0;
  std::optional<std::int64_t> card_authority;
  std::optional<std::int64_t> selfie_authority;
  bool liveness_passed = false;
  std::int64_t liveness_score = 0;  // ten-thousandths
  AuthorityResult authority{};
  std::int64_t threshold = 0;  // ten-thousandths; a pair at or above it matches
  std::string model;           // the embedding's name and version
  int attempt = 1;             // 1 at the first try
  int attempts_allowed = 0;
  // Whether the name and number asked about are those on the card's photo; nothing where the photo
  // was not read or not surely.
  std::optional<bool> card_name_agrees, card_number_agrees;
  // The hand-held photo that was looked at; nothing where there is none. Of a pair, nothing where a
  // face is missing or too small to be compared; of the number, where it was not surely read.
  std::optional<DocumentId> held_document;
  std::optional<std::int64_t> held_person_portrait, held_live_person, held_live_portrait;
  std::optional<bool> held_number_agrees;
};
BOOST_DESCRIBE_STRUCT(Facts, (),
                      (card_selfie, card_authority, selfie_authority, liveness_passed,
                       liveness_score, authority, threshold, model, attempt, attempts_allowed,
                       card_name_agrees, card_number_agrees, held_document, held_person_portrait,
                       held_live_person, held_live_portrait, held_number_agrees))

struct Decision {
  Outcome outcome{};
  std::vector<Reason> reasons;
};

// Passes only when all three pairs match, the source confirms name and number, the picture raises
// no suspicion and a hand-held photo, where there is one, contradicts nothing: a pair that cannot
// be compared does not. What a better photo can mend is a retry while attempts are left; the rest,
// and the last attempt, go to a person. A machine alone never refuses anybody for good.
Decision decide(const Facts& facts);

// What a reason means and what to do about it, for the borrower: words, never a score.
struct ReasonText {
  std::string_view text_zh, next_zh, text_en, next_en;
};
const ReasonText& reason_text(Reason reason);

}  // namespace mq::identity
