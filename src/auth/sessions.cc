// Sessions.
#include <algorithm>

#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/tokens.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

// What is said of sign-ins in the terms: their device and time are forgotten so long after the end.
constexpr std::int64_t kForgottenAfterSeconds = 30LL * 24 * 60 * 60;
// Requests that were under way when a token was replaced still carry it: a photo over a slow
// network takes a quarter of a minute here (limits::kHttpReadTimeoutMs), and longer at a proxy
// before us.
constexpr std::int64_t kReplacedSeconds = 2 * 60;

}  // namespace

Auth::Auth(storage::Database& database, vault::Vault& vault, const crypto::KeyRing& ring,
           const Clock& clock, Random& random)
    : database_(database), vault_(vault), ring_(ring), clock_(clock), random_(random) {}

NewSession Auth::open_session(storage::Transaction& tx, std::string_view kind,
                              const std::string& subject, const Origin& origin, bool vouched) {
  const auto now = clock_.now();
  auto device = note_device(tx, kind, subject, origin, vouched);
  NewSession session{new_token(random_),
                     now.plus_seconds(limits::kSessionLifeSeconds),
                     SessionId::make(now, random_),
                     device.id,
                     std::move(device.token),
                     account_tag(kind, subject)};
  tx.execute("DELETE FROM auth_session WHERE expires_at < $1",
             {now.plus_seconds(-kForgottenAfterSeconds)});
  forget_old_attempts(tx, now);
  tx.execute(
      "INSERT INTO auth_session (id, kind, subject, token_hash, created_at, seen_at, expires_at, "
      "client, device, bound, renewed_at, renewed_seen) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, "
      "$8, $9, $5, 1)",
      {session.id, kind, subject, token_hash(ring_, session.token), now, session.expires_at,
       origin.client, session.device, std::int64_t{origin.browser}});
  return session;
}

Result<Auth::Found> Auth::find_session(std::string_view kind, std::string_view token,
                                       const DeviceTokens& devices, Renewal renewal) {
  if (!plausible_token(token)) return AuthErrc::no_session;
  const auto hash = token_hash(ring_, token);
  const auto now = clock_.now();
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           auto found = tx.first(
               "SELECT s.id, s.subject, s.seen_at, s.device, d.token_hash, d.used, s.bound, "
               "CASE WHEN s.token_hash = $1 THEN 0 ELSE 1 END, s.renewed_at, s.renewed_seen, "
               "s.expires_at FROM auth_session s "
               "LEFT JOIN auth_device d ON d.id = s.device WHERE (s.token_hash = $1 OR "
               "s.replaced_hash = $1) AND s.kind = $2 "
               "AND s.expires_at > $3 AND s.seen_at > $4 AND s.ended_at IS NULL",
               {hash, kind, now, now.plus_seconds(-limits::kSessionIdleSeconds)});
           // One of a device that is no more is none; those from before devices were kept have
           // none.
           if (!found || found->is_null(3)) return found;
           if (found->is_null(4)) return std::optional<storage::Row>{};
           // What was stolen without its device opens nothing.
           const auto fits = [&](const std::string& one) {
             return crypto::constant_time_equal(found->bytes(4), token_hash(ring_, one));
           };
           const bool asked = devices.has_value() || found->i64(6) != 0;
           if (asked && (!devices || std::none_of(devices->begin(), devices->end(), fits)))
             found.reset();
           return found;
         }));
  if (!row) return AuthErrc::no_session;
  Found found{row->id<SessionId>(0),
              row->text(1),
              row->is_null(3) ? std::nullopt : std::optional(row->id<DeviceId>(3)),
              {}};
  const TokenUse use{.replaced = row->flag(7),
                     .renewed_at = row->instant(8),
                     .renewed_seen = row->flag(9),
                     .may_renew = renewal == Renewal::by_cookie && row->i64(6) != 0};
  const auto verdict = judge(use, now);
  if (verdict == TokenVerdict::copied) {
    MQ_REQUIRE(end_copied(found));
    return AuthErrc::no_session;
  }
  // Writing at most once a minute keeps reading requests from becoming writing ones.
  const bool first_use = !row->is_null(5) && row->i64(5) == 0;
  const bool a_minute = now.us - row->i64(2) > 60'000'000;
  const bool arrived = !use.replaced && !use.renewed_seen;
  const bool renew = verdict == TokenVerdict::renew;
  if (!first_use && !a_minute && !arrived && !renew) return found;
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    if (first_use) {
      tx.execute("UPDATE auth_account SET has_device = 1 WHERE person = $1", {found.subject});
      tx.execute("UPDATE auth_device SET used = 1 WHERE id = $1", {*found.device});
    }
    if (a_minute) tx.execute("UPDATE auth_session SET seen_at = $1 WHERE id = $2", {now, found.id});
    if (arrived)
      tx.execute("UPDATE auth_session SET renewed_seen = 1 WHERE id = $1 AND token_hash = $2",
                 {found.id, hash});
    found.renewed.reset();  // this may run again
    if (!renew) return ok();
    // Of two requests at the same moment one gets the new token. What was presented stays good
    // until the new one has arrived.
    const auto fresh = new_token(random_);
    const auto won = tx.change(
        "UPDATE auth_session SET replaced_hash = $1, token_hash = $2, renewed_at = $3, "
        "renewed_seen = 0 WHERE id = $4 AND renewed_at = $5 AND ended_at IS NULL",
        {hash, token_hash(ring_, fresh), now, found.id, use.renewed_at});
    if (won == 1) found.renewed = RenewedToken{fresh, row->instant(10)};
    return ok();
  }));
  return found;
}

