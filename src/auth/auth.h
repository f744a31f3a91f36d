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

#include "auth/session.h"
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
  wrong_password,      // of somebody who is signed in
  no_password,         // there is none that could be removed
  unknown_device,      // a password alone opens on a device only that the account knows
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
                    unknown_step_up, step_up_incomplete, wrong_password, no_password,
                    unknown_device, unknown_passkey, passkey_refused, passkey_exists,
                    too_many_passkeys, device_on_hold, wrong_credentials, unknown_sign_in,
                    factor_missing, factor_exists, unknown_invitation, forbidden, weak_password,
                    bad_username, username_taken, unknown_staff, own_account, unknown_change,
                    own_change, change_open, change_outdated, reason_missing)
constexpr std::string_view error_domain(AuthErrc) { return "auth"; }

// Port: sends one SMS. `request_id` stays the same over repeats. Fulfilled by partners/ in app/.
using SmsSender = std::function<Status(const std::string& request_id, const Pii<std::string>& phone,
                                       const std::string& text)>;

struct Challenge {
  ChallengeId id;
  Instant expires_at;
  int resend_after_s = 0;
};

// Who a request comes from.
struct Borrower {
  PersonId person;
  SessionId session;
  std::optional<DeviceId> device;  // none in sessions from before devices were kept
  std::optional<RenewedToken> renewed{};
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
  payout_release,  // seeing what waits, releasing and refusing
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
                    application_read, application_decide, loan_read, payout_release, ledger_read,
                    audit_read, outbox_read, switch_read, switch_change, business_date_advance,
                    staff_read, staff_change)
// Beside own_session.
std::span<const Permission> permissions_of(Role role);

struct Staff {
  StaffId id;
  std::string username;
  std::vector<Role> roles;
  SessionId session;
  std::optional<DeviceId> device;
  std::optional<RenewedToken> renewed{};
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

struct Attempter;  // attempts.h
enum class Has;    // step_up_policy.h

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
  // Errors as of the code, and wrong_password.
  Result<StepUp> pass_step_up(const Borrower& borrower, const ChallengeId& step_up,
                              const Pii<std::string>& password);
  // Uses it, once, in the act's transaction, and answers what was shown. Errors: unknown_step_up
  // (also of another act), expired_code, step_up_incomplete.
  Result<std::vector<Factor>> consume_step_up(storage::Transaction& tx, const Borrower& borrower,
                                              const ChallengeId& step_up, const Act& act);
  // The outbox's side: tells the owner by SMS, in the words of its approval, that a password was
  // set or something taken away.
  Status deliver_factor_notice(const ChallengeId& step_up, const SmsSender& sender);

  // --- passwords of borrowers ---
  // Since when there is one.
  Result<std::optional<Instant>> password_since(const Borrower& borrower);
  // Of setting this one, also in place of one that was forgotten, or of removing the one there is.
  // Errors: device_on_hold; weak_password; no_password.
  Result<StepUp> begin_setting_password(const Borrower& borrower, const Pii<std::string>& password);
  Result<StepUp> begin_removing_password(const Borrower& borrower);
  // Both publish "auth.factor_changed". Where only a code was shown although there was something
  // stronger, all devices of the account are held as new ones. Errors as of consume_step_up() and
  // of beginning.
  Status set_password(const Borrower& borrower, const ChallengeId& step_up,
                      const Pii<std::string>& password);
  Status remove_password(const Borrower& borrower, const ChallengeId& step_up);
  // Errors: bad_phone; unknown_device, said of every phone from a device that its account does not
  // know; wrong_credentials, too_many_guesses.
  Result<SignedIn> password_sign_in(const Pii<std::string>& phone, const Pii<std::string>& password,
                                    const Origin& origin);

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
  // Errors: unknown_passkey, device_on_hold. Removing publishes "auth.factor_changed" and may hold
  // the devices as set_password(); its errors also as of consume_step_up().
  Result<StepUp> begin_passkey_removal(const Borrower& borrower, const PasskeyId& passkey);
  Status remove_passkey(const Borrower& borrower, const PasskeyId& passkey,
                        const ChallengeId& step_up);
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
  // A token that was replaced and comes again ends its session: two have it.
  using DeviceTokens = std::optional<std::vector<std::string>>;
  Result<Borrower> borrower(std::string_view token, const DeviceTokens& devices = {},
                            Renewal renewal = Renewal::never);
  Result<Staff> staff(std::string_view token, const DeviceTokens& devices = {},
                      Renewal renewal = Renewal::never);
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
  // As the function below. Error: no_session.
  Result<std::int64_t> end_all_sessions(Everybody whose, const Staff& by);

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
  // What members of staff change themselves, with the password and a code of the app that are
  // there; their other sessions end. Errors: wrong_password, wrong_code, too_many_guesses,
  // no_session; weak_password.
  Status change_password(const Staff& staff, const Pii<std::string>& password,
                         std::string_view code, const Pii<std::string>& next);
  // Another app, in force once a code of it has come; unknown_sign_in when it was not asked for, or
  // too long ago.
  Result<TotpSetUp> begin_totp_change(const Staff& staff, const Pii<std::string>& password,
                                      std::string_view code);
  Status finish_totp_change(const Staff& staff, std::string_view code);

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
  Has strongest(storage::Transaction& tx, const PersonId& person);
  void weaken(storage::Transaction& tx, const PersonId& person, const std::vector<Factor>& shown);
  void note_factor_change(storage::Transaction& tx, const Borrower& borrower,
                          const ChallengeId& step_up, std::string_view what);
  Result<Act> removing(storage::Transaction& tx, const Borrower& borrower,
                       const PasskeyId& passkey);
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
    std::optional<RenewedToken> renewed;
  };
  Result<Found> find_session(std::string_view kind, std::string_view token,
                             const DeviceTokens& devices, Renewal renewal);
  Status end_copied(const Found& session);
  SignInUnderWay begin_sign_in(storage::Transaction& tx, const std::string& staff);
  // Counts the try; of a code that may be used, its step. Errors: wrong_code, too_many_guesses.
  Result<std::int64_t> step_of(storage::Transaction& tx, const Attempter& who,
                               std::string_view code, ByteView secret, std::int64_t used);
  static TotpSetUp totp_set_up(const std::string& username, ByteView secret);
  Status prove_staff(const Staff& staff, const Pii<std::string>& password, std::string_view code);
  void close_elsewhere(storage::Transaction& tx, const Staff& staff);
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

// Ends the sessions of everybody but the one who asks, none being the machine itself, and with them
// sign-ins under way. How many sessions those were.
std::int64_t end_all_sessions(storage::Transaction& tx, Instant now, Random& random,
                              Everybody whose, const std::optional<Staff>& by);

// The masked phone of a person, for screens ("138****0000").
Result<std::string> masked_phone(storage::Database& database, vault::Vault& vault,
                                 const PersonId& person);

extern const storage::Migration kAuthMigration, kRolesMigration, kSessionClientMigration,
    kSessionIndexMigration, kDevicesMigration, kStaffAccountsMigration, kPasskeysMigration,
    kRenewalMigration;

}  // namespace mq::auth

#include "auth/staff_accounts.h"
