#include "servicing/store.h"

namespace mq::servicing {
namespace {

constexpr const char* kRepaymentColumns =
    "id, loan, minor, state, to_interest, to_principal, to_credit, at";

Repayment read_repayment(const storage::Row& row) {
  Repayment out{row.id<RepaymentId>(0), row.id<LoanId>(1), row.money(2), {}, row.money(4),
                row.money(5),           row.money(6),      row.instant(7)};
  MQ_CHECK(boost::describe::enum_from_string(row.text(3).c_str(), out.state));
  return out;
}

}  // namespace

std::optional<Loan> find_loan(storage::Transaction& tx, const LoanId& id, bool lock) {
  const auto row = tx.first(
      std::string("SELECT application, person, state, minor, rate_nano, term_months, method, "
                  "disbursed_on, accrued_through, created_at FROM servicing_loan WHERE id = $1") +
          std::string(lock ? tx.for_update() : ""),
      {id});
  if (!row) return std::nullopt;
  Loan loan;
  loan.id = id;
  loan.application = row->id<ApplicationId>(0);
  loan.person = row->id<PersonId>(1);
  MQ_CHECK(boost::describe::enum_from_string(row->text(2).c_str(), loan.state));
  loan.principal = row->money(3);
  loan.annual_rate = Rate::from_nano(row->i64(4));
  loan.term_months = static_cast<int>(row->i64(5));
  MQ_CHECK(boost::describe::enum_from_string(row->text(6).c_str(), loan.method));
  if (!row->is_null(7)) loan.disbursed_on = row->date(7);
  if (!row->is_null(8)) loan.accrued_through = row->date(8);
  loan.created_at = row->instant(9);
  for (const auto& line :
       tx.query("SELECT no, due, principal, interest, paid_principal, paid_interest FROM "
                "servicing_instalment WHERE loan = $1 ORDER BY no",
                {id})) {
    loan.schedule.push_back({static_cast<int>(line.i64(0)), line.date(1), line.money(2),
                             line.money(3), line.money(4), line.money(5)});
  }
  for (const auto& line : tx.query(std::string("SELECT ") + kRepaymentColumns +
                                       " FROM servicing_repayment WHERE loan = $1 ORDER BY id",
                                   {id})) {
    loan.repayments.push_back(read_repayment(line));
  }
  return loan;
}

std::optional<Repayment> find_repayment(storage::Transaction& tx, const RepaymentId& id,
                                        bool lock) {
  const auto row = tx.first(std::string("SELECT ") + kRepaymentColumns +
                                " FROM servicing_repayment WHERE id = $1" +
                                std::string(lock ? tx.for_update() : ""),
                            {id});
  if (!row) return std::nullopt;
  return read_repayment(*row);
}

terms::Schedule schedule_of(const Loan& loan) {
  MQ_CHECK(loan.disbursed_on.has_value());
  auto schedule = terms::make_schedule({loan.principal, loan.annual_rate, loan.term_months,
                                        loan.method, *loan.disbursed_on});
  MQ_CHECK(schedule.ok());  // the same terms made the stored rows
  return std::move(schedule).value();
}

Money accrued_so_far(storage::Transaction& tx, const LoanId& id) {
  const auto row = tx.first("SELECT accrued FROM servicing_loan WHERE id = $1", {id});
  MQ_CHECK(row.has_value());
  return row->money(0);
}

void add_accrued(storage::Transaction& tx, const LoanId& id, Money amount) {
  tx.execute("UPDATE servicing_loan SET accrued = accrued + $1 WHERE id = $2",
             {amount.minor(), id});
}

const storage::Migration kServicingMigration{
    12, "servicing",
    "CREATE TABLE servicing_business_date (one BIGINT PRIMARY KEY, current BIGINT NOT NULL, "
    "target BIGINT NOT NULL);"
    "CREATE TABLE servicing_loan (id TEXT PRIMARY KEY, application TEXT NOT NULL UNIQUE, "
    "person TEXT NOT NULL, state TEXT NOT NULL, minor BIGINT NOT NULL, rate_nano BIGINT NOT NULL, "
    "term_months BIGINT NOT NULL, method TEXT NOT NULL, disbursed_on BIGINT, "
    "accrued_through BIGINT, accrued BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL);"
    "CREATE INDEX servicing_loan_person ON servicing_loan (person, id);"
    "CREATE INDEX servicing_loan_day ON servicing_loan (state, accrued_through);"
    "CREATE TABLE servicing_instalment (loan TEXT NOT NULL, no BIGINT NOT NULL, due BIGINT NOT NULL, "
    "principal BIGINT NOT NULL, interest BIGINT NOT NULL, paid_principal BIGINT NOT NULL DEFAULT 0, "
    "paid_interest BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (loan, no));"
    "CREATE TABLE servicing_repayment (id TEXT PRIMARY KEY, loan TEXT NOT NULL, "
    "operation TEXT NOT NULL UNIQUE, minor BIGINT NOT NULL, state TEXT NOT NULL, "
    "to_interest BIGINT NOT NULL DEFAULT 0, to_principal BIGINT NOT NULL DEFAULT 0, "
    "to_credit BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL);"
    "CREATE INDEX servicing_repayment_loan ON servicing_repayment (loan, id)"};

}  // namespace mq::servicing
