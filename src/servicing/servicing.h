// Servicing: loans from pay-out to settlement, daily accrual, repayments, the business date.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "payments/payments.h"
#include "storage/storage.h"
#include "terms/terms.h"

namespace mq::servicing {

enum class ServicingErrc {
  not_found,
  wrong_state,        // the loan is not active
  amount_not_due,     // zero or less, or more than what is due and the next instalment
  repayment_pending,  // another repayment of this loan is with the channel
  demo_only,          // the business date is moved by hand only in the demo
  bad_days,
  own_decision,  // of a pay-out: who decided the application does not release it
  reason_missing,
};
BOOST_DESCRIBE_ENUM(ServicingErrc, not_found, wrong_state, amount_not_due, repayment_pending,
                    demo_only, bad_days, own_decision, reason_missing)
constexpr std::string_view error_domain(ServicingErrc) { return "servicing"; }

enum class LoanState { paying_out, active, payout_failed, settled };
BOOST_DESCRIBE_ENUM(LoanState, paying_out, active, payout_failed, settled)
enum class RepaymentState { pending, succeeded, failed };
BOOST_DESCRIBE_ENUM(RepaymentState, pending, succeeded, failed)
enum class InstalmentState { upcoming, due, partly_paid, paid, overdue };
BOOST_DESCRIBE_ENUM(InstalmentState, upcoming, due, partly_paid, paid, overdue)

using RepaymentId = Id<struct RepaymentTag>;

struct Instalment {
  int no = 0;
  BusinessDate due;
  Money principal, interest;  // as scheduled
  Money paid_principal, paid_interest;
  Money payment() const { return principal + interest; }
  Money paid() const { return paid_principal + paid_interest; }
  Money open() const { return payment() - paid(); }
};
InstalmentState state_on(const Instalment& instalment, BusinessDate today);  // pure

struct Repayment {
  RepaymentId id;
  LoanId loan;
  Money amount;
  RepaymentState state{};
  Money to_interest, to_principal, to_credit;  // once it succeeded
  Instant at;
};

struct Loan {
  LoanId id;
  ApplicationId application;
  PersonId person;
  LoanState state{};
  Money principal;
  Rate annual_rate;
  int term_months = 0;
  terms::RepaymentMethod method{};
  std::optional<BusinessDate> disbursed_on;
  std::optional<BusinessDate> accrued_through;
  Instant created_at;
  std::vector<Instalment> schedule;   // empty until it is paid out
  std::vector<Repayment> repayments;  // oldest first
  Money outstanding_principal() const;
};

// Thread-safe.
class Servicing {
 public:
  Servicing(storage::Database& database, const Clock& clock, Random& random, bool demo);

  // --- the business date ---
  // Writes today's date in China if none is there yet. Called once at start.
  Status ensure_business_date();
  static BusinessDate business_date(storage::Transaction& tx);
  // Closes day after day up to the target: accrues each active loan once a day, then moves the
  // date. Restartable at any point; safe on several nodes.
  Status run_end_of_day();
  // Sets the target `days` ahead (demo) and returns it. Errors: demo_only, bad_days.
  Result<BusinessDate> advance(int days);
  // In production: the target follows the calendar in China.
  Status follow_calendar();

  // --- loans ---
  // The handler of "origination.signed": opens the loan and instructs the pay-out, once.
  Status open_loan(const ApplicationId& application);
  // The handler of "payments.instruction_settled". Repeats are harmless.
  Status settle(const InstructionId& instruction);

  // --- large pay-outs, which wait for two members of staff: payouts.h ---
  // Answers how many releases are missing. Errors: not_found; payments.not_waiting,
  // payments.own_release; own_decision: who decided the application does not pay it out;
  // auth.forbidden when whoever releases has been disabled meanwhile.
  Result<int> release_payout(const auth::Staff& by, const LoanId& loan);
  // The loan fails and costs nothing. Errors: not_found, payments.not_waiting, reason_missing;
  // auth.forbidden as above.
  Status refuse_payout(const auth::Staff& by, const LoanId& loan, std::string_view reason);
  // Fails what nobody released in time. Called again and again.
  Status expire_payouts();

  // Errors: not_found, wrong_state, amount_not_due, repayment_pending, controls.stopped.
  Result<Repayment> request_repayment(const PersonId& person, const LoanId& loan,
                                      std::string_view operation, Money amount);
  Result<Loan> get(const LoanId& id);
  Result<Loan> get_of(const PersonId& person, const LoanId& id);
  std::vector<Loan> list(storage::Transaction& tx, int limit);
  std::vector<Loan> loans_of(storage::Transaction& tx, const PersonId& person);

  // What origination asks of servicing's tables.
  static int active_loans(storage::Transaction& tx, const PersonId& person);
  static Money exposure(storage::Transaction& tx, const PersonId& person);

 private:
  Status disburse(storage::Transaction& tx, const LoanId& id,
                  const payments::Instruction& instruction);
  Status book_repayment(storage::Transaction& tx, const RepaymentId& id,
                        const payments::Instruction& instruction);
  Status accrue(storage::Transaction& tx, const LoanId& id, BusinessDate day);

  storage::Database& database_;
  const Clock& clock_;
  Random& random_;
  const bool demo_;
};

// The most a borrower can pay today: everything due, and the next instalment. Pure.
Money payable(const Loan& loan, BusinessDate today);

extern const storage::Migration kServicingMigration;

}  // namespace mq::servicing

#include "servicing/payouts.h"
