// SQL of servicing/. Private.
#pragma once

#include <optional>

#include "servicing/servicing.h"

namespace mq::servicing {

// The loan with schedule and repayments; `lock` keeps its row for this transaction.
std::optional<Loan> find_loan(storage::Transaction& tx, const LoanId& id, bool lock = false);
std::optional<Repayment> find_repayment(storage::Transaction& tx, const RepaymentId& id, bool lock);
// The schedule the loan was paid out with.
terms::Schedule schedule_of(const Loan& loan);
// Interest posted to the ledger for this loan so far.
Money accrued_so_far(storage::Transaction& tx, const LoanId& id);
void add_accrued(storage::Transaction& tx, const LoanId& id, Money amount);

}  // namespace mq::servicing
