// The accounts of staff. Part of auth.h, which others include.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth.h"

namespace mq::auth {

// What one administrator asks for, another agrees to.

using StaffChangeId = Id<struct StaffChangeTag>;

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

// Whether somebody is there and not disabled. Held until the transaction ends, so that whoever
// decides is not taken away at the same moment.
bool is_active_staff(storage::Transaction& tx, const StaffId& staff);

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

}  // namespace mq::auth
