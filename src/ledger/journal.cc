#include "ledger/journal.h"

#include "base/limits.h"

namespace mq::ledger {

Status check_journal(const Journal& journal) {
  const auto too_long = [](const std::string& text) {
    return text.size() > limits::kLedgerTextBytes;
  };
  if (journal.event.empty() || journal.idempotency_key.empty() || too_long(journal.event) ||
      too_long(journal.object) || too_long(journal.idempotency_key)) {
    return Error(LedgerErrc::malformed_journal, "event, object or idempotency key");
  }
  if (journal.transfers.empty() || journal.transfers.size() > limits::kLedgerLines) {
    return Error(LedgerErrc::malformed_journal, "the number of lines");
  }
  for (const auto& transfer : journal.transfers) {
    if (!transfer.amount.is_positive()) return LedgerErrc::amount_not_positive;
    if (transfer.debit == transfer.credit) return LedgerErrc::same_account;
    if (too_long(transfer.debit.object) || too_long(transfer.credit.object)) {
      return Error(LedgerErrc::malformed_journal, "the object of a line");
    }
  }
  return ok();
}

Journal reversal_of(const Journal& original, BusinessDate business_date,
                    std::string_view idempotency_key) {
  Journal reversal{"reversal", original.object, business_date, std::string(idempotency_key), {}};
  for (const auto& transfer : original.transfers) {
    reversal.transfers.push_back({transfer.credit, transfer.debit, transfer.amount});
  }
  return reversal;
}

bool same_content(const Journal& a, const Journal& b) {
  if (a.event != b.event || a.object != b.object || a.business_date != b.business_date ||
      a.transfers.size() != b.transfers.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.transfers.size(); ++i) {
    const auto& x = a.transfers[i];
    const auto& y = b.transfers[i];
    // Currencies first: amounts of different ones cannot be compared.
    if (x.debit != y.debit || x.credit != y.credit || x.amount.currency() != y.amount.currency() ||
        x.amount.minor() != y.amount.minor()) {
      return false;
    }
  }
  return true;
}

}  // namespace mq::ledger
