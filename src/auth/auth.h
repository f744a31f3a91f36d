// Sign-in: borrowers by phone and SMS code or by passkey, staff by password and authenticator app;
// sessions; devices; step-ups bound to one act; how often any of it may be tried; the accounts of
// staff.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/step_up.h"
#include "auth/webauthn.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/crypto.h"
#include "storage/storage.h"
#include "vault/vault.h"

namespace mq::auth {

enum class AuthErrc {
  bad_phone,          // not an 11-digit mainland mobile number
  too_many_codes,     // the detail holds the seconds to wait
  unknown_challenge,  // no such code request, already used, or of another person or action
  expired_code,
  wrong_code,
  code_used_up,        // this code was guessed at too often
  too_many_guesses,    // the detail holds the seconds to wait
  no_session,          // not signed in, expired or signed out
  unknown_session,     // not one of theirs, or ended already
  unknown_step_up,     // not one of this session or of this act, or used
  step_up_incomplete,  // a factor that this act needs is not there yet
  unknown_passkey,     // not one of theirs, or nobody's
  passkey_refused,     // the detail says by which rule
  passkey_exists,      // this one is somebody's already
  too_many_passkeys,
  device_on_hold,  // too new for matters of money; the detail holds the moment from which it is not
  wrong_credentials,   // staff: unknown name or wrong password, not told which
  unknown_sign_in,     // staff: none under way, finished or too old
  factor_missing,      // staff: a second factor has to be set up first
  factor_exists,       // staff: a second factor is there and not set up anew
  unknown_invitation,  // used, too old or replaced
  forbidden,           // signed in, but the role does not allow it
  weak_password,
  bad_username,
  username_taken,
  unknown_staff,
  own_account,      // whoever asks may not do that to themselves
  unknown_change,   // no such change of an account, or it is decided
  own_change,       // four eyes: asked for by whoever wants to agree, or about them
  change_open,      // another change of this account waits for a decision
  change_outdated,  // the account is not as it was when the change was asked for
  reason_missing,
};
BOOST_DESCRIBE_ENUM(AuthErrc, bad_phone, too_many_codes, unknown_challenge, expired_code,
                    wrong_code, code_used_up, too_many_guesses, no_session, unknown_session,
                    unknown_step_up, step_up_incomplete, unknown_passkey, passkey_refused,
                    passkey_exists, too_many_passkeys, device_on_hold, wrong_credentials,
                    unknown_sign_in, factor_missing, factor_exists, unknown_invitation, forbidden,
                    weak_password, bad_username, username_taken, unknown_staff, own_account,
                    unknown_change, own_change, change_open, change_outdated, reason_missing)
constexpr std::string_view error_domain(AuthErrc) { return "auth"; }

using DeviceId = Id<struct DeviceTag>;

// A device on which somebody signs in to an account that has one already may not be used for
// matters of money before this, unless the owner says on another that it is theirs: time to read
// the notice by SMS.
inline constexpr std::int64_t kNewDeviceHoldSeconds = 24 * 60 * 60;
// Forgotten when not signed in on for so long: as long as a browser keeps a cookie at most.
inline constexpr std::int64_t kDeviceLifeSeconds = 400LL * 24 * 60 * 60;

// Where a sign-in comes from.
struct Origin {
  std::string address{};  // of the client, as HttpRequest::peer has it
  std::vector<std::string>
      devices{};         // tokens that the device was given at earlier sign-ins, of any account
  std::string client{};  // as client_of() gives it
  bool browser = false;  // its session is good only together with its device's token
};

// Port: sends one SMS. `request_id` stays the same over repeats. Fulfilled by partners/ in app/.
using SmsSender = std::function<Status(const std::string& request_id, const Pii<std::string>& phone,
                                       const std::string& text)>;

struct Challenge {
  ChallengeId id;
  Instant expires_at;
  int resend_after_s = 0;
};

struct NewSession {
  std::string token;  // 32 random bytes, base64url; only its keyed hash is stored
  Instant expires_at;
  SessionId id;
  DeviceId device;
  // Of that device at this account, to be sent with the next sign-in; the same as long as it is
  // sent. Form and keeping as of `token`.
  std::string device_token;
  std::string account_tag;  // the same for all sign-ins to the account: names the device's cookie
};

// Who a request comes from.
struct Borrower {
  PersonId person;
  SessionId session;
  std::optional<DeviceId> device;  // none in sessions from before devices were kept
};
enum class Role { reviewer, risk, finance, admin };
BOOST_DESCRIBE_ENUM(Role, reviewer, risk, finance, admin)

inline constexpr std::array kAllRoles = {Role::reviewer, Role::risk, Role::finance, Role::admin};

// What a staff route may ask for, one for each kind of act. Roles hold them: permissions.cc.
enum class Permission {
  own_session,  // signing out, who am I; every staff member's
  verification_read,
  verification_decide,
  document_read,
  application_read,
  application_decide,
  loan_read,
  ledger_read,
  audit_read,
  outbox_read,
  switch_read,
  switch_change,
  business_date_advance,  // of a demo
  staff_read,
  staff_change,  // asking for it and, as a second person, agreeing to it
};
BOOST_DESCRIBE_ENUM(Permission, own_session, verification_read, verification_decide, document_read,
                    application_read, application_decide, loan_read, ledger_read, audit_read,
                    outbox_read, switch_read, switch_change, business_date_advance, staff_read,
                    staff_change)
// Beside own_session.
std::span<const Permission> permissions_of(Role role);

struct Staff {
  StaffId id;
  std::string username;
  std::vector<Role> roles;
  SessionId session;
  std::optional<DeviceId> device;
  bool may(Permission permission) const;
  std::vector<Permission> permissions() const;  // in their order
};

// Whose sessions, and which of them asks. Implicit: whoever is signed in owns theirs.
struct SessionOwner {
  SessionOwner(const Borrower& borrower);  // NOLINT(google-explicit-constructor)
  SessionOwner(const Staff& staff);        // NOLINT(google-explicit-constructor)
  std::string_view kind;
  std::string subject;
  SessionId current;
  std::optional<DeviceId> device;  // of the session that asks
};

// A session that is alive, as its owner sees it.
struct SessionView {
  SessionId id;
  std::string client;  // client_of() at sign-in
  Instant created_at;
  Instant seen_at;  // to a minute
  Instant expires_at;
  std::optional<Instant> held_until;  // its device is too new for matters of money until then
  bool over = false;  // the last one of a device that is known but not signed in now
};

// What a User-Agent header stands for: "Chrome · Android", "" when it is none we know. Nothing of
// the header itself is kept.
std::string client_of(std::string_view user_agent);

// Thread-safe.
class Auth {
 public:
  Auth(storage::Database& database, vault::Vault& vault, const crypto::KeyRing& ring,
       const Clock& clock, Random& random);

