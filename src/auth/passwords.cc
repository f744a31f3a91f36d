// Passwords of borrowers: beside the code where much can be lost, and alone on a device that is
// known.
#include <algorithm>

#include "audit/audit.h"
#include "auth/attempts.h"
#include "auth/auth.h"
#include "auth/password_rules.h"
#include "auth/phone.h"
#include "auth/step_up_policy.h"

namespace mq::auth {
namespace {

const Act kSetting{StepUpKind::set_password, "设置登录密码", {}, {}};
const Act kRemoving{StepUpKind::remove_password, "取消登录密码", {}, {}};

std::optional<std::string> hash_of(storage::Transaction& tx, const PersonId& person) {
  const auto row = tx.first("SELECT hash FROM auth_password WHERE person = $1", {person});
  return row ? std::optional(row->text(0)) : std::nullopt;
}

}  // namespace

Has Auth::strongest(storage::Transaction& tx, const PersonId& person) {
  if (!passkey_ids(tx, person).empty()) return Has::passkey;
  return hash_of(tx, person) ? Has::password : Has::nothing_else;
}

// Whoever has only the number and takes away what was stronger waits as on a new device, on all of
// the account's, so that its owner reads the notice first.
void Auth::weaken(storage::Transaction& tx, const PersonId& person,
                  const std::vector<Factor>& shown) {
  if (shown != std::vector{Factor::sms_code}) return;
  tx.execute("UPDATE auth_device SET held_until = $1 WHERE kind = 'borrower' AND subject = $2",
             {clock_.now().plus_seconds(kNewDeviceHoldSeconds), person});
}

Result<std::optional<Instant>> Auth::password_since(const Borrower& borrower) {
  return database_.read([&](storage::Transaction& tx) -> Result<std::optional<Instant>> {
    const auto row =
        tx.first("SELECT since FROM auth_password WHERE person = $1", {borrower.person});
    return row ? std::optional(row->instant(0)) : std::nullopt;
  });
}

// Said before a code is sent for it.
Result<StepUp> Auth::begin_setting_password(const Borrower& borrower,
                                            const Pii<std::string>& password) {
  MQ_TRY(const auto phone, phone_of(borrower.person));
  MQ_REQUIRE(check_borrower_password(phone.expose(), password.expose()));
  MQ_REQUIRE(
      database_.write([&](storage::Transaction& tx) { return require_settled(tx, borrower); }));
  return require_step_up(borrower, kSetting);
}

Result<StepUp> Auth::begin_removing_password(const Borrower& borrower) {
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_settled(tx, borrower));
    return hash_of(tx, borrower.person) ? ok() : Status(AuthErrc::no_password);
  }));
  return require_step_up(borrower, kRemoving);
}

Status Auth::set_password(const Borrower& borrower, const ChallengeId& step_up,
                          const Pii<std::string>& password) {
  MQ_TRY(const auto phone, phone_of(borrower.person));
  MQ_REQUIRE(check_borrower_password(phone.expose(), password.expose()));
  // Before the work of hashing.
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto open, open_step_up(tx, borrower, step_up));
    return open.view.needed.empty() ? ok() : Status(AuthErrc::step_up_incomplete);
  }));
  MQ_TRY(const auto hash, crypto::hash_password(password.expose(), random_));
  const auto now = clock_.now();
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_settled(tx, borrower));
    MQ_TRY(const auto shown, consume_step_up(tx, borrower, step_up, kSetting));
    // Set anew by code alone: it was forgotten, or somebody else sets it.
    if (strongest(tx, borrower.person) != Has::nothing_else) weaken(tx, borrower.person, shown);
    tx.execute(
        "INSERT INTO auth_password (person, hash, since) VALUES ($1, $2, $3) "
        "ON CONFLICT (person) DO UPDATE SET hash = $2, since = $3",
        {borrower.person, hash, now});
    note_factor_change(tx, borrower, step_up, "auth.password_set");
    return ok();
  });
}

Status Auth::remove_password(const Borrower& borrower, const ChallengeId& step_up) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_settled(tx, borrower));
    MQ_TRY(const auto shown, consume_step_up(tx, borrower, step_up, kRemoving));
    if (tx.change("DELETE FROM auth_password WHERE person = $1", {borrower.person}) != 1)
      return AuthErrc::no_password;
    weaken(tx, borrower.person, shown);
    note_factor_change(tx, borrower, step_up, "auth.password_removed");
    return ok();
  });
}

