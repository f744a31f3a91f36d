// Loans: opened by a signature, paid out and repaid through the channel.
#include <algorithm>

#include "audit/audit.h"
#include "controls/controls.h"
#include "ledger/ledger.h"
#include "origination/origination.h"
#include "runtime/log.h"
#include "servicing/servicing.h"
#include "servicing/store.h"

namespace mq::servicing {
namespace {

using ledger::Account;

constexpr const char* kChannel = "channel:main";

ledger::Transfer transfer(Account debit, std::string debit_object, Account credit,
                          std::string credit_object, Money amount) {
  return {{debit, std::move(debit_object)}, {credit, std::move(credit_object)}, amount};
}

}  // namespace

Servicing::Servicing(storage::Database& database, const Clock& clock, Random& random, bool demo)
    : database_(database), clock_(clock), random_(random), demo_(demo) {}

Status Servicing::open_loan(const ApplicationId& application_id) {
  const auto id = LoanId::make(clock_.now(), random_);
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto application = origination::find_application(tx, application_id, true);
    if (!application) return ServicingErrc::not_found;
    if (application->loan || application->state != origination::State::signed_) return ok();
    tx.execute(
        "INSERT INTO servicing_loan (id, application, person, state, minor, rate_nano, term_months, "
        "method, created_at) VALUES ($1, $2, $3, 'paying_out', $4, $5, $6, $7, $8)",
        {id, application_id, application->person, application->amount.minor(),
         application->sheet->annual_rate.nano(), application->term_months,
         boost::describe::enum_to_string(application->sheet->method, "?"), now});
    MQ_REQUIRE(origination::Origination::record_loan(tx, now, application_id, id));
    MQ_TRY([[maybe_unused]] const auto instruction,
           payments::instruct(tx, now, random_,
                              {payments::Kind::payout, id.str(), application->person,
                               application->amount, "payout_card"}));
    audit::append(tx, now, random_, "servicing.loan_opened", id.str(),
                  {{"person", application->person.str()},
                   {"application", application_id.str()},
                   {"principal", application->amount.str()}});
    return ok();
  });
}

Status Servicing::settle(const InstructionId& instruction_id) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto instruction, payments::find(tx, instruction_id));
    if (!payments::is_final(instruction.state)) return ok();
    if (instruction.kind == payments::Kind::payout) {
      MQ_TRY(const auto loan, LoanId::parse(instruction.object));
      return disburse(tx, loan, instruction);
    }
    MQ_TRY(const auto repayment, RepaymentId::parse(instruction.object));
    return book_repayment(tx, repayment, instruction);
  });
}

Status Servicing::disburse(storage::Transaction& tx, const LoanId& id,
                           const payments::Instruction& instruction) {
  const auto now = clock_.now();
  auto loan = find_loan(tx, id, true);
  if (!loan) return ServicingErrc::not_found;
  if (loan->state != LoanState::paying_out) return ok();  // an earlier delivery has booked it
  const bool succeeded = instruction.state == payments::State::succeeded;
  MQ_REQUIRE(origination::Origination::record_payout(tx, now, loan->application, succeeded));
  if (!succeeded) {
    tx.execute("UPDATE servicing_loan SET state = 'payout_failed' WHERE id = $1", {id});
    audit::append(tx, now, random_, "servicing.payout_failed", id.str(),
                  {{"person", loan->person.str()}, {"instruction", instruction.id.str()}});
    return ok();
  }
  const auto today = business_date(tx);
  loan->disbursed_on = today;
  for (const auto& row : schedule_of(*loan).rows) {
    tx.execute(
        "INSERT INTO servicing_instalment (loan, no, due, principal, interest) "
        "VALUES ($1, $2, $3, $4, $5)",
        {id, row.no, row.due, row.principal.minor(), row.interest.minor()});
  }
  tx.execute(
      "UPDATE servicing_loan SET state = 'active', disbursed_on = $1, accrued_through = $1 "
      "WHERE id = $2",
      {today, id});
  MQ_TRY(const auto journal,
         ledger::post(tx, now, random_,
                      {"disbursement", id.str(), today, "disbursement:" + instruction.id.str(),
                       {transfer(Account::loans_receivable, id.str(), Account::clearing_channel,
                                 kChannel, loan->principal)}}));
  audit::append(tx, now, random_, "servicing.loan_disbursed", id.str(),
                {{"person", loan->person.str()},
                 {"principal", loan->principal.str()},
                 {"business_date", today.iso()},
                 {"journal", journal.str()}});
  log::info("servicing.loan_disbursed", {{"loan", id}});
  return ok();
}