TokenVerdict judge(const TokenUse& use, Instant now) {
  const bool lately = use.renewed_at.plus_seconds(kReplacedSeconds) > now;
  if (!use.replaced) {
    const bool old = use.renewed_at.plus_seconds(kTokenSeconds) <= now;
    return old && use.may_renew ? TokenVerdict::renew : TokenVerdict::good;
  }
  if (lately) return TokenVerdict::good;
  // The new one never arrived, so this is still its owner's; and else somebody has a copy.
  if (use.renewed_seen) return TokenVerdict::copied;
  return use.may_renew ? TokenVerdict::renew : TokenVerdict::good;
}

// Two have the session, and nobody knows which of them is the owner.
Status Auth::end_copied(const Found& session) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto ended =
        tx.change("UPDATE auth_session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
                  {clock_.now(), session.id});
    if (ended == 1) {
      audit::append(tx, clock_.now(), random_, "auth.session_copied", session.subject,
                    {{"session", session.id.str()}});
    }
    return ok();
  });
}

Result<Borrower> Auth::borrower(std::string_view token, const DeviceTokens& devices,
                                Renewal renewal) {
  MQ_TRY(auto found, find_session("borrower", token, devices, renewal));
  MQ_TRY(const auto person, PersonId::parse(found.subject));
  return Borrower{person, found.id, found.device, std::move(found.renewed)};
}

Status Auth::sign_out(const SessionId& session) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    tx.execute("UPDATE auth_session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
               {clock_.now(), session});
    return ok();
  });
}

const storage::Migration kAuthMigration{
    7, "auth",
    "CREATE TABLE auth_account (person TEXT PRIMARY KEY, phone_lookup BYTEA NOT NULL UNIQUE, "
    "created_at BIGINT NOT NULL, verified_at BIGINT);"
    "CREATE TABLE auth_challenge (id TEXT PRIMARY KEY, person TEXT NOT NULL, action TEXT NOT NULL, "
    "code_hash BYTEA NOT NULL, code_sealed BYTEA, guesses BIGINT NOT NULL, state TEXT NOT NULL, "
    "created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);"
    "CREATE INDEX auth_challenge_person ON auth_challenge (person, created_at);"
    "CREATE TABLE auth_session (id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, "
    "token_hash BYTEA NOT NULL UNIQUE, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, "
    "expires_at BIGINT NOT NULL, ended_at BIGINT);"
    "CREATE TABLE auth_staff (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, "
    "password_hash TEXT NOT NULL, roles TEXT NOT NULL, failures BIGINT NOT NULL DEFAULT 0, "
    "failed_at BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL)"};

// Sessions from before count as renewed long ago.
const storage::Migration kRenewalMigration{
    21, "auth_renewal",
    "ALTER TABLE auth_session ADD COLUMN replaced_hash BYTEA;"
    "ALTER TABLE auth_session ADD COLUMN renewed_at BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE auth_session ADD COLUMN renewed_seen BIGINT NOT NULL DEFAULT 1;"
    "CREATE INDEX auth_session_replaced ON auth_session (replaced_hash);"
    "CREATE TABLE auth_password (person TEXT PRIMARY KEY, hash TEXT NOT NULL, since BIGINT NOT "
    "NULL);"
    "ALTER TABLE auth_totp ADD COLUMN next_sealed BYTEA;"
    "ALTER TABLE auth_totp ADD COLUMN next_until BIGINT;"
    "ALTER TABLE auth_step_up DROP COLUMN device"};

// Until now an administrator had every role. Those who are keep them, now written down, so that
// they can be taken away (docs/operations.md).
const storage::Migration kRolesMigration{
    15, "auth_roles",
    "UPDATE auth_staff SET roles = 'reviewer,risk,finance,admin' "
    "WHERE ',' || roles || ',' LIKE '%,admin,%'"};

}  // namespace mq::auth
