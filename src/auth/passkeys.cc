// Passkeys of borrowers: kept, listed, taken away, and signing in with one.
#include "auth/passkeys.h"

#include "audit/audit.h"
#include "auth/columns.h"
#include "auth/tokens.h"

namespace mq::auth {
namespace {

constexpr std::int64_t kSignInSeconds = 5 * 60;
constexpr std::size_t kRandomBytes = 16;
constexpr std::string_view kName = "面签 Mianqian";

Error refused(const Error& why) { return Error(AuthErrc::passkey_refused, why.code()); }

// Who may be anybody asks for a challenge, so it is not kept: 16 random bytes, the end of its life
// and a keyed hash of both. One that was used is kept until then.
Bytes mac_of(const crypto::KeyRing& ring, ByteView head) {
  const auto key = ring.derive("passkey-sign-in");
  const auto digest = crypto::hmac_sha256(key.view(), head);
  return {digest.begin(), digest.end()};
}

Bytes big_endian(std::int64_t value) {
  Bytes out(8);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
  return out;
}

// The end of its life; none when it is not one of ours.
std::optional<Instant> end_of(const crypto::KeyRing& ring, ByteView challenge) {
  constexpr std::size_t kHead = kRandomBytes + 8;
  if (challenge.size() != kHead + 32) return std::nullopt;
  if (!crypto::constant_time_equal(mac_of(ring, challenge.first(kHead)), challenge.subspan(kHead)))
    return std::nullopt;
  std::uint64_t end = 0;
  for (std::size_t i = kRandomBytes; i < kHead; ++i) end = end << 8 | challenge[i];
  return Instant{static_cast<std::int64_t>(end)};
}

webauthn::Credential credential_of(const storage::Row& row) {
  webauthn::Credential stored;
  stored.id = row.bytes(2);
  stored.public_key = row.bytes(3);
  stored.algorithm = static_cast<webauthn::Algorithm>(row.i64(4));
  stored.counter = static_cast<std::uint32_t>(row.i64(5));
  stored.backup_eligible = row.flag(6);
  return stored;
}

}  // namespace

Bytes user_handle(const crypto::KeyRing& ring, const PersonId& person) {
  const auto digest =
      crypto::hmac_sha256(ring.session_hash_key().view(), as_bytes("user-handle|" + person.str()));
  return {digest.begin(), digest.end()};
}

void Auth::set_pages(const std::string& domain, std::vector<std::string> origins) {
  const std::lock_guard lock(pages_mutex_);
  domain_ = domain;
  origins_ = std::move(origins);
}

webauthn::RelyingParty Auth::relying_party() const {
  const std::lock_guard lock(pages_mutex_);
  return {domain_, origins_};
}

std::vector<std::string> Auth::passkey_ids(storage::Transaction& tx, const PersonId& person) {
  std::vector<std::string> ids;
  for (const auto& row :
       tx.query("SELECT credential_id FROM auth_passkey WHERE person = $1 ORDER BY id", {person}))
    ids.push_back(crypto::base64url(row.bytes(0)));
  return ids;
}

// Of `owner`, or of whoever's it is. What counters say of a copy is kept in the trail.
Result<Auth::FoundPasskey> Auth::check_passkey(storage::Transaction& tx,
                                               const PasskeyAnswer& answer, ByteView challenge,
                                               const std::optional<PersonId>& owner) {
  const auto row = tx.first(
      "SELECT id, person, credential_id, public_key, algorithm, counter, backup_eligible, "
      "created_at "
      "FROM auth_passkey WHERE credential_id = $1" +
          std::string(tx.for_update()),
      {answer.credential_id});
  if (!row || (owner && row->id<PersonId>(1) != *owner)) return AuthErrc::unknown_passkey;
  const auto person = row->id<PersonId>(1);
  if (answer.user_handle &&
      !crypto::constant_time_equal(*answer.user_handle, user_handle(ring_, person)))
    return AuthErrc::unknown_passkey;
  const auto now = clock_.now();
  const auto checked = webauthn::verify_assertion(
      relying_party(), challenge, credential_of(*row),
      {answer.credential_id, answer.client_data_json, answer.authenticator_data, answer.signature});
  if (!checked.ok()) {
    if (checked.error().is(webauthn::WebauthnErrc::counter_rolled_back)) {
      audit::append(tx, now, random_, "auth.passkey_copied", person.str(),
                    {{"passkey", row->text(0)}});
    }
    return refused(checked.error());
  }
  tx.execute("UPDATE auth_passkey SET counter = $1, backed_up = $2, used_at = $3 WHERE id = $4",
             {std::int64_t{checked->counter}, std::int64_t{checked->backed_up}, now, row->text(0)});
  return FoundPasskey{row->id<PasskeyId>(0), person, row->instant(7)};
}

Result<PasskeyCreation> Auth::begin_passkey(const Borrower& borrower) {
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(require_settled(tx, borrower));
    if (passkey_ids(tx, borrower.person).size() >= kPasskeys) return AuthErrc::too_many_passkeys;
    return ok();
  }));
  MQ_TRY(const auto name, masked_phone(database_, vault_, borrower.person));
  MQ_TRY(
      auto step_up,
      require_step_up(borrower, {StepUpKind::add_passkey, std::string(kAddPasskeyWords), {}, {}}));
  return PasskeyCreation{std::move(step_up), relying_party().id, std::string(kName),
                         crypto::base64url(user_handle(ring_, borrower.person)), name};
}

