// How staff come in: a password, then a code of the authenticator app, which is set up the first
// time.
#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/columns.h"
#include "auth/password_rules.h"
#include "auth/tokens.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

constexpr std::int64_t kUnderWaySeconds = 10 * 60;  // time to install an app, the first time
constexpr std::string_view kIssuer = "Mianqian";

std::string totp_place(const std::string& staff) { return "auth_totp.secret|" + staff; }

}  // namespace

Bytes Auth::sealed_totp(const std::string& staff, ByteView secret) {
  return crypto::seal(ring_.derive("staff-totp"), secret, as_bytes(totp_place(staff)), random_);
}

Bytes Auth::opened_totp(const std::string& staff, ByteView sealed) const {
  auto secret = crypto::open(ring_.derive("staff-totp"), sealed, as_bytes(totp_place(staff)));
  MQ_CHECK(secret.ok());  // of another installation's keys, or changed in the table
  return std::move(secret).value();
}

Auth::SignInUnderWay Auth::begin_sign_in(storage::Transaction& tx, const std::string& staff) {
  const auto now = clock_.now();
  tx.execute("DELETE FROM auth_staff_sign_in WHERE expires_at < $1", {now});
  const auto row = tx.first(
      "SELECT s.username, CASE WHEN t.staff IS NULL THEN 1 ELSE 0 END FROM auth_staff s "
      "LEFT JOIN auth_totp t ON t.staff = s.id WHERE s.id = $1",
      {staff});
  MQ_CHECK(row.has_value());
  SignInUnderWay begun{new_token(random_), now.plus_seconds(kUnderWaySeconds), row->text(0),
                       row->flag(1)};
  tx.execute("INSERT INTO auth_staff_sign_in (token_hash, staff, expires_at) VALUES ($1, $2, $3)",
             {token_hash(ring_, begun.token), staff, begun.expires_at});
  return begun;
}

Result<Auth::SignInUnderWay> Auth::staff_sign_in(std::string_view username,
                                                 std::string_view password, const Origin& origin) {
  if (username.size() > 100) return AuthErrc::wrong_credentials;
  const auto now = clock_.now();
  Attempter who{.account = std::string(username), .device = {}, .address = origin.address};
  // The try counts before the password is looked at, so that parallel guesses are not more than
  // allowed, and whether there is such a name or not, so that limits do not tell names.
  MQ_TRY(
      const auto row,
      database_.write([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
        auto found = tx.first(
            "SELECT id, password_hash FROM auth_staff WHERE username = $1 AND state = 'active'",
            {username});
        who.device.reset();  // this may run again
        const auto known =
            found ? known_device(tx, "staff", found->text(0), origin.devices) : std::nullopt;
        if (known) who.device = known->id;
        MQ_REQUIRE(take(tx, ring_, Attempt::password_guess, who, now, AuthErrc::too_many_guesses));
        return found;
      }));
  // An unknown name costs the same work, so that names cannot be found out by timing.
  const auto hash = row ? std::optional(row->text(1)) : std::nullopt;
  MQ_TRY(const bool fits, password_fits(hash, password));
  if (!fits) return AuthErrc::wrong_credentials;
  return database_.write([&](storage::Transaction& tx) -> Result<SignInUnderWay> {
    give_back(tx, ring_, Attempt::password_guess, who);
    // Who was taken away, or whose password was changed meanwhile, does not come in.
    const auto still = tx.first(
        "SELECT id FROM auth_staff WHERE id = $1 AND password_hash = $2 AND state = 'active'" +
            std::string(tx.for_update()),
        {row->text(0), row->text(1)});
    if (!still) return AuthErrc::wrong_credentials;
    return begin_sign_in(tx, row->text(0));
  });
}

Auth::TotpSetUp Auth::totp_set_up(const std::string& username, ByteView secret) {
  const auto text = crypto::base32(secret);
  // The form that apps read; names are of characters that need no escape (check_username).
  return {text, "otpauth://totp/" + std::string(kIssuer) + ":" + username + "?secret=" + text +
                    "&issuer=" + std::string(kIssuer)};
}

Result<Auth::TotpSetUp> Auth::set_up_totp(std::string_view sign_in) {
  if (!plausible_token(sign_in)) return AuthErrc::unknown_sign_in;
  Bytes secret(crypto::kTotpSecretBytes);
  random_.fill(secret);
  MQ_TRY(const auto username, database_.write([&](storage::Transaction& tx) -> Result<std::string> {
    const auto row = tx.first(
        "SELECT s.id, s.username, CASE WHEN t.staff IS NULL THEN 0 ELSE 1 END FROM "
        "auth_staff_sign_in w "
        "JOIN auth_staff s ON s.id = w.staff LEFT JOIN auth_totp t ON t.staff = s.id "
        "WHERE w.token_hash = $1 AND w.expires_at > $2 AND s.state = 'active'",
        {token_hash(ring_, sign_in), clock_.now()});
    if (!row) return AuthErrc::unknown_sign_in;
    if (row->flag(2)) return AuthErrc::factor_exists;
    tx.execute("UPDATE auth_staff_sign_in SET totp_sealed = $1 WHERE token_hash = $2",
               {sealed_totp(row->text(0), secret), token_hash(ring_, sign_in)});
    return row->text(1);
  }));
  return totp_set_up(username, secret);
}

