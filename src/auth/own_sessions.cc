// What the owner of sessions sees of them, and ending them from afar.
#include "audit/audit.h"
#include "auth/auth.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

constexpr int kShown = 50;
constexpr std::string_view kLive =
    "kind = $1 AND subject = $2 AND expires_at > $3 AND seen_at > $4 AND ended_at IS NULL";

}  // namespace

SessionOwner::SessionOwner(const Borrower& borrower)
    : kind("borrower"),
      subject(borrower.person.str()),
      current(borrower.session),
      device(borrower.device) {}
SessionOwner::SessionOwner(const Staff& staff)
    : kind("staff"), subject(staff.id.str()), current(staff.session), device(staff.device) {}

Result<std::vector<SessionView>> Auth::sessions(const SessionOwner& owner) {
  const auto now = clock_.now();
  return database_.read([&](storage::Transaction& tx) -> Result<std::vector<SessionView>> {
    std::vector<SessionView> out;
    const std::string alive = "expires_at > $3 AND seen_at > $4 AND ended_at IS NULL";
    for (const auto& row : tx.query(
             "SELECT s.id, s.client, s.created_at, s.seen_at, s.expires_at, d.held_until, "
             "CASE WHEN " +
                 alive +
                 " THEN 0 ELSE 1 END FROM auth_session s LEFT JOIN (SELECT id AS "
                 "device_id, held_until FROM auth_device) d ON d.device_id = s.device WHERE kind = "
                 "$1 AND "
                 "subject = $2 AND ((" +
                 alive +
                 ") OR s.id = (SELECT MAX(l.id) FROM auth_session l WHERE "
                 "l.device = d.device_id AND NOT EXISTS (SELECT 1 FROM auth_session a WHERE "
                 "a.device = d.device_id AND a.expires_at > $3 AND a.seen_at > $4 AND a.ended_at "
                 "IS NULL))) "
                 "ORDER BY s.seen_at DESC, s.id LIMIT " +
                 std::to_string(kShown),
             {owner.kind, owner.subject, now, now.plus_seconds(-limits::kSessionIdleSeconds)})) {
      const bool held = !row.is_null(5) && row.instant(5) > now;
      out.push_back({row.id<SessionId>(0), row.text(1), row.instant(2), row.instant(3),
                     row.instant(4), held ? std::optional(row.instant(5)) : std::nullopt,
                     row.i64(6) != 0});
    }
    return out;
  });
}

// Whoever asks was let in a moment ago. If their session has been ended since, they end nothing any
// more: somebody who was signed out from afar must not sign out its owner in turn. The owner's
// row is locked, as sign-ins do, so that two who do this at the same moment wait for each other.
Status Auth::require_live(storage::Transaction& tx, const SessionOwner& owner) {
  const auto now = clock_.now();
  tx.query((owner.kind == "staff" ? "SELECT id FROM auth_staff WHERE id = $1"
                                  : "SELECT person FROM auth_account WHERE person = $1") +
               std::string(tx.for_update()),
           {owner.subject});
  const auto alive =
      tx.first("SELECT id FROM auth_session WHERE " + std::string(kLive) + " AND id = $5",
               {owner.kind, owner.subject, now, now.plus_seconds(-limits::kSessionIdleSeconds),
                owner.current});
  return alive ? ok() : Status(AuthErrc::no_session);
}

