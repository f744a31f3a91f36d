// The devices on which somebody has signed in: known ones, new ones, and what a new one may not do
// yet.
#include "audit/audit.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/tokens.h"

namespace mq::auth {
namespace {

// "12月1日18:05", in China.
std::string moment_in_china(Instant at) {
  constexpr std::int64_t kUsPerMinute = 60'000'000, kOffsetMinutes = 8 * 60, kDayMinutes = 24 * 60;
  const auto ymd = BusinessDate::in_china(at).ymd();
  const auto minute = (at.us / kUsPerMinute + kOffsetMinutes) % kDayMinutes;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(ymd.month) + "月" + std::to_string(ymd.day) + "日" + two(minute / 60) +
         ":" + two(minute % 60);
}

// Errors: device_on_hold with the moment from which it is not; no_session when there is no such
// device.
Status settled(storage::Transaction& tx, const DeviceId& device, Instant now) {
  const auto row = tx.first(
      "SELECT held_until FROM auth_device WHERE id = $1" + std::string(tx.for_update()), {device});
  if (!row) return AuthErrc::no_session;
  if (row->instant(0) > now) return Error(AuthErrc::device_on_hold, row->instant(0).iso());
  return ok();
}

}  // namespace

std::string Auth::account_tag(std::string_view kind, const std::string& subject) const {
  const auto digest = crypto::hmac_sha256(ring_.session_hash_key().view(),
                                          as_bytes("account|" + std::string(kind) + "|" + subject));
  return crypto::hex(digest).substr(0, 12);
}

std::optional<Auth::Device> Auth::known_device(storage::Transaction& tx, std::string_view kind,
                                               const std::string& subject,
                                               const std::vector<std::string>& tokens) {
  for (const auto& token : tokens) {
    if (!plausible_token(token)) continue;
    const auto row =
        tx.first("SELECT id FROM auth_device WHERE token_hash = $1 AND kind = $2 AND subject = $3",
                 {token_hash(ring_, token), kind, subject});
    if (row) return Device{row->id<DeviceId>(0), token};
  }
  return std::nullopt;
}

Auth::Device Auth::note_device(storage::Transaction& tx, std::string_view kind,
                               const std::string& subject, const Origin& origin, bool vouched) {
  const auto now = clock_.now();
  tx.execute("DELETE FROM auth_device WHERE seen_at < $1", {now.plus_seconds(-kDeviceLifeSeconds)});
  if (auto known = known_device(tx, kind, subject, origin.devices)) {
    tx.execute("UPDATE auth_device SET seen_at = $1, client = $2 WHERE id = $3",
               {now, origin.client, known->id});
    return *known;
  }
  // Never one that the client brought: whoever put it there would know it. The first device of an
  // account is taken for its owner's. One on which nothing was done after its sign-in does not
  // count: the answer may have been lost on its way, and the person come again without knowing the
  // token.
  const Device made{DeviceId::make(now, random_), new_token(random_)};
  const bool held =
      kind == "borrower" && !vouched &&
      tx.first("SELECT person FROM auth_account WHERE person = $1 AND has_device = 1", {subject});
  tx.execute(
      "INSERT INTO auth_device (id, kind, subject, token_hash, client, first_seen_at, seen_at, "
      "held_until) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
      {made.id, kind, subject, token_hash(ring_, made.token), origin.client, now,
       held ? now.plus_seconds(kNewDeviceHoldSeconds) : now});
  audit::append(tx, now, random_, "auth.device_added", subject,
                {{"device", made.id.str()}, {"held", held ? "yes" : "no"}});
  if (held) {
    storage::publish(tx, now, random_, "auth.device_added", made.id.str(),
                     R"({"device":")" + made.id.str() + R"("})");
  }
  return made;
}

bool Auth::on_hold(storage::Transaction& tx, const std::optional<DeviceId>& device) const {
  return device && !settled(tx, *device, clock_.now()).ok();
}

Status Auth::require_settled(storage::Transaction& tx, const Borrower& borrower) {
  return borrower.device ? settled(tx, *borrower.device, clock_.now()) : ok();
}

// What is approved: the device of that session, by the name that the list shows.
Result<Act> Auth::settling(storage::Transaction& tx, const Borrower& borrower,
                           const SessionId& session) {
  const SessionOwner owner = borrower;
  MQ_REQUIRE(require_live(tx, owner));
  MQ_REQUIRE(require_settled(tx, borrower));
  const auto row = tx.first(
      "SELECT d.id, d.client FROM auth_session s JOIN auth_device d ON d.id = s.device WHERE s.id "
      "= $1 AND "
      "s.kind = $2 AND s.subject = $3",
      {session, owner.kind, owner.subject});
  if (!row) return AuthErrc::unknown_session;
  return Act{StepUpKind::confirm_device,
             "确认新设备" + in_brackets(row->text(1)) + "是本人的",
             row->text(0),
             {}};
}

Result<StepUp> Auth::begin_settling(const Borrower& borrower, const SessionId& session) {
  MQ_TRY(const auto act, database_.write([&](storage::Transaction& tx) {
    return settling(tx, borrower, session);
  }));
  return require_step_up(borrower, act);
}

Status Auth::settle_device(const Borrower& borrower, const SessionId& session,
                           const ChallengeId& step_up) {
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto act, settling(tx, borrower, session));
    MQ_REQUIRE(consume_step_up(tx, borrower, step_up, act));
    const auto settled =
        tx.change("UPDATE auth_device SET held_until = $1 WHERE id = $2 AND held_until > $1",
                  {now, act.object});
    if (settled == 1) {
      audit::append(tx, now, random_, "auth.device_settled", borrower.person.str(),
                    {{"device", act.object}, {"by", borrower.session.str()}});
    }
    return ok();
  });
}

