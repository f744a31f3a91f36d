// Sessions.
#include <algorithm>

#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/tokens.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

// What is said of sign-ins in the terms: their device and time are forgotten so long after the end.
constexpr std::int64_t kForgottenAfterSeconds = 30LL * 24 * 60 * 60;

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
      "client, device, bound) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9)",
      {session.id, kind, subject, token_hash(ring_, session.token), now, session.expires_at,
       origin.client, session.device, std::int64_t{origin.browser}});
  return session;
}

Result<Auth::Found> Auth::find_session(std::string_view kind, std::string_view token,
                                       const DeviceTokens& devices) {
  if (!plausible_token(token)) return AuthErrc::no_session;
  const auto hash = token_hash(ring_, token);
  const auto now = clock_.now();
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           auto found = tx.first(
               "SELECT s.id, s.subject, s.seen_at, s.device, d.token_hash, d.used, s.bound "
               "FROM auth_session s "
               "LEFT JOIN auth_device d ON d.id = s.device WHERE s.token_hash = $1 AND s.kind = $2 "
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
  const Found found{row->id<SessionId>(0), row->text(1),
                    row->is_null(3) ? std::nullopt : std::optional(row->id<DeviceId>(3))};
  // Writing at most once a minute keeps reading requests from becoming writing ones.
  const bool first_use = !row->is_null(5) && row->i64(5) == 0;
  const bool a_minute = now.us - row->i64(2) > 60'000'000;
  if (first_use || a_minute) {
    MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
      if (first_use) {
        tx.execute("UPDATE auth_account SET has_device = 1 WHERE person = $1", {found.subject});
        tx.execute("UPDATE auth_device SET used = 1 WHERE id = $1", {*found.device});
      }
      if (a_minute)
        tx.execute("UPDATE auth_session SET seen_at = $1 WHERE id = $2", {now, found.id});
      return ok();
    }));
  }
  return found;
}

Result<Borrower> Auth::borrower(std::string_view token, const DeviceTokens& devices) {
  MQ_TRY(const auto found, find_session("borrower", token, devices));
  MQ_TRY(const auto person, PersonId::parse(found.subject));
  return Borrower{person, found.id, found.device};
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

// Until now an administrator had every role. Those who are keep them, now written down, so that
// they can be taken away (docs/operations.md).
const storage::Migration kRolesMigration{
    15, "auth_roles",
    "UPDATE auth_staff SET roles = 'reviewer,risk,finance,admin' "
    "WHERE ',' || roles || ',' LIKE '%,admin,%'"};

}  // namespace mq::auth
