// The business date and end of day. One transaction a loan and day, one for moving the date: killed
// anywhere, the next run goes on where it stopped.
#include "audit/audit.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "servicing/servicing.h"
#include "servicing/store.h"

namespace mq::servicing {
namespace {

struct Dates {
  BusinessDate current, target;
};

Dates dates(storage::Transaction& tx) {
  const auto row = tx.first("SELECT current, target FROM servicing_business_date WHERE one = 1");
  MQ_CHECK(row.has_value());
  return {row->date(0), row->date(1)};
}

}  // namespace

Status Servicing::ensure_business_date() {
  const auto today = BusinessDate::in_china(clock_.now());
  return database_.write([&](storage::Transaction& tx) -> Status {
    tx.execute(
        "INSERT INTO servicing_business_date (one, current, target) VALUES (1, $1, $1) "
        "ON CONFLICT (one) DO NOTHING",
        {today});
    return ok();
  });
}

BusinessDate Servicing::business_date(storage::Transaction& tx) { return dates(tx).current; }

Result<BusinessDate> Servicing::advance(int days) {
  if (!demo_) return ServicingErrc::demo_only;
  if (days < 1 || days > limits::kAdvanceDays) return ServicingErrc::bad_days;
  return database_.write([&](storage::Transaction& tx) -> Result<BusinessDate> {
    const auto now = dates(tx);
    // From the current date, so that a repeat while the days are being closed adds nothing.
    const auto target = std::max(now.target, now.current.plus_days(days));
    tx.execute("UPDATE servicing_business_date SET target = $1 WHERE one = 1", {target});
    return target;
  });
}

Status Servicing::follow_calendar() {
  const auto today = BusinessDate::in_china(clock_.now());
  return database_.write([&](storage::Transaction& tx) -> Status {
    tx.execute("UPDATE servicing_business_date SET target = $1 WHERE one = 1 AND target < $1",
               {today});
    return ok();
  });
}

Status Servicing::run_end_of_day() {
  while (true) {
    MQ_TRY(const auto now, database_.read([&](storage::Transaction& tx) -> Result<Dates> {
      return dates(tx);
    }));
    if (now.current >= now.target) return ok();
    const auto next = now.current.plus_days(1);
    while (true) {
      MQ_TRY(const auto loans,
             database_.read([&](storage::Transaction& tx) -> Result<std::vector<LoanId>> {
               std::vector<LoanId> ids;
               for (const auto& row :
                    tx.query("SELECT id FROM servicing_loan WHERE state = 'active' AND "
                             "accrued_through < $1 ORDER BY id LIMIT $2",
                             {next, limits::kEndOfDayBatch})) {
                 ids.push_back(row.id<LoanId>(0));
               }
               return ids;
             }));
      if (loans.empty()) break;
      for (const auto& id : loans) {
        MQ_REQUIRE(database_.write(
            [&](storage::Transaction& tx) -> Status { return accrue(tx, id, next); }));
      }
    }
    MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
      const auto moved = tx.change(
          "UPDATE servicing_business_date SET current = $1 WHERE one = 1 AND current = $2",
          {next, now.current});
      if (moved == 1) {
        audit::append(tx, clock_.now(), random_, "servicing.day_closed", now.current.iso(),
                      {{"business_date", next.iso()}});
      }
      return ok();
    }));
  }
}

Status Servicing::accrue(storage::Transaction& tx, const LoanId& id, BusinessDate day) {
  const auto loan = find_loan(tx, id, true);
  if (!loan || loan->state != LoanState::active || *loan->accrued_through >= day) return ok();
  const auto amount =
      terms::accrued_interest(schedule_of(*loan), day) - accrued_so_far(tx, id);
  if (amount.is_positive()) {
    MQ_TRY([[maybe_unused]] const auto journal,
           ledger::post(tx, clock_.now(), random_,
                        {"accrual", id.str(), day, "accrual:" + id.str() + ":" + day.iso(),
                         {{{ledger::Account::interest_receivable, id.str()},
                           {ledger::Account::interest_income, ""},
                           amount}}}));
    add_accrued(tx, id, amount);
  }
  tx.execute("UPDATE servicing_loan SET accrued_through = $1 WHERE id = $2", {day, id});
  return ok();
}

}  // namespace mq::servicing
