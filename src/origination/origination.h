// Origination: products, applications, the decision, the total-cost sheet, the contract and its
// signature.
//
// States: referred | declined | approved → costs_confirmed → signed → paid_out | payout_failed;
// cancelled from referred, approved and costs_confirmed.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/documents.h"
#include "identity/identity.h"
#include "risk/risk.h"
#include "storage/storage.h"
#include "terms/terms.h"
#include "vault/vault.h"

namespace mq::origination {

enum class OriginationErrc {
  unknown_product,
  amount_not_offered,  // outside the product's range or not a multiple of its step
  term_not_offered,
  bad_card_number,  // not 15–19 digits or a wrong Luhn check digit
  bad_income,       // negative or above limits::kIncomeMinor
  bad_use_of_funds,
  not_verified,      // the applicant's identity has not passed
  open_application,  // another application of this person is under way
  not_found,
  wrong_state,
  other_sheet,     // the confirmation names another total-cost sheet than the current one
  read_longer,     // the minimum reading time is not over; the detail holds the seconds left
  other_contract,  // the signature names another contract text
  reason_missing,
};
BOOST_DESCRIBE_ENUM(OriginationErrc, unknown_product, amount_not_offered, term_not_offered,
                    bad_card_number, bad_income, bad_use_of_funds, not_verified, open_application,
                    not_found, wrong_state, other_sheet, read_longer, other_contract,
                    reason_missing)
constexpr std::string_view error_domain(OriginationErrc) { return "origination"; }

// --- products: versioned data
// ------------------------------------------------------------------------
struct Product {
  std::string product_id;
  int version = 1;
  std::string name_zh, name_en, description_zh, description_en;
  terms::RepaymentMethod method{};
  Rate annual_rate;
  Money min_amount, max_amount, amount_step;
  std::vector<int> terms_months;
  Rate penalty_rate;
  int grace_days = 0;
};
std::span<const Product> products();
Result<const Product*> find_product(std::string_view product_id);

// --- the total-cost sheet (rule 2026 no. 2: every item, who charges it and how)
// ------------------------
struct CostItem {
  std::string name, payee, method;
  Money amount;
};
BOOST_DESCRIBE_STRUCT(CostItem, (), (name, payee, method, amount))
struct ContingentItem {
  std::string name, method;
};
BOOST_DESCRIBE_STRUCT(ContingentItem, (), (name, method))
struct SheetRow {
  int no = 0;
  BusinessDate due;
  Money payment, principal, interest, balance;
};
BOOST_DESCRIBE_STRUCT(SheetRow, (), (no, due, payment, principal, interest, balance))
struct CostSheet {
  std::string product_id;
  int product_version = 0;
  terms::RepaymentMethod method{};
  Money principal;
  int term_months = 0;
  Rate annual_rate;
  std::vector<CostItem> items;
  std::vector<ContingentItem> contingent;
  Money total_interest, total_cost, total_payment;
  std::string irr_simple, irr_compound;  // six decimals, labelled 单利 and 复利 on screen
  std::vector<SheetRow> schedule;  // as if paid out today; the real dates run from disbursement
};
BOOST_DESCRIBE_STRUCT(CostSheet, (),
                      (product_id, product_version, method, principal, term_months, annual_rate,
                       items, contingent, total_interest, total_cost, total_payment, irr_simple,
                       irr_compound, schedule))

// Pure. Errors: unknown_product, amount_not_offered, term_not_offered, terms.*.
Result<CostSheet> quote(std::string_view product_id, Money amount, int term_months,
                        BusinessDate start, std::string_view language);

inline constexpr int kMinimumReadingSeconds = 5;

// --- applications
// --------------------------------------------------------------------------------------
enum class State {
  referred,
  declined,
  approved,
  costs_confirmed,
  signed_,
  paid_out,
  payout_failed,
  cancelled
};
BOOST_DESCRIBE_ENUM(State, referred, declined, approved, costs_confirmed, signed_, paid_out,
                    payout_failed, cancelled)
std::string to_string(State state);  // "signed" for signed_

struct Request {
  std::string product_id;
  Money amount;
  int term_months = 0;
  Money monthly_income, other_monthly_debt;
  std::string use_of_funds;
  Pii<std::string> payout_card;
};

struct Application {
  ApplicationId id;
  PersonId person;
  State state{};
  std::string product_id;
  int product_version = 0;
  Money amount;
  int term_months = 0;
  std::vector<risk::Reason> reasons;
  std::string facts_json, rule_set_version;
  std::optional<CostSheet> sheet;
  std::string sheet_sha256;
  std::optional<Instant> sheet_shown_at;
  std::optional<ContractId> contract;
  std::string contract_sha256;
  std::optional<LoanId> loan;
  std::optional<StaffId> decided_by;
  Instant created_at, updated_at;
};

struct ContractText {
  ContractId id;
  std::string markdown;
  std::string sha256;
};

// Thread-safe. `today` is the business date.
class Origination {
 public:
  Origination(storage::Database& database, vault::Vault& vault, auth::Auth& auth,
              const Clock& clock, Random& random,
              std::function<BusinessDate(storage::Transaction&)> today,
              std::function<int(storage::Transaction&, const PersonId&)> active_loans,
              std::function<Money(storage::Transaction&, const PersonId&)> exposure);

