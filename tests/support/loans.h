// Loans for tests of servicing and of what comes after it: real borrowers, origination and
// servicing, and a payment channel that answers what the test says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "payments/payments.h"
#include "servicing/servicing.h"
#include "support/applications.h"

namespace mq::test {

inline std::vector<storage::Migration> lending_migrations() {
  auto all = people_migrations();
  all.push_back(ledger::kLedgerMigration);
  all.push_back(payments::kPaymentsMigration);
  all.push_back(payments::kReleasesMigration);
  all.push_back(origination::kOriginationMigration);
  all.push_back(servicing::kServicingMigration);
  all.push_back(documents::kUploadsMigration);
  return by_number(std::move(all));
}

class Lending {
 public:
  // The database has its migrations. `random` is servicing's own: a test may break it.
  Lending(const std::string& database_kind, storage::Database& database, Random* random = nullptr)
      : people(database_kind, database),
        servicing(database, people.clock, random != nullptr ? *random : people.random, true),
        origination(database, people.vault(), people.auth(), people.clock, people.random,
                    servicing::Servicing::business_date, servicing::Servicing::active_loans,
                    servicing::Servicing::exposure),
        database_(database) {
    MQ_CHECK(servicing.ensure_business_date().ok());
  }

  template <class Question>
  auto read(Question question) {
    auto answer = database_.read([&](storage::Transaction& tx) {
      return Result<std::invoke_result_t<Question&, storage::Transaction&>>(question(tx));
    });
    MQ_CHECK(answer.ok());
    return std::move(answer).value();
  }
  // Hands the instruction to the channel, which settles it at once, and tells servicing.
  void settle(const InstructionId& id, payments::AnswerState state) {
    const payments::ChannelPort channel = {
        [&](const payments::Instruction& instruction) -> Result<payments::ChannelAnswer> {
          return payments::ChannelAnswer{state, instruction.amount, "ref-" + id.str(),
                                         state == payments::AnswerState::failed ? "refused" : ""};
        },
        [&](InstructionId) -> Result<payments::ChannelAnswer> {
          return payments::ChannelAnswer{};
        }};
    MQ_CHECK(payments::drive(database_, channel, people.clock, people.random, id).ok());
    MQ_CHECK(servicing.settle(id).ok());
  }
  // The latest instruction about a loan's pay-out or a repayment.
  InstructionId instruction_of(const std::string& object) {
    const auto found = database_.read([&](storage::Transaction& tx) -> Result<InstructionId> {
      const auto all = payments::list(tx, object);
      MQ_CHECK(!all.empty());
      return all.back().id;
    });
    MQ_CHECK(found.ok());
    return *found;
  }
  // A signed application of this person, opened and waiting for its pay-out.
  LoanId open_loan(const PersonId& person, const std::string& amount = "10000.00",
                   int term_months = 12) {
    const auto application =
        sign(people, origination, person, request("50000.00", amount, term_months));
    MQ_CHECK(servicing.open_loan(application.id).ok());
    const auto opened = origination.get(application.id);
    MQ_CHECK(opened.ok() && opened->loan);
    return *opened->loan;
  }
  LoanId active_loan(const PersonId& person, const std::string& amount = "10000.00",
                     int term_months = 12) {
    const auto id = open_loan(person, amount, term_months);
    settle(instruction_of(id.str()), payments::AnswerState::succeeded);
    return id;
  }
  Result<servicing::Repayment> request_repayment(const PersonId& person, const LoanId& loan,
                                                 const std::string& amount) {
    people.clock.advance_ms(1);
    return servicing.request_repayment(person, loan, "repayment-" + std::to_string(++operations_),
                                       *Money::parse(amount));
  }
  servicing::Repayment repay(const PersonId& person, const LoanId& loan,
                             const std::string& amount) {
    const auto asked = request_repayment(person, loan, amount);
    MQ_CHECK(asked.ok());
    settle(instruction_of(asked->id.str()), payments::AnswerState::succeeded);
    for (const auto& repayment : this->loan(loan).repayments) {
      if (repayment.id == asked->id) return repayment;
    }
    check_failed("the repayment is gone");
  }
  // Closes so many days.
  void pass_days(int days) {
    MQ_CHECK(servicing.advance(days).ok());
    MQ_CHECK(servicing.run_end_of_day().ok());
  }
  void pass_to(BusinessDate day) {
    const int days = terms::days_actual(business_date(), day);
    if (days > 0) pass_days(days);
  }

  servicing::Loan loan(const LoanId& id) {
    auto found = servicing.get(id);
    MQ_CHECK(found.ok());
    return std::move(found).value();
  }
  BusinessDate business_date() {
    return read([](storage::Transaction& tx) { return servicing::Servicing::business_date(tx); });
  }
  std::string balance(ledger::Account account,
                      const std::optional<std::string>& object = std::nullopt) {
    return read([&](storage::Transaction& tx) { return ledger::balance(tx, account, object); })
        .str();
  }
  std::vector<ledger::PostedJournal> journals(const LoanId& id, const std::string& event) {
    return read([&](storage::Transaction& tx) {
      return ledger::journals(tx, {.object = id.str(), .event = event, .limit = limits::kPageRows});
    });
  }
  std::int64_t count(const std::string& from, storage::Params params = {}) {
    return read([&](storage::Transaction& tx) {
      return tx.first("SELECT COUNT(*) FROM " + from, params)->i64(0);
    });
  }

  Borrowers people;
  servicing::Servicing servicing;
  origination::Origination origination;

 private:
  storage::Database& database_;
  int operations_ = 0;
};

class LendingTest : public DatabaseTest {
 protected:
  void SetUp() override {
    const auto migrated = db().migrate(lending_migrations());
    ASSERT_TRUE(migrated.ok()) << migrated.error().detail();
    lending_.emplace(GetParam(), db(), random());
    person_ = lending().people.verified_person();
  }
  // What servicing uses; nothing: the people's.
  virtual Random* random() { return nullptr; }
  Lending& lending() { return *lending_; }

  PersonId person_;

 private:
  std::optional<Lending> lending_;
};

}  // namespace mq::test