Status Auth::deliver_device_notice(const DeviceId& device, const SmsSender& sender) {
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           return tx.first(
               "SELECT subject, client, first_seen_at FROM auth_device WHERE id = $1 AND "
               "kind = 'borrower'",
               {device});
         }));
  if (!row) return ok();
  MQ_TRY(const auto person, PersonId::parse(row->text(0)));
  MQ_TRY(const auto phone, phone_of(person));
  return sender(
      device.str(), phone,
      "【面签】您的账户" + moment_in_china(row->instant(2)) + "在新设备" +
          in_brackets(row->text(1)) +
          "登录，该设备 24 小时内不能签约。若不是您本人，请在常用设备的“登录设备”中将它退出。");
}

const storage::Migration kDevicesMigration{
    18, "auth_devices",
    "CREATE TABLE auth_device (id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, "
    "token_hash BYTEA NOT NULL UNIQUE, client TEXT NOT NULL, first_seen_at BIGINT NOT NULL, "
    "seen_at BIGINT NOT NULL, used BIGINT NOT NULL DEFAULT 0, held_until BIGINT NOT NULL);"
    "CREATE INDEX auth_device_subject ON auth_device (kind, subject);"
    "CREATE INDEX auth_device_seen ON auth_device (seen_at);"
    "CREATE TABLE auth_attempt (key TEXT PRIMARY KEY, debt BIGINT NOT NULL, last_at BIGINT NOT "
    "NULL, "
    "forget_at BIGINT NOT NULL);"
    "CREATE INDEX auth_attempt_forget ON auth_attempt (forget_at);"
    "ALTER TABLE auth_account ADD COLUMN has_device BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE auth_session ADD COLUMN device TEXT;"
    "ALTER TABLE auth_session ADD COLUMN bound BIGINT NOT NULL DEFAULT 0;"
    "CREATE INDEX auth_session_device ON auth_session (device);"
    "ALTER TABLE auth_challenge ADD COLUMN device TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE auth_staff DROP COLUMN failures;"
    "ALTER TABLE auth_staff DROP COLUMN failed_at"};

}  // namespace mq::auth