Result<Repayment> Servicing::request_repayment(const PersonId& person, const LoanId& loan_id,
                                               std::string_view operation, Money amount) {
  const auto id = RepaymentId::make(clock_.now(), random_);
  return database_.write([&](storage::Transaction& tx) -> Result<Repayment> {
    const auto now = clock_.now();
    const auto loan = find_loan(tx, loan_id, true);
    if (!loan || loan->person != person) return ServicingErrc::not_found;
    const auto repeat =
        tx.first("SELECT id FROM servicing_repayment WHERE operation = $1", {operation});
    if (repeat) return *find_repayment(tx, repeat->id<RepaymentId>(0), false);
    MQ_REQUIRE(controls::require_open(tx, controls::Switch::repayments));
    if (loan->state != LoanState::active) return ServicingErrc::wrong_state;
    for (const auto& other : loan->repayments) {
      if (other.state == RepaymentState::pending) return ServicingErrc::repayment_pending;
    }
    if (!amount.is_positive() || amount > payable(*loan, business_date(tx))) {
      return ServicingErrc::amount_not_due;
    }
    tx.execute(
        "INSERT INTO servicing_repayment (id, loan, operation, minor, state, at) "
        "VALUES ($1, $2, $3, $4, 'pending', $5)",
        {id, loan_id, operation, amount.minor(), now});
    MQ_TRY([[maybe_unused]] const auto instruction,
           payments::instruct(tx, now, random_,
                              {payments::Kind::debit, id.str(), person, amount, "payout_card"}));
    audit::append(tx, now, random_, "servicing.repayment_requested", id.str(),
                  {{"person", person.str()}, {"loan", loan_id.str()}, {"amount", amount.str()}});
    return *find_repayment(tx, id, false);
  });
}