Result<PasskeyId> Auth::add_passkey(const Borrower& borrower, const ChallengeId& challenge,
                                    std::string_view client, const PasskeyRegistration& made) {
  const auto now = clock_.now();
  const auto id = PasskeyId::make(now, random_);
  return database_.write([&](storage::Transaction& tx) -> Result<PasskeyId> {
    MQ_TRY(const auto step_up, open_step_up(tx, borrower, challenge));
    MQ_REQUIRE(require_settled(tx, borrower));
    const auto checked = webauthn::verify_registration(
        relying_party(), step_up.nonce, {made.client_data_json, made.attestation_object});
    if (!checked.ok()) return refused(checked.error());
    // The account's row is locked, as by sign-ins: two at the same moment are counted.
    tx.query("SELECT person FROM auth_account WHERE person = $1" + std::string(tx.for_update()),
             {borrower.person});
    if (passkey_ids(tx, borrower.person).size() >= kPasskeys) return AuthErrc::too_many_passkeys;
    MQ_REQUIRE(consume_step_up(tx, borrower, challenge,
                               {StepUpKind::add_passkey, std::string(kAddPasskeyWords), {}, {}}));
    const auto added = tx.change(
        "INSERT INTO auth_passkey (id, person, credential_id, public_key, algorithm, counter, "
        "backup_eligible, backed_up, client, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
        "$9, $10) "
        "ON CONFLICT (credential_id) DO NOTHING",
        {id, borrower.person, checked->id, checked->public_key,
         static_cast<std::int64_t>(checked->algorithm), std::int64_t{checked->counter},
         std::int64_t{checked->backup_eligible}, std::int64_t{checked->backed_up}, client, now});
    if (added != 1) return AuthErrc::passkey_exists;
    audit::append(tx, now, random_, "auth.passkey_added", borrower.person.str(),
                  {{"passkey", id.str()}});
    storage::publish(tx, now, random_, "auth.passkey_added", id.str(),
                     R"({"passkey":")" + id.str() + R"("})");
    return id;
  });
}

Result<std::vector<PasskeyView>> Auth::passkeys(const Borrower& borrower) {
  return database_.read([&](storage::Transaction& tx) -> Result<std::vector<PasskeyView>> {
    std::vector<PasskeyView> out;
    for (const auto& row : tx.query("SELECT id, client, created_at, used_at, backed_up FROM "
                                    "auth_passkey WHERE person = $1 ORDER BY id",
                                    {borrower.person})) {
      out.push_back({row.id<PasskeyId>(0), row.text(1), row.instant(2),
                     row.is_null(3) ? std::nullopt : std::optional(row.instant(3)), row.flag(4)});
    }
    return out;
  });
}

// By the name that the list shows. From a device on hold, whoever has only just come does not take
// away what the owner comes in with.
Result<Act> Auth::removing(storage::Transaction& tx, const Borrower& borrower,
                           const PasskeyId& passkey) {
  MQ_REQUIRE(require_settled(tx, borrower));
  const auto row = tx.first("SELECT client FROM auth_passkey WHERE id = $1 AND person = $2",
                            {passkey, borrower.person});
  if (!row) return AuthErrc::unknown_passkey;
  return Act{
      StepUpKind::remove_passkey, "删除通行密钥" + in_brackets(row->text(0)), passkey.str(), {}};
}

Result<StepUp> Auth::begin_passkey_removal(const Borrower& borrower, const PasskeyId& passkey) {
  MQ_TRY(const auto act, database_.write([&](storage::Transaction& tx) {
    return removing(tx, borrower, passkey);
  }));
  return require_step_up(borrower, act);
}

Status Auth::remove_passkey(const Borrower& borrower, const PasskeyId& passkey,
                            const ChallengeId& step_up) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto act, removing(tx, borrower, passkey));
    MQ_TRY(const auto shown, consume_step_up(tx, borrower, step_up, act));
    tx.execute("DELETE FROM auth_passkey WHERE id = $1", {passkey});
    weaken(tx, borrower.person, shown);
    note_factor_change(tx, borrower, step_up, "auth.passkey_removed");
    return ok();
  });
}

