// What members of staff change of their own sign-in, with the password and the app that are there.
#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/password_rules.h"

namespace mq::auth {
namespace {

// The phone's clock may be off by one step, RFC 6238 §5.2.
constexpr std::int64_t kStepsOff = 1;
constexpr std::int64_t kNextSeconds = 10 * 60;  // time to take up a new app

}  // namespace

Result<std::int64_t> Auth::step_of(storage::Transaction& tx, const Attempter& who,
                                   std::string_view code, ByteView secret, std::int64_t used) {
  const auto now = clock_.now();
  MQ_REQUIRE(take(tx, ring_, Attempt::totp_guess, who, now, AuthErrc::too_many_guesses));
  const auto current = crypto::totp_step(now);
  std::optional<std::int64_t> found;
  for (auto step = current - kStepsOff; step <= current + kStepsOff; ++step) {
    // All are compared, so that the time does not tell which one it was.
    const bool fits =
        crypto::constant_time_equal(as_bytes(crypto::totp_code(secret, step)), as_bytes(code));
    if (fits && step > used && !found) found = step;
  }
  if (!found) return AuthErrc::wrong_code;
  give_back(tx, ring_, Attempt::totp_guess, who);
  return *found;
}

Status Auth::prove_staff(const Staff& staff, const Pii<std::string>& password,
                         std::string_view code) {
  const auto now = clock_.now();
  const Attempter who{.account = staff.username, .device = staff.device, .address = {}};
  MQ_TRY(const auto hash, database_.write([&](storage::Transaction& tx) -> Result<std::string> {
    const auto row = tx.first(
        "SELECT password_hash FROM auth_staff WHERE id = $1 AND state = 'active'", {staff.id});
    if (!row) return AuthErrc::no_session;
    MQ_REQUIRE(take(tx, ring_, Attempt::password_guess, who, now, AuthErrc::too_many_guesses));
    return row->text(0);
  }));
  MQ_TRY(const bool fits, password_fits(hash, password.expose()));
  if (!fits) return AuthErrc::wrong_password;
  // A wrong code counts although it is refused, so the verdict is a value of the transaction.
  auto refused = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    MQ_REQUIRE(require_live(tx, staff));
    give_back(tx, ring_, Attempt::password_guess, who);
    const auto row =
        tx.first("SELECT secret_sealed, used_step FROM auth_totp WHERE staff = $1", {staff.id});
    if (!row) return std::optional<Error>(AuthErrc::factor_missing);
    const auto step = step_of(tx, {staff.id.str(), staff.device, {}}, code,
                              opened_totp(staff.id.str(), row->bytes(0)), row->i64(1));
    if (!step.ok()) return std::optional<Error>(step.error());
    tx.execute("UPDATE auth_totp SET used_step = $1 WHERE staff = $2", {*step, staff.id});
    return std::optional<Error>{};
  });
  if (!refused.ok()) return refused.error();
  return *refused ? Status(**refused) : ok();
}

// What opened the account before opens it no longer: sessions elsewhere, sign-ins under way.
void Auth::close_elsewhere(storage::Transaction& tx, const Staff& staff) {
  tx.execute(
      "UPDATE auth_session SET ended_at = $1 WHERE kind = 'staff' AND subject = $2 AND id <> $3 "
      "AND "
      "ended_at IS NULL",
      {clock_.now(), staff.id, staff.session});
  tx.execute("DELETE FROM auth_staff_sign_in WHERE staff = $1", {staff.id});
}

Status Auth::change_password(const Staff& staff, const Pii<std::string>& password,
                             std::string_view code, const Pii<std::string>& next) {
  MQ_REQUIRE(check_staff_password(staff.username, next.expose()));
  MQ_REQUIRE(prove_staff(staff, password, code));
  MQ_TRY(const auto hash, crypto::hash_password(next.expose(), random_));
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_live(tx, staff));
    tx.execute("UPDATE auth_staff SET password_hash = $1 WHERE id = $2", {hash, staff.id});
    close_elsewhere(tx, staff);
    audit::append(tx, clock_.now(), random_, "auth.staff_password_changed", staff.id.str(),
                  {{"session", staff.session.str()}});
    return ok();
  });
}

Result<Auth::TotpSetUp> Auth::begin_totp_change(const Staff& staff,
                                                const Pii<std::string>& password,
                                                std::string_view code) {
  MQ_REQUIRE(prove_staff(staff, password, code));
  Bytes secret(crypto::kTotpSecretBytes);
  random_.fill(secret);
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_live(tx, staff));
    tx.execute(
        "UPDATE auth_totp SET next_sealed = $1, next_until = $2 WHERE staff = $3",
        {sealed_totp(staff.id.str(), secret), clock_.now().plus_seconds(kNextSeconds), staff.id});
    return ok();
  }));
  return totp_set_up(staff.username, secret);
}

Status Auth::finish_totp_change(const Staff& staff, std::string_view code) {
  const auto now = clock_.now();
  auto refused = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    MQ_REQUIRE(require_live(tx, staff));
    const auto row = tx.first(
        "SELECT next_sealed FROM auth_totp WHERE staff = $1 AND next_until > $2", {staff.id, now});
    if (!row) return std::optional<Error>(AuthErrc::unknown_sign_in);
    const auto step = step_of(tx, {staff.id.str(), staff.device, {}}, code,
                              opened_totp(staff.id.str(), row->bytes(0)), 0);
    if (!step.ok()) return std::optional<Error>(step.error());
    tx.execute(
        "UPDATE auth_totp SET secret_sealed = next_sealed, used_step = $1, since = $2, "
        "next_sealed = NULL, next_until = NULL WHERE staff = $3",
        {*step, now, staff.id});
    close_elsewhere(tx, staff);
    audit::append(tx, now, random_, "auth.staff_factor_set", staff.id.str(),
                  {{"factor", "totp"}, {"session", staff.session.str()}});
    return std::optional<Error>{};
  });
  if (!refused.ok()) return refused.error();
  return *refused ? Status(**refused) : ok();
}

}  // namespace mq::auth