Result<Auth::StaffSignedIn> Auth::finish_staff_sign_in(std::string_view sign_in,
                                                       std::string_view code,
                                                       const Origin& origin) {
  if (!plausible_token(sign_in)) return AuthErrc::unknown_sign_in;
  const auto now = clock_.now();
  // A wrong guess must be kept although the caller is refused, so the verdict is a value of the
  // transaction, not its failure.
  std::optional<StaffSignedIn> in;
  auto refused = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    in.reset();
    const auto row = tx.first(
        "SELECT s.id, s.username, s.roles FROM auth_staff_sign_in w JOIN auth_staff s ON s.id = "
        "w.staff "
        "WHERE w.token_hash = $1 AND w.expires_at > $2 AND s.state = 'active'",
        {token_hash(ring_, sign_in), now});
    if (!row) return std::optional<Error>(AuthErrc::unknown_sign_in);
    const auto& staff = row->text(0);
    // Two at the same moment come one after the other: a code is good for one of them.
    tx.query("SELECT id FROM auth_staff WHERE id = $1" + std::string(tx.for_update()), {staff});
    const auto there =
        tx.first("SELECT secret_sealed, used_step FROM auth_totp WHERE staff = $1", {staff});
    const auto under_way =
        tx.first("SELECT totp_sealed FROM auth_staff_sign_in WHERE token_hash = $1",
                 {token_hash(ring_, sign_in)});
    if (!under_way) return std::optional<Error>(AuthErrc::unknown_sign_in);
    if (!there && under_way->is_null(0)) return std::optional<Error>(AuthErrc::factor_missing);
    const auto secret = opened_totp(staff, there ? there->bytes(0) : under_way->bytes(0));

    const auto known = known_device(tx, "staff", staff, origin.devices);
    const Attempter who{staff, known ? std::optional(known->id) : std::nullopt, origin.address};
    const auto step = step_of(tx, who, code, secret, there ? there->i64(1) : 0);
    if (!step.ok()) return std::optional<Error>(step.error());
    if (there) {
      tx.execute("UPDATE auth_totp SET used_step = $1 WHERE staff = $2", {*step, staff});
    } else {
      tx.execute(
          "INSERT INTO auth_totp (staff, secret_sealed, used_step, since) VALUES ($1, $2, $3, $4)",
          {staff, sealed_totp(staff, secret), *step, now});
      audit::append(tx, now, random_, "auth.staff_factor_set", staff, {{"factor", "totp"}});
    }
    tx.execute("DELETE FROM auth_staff_sign_in WHERE token_hash = $1",
               {token_hash(ring_, sign_in)});
    tx.execute("UPDATE auth_staff SET signed_in_at = $1 WHERE id = $2", {now, staff});
    auto session = open_session(tx, "staff", staff, origin);
    audit::append(tx, now, random_, "auth.staff_signed_in", staff,
                  {{"factor", "totp"}, {"session", session.id.str()}});
    in.emplace(StaffSignedIn{
        {row->id<StaffId>(0), row->text(1), roles_of(row->text(2)), session.id, session.device},
        std::move(session)});
    return std::optional<Error>{};
  });
  if (!refused.ok()) return refused.error();
  if (*refused) return **refused;
  return std::move(*in);
}

Result<Auth::Invited> Auth::invitation(std::string_view token) {
  if (!plausible_token(token)) return AuthErrc::unknown_invitation;
  return database_.read([&](storage::Transaction& tx) -> Result<Invited> {
    const auto row = tx.first(
        "SELECT s.username, s.roles, i.expires_at FROM auth_invitation i JOIN auth_staff s ON s.id "
        "= i.staff "
        "WHERE i.token_hash = $1 AND i.expires_at > $2 AND s.state = 'invited'",
        {token_hash(ring_, token), clock_.now()});
    if (!row) return AuthErrc::unknown_invitation;
    return Invited{row->text(0), roles_of(row->text(1)), row->instant(2)};
  });
}

Result<Auth::SignInUnderWay> Auth::accept_invitation(std::string_view token,
                                                     std::string_view password) {
  MQ_TRY(const auto invited, invitation(token));  // before any work is done for a stranger
  MQ_REQUIRE(check_staff_password(invited.username, password));
  MQ_TRY(const auto hash, crypto::hash_password(password, random_));
  return database_.write([&](storage::Transaction& tx) -> Result<SignInUnderWay> {
    const auto now = clock_.now();
    const auto row =
        tx.first("SELECT staff FROM auth_invitation WHERE token_hash = $1 AND expires_at > $2" +
                     std::string(tx.for_update()),
                 {token_hash(ring_, token), now});
    if (!row) return AuthErrc::unknown_invitation;
    const auto& staff = row->text(0);
    if (tx.change("UPDATE auth_staff SET password_hash = $1, state = 'active' WHERE id = $2 AND "
                  "state = 'invited'",
                  {hash, staff}) != 1) {
      return AuthErrc::unknown_invitation;
    }
    tx.execute("DELETE FROM auth_invitation WHERE staff = $1", {staff});
    audit::append(tx, now, random_, "auth.staff_password_set", staff, {});
    return begin_sign_in(tx, staff);
  });
}

}  // namespace mq::auth
