#include "payments/store.h"

#include "base/check.h"

namespace mq::payments {

// The unique index is the last guard against paying an object twice; a failed attempt may be
// followed by a new instruction.
const storage::Migration kPaymentsMigration{.number = 10, .name = "payments", .sql = R"sql(
CREATE TABLE payment_instruction (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('payout', 'debit')),
  object TEXT NOT NULL,
  person_id TEXT NOT NULL,
  minor BIGINT NOT NULL CHECK (minor > 0),
  currency TEXT NOT NULL,
  account_field TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('created', 'sending', 'accepted', 'succeeded', 'failed')),
  channel_reference TEXT,
  reason TEXT,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_instruction_live ON payment_instruction (kind, object)
  WHERE state <> 'failed';
CREATE INDEX payment_instruction_object ON payment_instruction (object);
CREATE INDEX payment_instruction_open ON payment_instruction (updated_at)
  WHERE state IN ('created', 'sending', 'accepted');
CREATE TABLE payment_notification (
  id TEXT PRIMARY KEY,
  instruction_id TEXT NOT NULL REFERENCES payment_instruction (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  channel_reference TEXT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE TABLE payment_finding (
  instruction_id TEXT NOT NULL REFERENCES payment_instruction (id),
  code TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (instruction_id, code, evidence)
);
)sql"};

namespace {

constexpr std::string_view kSelect =
    "SELECT id, kind, object, person_id, minor, currency, account_field, state, channel_reference,"
    " reason, attempts, created_at, updated_at, releases_needed FROM payment_instruction ";

template <class Enum>
std::string name_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

// Our own tables hold our own words: anything else is a bug.
template <class Enum>
Enum parse_name(const std::string& text) {
  Enum value{};
  MQ_CHECK(boost::describe::enum_from_string(text.c_str(), value));
  return value;
}

Instruction read_instruction(const storage::Row& row) {
  const auto currency = parse_currency(row.text(5));
  MQ_CHECK(currency.ok());
  Instruction out;
  out.id = row.id<InstructionId>(0);
  out.kind = parse_name<Kind>(row.text(1));
  out.object = row.text(2);
  out.person_id = row.id<PersonId>(3);
  out.amount = row.money(4, *currency);
  out.account_field = row.text(6);
  out.state = parse_name<State>(row.text(7));
  out.channel_reference = row.text_or_null(8);
  out.reason = row.text_or_null(9);
  out.attempts = static_cast<int>(row.i64(10));
  out.created_at = row.instant(11);
  out.updated_at = row.instant(12);
  out.releases_needed = static_cast<int>(row.i64(13));
  return out;
}

Result<Instruction> load(storage::Transaction& tx, InstructionId id, std::string_view lock) {
  const auto row = tx.first(std::string(kSelect) + "WHERE id = $1" + std::string(lock), {id});
  if (!row) return PaymentsErrc::not_found;
  return read_instruction(*row);
}

}  // namespace

void insert_instruction(storage::Transaction& tx, const Instruction& in) {
  tx.execute(
      "INSERT INTO payment_instruction (id, kind, object, person_id, minor, currency,"
      " account_field, state, attempts, created_at, updated_at, releases_needed)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {in.id, name_of(in.kind), in.object, in.person_id, in.amount.minor(),
       to_string(in.amount.currency()), in.account_field, name_of(in.state), in.attempts,
       in.created_at, in.updated_at, in.releases_needed});
}

int releases_of(storage::Transaction& tx, InstructionId id) {
  const auto row = tx.first("SELECT COUNT(*) FROM payment_release WHERE instruction_id = $1", {id});
  return static_cast<int>(row->i64(0));
}

Result<Instruction> load_locked(storage::Transaction& tx, InstructionId id) {
  return load(tx, id, tx.for_update());
}

Result<Instruction> find(storage::Transaction& tx, InstructionId id) { return load(tx, id, ""); }

void update_instruction(storage::Transaction& tx, const Instruction& in) {
  tx.execute(
      "UPDATE payment_instruction SET state = $2, channel_reference = $3, reason = $4,"
      " attempts = $5, updated_at = $6 WHERE id = $1",
      {in.id, name_of(in.state), in.channel_reference, in.reason, in.attempts, in.updated_at});
}

bool has_live_instruction(storage::Transaction& tx, Kind kind, std::string_view object) {
  return tx
      .first(
          "SELECT id FROM payment_instruction WHERE kind = $1 AND object = $2"
          " AND state <> 'failed'",
          {name_of(kind), object})
      .has_value();
}

std::vector<Instruction> list(storage::Transaction& tx, std::string_view object) {
  std::vector<Instruction> out;
  for (const auto& row :
       tx.query(std::string(kSelect) + "WHERE object = $1 ORDER BY created_at, id", {object})) {
    out.push_back(read_instruction(row));
  }
  return out;
}

std::vector<InstructionId> unresolved(storage::Transaction& tx, Instant before, int limit) {
  std::vector<InstructionId> out;
  for (const auto& row : tx.query("SELECT id FROM payment_instruction"
                                  " WHERE state IN ('created', 'sending', 'accepted')"
                                  " AND updated_at < $1 AND (state <> 'created' OR"
                                  " releases_needed <= (SELECT COUNT(*) FROM payment_release r"
                                  " WHERE r.instruction_id = payment_instruction.id))"
                                  " ORDER BY updated_at, id LIMIT $2",
                                  {before, limit})) {
    out.push_back(row.id<InstructionId>(0));
  }
  return out;
}

bool insert_notification(storage::Transaction& tx, Instant now, const Notification& in) {
  return tx.change(
             "INSERT INTO payment_notification (id, instruction_id, kind, state, minor, currency,"
             " channel_reference, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
             " ON CONFLICT (id) DO NOTHING",
             {in.notification_id, in.instruction_id, name_of(in.kind), name_of(in.state),
              in.amount.minor(), to_string(in.amount.currency()), in.channel_reference, now}) == 1;
}

bool same_as_stored(storage::Transaction& tx, const Notification& in) {
  return tx
      .first(
          "SELECT id FROM payment_notification WHERE id = $1 AND instruction_id = $2"
          " AND kind = $3 AND state = $4 AND minor = $5 AND currency = $6"
          " AND channel_reference = $7",
          {in.notification_id, in.instruction_id, name_of(in.kind), name_of(in.state),
           in.amount.minor(), to_string(in.amount.currency()), in.channel_reference})
      .has_value();
}

bool insert_finding(storage::Transaction& tx, const Finding& finding) {
  return tx.change(
             "INSERT INTO payment_finding (instruction_id, code, evidence, at)"
             " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
             {finding.instruction_id, name_of(finding.code), finding.evidence, finding.at}) == 1;
}

std::vector<Finding> findings(storage::Transaction& tx, InstructionId id) {
  std::vector<Finding> out;
  for (const auto& row : tx.query("SELECT code, evidence, at FROM payment_finding"
                                  " WHERE instruction_id = $1 ORDER BY at, code, evidence",
                                  {id})) {
    out.push_back({id, parse_name<FindingCode>(row.text(0)), row.text(1), row.instant(2)});
  }
  return out;
}

}  // namespace mq::payments
