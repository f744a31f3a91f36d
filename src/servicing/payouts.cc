#include "servicing/payouts.h"

#include "auth/auth.h"
#include "base/limits.h"
#include "origination/origination.h"
#include "runtime/text.h"
#include "servicing/store.h"

namespace mq::servicing {
namespace {

using payments::Kind;

// The loan's instruction that waits, and its application.
struct Found {
  payments::Waiting payout;
  origination::Application application;
};

Result<Found> find_waiting(storage::Transaction& tx, const LoanId& id) {
  const auto loan = find_loan(tx, id);
  if (!loan) return ServicingErrc::not_found;
  auto payout = payments::waiting_for(tx, Kind::payout, id.str());
  if (!payout) return payments::PaymentsErrc::not_waiting;
  auto application = origination::find_application(tx, loan->application, false);
  MQ_CHECK(application.has_value());
  return Found{std::move(*payout), std::move(*application)};
}

}  // namespace

std::vector<WaitingPayout> waiting_payouts(storage::Transaction& tx, int limit) {
  std::vector<WaitingPayout> out;
  for (auto& one : payments::waiting(tx, limit)) {
    const auto id = LoanId::parse(one.instruction.object);
    if (one.instruction.kind != Kind::payout || !id.ok()) continue;
    const auto loan = find_loan(tx, *id);
    MQ_CHECK(loan.has_value());
    const auto application = origination::find_application(tx, loan->application, false);
    MQ_CHECK(application.has_value());
    out.push_back({loan->id, loan->application, loan->person, one.instruction.amount,
                   loan->term_months, loan->annual_rate, application->decided_by, one.needed,
                   std::move(one.releases), one.instruction.created_at, one.expires_at});
  }
  return out;
}

std::optional<Instant> payout_waits_until(storage::Transaction& tx, const LoanId& loan) {
  const auto payout = payments::waiting_for(tx, Kind::payout, loan.str());
  return payout ? std::optional(payout->expires_at) : std::nullopt;
}

Result<int> Servicing::release_payout(const auth::Staff& by, const LoanId& loan) {
  return database_.write([&](storage::Transaction& tx) -> Result<int> {
    MQ_TRY(const auto found, find_waiting(tx, loan));
    if (!auth::is_active_staff(tx, by.id)) return auth::AuthErrc::forbidden;
    // The second look is by others than the first.
    if (found.application.decided_by == by.id) return ServicingErrc::own_decision;
    return payments::release(
        tx, clock_.now(), random_, found.payout.instruction.id, by.id,
        [&](const StaffId& earlier) { return auth::is_active_staff(tx, earlier); });
  });
}

Status Servicing::refuse_payout(const auth::Staff& by, const LoanId& loan,
                                std::string_view reason) {
  if (runtime::trim(reason).empty() || reason.size() > limits::kReasonBytes)
    return ServicingErrc::reason_missing;
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto found, find_waiting(tx, loan));
    if (!auth::is_active_staff(tx, by.id)) return auth::AuthErrc::forbidden;
    return payments::refuse(tx, clock_.now(), random_, found.payout.instruction.id, by.id, reason);
  });
}

Status Servicing::expire_payouts() {
  // Asked every moment: nothing is written while none is due.
  MQ_TRY(const auto due, database_.read([&](storage::Transaction& tx) -> Result<bool> {
    const auto oldest = payments::waiting(tx, 1);
    return !oldest.empty() && oldest[0].expires_at <= clock_.now();
  }));
  if (!due) return ok();
  return database_.write([&](storage::Transaction& tx) -> Status {
    payments::expire_releases(tx, clock_.now(), random_);
    return ok();
  });
}

}  // namespace mq::servicing
