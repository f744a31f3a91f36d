// Large pay-outs wait until two members of staff have released them. Part of servicing.h, which
// others include.
#pragma once

#include <optional>
#include <vector>

#include "servicing/servicing.h"

namespace mq::servicing {

struct WaitingPayout {
  LoanId loan;
  ApplicationId application;
  PersonId person;
  Money amount;
  int term_months = 0;
  Rate annual_rate;
  std::optional<StaffId> decided_by;  // of an application that a person decided
  int needed = 0;
  std::vector<payments::Release> releases;  // so far, oldest first
  Instant signed_at, expires_at;
};

// The oldest first, `limit` at most.
std::vector<WaitingPayout> waiting_payouts(storage::Transaction& tx, int limit);
// Until when the loan's pay-out may be released; none when it does not wait.
std::optional<Instant> payout_waits_until(storage::Transaction& tx, const LoanId& loan);

}  // namespace mq::servicing
