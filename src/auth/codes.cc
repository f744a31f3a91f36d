// One-time codes: made, sent by the outbox, guessed within limits, used once.
#include <algorithm>
#include <array>

#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/phone.h"
#include "base/limits.h"

namespace mq::auth {
namespace {

constexpr std::string_view kSignIn = "sign_in";

std::string code_place(const ChallengeId& id) { return "auth_challenge.code|" + id.str(); }

// Six digits, each equally likely: values at or above the last full million are drawn again.
std::string six_digits(Random& random) {
  constexpr std::uint32_t kSpan = 1'000'000, kUsable = 4'294 * kSpan;
  std::uint32_t value = kUsable;
  while (value >= kUsable) {
    std::array<std::uint8_t, 4> raw{};
    random.fill(raw);
    value = std::uint32_t{raw[0]} << 24 | std::uint32_t{raw[1]} << 16 | std::uint32_t{raw[2]} << 8 |
            raw[3];
  }
  const auto digits = std::to_string(value % kSpan);
  return std::string(6 - digits.size(), '0') + digits;
}

Result<Pii<std::string>> read_phone(storage::Database& database, vault::Vault& vault,
                                    const PersonId& person) {
  MQ_TRY(const auto keys, vault.unlock(person, {vault::RetentionClass::contact}));
  return database.read(
      [&](storage::Transaction& tx) { return vault.get(tx, keys, vault::Field::phone); });
}

}  // namespace

Bytes Auth::code_hash(const ChallengeId& challenge, std::string_view code) const {
  const auto digest = crypto::hmac_sha256(ring_.code_hash_key().view(),
                                          as_bytes(challenge.str() + "|" + std::string(code)));
  return {digest.begin(), digest.end()};
}

Result<Challenge> Auth::request_sign_in(const Pii<std::string>& phone, const Origin& origin) {
  const auto digits = normal_phone(phone.expose());
  if (!digits) return AuthErrc::bad_phone;
  const Pii<std::string> normal(*digits);
  const auto lookup = vault_.lookup_hash(vault::Field::phone, normal);
  const auto find = [&](storage::Transaction& tx) -> Result<std::optional<PersonId>> {
    const auto row = tx.first("SELECT person FROM auth_account WHERE phone_lookup = $1", {lookup});
    return row ? std::optional(row->id<PersonId>(0)) : std::nullopt;
  };
  MQ_TRY(auto person, database_.read(find));
  if (!person) {
    const auto fresh = PersonId::make(clock_.now(), random_);
    MQ_TRY(const auto keys, vault_.unlock(fresh, {vault::RetentionClass::contact}));
    MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
      // An address that has to wait makes no accounts either.
      MQ_REQUIRE(may(tx, ring_, Attempt::code_send, {fresh.str(), {}, origin.address}, clock_.now(),
                     AuthErrc::too_many_codes));
      const auto made = tx.change(
          "INSERT INTO auth_account (person, phone_lookup, created_at) VALUES ($1, $2, $3) "
          "ON CONFLICT (phone_lookup) DO NOTHING",
          {fresh, lookup, clock_.now()});
      if (made == 1) vault_.put(tx, keys, vault::Field::phone, normal);
      return ok();
    }));
    MQ_TRY(person, database_.read(find));  // ours, or that of a request at the same moment
    MQ_CHECK(person.has_value());
  }
  MQ_TRY(const auto device,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<DeviceId>> {
           const auto known = known_device(tx, "borrower", person->str(), origin.devices);
           return known ? std::optional(known->id) : std::nullopt;
         }));
  return request_code(*person, kSignIn, device, origin.address, {});
}

Result<Challenge> Auth::request_code(const PersonId& person, std::string_view action,
                                     const std::optional<DeviceId>& device,
                                     const std::string& address,
                                     const std::optional<ChallengeId>& step_up) {
  MQ_TRY(const auto keys, vault_.unlock(person, {vault::RetentionClass::contact}));
  const auto now = clock_.now();
  const auto id = ChallengeId::make(now, random_);
  const auto code = six_digits(random_);
  const auto sealed =
      vault_.seal(keys, vault::RetentionClass::contact, code_place(id), as_bytes(code));
  const auto expires_at = now.plus_seconds(step_up ? kStepUpSeconds : limits::kCodeLifeSeconds);
  return database_.write([&](storage::Transaction& tx) -> Result<Challenge> {
    // One account's requests queue behind its row, so that the count below cannot be raced.
    tx.query(std::string("SELECT person FROM auth_account WHERE person = $1") +
                 std::string(tx.for_update()),
             {person});
    const auto asker = device ? device->str() : std::string();
    const auto last = tx.first(
        "SELECT created_at FROM auth_challenge WHERE person = $1 AND created_at > $2 AND action = "
        "$3 "
        "AND device = $4 ORDER BY created_at DESC LIMIT 1",
        {person, now.plus_seconds(-limits::kCodeResendSeconds), action, asker});
    if (last) {
      const auto since_s = (now.us - last->i64(0)) / 1'000'000;
      return Error(AuthErrc::too_many_codes, std::to_string(limits::kCodeResendSeconds - since_s));
    }
    MQ_TRY(const auto wait_s, take(tx, ring_, Attempt::code_send, {person.str(), device, address},
                                   now, AuthErrc::too_many_codes));
    tx.execute(
        "INSERT INTO auth_challenge (id, person, action, code_hash, code_sealed, guesses, state, "
        "created_at, expires_at, device, step_up) VALUES ($1, $2, $3, $4, $5, 0, 'open', $6, $7, "
        "$8, $9)",
        {id, person, action, code_hash(id, code), sealed, now, expires_at, asker,
         step_up ? step_up->str() : std::string()});
    storage::publish(tx, now, random_, "auth.code_requested", id.str(),
                     R"({"challenge":")" + id.str() + R"("})");
    return Challenge{id, expires_at,
                     std::max(limits::kCodeResendSeconds, static_cast<int>(wait_s))};
  });
}

