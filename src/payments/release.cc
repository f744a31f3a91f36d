#include "payments/release.h"

#include <algorithm>

#include "audit/audit.h"
#include "payments/store.h"

namespace mq::payments {
namespace {

constexpr std::string_view kWaits =
    "state = 'created' AND releases_needed > (SELECT COUNT(*) FROM payment_release r WHERE "
    "r.instruction_id = payment_instruction.id)";

Waiting with_releases(storage::Transaction& tx, const Instruction& instruction) {
  Waiting one{instruction,
              instruction.releases_needed,
              {},
              instruction.created_at.plus_seconds(kReleaseSeconds)};
  for (const auto& row : tx.query(
           "SELECT staff, at FROM payment_release WHERE instruction_id = $1 ORDER BY at, staff",
           {instruction.id}))
    one.releases.push_back({row.id<StaffId>(0), row.instant(1)});
  return one;
}

bool waits(const Waiting& one) {
  return one.instruction.state == State::created &&
         one.needed > static_cast<int>(one.releases.size());
}

void fail(storage::Transaction& tx, Instant now, Random& random, Instruction instruction,
          std::string_view reason) {
  instruction.state = State::failed;
  instruction.reason = std::string(reason);
  instruction.updated_at = now;
  update_instruction(tx, instruction);
  publish_settled(tx, now, random, instruction);
}

}  // namespace

std::vector<Waiting> waiting(storage::Transaction& tx, int limit) {
  std::vector<Waiting> out;
  for (const auto& row : tx.query("SELECT id FROM payment_instruction WHERE " +
                                      std::string(kWaits) + " ORDER BY created_at, id LIMIT $1",
                                  {limit})) {
    const auto instruction = find(tx, row.id<InstructionId>(0));
    MQ_CHECK(instruction.ok());
    out.push_back(with_releases(tx, *instruction));
  }
  return out;
}

std::optional<Waiting> waiting_for(storage::Transaction& tx, Kind kind, std::string_view object) {
  for (const auto& instruction : list(tx, object)) {
    if (instruction.kind != kind) continue;
    auto one = with_releases(tx, instruction);
    if (waits(one)) return one;
  }
  return std::nullopt;
}

Result<int> release(storage::Transaction& tx, Instant now, Random& random, InstructionId id,
                    const StaffId& by, const std::function<bool(const StaffId&)>& still_there) {
  MQ_TRY(const auto instruction, load_locked(tx, id));
  auto one = with_releases(tx, instruction);
  if (!waits(one) || one.expires_at <= now) return PaymentsErrc::not_waiting;
  if (std::ranges::any_of(one.releases, [&](const Release& r) { return r.by == by; }))
    return PaymentsErrc::own_release;
  // Two who may are needed, to the end: one who has been taken away since does not count.
  for (const auto& earlier : one.releases) {
    if (still_there(earlier.by)) continue;
    tx.execute("DELETE FROM payment_release WHERE instruction_id = $1 AND staff = $2",
               {id, earlier.by});
  }
  tx.execute("INSERT INTO payment_release (instruction_id, staff, at) VALUES ($1, $2, $3)",
             {id, by, now});
  const auto missing =
      one.needed - static_cast<int>(with_releases(tx, instruction).releases.size());
  audit::append(tx, now, random, "payments.released", id.str(),
                {{"by", by.str()}, {"missing", std::to_string(missing)}});
  if (missing == 0) publish_created(tx, now, random, id);
  return missing;
}

Status refuse(storage::Transaction& tx, Instant now, Random& random, InstructionId id,
              const StaffId& by, std::string_view reason) {
  MQ_TRY(const auto instruction, load_locked(tx, id));
  if (!waits(with_releases(tx, instruction))) return PaymentsErrc::not_waiting;
  fail(tx, now, random, instruction, kReleaseRefused);
  tx.execute(
      "INSERT INTO payment_refusal (instruction_id, staff, reason, at) VALUES ($1, $2, $3, $4)",
      {id, by, reason, now});
  audit::append(tx, now, random, "payments.release_refused", id.str(), {{"by", by.str()}});
  return ok();
}

int expire_releases(storage::Transaction& tx, Instant now, Random& random) {
  int expired = 0;
  for (const auto& row : tx.query(
           "SELECT id FROM payment_instruction WHERE created_at <= $1 AND " + std::string(kWaits),
           {now.plus_seconds(-kReleaseSeconds)})) {
    const auto instruction = load_locked(tx, row.id<InstructionId>(0));
    MQ_CHECK(instruction.ok());
    // Released or refused a moment ago, by another transaction.
    if (!waits(with_releases(tx, *instruction))) continue;
    fail(tx, now, random, *instruction, kReleaseExpired);
    audit::append(tx, now, random, "payments.release_expired", instruction->id.str(), {});
    ++expired;
  }
  return expired;
}

const storage::Migration kReleasesMigration{.number = 22, .name = "payment_releases", .sql = R"sql(
ALTER TABLE payment_instruction ADD COLUMN releases_needed BIGINT NOT NULL DEFAULT 0;
CREATE TABLE payment_release (
  instruction_id TEXT NOT NULL REFERENCES payment_instruction (id),
  staff TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (instruction_id, staff)
);
CREATE TABLE payment_refusal (
  instruction_id TEXT PRIMARY KEY REFERENCES payment_instruction (id),
  staff TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL
);
)sql"};

}  // namespace mq::payments
