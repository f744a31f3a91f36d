// One-time codes of authenticator apps: HOTP (RFC 4226) and TOTP (RFC 6238), HMAC-SHA-1 as every
// app does it. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/errors.h"

namespace mq::crypto {

inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::size_t kTotpSecretBytes = 20;  // as long as the hash: RFC 4226 §4

// The number of whole steps since 1970.
std::int64_t totp_step(Instant at);
// The code of a step; `digits` from 6 to 8 (CHECK).
std::string totp_code(ByteView secret, std::int64_t step, int digits = 6);

// RFC 4648 §6 in capitals, without padding, as apps take a secret that is typed in.
std::string base32(ByteView data);
// Strict as unbase64(). Error: crypto.malformed.
Result<Bytes> unbase32(std::string_view text);

}  // namespace mq::crypto
