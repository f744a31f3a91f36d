// Applying and deciding.
#include <algorithm>
#include <array>

#include "audit/audit.h"
#include "bankcard/bankcard.h"
#include "base/limits.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "idcard/idcard.h"
#include "origination/origination.h"
#include "origination/store.h"
#include "runtime/json.h"

namespace mq::origination {
namespace {

constexpr std::array kUses = {"education", "medical", "renovation", "consumption", "travel"};

State state_of(risk::Outcome outcome) {
  switch (outcome) {
    case risk::Outcome::approve:
      return State::approved;
    case risk::Outcome::decline:
      return State::declined;
    case risk::Outcome::refer:
      return State::referred;
  }
  check_failed("unknown outcome");
}

bool under_way(State state) {
  return state == State::referred || state == State::approved || state == State::costs_confirmed ||
         state == State::signed_;
}

Status check_request(const Request& request) {
  if (!bankcard::plausible_number(request.payout_card.expose()))
    return OriginationErrc::bad_card_number;
  for (const auto amount : {request.monthly_income, request.other_monthly_debt}) {
    if (amount.is_negative() || amount.minor() > limits::kIncomeMinor) {
      return OriginationErrc::bad_income;
    }
  }
  if (std::find(kUses.begin(), kUses.end(), request.use_of_funds) == kUses.end()) {
    return OriginationErrc::bad_use_of_funds;
  }
  return ok();
}

}  // namespace

Origination::Origination(storage::Database& database, vault::Vault& vault, auth::Auth& auth,
                         const Clock& clock, Random& random,
                         std::function<BusinessDate(storage::Transaction&)> today,
                         std::function<int(storage::Transaction&, const PersonId&)> active_loans,
                         std::function<Money(storage::Transaction&, const PersonId&)> exposure)
    : database_(database),
      vault_(vault),
      auth_(auth),
      clock_(clock),
      random_(random),
      today_(std::move(today)),
      active_loans_(std::move(active_loans)),
      exposure_(std::move(exposure)) {}

// Of whose papers are erased nothing is known, which is what a decision without them looks at.
Result<documents::IncomeEvidence> Origination::evidence(const PersonId& person) {
  const auto keys =
      vault_.unlock(person, {vault::RetentionClass::identity, vault::RetentionClass::finances});
  if (!keys.ok() && keys.error().is(vault::VaultErrc::erased)) return documents::IncomeEvidence{};
  if (!keys.ok()) return keys.error();
  return database_.read([&](storage::Transaction& tx) -> Result<documents::IncomeEvidence> {
    MQ_TRY(const auto name, vault_.get(tx, *keys, vault::Field::name));
    return documents::income_evidence(tx, vault_, *keys, name, clock_.now());
  });
}

Result<risk::Decision> Origination::assess(const PersonId& person, const Request& request,
                                           const CostSheet& sheet,
                                           const Pii<std::string>& id_number) {
  MQ_TRY(const auto documented, evidence(person));
  return database_.read([&](storage::Transaction& tx) -> Result<risk::Decision> {
    const auto today = today_(tx);
    const auto number = idcard::read_id_number(id_number.expose());
    MQ_CHECK(number.has_value());  // identity stored it after this very check
    terms::LoanTerms loan_terms{request.amount, sheet.annual_rate, request.term_months,
                                sheet.method, today};
    MQ_TRY(const auto schedule, terms::make_schedule(loan_terms));
    risk::Facts facts;
    facts.decided_on = today;
    facts.age_years = idcard::age_on(number->birth, today);
    facts.identity_state = identity::Identity::is_verified(tx, person) ? "passed" : "none";
    facts.monthly_income = request.monthly_income;
    facts.other_monthly_debt = request.other_monthly_debt;
    facts.instalment = risk::monthly_burden(schedule);
    facts.amount = request.amount;
    facts.term_months = request.term_months;
    facts.method = sheet.method;
    facts.active_loans = active_loans_(tx, person);
    facts.consumer_exposure = exposure_(tx, person);
    facts.use_of_funds = request.use_of_funds;
    facts.statement = boost::describe::enum_to_string(documented.standing, "?");
    facts.documented_income = documented.monthly_income;
    return risk::decide(risk::current_rule_set(), facts);
  });
}

Result<Application> Origination::apply(const PersonId& person, std::string_view operation,
                                       const Request& request) {
  MQ_REQUIRE(check_request(request));
  MQ_TRY(const auto keys,
         vault_.unlock(person, {vault::RetentionClass::identity, vault::RetentionClass::contract}));
  Pii<std::string> id_number;
  BusinessDate today;
  MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(controls::require_open(tx, controls::Switch::applications));
    MQ_REQUIRE(consent::require(tx, person, consent::Purpose::terms));
    if (!identity::Identity::is_verified(tx, person)) return OriginationErrc::not_verified;
    MQ_TRY(id_number, vault_.get(tx, keys, vault::Field::id_number));
    today = today_(tx);
    return ok();
  }));
  MQ_TRY(const auto sheet,
         quote(request.product_id, request.amount, request.term_months, today, "zh"));
  MQ_TRY(const auto decision, assess(person, request, sheet, id_number));
  const auto sheet_json = runtime::to_json(sheet);
  const auto sheet_sha256 = crypto::hex(crypto::sha256(as_bytes(sheet_json)));
  const auto id = ApplicationId::make(clock_.now(), random_);

  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    const auto now = clock_.now();
    // The person's account row keeps two requests at the same moment from both passing the check
    // below.
    tx.query(std::string("SELECT person FROM auth_account WHERE person = $1") +
                 std::string(tx.for_update()),
             {person});
    const auto repeat = tx.first(std::string("SELECT ") + kApplicationColumns +
                                     " FROM origination_application WHERE operation = $1",
                                 {operation});
    if (repeat) return read_application(*repeat);
    const auto current = latest(tx, person);
    if (current && under_way(current->state)) return OriginationErrc::open_application;
    vault_.put(tx, keys, vault::Field::payout_card, request.payout_card);
    const auto state = state_of(decision.outcome);
    tx.execute(
        "INSERT INTO origination_application (id, person, operation, state, product, "
        "product_version, minor, term_months, use_of_funds, reasons, facts, rule_set, sheet, "
        "sheet_sha256, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
        "$11, $12, $13, $14, $15, $15)",
        {id, person, operation, to_string(state), sheet.product_id, sheet.product_version,
         request.amount.minor(), request.term_months, request.use_of_funds,
         runtime::to_json(decision.reasons), decision.facts_json, decision.rule_set_version,
         sheet_json, sheet_sha256, now});
    boost::json::array reasons;
    for (const auto& reason : decision.reasons) reasons.emplace_back(reason.code);
    audit::append(tx, now, random_, "origination.decided", id.str(),
                  {{"person", person.str()},
                   {"state", to_string(state)},
                   {"rule_set", decision.rule_set_version},
                   {"rule_set_sha256", decision.rule_set_sha256},
                   {"amount", request.amount.str()},
                   {"reasons", reasons}});
    return *find_application(tx, id);
  });
}

Result<Application> Origination::decide_by_staff(const ApplicationId& id, const StaffId& staff,
                                                 bool approve, std::string_view reason) {
  if (reason.empty() || reason.size() > limits::kReasonBytes) {
    return OriginationErrc::reason_missing;
  }
  return database_.write([&](storage::Transaction& tx) -> Result<Application> {
    const auto now = clock_.now();
    const auto found = find_application(tx, id, true);
    if (!found) return OriginationErrc::not_found;
    if (found->state != State::referred) return OriginationErrc::wrong_state;
    const auto state = approve ? State::approved : State::declined;
    set_state(tx, now, id, state);
    tx.execute(
        "UPDATE origination_application SET decided_by = $1, decision_reason = $2 WHERE id = $3",
        {staff, reason, id});
    audit::append(
        tx, now, random_, "origination.decided_by_staff", id.str(),
        {{"person", found->person.str()}, {"staff", staff.str()}, {"state", to_string(state)}});
    return *find_application(tx, id);
  });
}

}  // namespace mq::origination