Status Auth::deliver_code(const ChallengeId& challenge, const SmsSender& sender) {
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           return tx.first(
               "SELECT person, action, code_sealed, expires_at FROM auth_challenge WHERE id = $1 "
               "AND code_sealed IS NOT NULL AND state = 'open'",
               {challenge});
         }));
  if (!row || row->instant(3) < clock_.now()) return ok();
  const auto person = row->id<PersonId>(0);
  MQ_TRY(const auto keys, vault_.unlock(person, {vault::RetentionClass::contact}));
  MQ_TRY(const auto code,
         vault_.open(keys, vault::RetentionClass::contact, code_place(challenge), row->bytes(2)));
  MQ_TRY(const auto phone, database_.read([&](storage::Transaction& tx) {
    return vault_.get(tx, keys, vault::Field::phone);
  }));
  const auto& action = row->text(1);
  const auto text = "【面签】验证码 " + to_string(code) +
                    (action == kSignIn ? "，5 分钟内有效" : "，2 分钟内有效") + "，用于" +
                    (action == kSignIn ? "登录" : "：" + action) + "。请勿告诉任何人。";
  MQ_REQUIRE(sender(challenge.str(), phone, text));
  return database_.write([&](storage::Transaction& tx) -> Status {
    tx.execute("UPDATE auth_challenge SET code_sealed = NULL WHERE id = $1", {challenge});
    return ok();
  });
}

// A code belongs to the device that asked for it, so guesses at it are that device's.
Status Auth::check_code(const ChallengeId& challenge, std::string_view code,
                        const std::string& address,
                        const std::function<bool(const PersonId&, const std::string&)>& fits,
                        PersonId& person) {
  // A wrong guess must be kept although the caller is refused, so the verdict is a value of the
  // transaction, not its failure.
  auto verdict = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    const auto refuse = [](AuthErrc why) { return std::optional<Error>(why); };
    const auto row =
        tx.first(std::string("SELECT person, action, code_hash, guesses, state, expires_at, device "
                             "FROM auth_challenge WHERE id = $1") +
                     std::string(tx.for_update()),
                 {challenge});
    if (!row || row->text(4) == "used") return refuse(AuthErrc::unknown_challenge);
    person = row->id<PersonId>(0);
    if (!fits(person, row->text(1))) return refuse(AuthErrc::unknown_challenge);
    const auto now = clock_.now();
    if (row->instant(5) < now) return refuse(AuthErrc::expired_code);
    if (row->i64(3) >= limits::kCodeGuesses) return refuse(AuthErrc::code_used_up);
    const auto device = row->text(6);
    const Attempter who{
        person.str(), device.empty() ? std::nullopt : std::optional(row->id<DeviceId>(6)), address};
    const auto counted = take(tx, ring_, Attempt::code_guess, who, now, AuthErrc::too_many_guesses);
    if (!counted.ok()) return std::optional<Error>(counted.error());
    if (!crypto::constant_time_equal(row->bytes(2), code_hash(challenge, code))) {
      tx.execute("UPDATE auth_challenge SET guesses = guesses + 1 WHERE id = $1", {challenge});
      return refuse(AuthErrc::wrong_code);
    }
    give_back(tx, ring_, Attempt::code_guess, who);
    tx.execute("UPDATE auth_challenge SET state = 'passed', code_sealed = NULL WHERE id = $1",
               {challenge});
    return std::optional<Error>{};
  });
  if (!verdict.ok()) return verdict.error();
  if (*verdict) return **verdict;
  return ok();
}

Result<Auth::SignedIn> Auth::sign_in(const ChallengeId& challenge, std::string_view code,
                                     const Origin& origin) {
  PersonId person;
  MQ_REQUIRE(check_code(
      challenge, code, origin.address,
      [](const PersonId&, const std::string& action) { return action == kSignIn; }, person));
  return database_.write([&](storage::Transaction& tx) -> Result<SignedIn> {
    if (tx.change("UPDATE auth_challenge SET state = 'used' WHERE id = $1 AND person = $2 AND "
                  "action = $3 AND "
                  "state = 'passed' AND expires_at >= $4",
                  {challenge, person, kSignIn, clock_.now()}) != 1) {
      return AuthErrc::unknown_challenge;
    }
    // Two sign-ins at the same moment note their devices one after the other.
    tx.query("SELECT person FROM auth_account WHERE person = $1" + std::string(tx.for_update()),
             {person});
    tx.execute("UPDATE auth_account SET verified_at = $1 WHERE person = $2 AND verified_at IS NULL",
               {clock_.now(), person});
    auto session = open_session(tx, "borrower", person.str(), origin);
    // A message that led to a sign-in was none of a campaign.
    const auto asked = tx.first("SELECT device FROM auth_challenge WHERE id = $1", {challenge});
    if (asked && asked->text(0).empty())
      give_back(tx, ring_, Attempt::code_send, {person.str(), {}, origin.address});
    audit::append(tx, clock_.now(), random_, "auth.signed_in", person.str(),
                  {{"factor", "sms_code"}, {"session", session.id.str()}});
    return SignedIn{person, std::move(session)};
  });
}

Result<Pii<std::string>> Auth::phone_of(const PersonId& person) {
  return read_phone(database_, vault_, person);
}

Result<std::string> masked_phone(storage::Database& database, vault::Vault& vault,
                                 const PersonId& person) {
  MQ_TRY(const auto phone, read_phone(database, vault, person));
  return vault::masked(vault::Field::phone, phone);
}

}  // namespace mq::auth
