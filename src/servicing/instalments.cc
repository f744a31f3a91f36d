// What is due: pure.
#include "servicing/servicing.h"

namespace mq::servicing {

InstalmentState state_on(const Instalment& instalment, BusinessDate today) {
  if (instalment.open().is_zero()) return InstalmentState::paid;
  if (instalment.due < today) return InstalmentState::overdue;
  if (instalment.paid().is_positive()) return InstalmentState::partly_paid;
  return instalment.due == today ? InstalmentState::due : InstalmentState::upcoming;
}

Money Loan::outstanding_principal() const {
  if (state != LoanState::active) return Money::zero();
  Money sum = principal;
  for (const auto& instalment : schedule) sum -= instalment.paid_principal;
  return sum;
}

Money payable(const Loan& loan, BusinessDate today) {
  Money sum = Money::zero();
  for (const auto& instalment : loan.schedule) {
    const bool next = instalment.due > today && instalment.open().is_positive();
    sum += instalment.open();
    if (next) break;
  }
  return sum;
}

}  // namespace mq::servicing
