// How often somebody may try. Guesses and sends are counted for the account they are aimed at, for
// the device they come from and for the address they come from; who has tried too often waits, each
// time twice as long as before.
//
// A device on which somebody has signed in to the account before is known. It has a count of its
// own and answers to no other: an attacker who uses up an account's tries, or those of an address
// that the owner shares with him, does not lock out the owner. Private to auth/.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "auth/auth.h"

namespace mq::auth {

enum class Attempt { code_guess, password_guess, totp_guess, code_send };
BOOST_DESCRIBE_ENUM(Attempt, code_guess, password_guess, totp_guess, code_send)
inline constexpr std::array kAllAttempts = {Attempt::code_guess, Attempt::password_guess,
                                            Attempt::totp_guess, Attempt::code_send};

struct Allowance {
  std::int64_t free = 0;      // tries without a wait
  std::int64_t window_s = 0;  // in which as many are earned anew, one after the other
  std::int64_t first_wait_s = 0, longest_wait_s = 0;
};

struct AttemptPolicy {
  Allowance account;  // tries from devices that are not known, together
  Allowance device;   // tries from one known device
  Allowance address;  // tries from one address, at all accounts to which its device is not known
};

// The numbers, with their reasons: attempts.cc. docs/security/limits.md shows them.
const AttemptPolicy& policy_of(Attempt what);

// Tries that are not earned anew yet, as the time that this takes.
struct Debt {
  std::int64_t us = 0;
  Instant last;  // try
};
// What is left of it. Pure, as the two below.
Debt at(const Debt& debt, Instant now);
// With one more try, now.
Debt with_try(const Allowance& allowance, const Debt& debt, Instant now);
// Seconds until the next try is allowed, 0 when it is now.
std::int64_t wait_s(const Allowance& allowance, const Debt& debt, Instant now);

struct Attempter {
  std::string account;             // the person's id, or a name as it was typed
  std::optional<DeviceId> device;  // known to that account
  std::string address;             // "" where nobody is to be held to it
};

// Counts a try before it is made, so that tries at the same moment are not more than allowed.
// Answers the seconds until the one after it is allowed. Error: `refusal` with the seconds to wait;
// nothing is counted then.
Result<std::int64_t> take(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
                          const Attempter& who, Instant now, AuthErrc refusal);
// The same without counting.
Status may(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
           const Attempter& who, Instant now, AuthErrc refusal);
// A try that succeeded was none: it is taken off the counts. A known device begins anew.
void give_back(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
               const Attempter& who);
void forget_old_attempts(storage::Transaction& tx, Instant now);

// What an address is counted as: of IPv6 the first half, since one customer has all of the second.
std::string counted_address(const std::string& address);

}  // namespace mq::auth
