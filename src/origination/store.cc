#include "origination/store.h"

#include "runtime/json.h"

namespace mq::origination {
namespace {

State parse_state(const std::string& text) {
  State state{};
  MQ_CHECK(text == "signed" ? (state = State::signed_, true)
                            : boost::describe::enum_from_string(text.c_str(), state));
  return state;
}

}  // namespace

std::string to_string(State state) {
  return state == State::signed_ ? "signed" : boost::describe::enum_to_string(state, "?");
}

Application read_application(const storage::Row& row) {
  Application out;
  out.id = row.id<ApplicationId>(0);
  out.person = row.id<PersonId>(1);
  out.state = parse_state(row.text(2));
  out.product_id = row.text(3);
  out.product_version = static_cast<int>(row.i64(4));
  out.amount = row.money(5);
  out.term_months = static_cast<int>(row.i64(6));
  auto reasons = runtime::from_json<std::vector<risk::Reason>>(row.text(7));
  MQ_CHECK(reasons.ok());
  out.reasons = *reasons;
  out.facts_json = row.text(8);
  out.rule_set_version = row.text(9);
  auto sheet = runtime::from_json<CostSheet>(row.text(10));
  MQ_CHECK(sheet.ok());
  out.sheet = *sheet;
  out.sheet_sha256 = row.text(11);
  if (!row.is_null(12)) out.sheet_shown_at = row.instant(12);
  if (!row.is_null(13)) out.contract = row.id<ContractId>(13);
  out.contract_sha256 = row.text_or_null(14).value_or("");
  if (!row.is_null(15)) out.loan = row.id<LoanId>(15);
  if (!row.is_null(16)) out.decided_by = row.id<StaffId>(16);
  out.created_at = row.instant(17);
  out.updated_at = row.instant(18);
  return out;
}

std::optional<Application> find_application(storage::Transaction& tx, const ApplicationId& id,
                                            bool lock) {
  const auto row = tx.first(std::string("SELECT ") + kApplicationColumns +
                                " FROM origination_application WHERE id = $1" +
                                std::string(lock ? tx.for_update() : ""),
                            {id});
  if (!row) return std::nullopt;
  return read_application(*row);
}

void set_state(storage::Transaction& tx, Instant now, const ApplicationId& id, State state) {
  tx.execute("UPDATE origination_application SET state = $1, updated_at = $2 WHERE id = $3",
             {to_string(state), now, id});
}

const storage::Migration kOriginationMigration{
    11, "origination",
    "CREATE TABLE origination_application (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
    "operation TEXT NOT NULL UNIQUE, state TEXT NOT NULL, product TEXT NOT NULL, "
    "product_version BIGINT NOT NULL, minor BIGINT NOT NULL, term_months BIGINT NOT NULL, "
    "use_of_funds TEXT NOT NULL, reasons TEXT NOT NULL, facts TEXT NOT NULL, rule_set TEXT NOT NULL, "
    "sheet TEXT NOT NULL, sheet_sha256 TEXT NOT NULL, sheet_shown_at BIGINT, contract TEXT, "
    "contract_blob TEXT, contract_sha256 TEXT, loan TEXT, decided_by TEXT, decision_reason TEXT, "
    "created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);"
    "CREATE INDEX origination_application_person ON origination_application (person, id);"
    "CREATE INDEX origination_application_state ON origination_application (state, id)"};

}  // namespace mq::origination
