// What documents there are.
#pragma once

#include <boost/describe.hpp>

#include "vault/vault.h"

namespace mq::documents {

enum class Kind {
  id_card_front,
  selfie,
  authority_photo,
  id_card_back,
  hand_held,  // the person with the card in hand
  bank_card,
  statement,
  income_proof,
  work_proof,
  asset_proof,
  household_register,
  passport,
  residence_permit,
};
BOOST_DESCRIBE_ENUM(Kind, id_card_front, selfie, authority_photo, id_card_back, hand_held,
                    bank_card, statement, income_proof, work_proof, asset_proof, household_register,
                    passport, residence_permit)
// Whether people hand it in by themselves (uploads.h); the rest comes with a verification.
bool handed_in(Kind kind);
// Whether one document of the kind may be several pictures, or a PDF.
bool of_several_pages(Kind kind);
// The retention class under whose key a document lies.
vault::RetentionClass class_of(Kind kind);

}  // namespace mq::documents
