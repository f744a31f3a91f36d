#include "identity/store.h"

#include <algorithm>

#include "runtime/json.h"

namespace mq::identity {
namespace {

std::optional<DocumentId> document(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.id<DocumentId>(column);
}

}  // namespace

Verification read_verification(const storage::Row& row, int attempts_allowed) {
  Verification out;
  out.id = row.id<VerificationId>(0);
  out.person = row.id<PersonId>(1);
  MQ_CHECK(boost::describe::enum_from_string(row.text(2).c_str(), out.state));
  out.card = document(row, 3);
  out.selfie = document(row, 4);
  out.authority = document(row, 5);
  out.attempt = static_cast<int>(row.i64(6));
  // While photos are collected, the attempt they are for is still to be had.
  const int used = out.state == State::collecting ? out.attempt - 1 : out.attempt;
  out.attempts_left = std::max(0, attempts_allowed - used);
  auto reasons = runtime::from_json<std::vector<Reason>>(row.text(7));
  MQ_CHECK(reasons.ok());
  out.reasons = *reasons;
  if (const auto text = row.text_or_null(8)) {
    auto facts = runtime::from_json<Facts>(*text);
    MQ_CHECK(facts.ok());
    out.facts = *facts;
  }
  if (!row.is_null(9)) out.decided_by = row.id<StaffId>(9);
  out.created_at = row.instant(10);
  out.updated_at = row.instant(11);
  return out;
}

std::optional<Verification> find_verification(storage::Transaction& tx, const VerificationId& id,
                                              int attempts_allowed, bool lock) {
  const auto row = tx.first(std::string("SELECT ") + kVerificationColumns +
                                " FROM identity_verification WHERE id = $1" +
                                std::string(lock ? tx.for_update() : ""),
                            {id});
  if (!row) return std::nullopt;
  return read_verification(*row, attempts_allowed);
}

std::optional<Verification> latest_verification(storage::Transaction& tx, const PersonId& person,
                                                int attempts_allowed, bool lock) {
  const auto row = tx.first(std::string("SELECT ") + kVerificationColumns +
                                " FROM identity_verification WHERE person = $1 "
                                "ORDER BY id DESC LIMIT 1" +
                                std::string(lock ? tx.for_update() : ""),
                            {person});
  if (!row) return std::nullopt;
  return read_verification(*row, attempts_allowed);
}

std::string reasons_json(const std::vector<Reason>& reasons) { return runtime::to_json(reasons); }

const storage::Migration kIdentityMigration{
    9, "identity",
    "CREATE TABLE identity_verification (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
    "state TEXT NOT NULL, card TEXT, selfie TEXT, authority TEXT, authority_result TEXT, "
    "authority_request TEXT, attempt BIGINT NOT NULL, reasons TEXT NOT NULL, facts TEXT, template_blob TEXT, "
    "decided_by TEXT, decision_reason TEXT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);"
    "CREATE INDEX identity_verification_person ON identity_verification (person, id);"
    "CREATE INDEX identity_verification_state ON identity_verification (state, id)"};

}  // namespace mq::identity