  // --- borrowers ---
  // Makes a sign-in code and publishes "auth.code_requested"; the phone gets it by SMS. A phone
  // seen for the first time gets an account; the answer does not tell whether it was new. Errors:
  // bad_phone, too_many_codes.
  Result<Challenge> request_sign_in(const Pii<std::string>& phone, const Origin& origin);
  // Errors: unknown_challenge, expired_code, wrong_code, code_used_up, too_many_guesses.
  struct SignedIn {
    PersonId person;
    NewSession session;
  };
  // A device that was not known to the account publishes "auth.device_added" when there are others.
  Result<SignedIn> sign_in(const ChallengeId& challenge, std::string_view code,
                           const Origin& origin);

  // --- approving one act ---
  // A challenge that names the act and, by the policy (step_up_policy.cc), what it needs. Good for
  // kStepUpSeconds, for this session, once.
  Result<StepUp> require_step_up(const Borrower& borrower, const Act& act);
  // The code comes by SMS. Errors: unknown_step_up, expired_code, too_many_codes.
  Result<Challenge> send_step_up_code(const Borrower& borrower, const ChallengeId& step_up);
  // Both answer what is left; doing it twice is fine until the step-up is used. Errors:
  // unknown_step_up, expired_code; unknown_challenge, wrong_code, code_used_up, too_many_guesses;
  // unknown_passkey, passkey_refused.
  Result<StepUp> pass_step_up(const Borrower& borrower, const ChallengeId& step_up,
                              std::string_view code);
  Result<StepUp> pass_step_up(const Borrower& borrower, const ChallengeId& step_up,
                              const PasskeyAnswer& answer);
  // Uses it, once, in the act's transaction. Errors: unknown_step_up (also of another act),
  // expired_code, step_up_incomplete.
  Status consume_step_up(storage::Transaction& tx, const Borrower& borrower,
                         const ChallengeId& step_up, const Act& act);