Result<Auth::SignedIn> Auth::password_sign_in(const Pii<std::string>& phone,
                                              const Pii<std::string>& password,
                                              const Origin& origin) {
  const auto digits = normal_phone(phone.expose());
  if (!digits) return AuthErrc::bad_phone;
  const auto lookup = vault_.lookup_hash(vault::Field::phone, Pii<std::string>(*digits));
  const auto now = clock_.now();
  struct Tried {
    PersonId person;
    Attempter who;
    std::optional<std::string> hash;
  };
  MQ_TRY(const auto tried, database_.write([&](storage::Transaction& tx) -> Result<Tried> {
    const auto row = tx.first("SELECT person FROM auth_account WHERE phone_lookup = $1", {lookup});
    // Said before anything is looked at, and of numbers that nobody has too: without a device of
    // the account there is nothing to guess and nothing to find out.
    const auto known =
        row ? known_device(tx, "borrower", row->text(0), origin.devices) : std::nullopt;
    if (!known) return AuthErrc::unknown_device;
    const Tried found{row->id<PersonId>(0),
                      {row->text(0), known->id, origin.address},
                      hash_of(tx, row->id<PersonId>(0))};
    MQ_REQUIRE(
        take(tx, ring_, Attempt::password_guess, found.who, now, AuthErrc::too_many_guesses));
    return found;
  }));
  MQ_TRY(const bool right, password_fits(tried.hash, password.expose()));
  if (!right) return AuthErrc::wrong_credentials;
  return database_.write([&](storage::Transaction& tx) -> Result<SignedIn> {
    tx.query("SELECT person FROM auth_account WHERE person = $1" + std::string(tx.for_update()),
             {tried.person});
    // What was changed or taken away meanwhile opens nothing.
    if (hash_of(tx, tried.person) != tried.hash) return AuthErrc::wrong_credentials;
    if (!known_device(tx, "borrower", tried.person.str(), origin.devices))
      return AuthErrc::unknown_device;
    give_back(tx, ring_, Attempt::password_guess, tried.who);
    auto session = open_session(tx, "borrower", tried.person.str(), origin);
    audit::append(tx, now, random_, "auth.signed_in", tried.person.str(),
                  {{"factor", "password"}, {"session", session.id.str()}});
    return SignedIn{tried.person, std::move(session)};
  });
}

Result<StepUp> Auth::pass_step_up(const Borrower& borrower, const ChallengeId& id,
                                  const Pii<std::string>& password) {
  const auto now = clock_.now();
  struct Tried {
    Attempter who;
    std::optional<std::string> hash;
  };
  MQ_TRY(const auto tried, database_.write([&](storage::Transaction& tx) -> Result<Tried> {
    MQ_REQUIRE(open_step_up(tx, borrower, id));
    // One that is too new to be trusted has no tries of its own.
    const auto device = on_hold(tx, borrower.device) ? std::nullopt : borrower.device;
    Tried found{{borrower.person.str(), device, {}}, hash_of(tx, borrower.person)};
    MQ_REQUIRE(
        take(tx, ring_, Attempt::password_guess, found.who, now, AuthErrc::too_many_guesses));
    return found;
  }));
  MQ_TRY(const bool right, password_fits(tried.hash, password.expose()));
  if (!right) return AuthErrc::wrong_password;
  return database_.write([&](storage::Transaction& tx) -> Result<StepUp> {
    MQ_TRY(auto found, open_step_up(tx, borrower, id));
    if (hash_of(tx, borrower.person) != tried.hash) return AuthErrc::wrong_password;
    give_back(tx, ring_, Attempt::password_guess, tried.who);
    if (std::ranges::count(found.done, Factor::password) == 0)
      add_factor(tx, found, Factor::password);
    return found.view;
  });
}

// The owner is told by SMS in the words of the approval.
void Auth::note_factor_change(storage::Transaction& tx, const Borrower& borrower,
                              const ChallengeId& step_up, std::string_view what) {
  audit::append(tx, clock_.now(), random_, std::string(what), borrower.person.str(),
                {{"step_up", step_up.str()}});
  storage::publish(tx, clock_.now(), random_, "auth.factor_changed", step_up.str(),
                   R"({"step_up":")" + step_up.str() + R"("})");
}

Status Auth::deliver_factor_notice(const ChallengeId& step_up, const SmsSender& sender) {
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           return tx.first("SELECT person, words FROM auth_step_up WHERE id = $1", {step_up});
         }));
  if (!row) return ok();
  MQ_TRY(const auto phone, phone_of(row->id<PersonId>(0)));
  return sender(step_up.str(), phone,
                "【面签】您的账户已" + row->text(1) +
                    "。若不是您本人，请立即登录并在“我的”中结束其他登录，再联系我们。");
}

}  // namespace mq::auth
