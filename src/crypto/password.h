// Password hashes: Argon2id (RFC 9106). Slow and memory-hungry by design: never inside a
// transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "crypto/errors.h"

namespace mq::crypto {

// OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
inline constexpr std::uint32_t kArgon2MemoryKib = 19 * 1024;
inline constexpr std::uint32_t kArgon2Passes = 2;
inline constexpr std::uint32_t kArgon2Lanes = 1;

// Encoded string "$argon2id$v=19$m=…,t=…,p=…$salt$hash". Error: crypto.password_hash_failed.
Result<std::string> hash_password(std::string_view password, Random& random);
// True if the password fits. Errors: crypto.malformed (not an Argon2id string, or one whose cost is
// above four times ours: a stored value must not be able to eat the server),
// crypto.password_hash_failed.
Result<bool> verify_password(std::string_view encoded, std::string_view password);
// True when the string was made with other parameters than today's: hash again after a sign-in.
bool password_needs_rehash(std::string_view encoded);

}  // namespace mq::crypto