  // Decides by the current rule set and keeps facts, rules' version and reasons. `operation` makes
  // a repeat of the same request return the first application. Errors: the request's own,
  // not_verified, open_application, consent.missing, controls.stopped.
  Result<Application> apply(const PersonId& person, std::string_view operation,
                            const Request& request);
  // For its owner; notes when the cost sheet is shown for the first time.
  Result<Application> show(const PersonId& person, const ApplicationId& id);
  Result<Application> get(const ApplicationId& id);
  std::optional<Application> latest(storage::Transaction& tx, const PersonId& person);
  std::vector<Application> all_of(storage::Transaction& tx,
                                  const PersonId& person);  // oldest first
  // Newest first; "" = any state.
  std::vector<Application> list(storage::Transaction& tx, std::string_view state, int limit);

  // Errors: not_found, wrong_state, other_sheet, read_longer. A repeat is fine.
  Result<Application> confirm_costs(const PersonId& person, const ApplicationId& id,
                                    std::string_view sheet_sha256);
  Result<ContractText> contract(const PersonId& person, const ApplicationId& id);
  // The step-up that signs this contract and says so in words. Errors: not_found, wrong_state,
  // auth.* (also while the device is on hold).
  Result<auth::StepUp> begin_signing(const auth::Borrower& borrower, const ApplicationId& id);
  // Errors: not_found, wrong_state, other_contract, auth.*. A repeat after success is fine.
  // Publishes "origination.signed".
  Result<Application> sign(const auth::Borrower& borrower, const ApplicationId& id,
                           const auth::ChallengeId& step_up, std::string_view contract_sha256);
  Result<Application> cancel(const PersonId& person, const ApplicationId& id);

  // Errors: not_found, wrong_state (not referred), reason_missing.
  Result<Application> decide_by_staff(const ApplicationId& id, const StaffId& staff, bool approve,
                                      std::string_view reason);

  // servicing tells how it went on, in its own transaction.
  static Status record_loan(storage::Transaction& tx, Instant now, const ApplicationId& id,
                            const LoanId& loan);
  static Status record_payout(storage::Transaction& tx, Instant now, const ApplicationId& id,
                              bool succeeded);

 private:
  Result<documents::IncomeEvidence> evidence(const PersonId& person);
  Result<risk::Decision> assess(const PersonId& person, const Request& request,
                                const CostSheet& sheet, const Pii<std::string>& id_number);
  Result<Application> owned(storage::Transaction& tx, const PersonId& person,
                            const ApplicationId& id, bool lock);

  storage::Database& database_;
  vault::Vault& vault_;
  auth::Auth& auth_;
  const Clock& clock_;
  Random& random_;
  std::function<BusinessDate(storage::Transaction&)> today_;
  std::function<int(storage::Transaction&, const PersonId&)> active_loans_;
  std::function<Money(storage::Transaction&, const PersonId&)> exposure_;
};

// Reads an application inside another capability's transaction.
std::optional<Application> find_application(storage::Transaction& tx, const ApplicationId& id,
                                            bool lock = false);

extern const storage::Migration kOriginationMigration;

}  // namespace mq::origination
