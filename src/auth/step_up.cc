// Approving one act: a challenge that names it, the factors it needs, and using it once.
#include <algorithm>

#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/passkeys.h"
#include "auth/step_up_policy.h"

namespace mq::auth {
namespace {

constexpr std::size_t kNonceBytes = 32;
// A repeat after a lost answer is told that it is over, not that it never was.
constexpr std::int64_t kStepUpKeptSeconds = 24 * 60 * 60;

std::vector<Factor> done_of(const std::string& text) {
  std::vector<Factor> done;
  for (const auto& one_of : factors_of(text)) done.push_back(one_of.front());
  return done;
}

std::string done_text(const std::vector<Factor>& done) {
  NeededFactors all;
  for (const auto factor : done) all.push_back({factor});
  return factors_text(all);
}

struct StoredStepUp {
  StepUpKind kind{};
  std::string words, object;
  NeededFactors needed;  // still
  std::vector<Factor> done;
  Bytes nonce;
  Instant expires_at;
};

// Held until the transaction ends. Only the session that asked for it may go on with it, as long as
// it is not used. Whether it is too old is for the caller to see.
std::optional<StoredStepUp> load(storage::Transaction& tx, const Borrower& borrower,
                                 const ChallengeId& id) {
  const auto row = tx.first(
      "SELECT kind, words, object, needed, done, nonce, expires_at FROM auth_step_up WHERE id = $1 "
      "AND person = $2 AND session = $3 AND state = 'open'" +
          std::string(tx.for_update()),
      {id, borrower.person, borrower.session});
  if (!row) return std::nullopt;
  auto done = done_of(row->text(4));
  return StoredStepUp{.kind = enum_at<StepUpKind>(*row, 0),
                      .words = row->text(1),
                      .object = row->text(2),
                      .needed = without(factors_of(row->text(3)), done),
                      .done = std::move(done),
                      .nonce = row->bytes(5),
                      .expires_at = row->instant(6)};
}

}  // namespace

Result<StepUp> Auth::require_step_up(const Borrower& borrower, const Act& act) {
  const auto now = clock_.now();
  const auto id = ChallengeId::make(now, random_);
  Bytes nonce(kNonceBytes);
  random_.fill(nonce);
  return database_.write([&](storage::Transaction& tx) -> Result<StepUp> {
    tx.execute("DELETE FROM auth_step_up WHERE expires_at < $1",
               {now.plus_seconds(-kStepUpKeptSeconds)});
    StepUp made{id,
                act.kind,
                act.words,
                now.plus_seconds(kStepUpSeconds),
                {},
                crypto::base64url(nonce),
                passkey_ids(tx, borrower.person)};
    made.needed = factors_needed(act.kind, act.amount, strongest(tx, borrower.person));
    tx.execute(
        "INSERT INTO auth_step_up (id, person, session, kind, words, object, needed, done, nonce, "
        "state, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, 'open', $9)",
        {id, borrower.person, borrower.session, boost::describe::enum_to_string(act.kind, "?"),
         act.words, act.object, factors_text(made.needed), nonce, made.expires_at});
    audit::append(tx, now, random_, "auth.step_up_asked", id.str(),
                  {{"person", borrower.person.str()},
                   {"kind", boost::describe::enum_to_string(act.kind, "?")},
                   {"words", act.words},
                   {"object", act.object},
                   {"needed", factors_text(made.needed)}});
    return made;
  });
}

Result<Auth::OpenStepUp> Auth::open_step_up(storage::Transaction& tx, const Borrower& borrower,
                                            const ChallengeId& id) {
  auto stored = load(tx, borrower, id);
  if (!stored) return AuthErrc::unknown_step_up;
  if (stored->expires_at < clock_.now()) return AuthErrc::expired_code;
  return OpenStepUp{
      {id, stored->kind, std::move(stored->words), stored->expires_at, std::move(stored->needed),
       crypto::base64url(stored->nonce), passkey_ids(tx, borrower.person)},
      std::move(stored->done),
      std::move(stored->nonce)};
}

void Auth::add_factor(storage::Transaction& tx, OpenStepUp& step_up, Factor factor) {
  step_up.done.push_back(factor);
  step_up.view.needed = without(step_up.view.needed, step_up.done);
  tx.execute("UPDATE auth_step_up SET done = $1 WHERE id = $2",
             {done_text(step_up.done), step_up.view.id});
  audit::append(tx, clock_.now(), random_, "auth.step_up_factor", step_up.view.id.str(),
                {{"factor", boost::describe::enum_to_string(factor, "?")}});
}

Result<Challenge> Auth::send_step_up_code(const Borrower& borrower, const ChallengeId& id) {
  MQ_TRY(const auto found,
         database_.write([&](storage::Transaction& tx) { return open_step_up(tx, borrower, id); }));
  return request_code(borrower.person, found.view.words, borrower.device, {}, id);
}

Result<StepUp> Auth::pass_step_up(const Borrower& borrower, const ChallengeId& id,
                                  std::string_view code) {
  MQ_TRY(const auto sent,
         database_.write([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           MQ_REQUIRE(open_step_up(tx, borrower, id));
           return tx.first(
               "SELECT id FROM auth_challenge WHERE step_up = $1 ORDER BY created_at DESC, id DESC "
               "LIMIT 1",
               {id});
         }));
  if (!sent) return AuthErrc::unknown_challenge;
  PersonId owner;
  MQ_REQUIRE(check_code(
      sent->id<ChallengeId>(0), code, {},
      [&](const PersonId& of, const std::string&) { return of == borrower.person; }, owner));
  return database_.write([&](storage::Transaction& tx) -> Result<StepUp> {
    MQ_TRY(auto found, open_step_up(tx, borrower, id));
    if (std::ranges::count(found.done, Factor::sms_code) == 0)
      add_factor(tx, found, Factor::sms_code);
    return found.view;
  });
}

Result<StepUp> Auth::pass_step_up(const Borrower& borrower, const ChallengeId& id,
                                  const PasskeyAnswer& answer) {
  // A refusal is kept in the trail, so the verdict is a value of the transaction, not its failure.
  StepUp view;
  auto refused = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    MQ_TRY(auto found, open_step_up(tx, borrower, id));
    const auto checked = check_passkey(tx, answer, found.nonce, borrower.person);
    if (!checked.ok()) return std::optional<Error>(checked.error());
    if (std::ranges::count(found.done, Factor::passkey) == 0)
      add_factor(tx, found, Factor::passkey);
    view = found.view;
    return std::optional<Error>{};
  });
  if (!refused.ok()) return refused.error();
  if (*refused) return **refused;
  return view;
}

Result<std::vector<Factor>> Auth::consume_step_up(storage::Transaction& tx,
                                                  const Borrower& borrower, const ChallengeId& id,
                                                  const Act& act) {
  const auto stored = load(tx, borrower, id);
  if (!stored || stored->kind != act.kind || stored->words != act.words ||
      stored->object != act.object) {
    return AuthErrc::unknown_step_up;
  }
  if (stored->expires_at < clock_.now()) return AuthErrc::expired_code;
  if (!stored->needed.empty()) return AuthErrc::step_up_incomplete;
  tx.execute("UPDATE auth_step_up SET state = 'used' WHERE id = $1", {id});
  // Who showed more than before goes on with another token: the one that was may have been seen.
  tx.execute("UPDATE auth_session SET renewed_at = 0, replaced_hash = NULL WHERE id = $1",
             {borrower.session});
  audit::append(tx, clock_.now(), random_, "auth.step_up_used", id.str(),
                {{"person", borrower.person.str()},
                 {"words", act.words},
                 {"object", act.object},
                 {"factors", done_text(stored->done)}});
  return stored->done;
}

}  // namespace mq::auth