Status Servicing::book_repayment(storage::Transaction& tx, const RepaymentId& id,
                                 const payments::Instruction& instruction) {
  const auto now = clock_.now();
  const auto repayment = find_repayment(tx, id, true);
  if (!repayment) return ServicingErrc::not_found;
  if (repayment->state != RepaymentState::pending) return ok();
  if (instruction.state == payments::State::failed) {
    tx.execute("UPDATE servicing_repayment SET state = 'failed' WHERE id = $1", {id});
    return ok();
  }
  auto loan = find_loan(tx, repayment->loan, true);
  MQ_CHECK(loan.has_value());
  const auto today = business_date(tx);

  std::vector<terms::DueItem> items;
  int oldest_days = 0;
  for (const auto& instalment : loan->schedule) {
    const auto interest = instalment.interest - instalment.paid_interest;
    const auto principal = instalment.principal - instalment.paid_principal;
    if (interest.is_zero() && principal.is_zero()) continue;
    oldest_days = std::max(oldest_days, terms::days_past_due(instalment.due, today));
    items.push_back({instalment.no, terms::DueKind::interest, interest});
    items.push_back({instalment.no, terms::DueKind::principal, principal});
    if (instalment.due > today) break;  // what is due, and the next instalment
  }
  // Instalment by instalment: paying the next one early must not spread over later interest.
  terms::AllocationOrder order;
  order.whole_instalments = true;
  MQ_TRY(const auto paid, terms::allocate(repayment->amount, items, order, oldest_days));
  for (const auto& part : paid.parts) {
    tx.execute(part.kind == terms::DueKind::interest
                   ? "UPDATE servicing_instalment SET paid_interest = paid_interest + $1 "
                     "WHERE loan = $2 AND no = $3"
                   : "UPDATE servicing_instalment SET paid_principal = paid_principal + $1 "
                     "WHERE loan = $2 AND no = $3",
               {part.amount.minor(), loan->id, part.instalment_no});
  }

  std::vector<ledger::Transfer> lines;
  const auto loan_object = loan->id.str();
  // Interest paid ahead of its accrual is earned now; the daily accrual leaves it out later.
  Money paid_interest = paid.interest;
  for (const auto& instalment : loan->schedule) paid_interest += instalment.paid_interest;
  const auto ahead = paid_interest - accrued_so_far(tx, loan->id);
  if (ahead.is_positive()) {
    lines.push_back(transfer(Account::interest_receivable, loan_object, Account::interest_income,
                             "", ahead));
    add_accrued(tx, loan->id, ahead);
  }
  const auto take = [&](Account account, Money amount) {
    if (!amount.is_positive()) return;
    lines.push_back(transfer(Account::clearing_channel, kChannel, account, loan_object, amount));
  };
  take(Account::interest_receivable, paid.interest);
  take(Account::loans_receivable, paid.principal);
  take(Account::borrower_credit, paid.unallocated);
  MQ_TRY(const auto journal, ledger::post(tx, now, random_,
                                          {"repayment", loan_object, today,
                                           "repayment:" + id.str(), std::move(lines)}));
  tx.execute(
      "UPDATE servicing_repayment SET state = 'succeeded', to_interest = $1, to_principal = $2, "
      "to_credit = $3 WHERE id = $4",
      {paid.interest.minor(), paid.principal.minor(), paid.unallocated.minor(), id});
  loan = find_loan(tx, loan->id);
  // By what is open, not by the principal: of a long overdue instalment the interest is paid last.
  const bool all_paid = std::all_of(loan->schedule.begin(), loan->schedule.end(),
                                    [](const auto& one) { return one.open().is_zero(); });
  if (all_paid) {
    tx.execute("UPDATE servicing_loan SET state = 'settled' WHERE id = $1", {loan->id});
  }
  audit::append(tx, now, random_, "servicing.repaid", loan_object,
                {{"person", loan->person.str()},
                 {"repayment", id.str()},
                 {"amount", repayment->amount.str()},
                 {"interest", paid.interest.str()},
                 {"principal", paid.principal.str()},
                 {"journal", journal.str()}});
  return ok();
}

Result<Loan> Servicing::get(const LoanId& id) {
  return database_.read([&](storage::Transaction& tx) -> Result<Loan> {
    auto found = find_loan(tx, id);
    if (!found) return ServicingErrc::not_found;
    return *found;
  });
}

Result<Loan> Servicing::get_of(const PersonId& person, const LoanId& id) {
  MQ_TRY(auto loan, get(id));
  if (loan.person != person) return ServicingErrc::not_found;
  return loan;
}

std::vector<Loan> Servicing::list(storage::Transaction& tx, int limit) {
  std::vector<Loan> loans;
  for (const auto& row :
       tx.query("SELECT id FROM servicing_loan ORDER BY id DESC LIMIT $1", {limit})) {
    loans.push_back(*find_loan(tx, row.id<LoanId>(0)));
  }
  return loans;
}

std::vector<Loan> Servicing::loans_of(storage::Transaction& tx, const PersonId& person) {
  std::vector<Loan> loans;
  for (const auto& row :
       tx.query("SELECT id FROM servicing_loan WHERE person = $1 ORDER BY id", {person})) {
    loans.push_back(*find_loan(tx, row.id<LoanId>(0)));
  }
  return loans;
}

int Servicing::active_loans(storage::Transaction& tx, const PersonId& person) {
  const auto row = tx.first(
      "SELECT COUNT(*) FROM servicing_loan WHERE person = $1 AND state IN ('paying_out', 'active')",
      {person});
  return static_cast<int>(row->i64(0));
}

Money Servicing::exposure(storage::Transaction& tx, const PersonId& person) {
  const auto row = tx.first(
      "SELECT COALESCE(CAST(SUM(minor) AS BIGINT), 0) - COALESCE((SELECT CAST(SUM(paid_principal) "
      "AS BIGINT) FROM servicing_instalment WHERE loan IN (SELECT id FROM servicing_loan WHERE "
      "person = $1 AND state = 'active')), 0) FROM servicing_loan WHERE person = $1 AND state IN "
      "('paying_out', 'active')",
      {person});
  return row->money(0);
}

}  // namespace mq::servicing
