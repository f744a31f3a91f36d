#include "ledger/journal.h"
#include "ledger/ledger.h"
#include "ledger/store.h"

namespace mq::ledger {
namespace {

// The insert decides who is first, also between nodes: a conflict on the key or on `reverses`
// leaves no row, and only then is anything compared.
Result<JournalId> write(storage::Transaction& tx, Instant at, Random& random,
                        const Journal& journal, const std::optional<JournalId>& reverses) {
  MQ_REQUIRE(check_journal(journal));
  const auto id = JournalId::make(at, random);
  if (insert_journal(tx, id, at, journal, reverses)) return id;
  const auto known = find_by_key(tx, journal.idempotency_key);
  if (!known) return LedgerErrc::already_reversed;
  if (known->reverses != reverses || !same_content(known->journal, journal)) {
    return LedgerErrc::conflicting_repeat;
  }
  return known->id;
}

}  // namespace

Result<JournalId> post(storage::Transaction& tx, Instant at, Random& random,
                       const Journal& journal) {
  return write(tx, at, random, journal, std::nullopt);
}

Result<JournalId> reverse(storage::Transaction& tx, Instant at, Random& random,
                          const JournalId& original, BusinessDate business_date,
                          std::string_view idempotency_key) {
  const auto posted = find(tx, original);
  if (!posted) return LedgerErrc::unknown_journal;
  if (posted->reverses) return LedgerErrc::reversal_of_reversal;
  return write(tx, at, random, reversal_of(posted->journal, business_date, idempotency_key),
               original);
}

}  // namespace mq::ledger