  // --- passkeys ---
  // Where the pages are: passkeys belong to the domain and are good on these origins only.
  void set_pages(const std::string& domain, std::vector<std::string> origins);
  // Errors: device_on_hold, too_many_passkeys.
  Result<PasskeyCreation> begin_passkey(const Borrower& borrower);
  // Publishes "auth.passkey_added". Errors: as consume_step_up() and begin_passkey();
  // passkey_refused, passkey_exists.
  Result<PasskeyId> add_passkey(const Borrower& borrower, const ChallengeId& step_up,
                                std::string_view client, const PasskeyRegistration& made);
  Result<std::vector<PasskeyView>> passkeys(const Borrower& borrower);
  // Errors: unknown_passkey, device_on_hold.
  Status remove_passkey(const Borrower& borrower, const PasskeyId& passkey);
  PasskeySignIn begin_passkey_sign_in();
  // Errors: unknown_challenge (also one that was used), expired_code, unknown_passkey,
  // passkey_refused.
  Result<SignedIn> passkey_sign_in(std::string_view challenge, const PasskeyAnswer& answer,
                                   const Origin& origin);
  // The outbox's side: tells the owner by SMS. Does nothing when it has been removed since.
  Status deliver_passkey_notice(const PasskeyId& passkey, const SmsSender& sender);

  // The outbox's side: sends the code of a challenge; does nothing if it was used, sent or expired.
  Status deliver_code(const ChallengeId& challenge, const SmsSender& sender);

  // --- devices ---
  // Whether the session's device may be used for matters of money. Errors: device_on_hold;
  // no_session when the device has been taken away.
  Status require_settled(storage::Transaction& tx, const Borrower& borrower);
  // The owner says that the device of another of their sessions is theirs: it is held no longer.
  // Errors: unknown_session, no_session as below; device_on_hold when the one that asks is too new
  // itself; of settling also as consume_step_up().
  Result<StepUp> begin_settling(const Borrower& borrower, const SessionId& session);
  Status settle_device(const Borrower& borrower, const SessionId& session,
                       const ChallengeId& step_up);
  // The outbox's side: tells the owner by SMS of a sign-in on a device that was not known. Does
  // nothing when the device has been taken away since.
  Status deliver_device_notice(const DeviceId& device, const SmsSender& sender);

  // --- sessions ---
  // `devices`: the tokens of the device that the request comes from. Where they are given, and for
  // sessions of browsers always, a session of another device is none.
  using DeviceTokens = std::optional<std::vector<std::string>>;
  Result<Borrower> borrower(std::string_view token, const DeviceTokens& devices = {});
  Result<Staff> staff(std::string_view token, const DeviceTokens& devices = {});
  Status sign_out(const SessionId& session);
  // Those that are alive, and the last one of each known device without one; the one seen last
  // first, fifty at most.
  Result<std::vector<SessionView>> sessions(const SessionOwner& owner);
  // Ends one of the owner's, at once, with all others of its device, and forgets the device. Not
  // forgotten: the one that asks, and a settled one when the one that asks is on hold. Errors:
  // unknown_session; no_session when the one that asks has ended itself.
  Status end_session(const SessionOwner& owner, const SessionId& session);
  // Ends all but the one that asks and forgets the other devices, with the same exceptions; how
  // many sessions those were. Error: no_session as above.
  Result<std::int64_t> end_other_sessions(const SessionOwner& owner);

