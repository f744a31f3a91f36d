// SQL of identity/. Private.
#pragma once

#include <optional>

#include "identity/identity.h"

namespace mq::identity {

inline constexpr const char* kVerificationColumns =
    "id, person, state, card, selfie, authority, attempt, reasons, facts, decided_by, created_at, "
    "updated_at";

Verification read_verification(const storage::Row& row, int attempts_allowed);
// `lock` keeps the row for this transaction.
std::optional<Verification> find_verification(storage::Transaction& tx, const VerificationId& id,
                                              int attempts_allowed, bool lock);
// The one begun last.
std::optional<Verification> latest_verification(storage::Transaction& tx, const PersonId& person,
                                                int attempts_allowed, bool lock);
// Whether this is what the card's photo was read as, spaces in names aside.
bool as_read(const documents::FieldValue& read, const Pii<std::string>& given);
std::string reasons_json(const std::vector<Reason>& reasons);

}  // namespace mq::identity
