// Staff accounts and their sessions; signing in: staff_sign_in.cc.
#include "audit/audit.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/password_rules.h"

namespace mq::auth {

Result<Staff> Auth::staff(std::string_view token, const DeviceTokens& devices, Renewal renewal) {
  MQ_TRY(auto found, find_session("staff", token, devices, renewal));
  return database_.read([&](storage::Transaction& tx) -> Result<Staff> {
    const auto row =
        tx.first("SELECT id, username, roles FROM auth_staff WHERE id = $1 AND state = 'active'",
                 {found.subject});
    if (!row) return AuthErrc::no_session;
    return Staff{row->id<StaffId>(0),    row->text(1),
                 roles_of(row->text(2)), found.id,
                 found.device,           std::move(found.renewed)};
  });
}

Result<StaffId> Auth::create_staff(std::string_view username, std::string_view password,
                                   const std::vector<Role>& roles,
                                   const std::optional<Bytes>& totp_secret) {
  MQ_REQUIRE(check_username(username));
  MQ_REQUIRE(check_staff_password(username, password));
  MQ_TRY(const auto hash, crypto::hash_password(password, random_));
  const auto id = StaffId::make(clock_.now(), random_);
  return database_.write([&](storage::Transaction& tx) -> Result<StaffId> {
    const auto made = tx.change(
        "INSERT INTO auth_staff (id, username, password_hash, roles, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username) DO NOTHING",
        {id, username, hash, roles_text(roles), clock_.now()});
    if (made != 1) return AuthErrc::username_taken;
    if (totp_secret) {
      tx.execute(
          "INSERT INTO auth_totp (staff, secret_sealed, used_step, since) VALUES ($1, $2, 0, $3)",
          {id, sealed_totp(id.str(), *totp_secret), clock_.now()});
    }
    audit::append(tx, clock_.now(), random_, "auth.staff_created", id.str(),
                  {{"roles", roles_text(roles)}});
    return id;
  });
}

const storage::Migration kStaffAccountsMigration{
    19, "auth_staff_accounts",
    "ALTER TABLE auth_staff ADD COLUMN state TEXT NOT NULL DEFAULT 'active';"
    "ALTER TABLE auth_staff ADD COLUMN signed_in_at BIGINT;"
    "CREATE TABLE auth_totp (staff TEXT PRIMARY KEY, secret_sealed BYTEA NOT NULL, "
    "used_step BIGINT NOT NULL, since BIGINT NOT NULL);"
    "CREATE TABLE auth_staff_sign_in (token_hash BYTEA PRIMARY KEY, staff TEXT NOT NULL, "
    "totp_sealed BYTEA, expires_at BIGINT NOT NULL);"
    "CREATE INDEX auth_staff_sign_in_expiry ON auth_staff_sign_in (expires_at);"
    "CREATE INDEX auth_staff_sign_in_staff ON auth_staff_sign_in (staff);"
    "CREATE TABLE auth_invitation (staff TEXT PRIMARY KEY, token_hash BYTEA NOT NULL UNIQUE, "
    "expires_at BIGINT NOT NULL);"
    "CREATE TABLE auth_staff_change (id TEXT PRIMARY KEY, kind TEXT NOT NULL, username TEXT NOT "
    "NULL, "
    "staff TEXT, roles TEXT NOT NULL, roles_before TEXT NOT NULL, reason TEXT NOT NULL, "
    "asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, "
    "state TEXT NOT NULL, decided_by TEXT, decided_at BIGINT);"
    // One at a time for an account.
    "CREATE UNIQUE INDEX auth_staff_change_open ON auth_staff_change (username) WHERE state = "
    "'open';"
    "CREATE INDEX auth_staff_change_asked ON auth_staff_change (asked_at)"};

}  // namespace mq::auth
