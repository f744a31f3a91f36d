// What a journal may be. Private to ledger/. Pure.
#pragma once

#include "ledger/ledger.h"

namespace mq::ledger {

// Errors: ledger.malformed_journal, ledger.amount_not_positive, ledger.same_account.
Status check_journal(const Journal& journal);

// The journal that undoes `original`.
Journal reversal_of(const Journal& original, BusinessDate business_date,
                    std::string_view idempotency_key);

// Whether a repeat asks for what is there; the instant is not part of it.
bool same_content(const Journal& a, const Journal& b);

}  // namespace mq::ledger
