// SQL of origination/. Private.
#pragma once

#include <string>

#include "origination/origination.h"

namespace mq::origination {

inline constexpr const char* kApplicationColumns =
    "id, person, state, product, product_version, minor, term_months, reasons, facts, rule_set, "
    "sheet, sheet_sha256, sheet_shown_at, contract, contract_sha256, loan, decided_by, created_at, "
    "updated_at";

Application read_application(const storage::Row& row);
// Moves the state and the time of change.
void set_state(storage::Transaction& tx, Instant now, const ApplicationId& id, State state);

}  // namespace mq::origination
