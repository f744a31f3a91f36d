// Applications for tests of origination and of what comes after it.
#pragma once

#include <optional>
#include <string>

#include "base/limits.h"
#include "origination/origination.h"
#include "support/borrowers.h"

namespace mq::test {

inline constexpr const char* kCard = "6225880123456783";  // its Luhn digit is right
inline constexpr const char* kCardMasked = "6225********6783";

// 10 000.00 over twelve months: an instalment of 866.19, so an income of 10 000 is approved, 2 000
// is referred (43 %), 1 550 declined (56 %) and 1 400 declined for two reasons.
inline origination::Request request(const std::string& income = "10000.00",
                                    const std::string& amount = "10000.00", int term_months = 12) {
  origination::Request out;
  out.product_id = "easy-12";
  out.amount = *Money::parse(amount);
  out.term_months = term_months;
  out.monthly_income = *Money::parse(income);
  out.use_of_funds = "consumption";
  out.payout_card = Pii<std::string>(kCard);
  return out;
}

// Reads the cost sheet for as long as it must be and confirms it.
inline origination::Application confirm(Borrowers& people, origination::Origination& origination,
                                        const PersonId& person, const ApplicationId& id) {
  const auto shown = origination.show(person, id);
  MQ_CHECK(shown.ok());
  people.clock.advance_seconds(origination::kMinimumReadingSeconds);
  auto confirmed = origination.confirm_costs(person, id, shown->sheet_sha256);
  MQ_CHECK(confirmed.ok());
  return std::move(confirmed).value();
}

// From the request to the signed contract.
inline origination::Application sign(Borrowers& people, origination::Origination& origination,
                                     const PersonId& person,
                                     const origination::Request& asked = request()) {
  people.clock.advance_seconds(limits::kCodeResendSeconds);  // a person may sign again
  const auto operation = "sign-" + Uuid::v7(people.clock.now(), people.random).str();
  const auto applied = origination.apply(person, operation, asked);
  MQ_CHECK(applied.ok() && applied->state == origination::State::approved);
  const auto confirmed = confirm(people, origination, person, applied->id);
  const auto step_up = origination.begin_signing(as_borrower(person), applied->id);
  MQ_CHECK(step_up.ok());
  people.approve(as_borrower(person), step_up->id);
  auto signed_one =
      origination.sign(as_borrower(person), applied->id, step_up->id, confirmed.contract_sha256);
  MQ_CHECK(signed_one.ok());
  return std::move(signed_one).value();
}

// Origination alone: what it asks of servicing is said by the test.
class ApplicationsTest : public DatabaseTest {
 protected:
  void SetUp() override {
    auto migrations = people_migrations();
    migrations.push_back(origination::kOriginationMigration);
    migrations.push_back(documents::kUploadsMigration);
    const auto migrated = db().migrate(by_number(std::move(migrations)));
    ASSERT_TRUE(migrated.ok()) << migrated.error().detail();
    people_.emplace(GetParam(), db());
    origination_.emplace(
        db(), people_->vault(), people_->auth(), people_->clock, people_->random,
        [this](storage::Transaction&) { return today_; },
        [this](storage::Transaction&, const PersonId&) { return active_loans_; },
        [this](storage::Transaction&, const PersonId&) { return exposure_; });
  }
  Borrowers& people() { return *people_; }
  ManualClock& clock() { return people_->clock; }
  origination::Origination& origination() { return *origination_; }

  // A new application of this person, decided.
  Result<origination::Application> apply(const PersonId& person,
                                         const origination::Request& asked = request()) {
    clock().advance_ms(1);
    return origination().apply(person, "operation-" + std::to_string(++operations_), asked);
  }
  std::int64_t count(const std::string& from, storage::Params params = {}) {
    const auto rows = db().read([&](storage::Transaction& tx) -> Result<std::int64_t> {
      return tx.first("SELECT COUNT(*) FROM " + from, params)->i64(0);
    });
    MQ_CHECK(rows.ok());
    return *rows;
  }

  BusinessDate today_ = BusinessDate::from_ymd(2026, 1, 5);
  int active_loans_ = 0;
  Money exposure_;

 private:
  std::optional<Borrowers> people_;
  std::optional<origination::Origination> origination_;
  int operations_ = 0;
};

}  // namespace mq::test