Status Auth::end_session(const SessionOwner& owner, const SessionId& session) {
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_live(tx, owner));
    const auto target = tx.first(
        "SELECT s.ended_at, d.id, d.held_until FROM auth_session s LEFT JOIN auth_device d ON "
        "d.id = s.device WHERE s.id = $1 AND s.kind = $2 AND s.subject = $3",
        {session, owner.kind, owner.subject});
    const bool has_device = target && !target->is_null(1);
    const bool held = has_device && target->instant(2) > now;
    const bool elsewhere = has_device && owner.device != target->id<DeviceId>(1);
    // One that is over is ended once more for its device, as long as that is known.
    if (!target || (!target->is_null(0) && !elsewhere)) return AuthErrc::unknown_session;
    tx.execute("UPDATE auth_session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL",
               {now, session});
    if (elsewhere) {
      tx.execute("UPDATE auth_session SET ended_at = $1 WHERE device = $2 AND ended_at IS NULL",
                 {now, target->text(1)});
      // From a device on hold, whoever has only just come does not make a new one of the owner's.
      if (held || !on_hold(tx, owner.device))
        tx.execute("DELETE FROM auth_device WHERE id = $1", {target->text(1)});
    }
    audit::append(tx, now, random_, "auth.session_ended", owner.subject,
                  {{"session", session.str()}, {"by", owner.current.str()}});
    return ok();
  });
}

Result<std::int64_t> Auth::end_other_sessions(const SessionOwner& owner) {
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Result<std::int64_t> {
    MQ_REQUIRE(require_live(tx, owner));
    const auto ended = tx.change(
        "UPDATE auth_session SET ended_at = $3 WHERE " + std::string(kLive) + " AND id <> $5",
        {owner.kind, owner.subject, now, now.plus_seconds(-limits::kSessionIdleSeconds),
         owner.current});
    if (owner.device) {
      const std::string others =
          "DELETE FROM auth_device WHERE kind = $1 AND subject = $2 AND id <> $3";
      if (on_hold(tx, owner.device)) {
        tx.execute(others + " AND held_until > $4",
                   {owner.kind, owner.subject, *owner.device, now});
      } else {
        tx.execute(others, {owner.kind, owner.subject, *owner.device});
      }
    }
    if (ended > 0) {
      audit::append(tx, now, random_, "auth.sessions_ended", owner.subject,
                    {{"sessions", std::to_string(ended)}, {"by", owner.current.str()}});
    }
    return ended;
  });
}

std::int64_t end_all_sessions(storage::Transaction& tx, Instant now, Random& random,
                              Everybody whose, const std::optional<Staff>& by) {
  // Sign-ins under way are no sessions yet, but would become some.
  if (whose != Everybody::borrowers) tx.execute("DELETE FROM auth_staff_sign_in");
  if (whose != Everybody::staff) {
    tx.execute(
        "UPDATE auth_challenge SET state = 'used', code_sealed = NULL WHERE state <> 'used' AND "
        "expires_at > $1",
        {now});
  }
  const std::string_view kind = whose == Everybody::borrowers ? "borrower" : "staff";
  const auto ended = tx.change(
      "UPDATE auth_session SET ended_at = $1 WHERE ended_at IS NULL AND expires_at > $1 AND "
      "(kind = $2 OR $3 = 1) AND id <> $4",
      {now, kind, std::int64_t{whose == Everybody::everybody},
       by ? by->session.str() : std::string()});
  audit::append(tx, now, random, "auth.all_sessions_ended", "sessions",
                {{"whose", boost::describe::enum_to_string(whose, "?")},
                 {"sessions", std::to_string(ended)},
                 {"by", by ? by->id.str() : "host"}});
  return ended;
}

Result<std::int64_t> Auth::end_all_sessions(Everybody whose, const Staff& by) {
  return database_.write([&](storage::Transaction& tx) -> Result<std::int64_t> {
    MQ_REQUIRE(require_live(tx, by));
    return auth::end_all_sessions(tx, clock_.now(), random_, whose, by);
  });
}

const storage::Migration kSessionClientMigration{
    16, "auth_session_client",
    "ALTER TABLE auth_session ADD COLUMN client TEXT NOT NULL DEFAULT ''"};

// Apart, so that the lock of the change above is short. Neither column changes while a session
// lives.
const storage::Migration kSessionIndexMigration{
    17, "auth_session_index",
    "CREATE INDEX auth_session_subject ON auth_session (kind, subject);"
    "CREATE INDEX auth_session_over ON auth_session (expires_at)"};

}  // namespace mq::auth