  // --- staff: a password and then a code of an authenticator app ---
  // For a demo and tests: everybody else is invited. Without a secret of the authenticator app one
  // is set up at the first sign-in. Errors: bad_username, weak_password, username_taken.
  Result<StaffId> create_staff(std::string_view username, std::string_view password,
                               const std::vector<Role>& roles,
                               const std::optional<Bytes>& totp_secret = {});
  struct SignInUnderWay {
    std::string token;  // names it in the next step; form and keeping as of NewSession::token
    Instant expires_at;
    std::string username;
    bool set_up = false;  // there is no second factor yet: it must be set up now
  };
  // Errors: wrong_credentials, too_many_guesses: both alike for names that nobody has.
  Result<SignInUnderWay> staff_sign_in(std::string_view username, std::string_view password,
                                       const Origin& origin);
  // A new secret for the authenticator app, in force once a code of it has come. Errors:
  // unknown_sign_in, factor_exists.
  struct TotpSetUp {
    std::string secret;  // base32, to be typed in
    std::string uri;     // otpauth://…, to be shown as a QR code
  };
  Result<TotpSetUp> set_up_totp(std::string_view sign_in);
  struct StaffSignedIn {
    Staff staff;
    NewSession session;
  };
  // Errors: unknown_sign_in, factor_missing, wrong_code (also one that was used before),
  // too_many_guesses.
  Result<StaffSignedIn> finish_staff_sign_in(std::string_view sign_in, std::string_view code,
                                             const Origin& origin);
  // Whom a link invites. Error: unknown_invitation.
  struct Invited {
    std::string username;
    std::vector<Role> roles;
    Instant expires_at;
  };
  Result<Invited> invitation(std::string_view token);
  // Sets the password; a second factor is set up next. Errors: unknown_invitation, weak_password.
  Result<SignInUnderWay> accept_invitation(std::string_view token, std::string_view password);

 private:
  Result<Challenge> request_code(const PersonId& person, std::string_view action,
                                 const std::optional<DeviceId>& device, const std::string& address,
                                 const std::optional<ChallengeId>& step_up);
  struct OpenStepUp {
    StepUp view;
    std::vector<Factor> done;
    Bytes nonce;
  };
  Result<OpenStepUp> open_step_up(storage::Transaction& tx, const Borrower& borrower,
                                  const ChallengeId& id);
  void add_factor(storage::Transaction& tx, OpenStepUp& step_up, Factor factor);
  struct FoundPasskey {
    PasskeyId id;
    PersonId person;
    Instant created_at;
  };
  Result<FoundPasskey> check_passkey(storage::Transaction& tx, const PasskeyAnswer& answer,
                                     ByteView challenge, const std::optional<PersonId>& owner);
  std::vector<std::string> passkey_ids(storage::Transaction& tx, const PersonId& person);
  webauthn::RelyingParty relying_party() const;
  Result<Pii<std::string>> phone_of(const PersonId& person);
  Result<Act> settling(storage::Transaction& tx, const Borrower& borrower,
                       const SessionId& session);
  Status check_code(const ChallengeId& challenge, std::string_view code, const std::string& address,
                    const std::function<bool(const PersonId&, const std::string& action)>& fits,
                    PersonId& person);
  // `vouched`: by something older than a device's hold.
  NewSession open_session(storage::Transaction& tx, std::string_view kind,
                          const std::string& subject, const Origin& origin, bool vouched = false);
  struct Device {
    DeviceId id;
    std::string token;
  };
  std::optional<Device> known_device(storage::Transaction& tx, std::string_view kind,
                                     const std::string& subject,
                                     const std::vector<std::string>& tokens);
  Device note_device(storage::Transaction& tx, std::string_view kind, const std::string& subject,
                     const Origin& origin, bool vouched);
  Status require_live(storage::Transaction& tx, const SessionOwner& owner);
  struct Found {
    SessionId id;
    std::string subject;
    std::optional<DeviceId> device;
  };
  Result<Found> find_session(std::string_view kind, std::string_view token,
                             const DeviceTokens& devices);
  SignInUnderWay begin_sign_in(storage::Transaction& tx, const std::string& staff);
  Bytes sealed_totp(const std::string& staff, ByteView secret);
  Bytes opened_totp(const std::string& staff, ByteView sealed) const;
  bool on_hold(storage::Transaction& tx, const std::optional<DeviceId>& device) const;
  Bytes code_hash(const ChallengeId& challenge, std::string_view code) const;
  std::string account_tag(std::string_view kind, const std::string& subject) const;

  storage::Database& database_;
  vault::Vault& vault_;
  const crypto::KeyRing& ring_;
  const Clock& clock_;
  Random& random_;
  mutable std::mutex pages_mutex_;
  std::string domain_;
  std::vector<std::string> origins_;
};

// The masked phone of a person, for screens ("138****0000").
Result<std::string> masked_phone(storage::Database& database, vault::Vault& vault,
                                 const PersonId& person);

extern const storage::Migration kAuthMigration, kRolesMigration, kSessionClientMigration,
    kSessionIndexMigration, kDevicesMigration, kStaffAccountsMigration, kPasskeysMigration;

}  // namespace mq::auth

#include "auth/staff_accounts.h"
