// The accounts of staff: who there is, inviting, taking away. Changes that take two:
// staff_changes.cc.
#include "audit/audit.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/password_rules.h"
#include "auth/tokens.h"
#include "base/limits.h"

namespace mq::auth {

StaffAccounts::StaffAccounts(storage::Database& database, const crypto::KeyRing& ring,
                             const Clock& clock, Random& random)
    : database_(database), ring_(ring), clock_(clock), random_(random) {}

Result<std::vector<StaffAccount>> StaffAccounts::list() {
  return database_.read([&](storage::Transaction& tx) -> Result<std::vector<StaffAccount>> {
    std::vector<StaffAccount> out;
    for (const auto& row : tx.query("SELECT s.id, s.username, s.roles, s.state, CASE WHEN t.staff "
                                    "IS NULL THEN 0 ELSE 1 END, "
                                    "s.created_at, s.signed_in_at FROM auth_staff s LEFT JOIN "
                                    "auth_totp t ON t.staff = s.id "
                                    "ORDER BY s.username LIMIT " +
                                    std::to_string(limits::kPageRows))) {
      StaffAccount one{.id = row.id<StaffId>(0),
                       .username = row.text(1),
                       .roles = roles_of(row.text(2)),
                       .state = enum_at<StaffState>(row, 3),
                       .has_totp = row.flag(4),
                       .created_at = row.instant(5),
                       .signed_in_at = {}};
      if (!row.is_null(6)) one.signed_in_at = row.instant(6);
      out.push_back(std::move(one));
    }
    return out;
  });
}

std::string StaffAccounts::add_account(storage::Transaction& tx, std::string_view username,
                                       const std::vector<Role>& roles) {
  const auto now = clock_.now();
  const auto id = StaffId::make(now, random_);
  const auto made = tx.change(
      "INSERT INTO auth_staff (id, username, password_hash, roles, created_at, state) "
      "VALUES ($1, $2, '', $3, $4, 'invited') ON CONFLICT (username) DO NOTHING",
      {id, username, roles_text(roles), now});
  return made == 1 ? id.str() : "";
}

Invitation StaffAccounts::invite(storage::Transaction& tx, const std::string& staff,
                                 const std::string& username) {
  Invitation made{username, new_token(random_), clock_.now().plus_seconds(kInvitationLifeSeconds)};
  tx.execute("UPDATE auth_staff SET state = 'invited', password_hash = '' WHERE id = $1", {staff});
  tx.execute("DELETE FROM auth_totp WHERE staff = $1", {staff});
  close_account(tx, staff);
  tx.execute(
      "INSERT INTO auth_invitation (staff, token_hash, expires_at) VALUES ($1, $2, $3) "
      "ON CONFLICT (staff) DO UPDATE SET token_hash = $2, expires_at = $3",
      {staff, token_hash(ring_, made.token), made.expires_at});
  return made;
}

Status StaffAccounts::disable(storage::Transaction& tx, const Staff& by, const std::string& staff) {
  if (staff == by.id.str()) return AuthErrc::own_account;
  // Two who take each other away: the first one does.
  const auto both = tx.query("SELECT id, state FROM auth_staff WHERE id IN ($1, $2) ORDER BY id" +
                                 std::string(tx.for_update()),
                             {by.id, staff});
  if (both.size() != 2) return AuthErrc::unknown_staff;
  if (both[both[0].text(0) == by.id.str() ? 0 : 1].text(1) != "active") return AuthErrc::forbidden;
  tx.execute("UPDATE auth_staff SET state = 'disabled' WHERE id = $1", {staff});
  tx.execute("DELETE FROM auth_invitation WHERE staff = $1", {staff});
  close_account(tx, staff);
  return ok();
}

// Nothing that opened the account before does so any more.
void StaffAccounts::close_account(storage::Transaction& tx, const std::string& staff) {
  tx.execute("DELETE FROM auth_staff_sign_in WHERE staff = $1", {staff});
  tx.execute(
      "UPDATE auth_session SET ended_at = $1 WHERE kind = 'staff' AND subject = $2 AND ended_at IS "
      "NULL",
      {clock_.now(), staff});
  tx.execute("DELETE FROM auth_device WHERE kind = 'staff' AND subject = $1", {staff});
}

Result<Invitation> StaffAccounts::invite_from_host(std::string_view username,
                                                   const std::vector<Role>& roles) {
  MQ_REQUIRE(check_username(username));
  return database_.write([&](storage::Transaction& tx) -> Result<Invitation> {
    auto staff = add_account(tx, username, roles);
    if (staff.empty()) {
      const auto row =
          tx.first("SELECT id FROM auth_staff WHERE username = $1" + std::string(tx.for_update()),
                   {username});
      MQ_CHECK(row.has_value());
      staff = row->text(0);
      tx.execute("UPDATE auth_staff SET roles = $1 WHERE id = $2", {roles_text(roles), staff});
    }
    auto made = invite(tx, staff, std::string(username));
    audit::append(tx, clock_.now(), random_, "auth.staff_invited", staff,
                  {{"by", "host"}, {"roles", roles_text(roles)}});
    return made;
  });
}

}  // namespace mq::auth
