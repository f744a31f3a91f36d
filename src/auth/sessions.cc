// Sessions and staff accounts.
#include "audit/audit.h"
#include "auth/auth.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kPasswordMinBytes = 10;
// What is said of sign-ins in the terms: their device and time are forgotten so long after the end.
constexpr std::int64_t kForgottenAfterSeconds = 30LL * 24 * 60 * 60;

std::string join(const std::vector<Role>& roles) {
  std::string text;
  for (const auto role : roles) {
    if (!text.empty()) text += ",";
    text += boost::describe::enum_to_string(role, "?");
  }
  return text;
}

std::vector<Role> split(const std::string& text) {
  std::vector<Role> roles;
  for (const auto role : kAllRoles) {
    const std::string name = boost::describe::enum_to_string(role, "?");
    if (("," + text + ",").find("," + name + ",") != std::string::npos) roles.push_back(role);
  }
  return roles;
}

}  // namespace

Auth::Auth(storage::Database& database, vault::Vault& vault, const crypto::KeyRing& ring,
           const Clock& clock, Random& random)
    : database_(database), vault_(vault), ring_(ring), clock_(clock), random_(random) {}

Bytes Auth::token_hash(std::string_view token) const {
  const auto digest = crypto::hmac_sha256(ring_.session_hash_key().view(), as_bytes(token));
  return {digest.begin(), digest.end()};
}

NewSession Auth::open_session(storage::Transaction& tx, std::string_view kind,
                              const std::string& subject, std::string_view client) {
  Bytes raw(kTokenBytes);
  random_.fill(raw);
  const auto now = clock_.now();
  NewSession session{crypto::base64url(raw), now.plus_seconds(limits::kSessionLifeSeconds),
                     SessionId::make(now, random_)};
  tx.execute("DELETE FROM auth_session WHERE expires_at < $1",
             {now.plus_seconds(-kForgottenAfterSeconds)});
  tx.execute(
      "INSERT INTO auth_session (id, kind, subject, token_hash, created_at, seen_at, expires_at, "
      "client) VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
      {session.id, kind, subject, token_hash(session.token), now, session.expires_at, client});
  return session;
}

Result<Auth::Found> Auth::find_session(std::string_view kind, std::string_view token) {
  if (token.empty() || token.size() > 128) return AuthErrc::no_session;
  const auto hash = token_hash(token);
  const auto now = clock_.now();
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           return tx.first(
               "SELECT id, subject, seen_at FROM auth_session WHERE token_hash = $1 AND kind = $2 "
               "AND expires_at > $3 AND seen_at > $4 AND ended_at IS NULL",
               {hash, kind, now, now.plus_seconds(-limits::kSessionIdleSeconds)});
         }));
  if (!row) return AuthErrc::no_session;
  const Found found{row->id<SessionId>(0), row->text(1)};
  // Writing at most once a minute keeps reading requests from becoming writing ones.
  if (now.us - row->i64(2) > 60'000'000) {
    MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
      tx.execute("UPDATE auth_session SET seen_at = $1 WHERE id = $2", {now, found.id});
      return ok();
    }));
  }
  return found;
}

Result<Borrower> Auth::borrower(std::string_view token) {
  MQ_TRY(const auto found, find_session("borrower", token));
  MQ_TRY(const auto person, PersonId::parse(found.subject));
  return Borrower{person, found.id};
}

Result<Staff> Auth::staff(std::string_view token) {
  MQ_TRY(const auto found, find_session("staff", token));
  return database_.read([&](storage::Transaction& tx) -> Result<Staff> {
    const auto row =
        tx.first("SELECT id, username, roles FROM auth_staff WHERE id = $1", {found.subject});
    if (!row) return AuthErrc::no_session;
    return Staff{row->id<StaffId>(0), row->text(1), split(row->text(2)), found.id};
  });
}

Status Auth::sign_out(const SessionId& session) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    tx.execute("UPDATE auth_session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
               {clock_.now(), session});
    return ok();
  });
}

Result<StaffId> Auth::create_staff(std::string_view username, std::string_view password,
                                   const std::vector<Role>& roles) {
  if (password.size() < kPasswordMinBytes || password.size() > 200) return AuthErrc::weak_password;
  MQ_TRY(const auto hash, crypto::hash_password(password, random_));
  const auto id = StaffId::make(clock_.now(), random_);
  return database_.write([&](storage::Transaction& tx) -> Result<StaffId> {
    const auto made = tx.change(
        "INSERT INTO auth_staff (id, username, password_hash, roles, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username) DO NOTHING",
        {id, username, hash, join(roles), clock_.now()});
    if (made != 1) return AuthErrc::username_taken;
    audit::append(tx, clock_.now(), random_, "auth.staff_created", id.str(),
                  {{"roles", join(roles)}});
    return id;
  });
}

Result<Auth::StaffSignedIn> Auth::staff_sign_in(std::string_view username,
                                                std::string_view password,
                                                std::string_view client) {
  if (username.size() > 100 || password.size() > 200) return AuthErrc::wrong_credentials;
  const auto now = clock_.now();
  MQ_TRY(const auto row,
         database_.write([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           auto found = tx.first(
               std::string("SELECT id, username, password_hash, roles, failures, failed_at FROM "
                           "auth_staff WHERE username = $1") +
                   std::string(tx.for_update()),
               {username});
           if (!found) return found;
           // The failures of the last window count before the password is tried, so that parallel
           // guesses cannot get more tries than the limit.
           const bool fresh = found->i64(5) < now.plus_seconds(-limits::kStaffWindowSeconds).us;
           const auto failures = fresh ? 0 : found->i64(4);
           if (failures >= limits::kStaffGuesses) return AuthErrc::too_many_guesses;
           tx.execute("UPDATE auth_staff SET failures = $1, failed_at = $2 WHERE id = $3",
                      {failures + 1, now, found->text(0)});
           return found;
         }));
  // An unknown name costs the same work, so that names cannot be found out by timing.
  static const std::string kNobody = [] {
    crypto::SystemRandom random;
    auto hash = crypto::hash_password("no such account", random);
    MQ_CHECK(hash.ok());
    return *hash;
  }();
  MQ_TRY(const bool fits, crypto::verify_password(row ? row->text(2) : kNobody, password));
  if (!row || !fits) return AuthErrc::wrong_credentials;
  return database_.write([&](storage::Transaction& tx) -> Result<StaffSignedIn> {
    tx.execute("UPDATE auth_staff SET failures = 0 WHERE id = $1", {row->text(0)});
    auto session = open_session(tx, "staff", row->text(0), client);
    audit::append(tx, now, random_, "auth.staff_signed_in", row->text(0),
                  {{"session", session.id.str()}});
    Staff staff{row->id<StaffId>(0), row->text(1), split(row->text(3)), session.id};
    return StaffSignedIn{std::move(staff), std::move(session)};
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

// Until now an administrator had every role. Those who are keep them, now written down, so that they can be
// taken away (docs/operations.md).
const storage::Migration kRolesMigration{
    15, "auth_roles",
    "UPDATE auth_staff SET roles = 'reviewer,risk,finance,admin' "
    "WHERE ',' || roles || ',' LIKE '%,admin,%'"};

}  // namespace mq::auth
