// Sign-in: borrowers by phone and SMS code, staff by password and authenticator app; sessions;
// devices; codes bound to one action; how often any of it may be tried; the accounts of staff.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
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
  code_used_up,      // this code was guessed at too often
  too_many_guesses,  // the detail holds the seconds to wait
  no_session,        // not signed in, expired or signed out
  unknown_session,   // not one of theirs, or ended already
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
                    device_on_hold, wrong_credentials, unknown_sign_in, factor_missing,
                    factor_exists, unknown_invitation, forbidden, weak_password, bad_username,
                    username_taken, unknown_staff, own_account, unknown_change, own_change,
                    change_open, change_outdated, reason_missing)
constexpr std::string_view error_domain(AuthErrc) { return "auth"; }

using ChallengeId = Id<struct ChallengeTag>;
using DeviceId = Id<struct DeviceTag>;
using StaffChangeId = Id<struct StaffChangeTag>;

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

  // --- a code for one action ---
  // `action` is what the code stands for, shown in the SMS and compared on use
  // ("签署借款合同 10000.00 元，12 期"). No personal data. Errors: too_many_codes.
  Result<Challenge> request_step_up(const Borrower& borrower, std::string_view action);
  // Checks the code and marks the challenge as passed, outside the action's own transaction so that
  // a wrong guess counts even though the action does not happen. Passing twice is fine until it is
  // used.
  Status pass_step_up(const PersonId& person, const ChallengeId& challenge, std::string_view action,
                      std::string_view code);
  // Uses a passed challenge, once, in the action's transaction. Error: unknown_challenge.
  Status consume_step_up(storage::Transaction& tx, const PersonId& person,
                         const ChallengeId& challenge, std::string_view action);

  // The outbox's side: sends the code of a challenge; does nothing if it was used, sent or expired.
  Status deliver_code(const ChallengeId& challenge, const SmsSender& sender);

  // --- devices ---
  // Whether the session's device may be used for matters of money. Errors: device_on_hold;
  // no_session when the device has been taken away.
  Status require_settled(storage::Transaction& tx, const Borrower& borrower);
  // The owner says that the device of another of their sessions is theirs: it is held no longer.
  // Errors: unknown_session, no_session as below; device_on_hold when the one that asks is too new
  // itself.
  Status settle_device(const SessionOwner& owner, const SessionId& session);
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
                                 const std::optional<DeviceId>& device, const std::string& address);
  Status check_code(const ChallengeId& challenge, std::string_view code, const std::string& address,
                    const std::function<bool(const PersonId&, const std::string& action)>& fits,
                    PersonId& person);
  NewSession open_session(storage::Transaction& tx, std::string_view kind,
                          const std::string& subject, const Origin& origin);
  struct Device {
    DeviceId id;
    std::string token;
  };
  std::optional<Device> known_device(storage::Transaction& tx, std::string_view kind,
                                     const std::string& subject,
                                     const std::vector<std::string>& tokens);
  Device note_device(storage::Transaction& tx, std::string_view kind, const std::string& subject,
                     const Origin& origin);
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
};

// --- the accounts of staff: what one administrator asks for, another agrees to ---

enum class StaffState { invited, active, disabled };  // invited: has no password yet
BOOST_DESCRIBE_ENUM(StaffState, invited, active, disabled)

struct StaffAccount {
  StaffId id;
  std::string username;
  std::vector<Role> roles;
  StaffState state = StaffState::active;
  bool has_totp = false;
  Instant created_at;
  std::optional<Instant> signed_in_at;  // last
};

// invite: a new account. roles: others than now. renew: a new link, for whoever lost the password
// or the phone, or is to come back; the account is as if just invited, and its sessions end.
// disable: it opens nothing any more; done at once and by one alone, because it must be quick.
enum class StaffChangeKind { invite, roles, renew, disable };
BOOST_DESCRIBE_ENUM(StaffChangeKind, invite, roles, renew, disable)
enum class StaffChangeState { open, agreed, refused, withdrawn, expired };
BOOST_DESCRIBE_ENUM(StaffChangeState, open, agreed, refused, withdrawn, expired)

struct NewStaffChange {
  StaffChangeKind kind = StaffChangeKind::invite;
  std::string username;
  std::vector<Role> roles;  // of an invitation and of other roles
  std::string reason;       // the asker's own words; no personal data belongs here
};

struct StaffChange {
  StaffChangeId id;
  NewStaffChange what;
  std::vector<Role> roles_before;
  StaffChangeState state = StaffChangeState::open;
  std::string asked_by;  // username
  Instant asked_at, expires_at;
  std::string decided_by;  // username, "" while open
  std::optional<Instant> decided_at;
  bool own = false;  // asked for by whoever looks, or about them: they cannot agree to it
};

// To be handed to the person: whoever has the token becomes the account.
struct Invitation {
  std::string username;
  std::string token;  // 32 random bytes, base64url; only its keyed hash is stored
  Instant expires_at;
};

inline constexpr std::int64_t kStaffChangeLifeSeconds = 72 * 60 * 60;
inline constexpr std::int64_t kInvitationLifeSeconds = 72 * 60 * 60;

// Thread-safe.
class StaffAccounts {
 public:
  StaffAccounts(storage::Database& database, const crypto::KeyRing& ring, const Clock& clock,
                Random& random);

  Result<std::vector<StaffAccount>> list();  // by name
  // Open ones first, then the latest; fifty at most.
  Result<std::vector<StaffChange>> changes(const Staff& who);

  // Errors: bad_username, username_taken, unknown_staff, change_open, reason_missing; of disabling
  // also own_account, and forbidden when whoever asks has been disabled meanwhile.
  Result<StaffChangeId> ask(const Staff& by, const NewStaffChange& change);
  // Agreeing to an invitation or a renewal answers the invitation, this once. Refusing what
  // somebody asked for themselves withdraws it. Errors: unknown_change, own_change,
  // change_outdated, username_taken.
  Result<std::optional<Invitation>> decide(const Staff& by, const StaffChangeId& change,
                                           bool agree);
  // From the machine itself, for the first administrators: invites a new account with these roles,
  // or renews the one there is, whose roles then become these. Error: bad_username.
  Result<Invitation> invite_from_host(std::string_view username, const std::vector<Role>& roles);

 private:
  Invitation invite(storage::Transaction& tx, const std::string& staff,
                    const std::string& username);
  Status disable(storage::Transaction& tx, const Staff& by, const std::string& staff);
  void close_account(storage::Transaction& tx, const std::string& staff);
  std::string add_account(storage::Transaction& tx, std::string_view username,
                          const std::vector<Role>& roles);

  storage::Database& database_;
  const crypto::KeyRing& ring_;
  const Clock& clock_;
  Random& random_;
};

// The masked phone of a person, for screens ("138****0000").
Result<std::string> masked_phone(storage::Database& database, vault::Vault& vault,
                                 const PersonId& person);

extern const storage::Migration kAuthMigration, kRolesMigration, kSessionClientMigration,
    kSessionIndexMigration, kDevicesMigration, kStaffAccountsMigration;

}  // namespace mq::auth
