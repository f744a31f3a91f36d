// Sign-in: borrowers by phone and SMS code, staff by password; sessions; codes bound to one action.
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
  bad_phone,            // not an 11-digit mainland mobile number
  too_many_codes,       // resend or hourly limit; the detail holds the seconds to wait
  unknown_challenge,    // no such code request, already used, or of another person or action
  expired_code,
  wrong_code,
  too_many_guesses,     // the challenge, or the person's guesses in the last hour, are used up
  no_session,           // not signed in, expired or signed out
  unknown_session,      // not one of theirs, or ended already
  wrong_credentials,    // staff: unknown name or wrong password, not told which
  forbidden,            // signed in, but the role does not allow it
  weak_password,
  username_taken,
};
BOOST_DESCRIBE_ENUM(AuthErrc, bad_phone, too_many_codes, unknown_challenge, expired_code, wrong_code,
                    too_many_guesses, no_session, unknown_session, wrong_credentials, forbidden,
                    weak_password, username_taken)
constexpr std::string_view error_domain(AuthErrc) { return "auth"; }

using ChallengeId = Id<struct ChallengeTag>;

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
};

// Who a request comes from.
struct Borrower {
  PersonId person;
  SessionId session;
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
};
BOOST_DESCRIBE_ENUM(Permission, own_session, verification_read, verification_decide, document_read,
                    application_read, application_decide, loan_read, ledger_read, audit_read,
                    outbox_read, switch_read, switch_change, business_date_advance)
// Beside own_session.
std::span<const Permission> permissions_of(Role role);

struct Staff {
  StaffId id;
  std::string username;
  std::vector<Role> roles;
  SessionId session;
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
};

// A session that is alive, as its owner sees it.
struct SessionView {
  SessionId id;
  std::string client;  // client_of() at sign-in
  Instant created_at;
  Instant seen_at;  // to a minute
  Instant expires_at;
};

// What a User-Agent header stands for: "Chrome · Android", "" when it is none we know. Nothing of the header
// itself is kept.
std::string client_of(std::string_view user_agent);

// Thread-safe.
class Auth {
 public:
  Auth(storage::Database& database, vault::Vault& vault, const crypto::KeyRing& ring,
       const Clock& clock, Random& random);

  // --- borrowers ---
  // Makes a sign-in code and publishes "auth.code_requested"; the phone gets it by SMS. A phone seen for
  // the first time gets an account; the answer does not tell whether it was new.
  // Errors: bad_phone, too_many_codes.
  Result<Challenge> request_sign_in(const Pii<std::string>& phone);
  // Errors: unknown_challenge, expired_code, wrong_code, too_many_guesses.
  struct SignedIn {
    PersonId person;
    NewSession session;
  };
  // `client`: as client_of() gives it.
  Result<SignedIn> sign_in(const ChallengeId& challenge, std::string_view code,
                           std::string_view client = {});

  // --- a code for one action ---
  // `action` is what the code stands for, shown in the SMS and compared on use
  // ("签署借款合同 10000.00 元，12 期"). No personal data.
  Result<Challenge> request_step_up(const PersonId& person, std::string_view action);
  // Checks the code and marks the challenge as passed, outside the action's own transaction so that a
  // wrong guess counts even though the action does not happen. Passing twice is fine until it is used.
  Status pass_step_up(const PersonId& person, const ChallengeId& challenge, std::string_view action,
                      std::string_view code);
  // Uses a passed challenge, once, in the action's transaction. Error: unknown_challenge.
  Status consume_step_up(storage::Transaction& tx, const PersonId& person,
                         const ChallengeId& challenge, std::string_view action);

  // The outbox's side: sends the code of a challenge; does nothing if it was used, sent or expired.
  Status deliver_code(const ChallengeId& challenge, const SmsSender& sender);

  // --- sessions ---
  Result<Borrower> borrower(std::string_view token);
  Result<Staff> staff(std::string_view token);
  Status sign_out(const SessionId& session);
  // Those that are alive, the one seen last first; fifty at most.
  Result<std::vector<SessionView>> sessions(const SessionOwner& owner);
  // Ends one of the owner's, at once. Errors: unknown_session; no_session when the one that asks has
  // ended itself.
  Status end_session(const SessionOwner& owner, const SessionId& session);
  // Ends all but the one that asks; how many those were. Error: no_session as above.
  Result<std::int64_t> end_other_sessions(const SessionOwner& owner);

  // --- staff ---
  // Errors: weak_password (under 10 characters), username_taken.
  Result<StaffId> create_staff(std::string_view username, std::string_view password,
                               const std::vector<Role>& roles);
  struct StaffSignedIn {
    Staff staff;
    NewSession session;
  };
  Result<StaffSignedIn> staff_sign_in(std::string_view username, std::string_view password,
                                      std::string_view client = {});

 private:
  Result<Challenge> request_code(const PersonId& person, std::string_view action);
  Status check_code(const ChallengeId& challenge, std::string_view code,
                    const std::function<bool(const PersonId&, const std::string& action)>& fits,
                    PersonId& person);
  NewSession open_session(storage::Transaction& tx, std::string_view kind,
                          const std::string& subject, std::string_view client);
  Status require_live(storage::Transaction& tx, const SessionOwner& owner);
  struct Found {
    SessionId id;
    std::string subject;
  };
  Result<Found> find_session(std::string_view kind, std::string_view token);
  Bytes code_hash(const ChallengeId& challenge, std::string_view code) const;
  Bytes token_hash(std::string_view token) const;

  storage::Database& database_;
  vault::Vault& vault_;
  const crypto::KeyRing& ring_;
  const Clock& clock_;
  Random& random_;
};

// The masked phone of a person, for screens ("138****0000").
Result<std::string> masked_phone(storage::Database& database, vault::Vault& vault,
                                 const PersonId& person);

extern const storage::Migration kAuthMigration, kRolesMigration, kSessionClientMigration,
    kSessionIndexMigration;

}  // namespace mq::auth
