// The ledger's SQL. Private to ledger/.
#pragma once

#include <optional>
#include <string_view>

#include "ledger/ledger.h"

namespace mq::ledger {

// False, and nothing written, if the idempotency key or the reversed journal is taken.
bool insert_journal(storage::Transaction& tx, const JournalId& id, Instant at,
                    const Journal& journal, const std::optional<JournalId>& reverses);
std::optional<PostedJournal> find_by_key(storage::Transaction& tx, std::string_view key);

}  // namespace mq::ledger