PasskeySignIn Auth::begin_passkey_sign_in() {
  Bytes challenge(kRandomBytes);
  random_.fill(challenge);
  const auto expires_at = clock_.now().plus_seconds(kSignInSeconds);
  for (const auto byte : big_endian(expires_at.us)) challenge.push_back(byte);
  for (const auto byte : mac_of(ring_, challenge)) challenge.push_back(byte);
  return {crypto::base64url(challenge), relying_party().id, expires_at};
}

Result<Auth::SignedIn> Auth::passkey_sign_in(std::string_view challenge,
                                             const PasskeyAnswer& answer, const Origin& origin) {
  // Whoever has not said who they are names the account by this.
  if (!answer.user_handle) return AuthErrc::unknown_passkey;
  const auto now = clock_.now();
  const auto bytes = crypto::unbase64url(challenge);
  const auto end = bytes.ok() ? end_of(ring_, *bytes) : std::nullopt;
  if (!end) return AuthErrc::unknown_challenge;
  if (*end < now) return AuthErrc::expired_code;
  std::optional<SignedIn> in;
  auto verdict = database_.write([&](storage::Transaction& tx) -> Result<std::optional<Error>> {
    in.reset();
    tx.execute("DELETE FROM auth_passkey_used WHERE expires_at < $1", {now});
    const auto hash = token_hash(ring_, challenge);
    // Before the answer is looked at: one that comes again is no copy of the authenticator.
    if (tx.first("SELECT expires_at FROM auth_passkey_used WHERE challenge_hash = $1", {hash}))
      return std::optional<Error>(AuthErrc::unknown_challenge);
    const auto found = check_passkey(tx, answer, *bytes, {});
    if (!found.ok()) return std::optional<Error>(found.error());
    // Two at the same moment wait for each other at the passkey's row.
    if (tx.change("INSERT INTO auth_passkey_used (challenge_hash, expires_at) VALUES ($1, $2) "
                  "ON CONFLICT (challenge_hash) DO NOTHING",
                  {hash, *end}) != 1) {
      return std::optional<Error>(AuthErrc::unknown_challenge);
    }
    tx.query("SELECT person FROM auth_account WHERE person = $1" + std::string(tx.for_update()),
             {found->person});
    // A passkey that is older than the hold says as much as an older device.
    const bool vouched = found->created_at.plus_seconds(kNewDeviceHoldSeconds) <= now;
    auto session = open_session(tx, "borrower", found->person.str(), origin, vouched);
    audit::append(
        tx, now, random_, "auth.signed_in", found->person.str(),
        {{"factor", "passkey"}, {"passkey", found->id.str()}, {"session", session.id.str()}});
    in.emplace(SignedIn{found->person, std::move(session)});
    return std::optional<Error>{};
  });
  if (!verdict.ok()) return verdict.error();
  if (*verdict) return **verdict;
  return std::move(*in);
}

Status Auth::deliver_passkey_notice(const PasskeyId& passkey, const SmsSender& sender) {
  MQ_TRY(const auto row,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<storage::Row>> {
           return tx.first("SELECT person, client FROM auth_passkey WHERE id = $1", {passkey});
         }));
  if (!row) return ok();
  MQ_TRY(const auto phone, phone_of(row->id<PersonId>(0)));
  return sender(passkey.str(), phone,
                "【面签】您的账户添加了一个通行密钥" + in_brackets(row->text(1)) +
                    "，可用于登录和签约。若不是您本人，请立即在“我的”中删除并联系我们。");
}

const storage::Migration kPasskeysMigration{
    20, "auth_passkeys",
    "CREATE TABLE auth_passkey (id TEXT PRIMARY KEY, person TEXT NOT NULL, "
    "credential_id BYTEA NOT NULL UNIQUE, public_key BYTEA NOT NULL, algorithm BIGINT NOT NULL, "
    "counter BIGINT NOT NULL, backup_eligible BIGINT NOT NULL, backed_up BIGINT NOT NULL, "
    "client TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT);"
    "CREATE INDEX auth_passkey_person ON auth_passkey (person);"
    "CREATE TABLE auth_passkey_used (challenge_hash BYTEA PRIMARY KEY, expires_at BIGINT NOT NULL);"
    "CREATE INDEX auth_passkey_used_expiry ON auth_passkey_used (expires_at);"
    "CREATE TABLE auth_step_up (id TEXT PRIMARY KEY, person TEXT NOT NULL, session TEXT NOT NULL, "
    "device TEXT, kind TEXT NOT NULL, words TEXT NOT NULL, object TEXT NOT NULL, needed TEXT NOT "
    "NULL, done TEXT NOT "
    "NULL, "
    "nonce BYTEA NOT NULL, state TEXT NOT NULL, expires_at BIGINT NOT NULL);"
    "CREATE INDEX auth_step_up_expiry ON auth_step_up (expires_at);"
    "ALTER TABLE auth_challenge ADD COLUMN step_up TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX auth_challenge_step_up ON auth_challenge (step_up, created_at)"};

}  // namespace mq::auth
