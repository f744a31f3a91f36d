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
    : kind("borrower"), subject(borrower.person.str()), current(borrower.session) {}
SessionOwner::SessionOwner(const Staff& staff)
    : kind("staff"), subject(staff.id.str()), current(staff.session) {}

Result<std::vector<SessionView>> Auth::sessions(const SessionOwner& owner) {
  const auto now = clock_.now();
  return database_.read([&](storage::Transaction& tx) -> Result<std::vector<SessionView>> {
    std::vector<SessionView> out;
    for (const auto& row : tx.query(
             "SELECT id, client, created_at, seen_at, expires_at FROM auth_session WHERE " +
                 std::string(kLive) + " ORDER BY seen_at DESC, id LIMIT " + std::to_string(kShown),
             {owner.kind, owner.subject, now, now.plus_seconds(-limits::kSessionIdleSeconds)})) {
      out.push_back(
          {row.id<SessionId>(0), row.text(1), row.instant(2), row.instant(3), row.instant(4)});
    }
    return out;
  });
}

// Whoever asks was let in a moment ago. If their session has been ended since, they end nothing any
// more: somebody who was signed out from afar must not sign out its owner in turn. All of the
// owner's rows are locked, in one order, so that two who do this at the same moment wait for each
// other.
Status Auth::require_live(storage::Transaction& tx, const SessionOwner& owner) {
  const auto now = clock_.now();
  for (const auto& row :
       tx.query("SELECT id FROM auth_session WHERE " + std::string(kLive) + " ORDER BY id" +
                    std::string(tx.for_update()),
                {owner.kind, owner.subject, now, now.plus_seconds(-limits::kSessionIdleSeconds)})) {
    if (row.id<SessionId>(0) == owner.current) return ok();
  }
  return AuthErrc::no_session;
}

Status Auth::end_session(const SessionOwner& owner, const SessionId& session) {
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_live(tx, owner));
    const auto ended = tx.change(
        "UPDATE auth_session SET ended_at = $1 WHERE id = $2 AND kind = $3 AND subject = $4 AND "
        "ended_at IS NULL",
        {now, session, owner.kind, owner.subject});
    if (ended != 1) return AuthErrc::unknown_session;
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
    if (ended > 0) {
      audit::append(tx, now, random_, "auth.sessions_ended", owner.subject,
                    {{"sessions", std::to_string(ended)}, {"by", owner.current.str()}});
    }
    return ended;
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
