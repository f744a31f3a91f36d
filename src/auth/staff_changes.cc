// Changes of staff accounts: one administrator asks, another agrees.
#include "audit/audit.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/password_rules.h"
#include "base/limits.h"
#include "runtime/text.h"

namespace mq::auth {
namespace {

constexpr int kShown = 50;

template <class Enum>
std::string text_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

// Those nobody decided in time do not stand in the way of new ones.
void let_expire(storage::Transaction& tx, Instant now) {
  tx.execute(
      "UPDATE auth_staff_change SET state = 'expired' WHERE state = 'open' AND expires_at <= $1",
      {now});
}

}  // namespace

bool is_active_staff(storage::Transaction& tx, const StaffId& staff) {
  const auto row = tx.first(
      "SELECT state FROM auth_staff WHERE id = $1" + std::string(tx.for_update()), {staff});
  return row && row->text(0) == "active";
}

Result<std::vector<StaffChange>> StaffAccounts::changes(const Staff& who) {
  const auto now = clock_.now();
  return database_.read([&](storage::Transaction& tx) -> Result<std::vector<StaffChange>> {
    std::vector<StaffChange> out;
    for (const auto& row : tx.query(
             "SELECT c.id, c.kind, c.username, c.roles, c.roles_before, c.reason, c.state, "
             "c.asked_by, "
             "a.username, c.asked_at, c.expires_at, d.username, c.decided_at, c.staff FROM "
             "auth_staff_change c "
             "LEFT JOIN auth_staff a ON a.id = c.asked_by LEFT JOIN auth_staff d ON d.id = "
             "c.decided_by "
             "ORDER BY CASE WHEN c.state = 'open' THEN 0 ELSE 1 END, c.asked_at DESC, c.id LIMIT " +
             std::to_string(kShown))) {
      StaffChange one;
      one.id = row.id<StaffChangeId>(0);
      one.what = {enum_at<StaffChangeKind>(row, 1), row.text(2), roles_of(row.text(3)),
                  row.text(5)};
      one.roles_before = roles_of(row.text(4));
      one.state = enum_at<StaffChangeState>(row, 6);
      if (one.state == StaffChangeState::open && row.instant(10) <= now)
        one.state = StaffChangeState::expired;
      one.asked_by = row.text_or_null(8).value_or("");
      one.asked_at = row.instant(9);
      one.expires_at = row.instant(10);
      one.decided_by = row.text_or_null(11).value_or("");
      if (!row.is_null(12)) one.decided_at = row.instant(12);
      const auto me = who.id.str();
      one.own = row.text(7) == me || row.text_or_null(13) == me;
      out.push_back(std::move(one));
    }
    return out;
  });
}

Result<StaffChangeId> StaffAccounts::ask(const Staff& by, const NewStaffChange& change) {
  const bool is_new = change.kind == StaffChangeKind::invite;
  if (is_new) MQ_REQUIRE(check_username(change.username));
  if (runtime::trim(change.reason).empty() || change.reason.size() > limits::kReasonBytes)
    return AuthErrc::reason_missing;
  const auto now = clock_.now();
  const auto id = StaffChangeId::make(now, random_);
  return database_.write([&](storage::Transaction& tx) -> Result<StaffChangeId> {
    let_expire(tx, now);
    const auto account =
        tx.first("SELECT id, roles FROM auth_staff WHERE username = $1", {change.username});
    if (is_new && account) return AuthErrc::username_taken;
    if (!is_new && !account) return AuthErrc::unknown_staff;
    const bool at_once = change.kind == StaffChangeKind::disable;
    if (at_once) MQ_REQUIRE(disable(tx, by, account->text(0)));
    const auto before = account ? account->text(1) : std::string();
    const bool other_roles = is_new || change.kind == StaffChangeKind::roles;
    const auto after = other_roles ? roles_text(change.roles) : before;
    const std::optional<std::string> staff =
        account ? std::optional(account->text(0)) : std::nullopt;
    const auto state = at_once ? StaffChangeState::agreed : StaffChangeState::open;
    const auto made = tx.change(
        "INSERT INTO auth_staff_change (id, kind, username, staff, roles, roles_before, reason, "
        "asked_by, "
        "asked_at, expires_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
        "ON CONFLICT DO NOTHING",
        {id, text_of(change.kind), change.username, staff, after, before, change.reason, by.id, now,
         now.plus_seconds(kStaffChangeLifeSeconds), text_of(state)});
    if (made != 1) return AuthErrc::change_open;
    audit::append(tx, now, random_, at_once ? "auth.staff_disabled" : "auth.staff_change_asked",
                  id.str(),
                  {{"by", by.id.str()},
                   {"kind", text_of(change.kind)},
                   {"staff", staff.value_or("")},
                   {"roles", after},
                   {"roles_before", before}});
    return id;
  });
}

Result<std::optional<Invitation>> StaffAccounts::decide(const Staff& by,
                                                        const StaffChangeId& change, bool agree) {
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Result<std::optional<Invitation>> {
    let_expire(tx, now);
    const auto row = tx.first(
        "SELECT kind, username, staff, roles, roles_before, asked_by FROM auth_staff_change "
        "WHERE id = $1 AND state = 'open'" +
            std::string(tx.for_update()),
        {change});
    if (!row) return AuthErrc::unknown_change;
    const auto kind = enum_at<StaffChangeKind>(*row, 0);
    const bool asked = row->text(5) == by.id.str();
    const auto staff = row->text_or_null(2).value_or("");
    if (agree && (asked || staff == by.id.str())) return AuthErrc::own_change;
    if (!is_active_staff(tx, by.id)) return AuthErrc::forbidden;

    std::optional<Invitation> invitation;
    auto of = staff;
    if (agree) {
      // Two who may are needed, to the end: one who has been taken away since does not count.
      if (!is_active_staff(tx, row->id<StaffId>(5))) return AuthErrc::change_outdated;
      if (kind == StaffChangeKind::invite) {
        of = add_account(tx, row->text(1), roles_of(row->text(3)));
        if (of.empty()) return AuthErrc::username_taken;
      } else {
        const auto account = tx.first(
            "SELECT roles FROM auth_staff WHERE id = $1" + std::string(tx.for_update()), {staff});
        if (!account || account->text(0) != row->text(4)) return AuthErrc::change_outdated;
        tx.execute("UPDATE auth_staff SET roles = $1 WHERE id = $2", {row->text(3), staff});
      }
      if (kind != StaffChangeKind::roles) invitation = invite(tx, of, row->text(1));
    }
    const auto state = agree   ? StaffChangeState::agreed
                       : asked ? StaffChangeState::withdrawn
                               : StaffChangeState::refused;
    tx.execute(
        "UPDATE auth_staff_change SET state = $1, decided_by = $2, decided_at = $3, staff = $4 "
        "WHERE id = $5",
        {text_of(state), by.id, now, of.empty() ? std::nullopt : std::optional(of), change});
    audit::append(tx, now, random_, "auth.staff_change_decided", change.str(),
                  {{"by", by.id.str()}, {"state", text_of(state)}, {"staff", of}});
    return invitation;
  });
}

}  // namespace mq::auth
