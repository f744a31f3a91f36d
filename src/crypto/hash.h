// Hashes, text encodings of bytes, and the system's randomness. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/errors.h"

namespace mq::crypto {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(ByteView data);
Digest hmac_sha256(ByteView key, ByteView data);  // RFC 2104
// RFC 5869. `length` is at most 255 · 32 bytes (CHECK).
Bytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t length);

std::string hex(ByteView data);              // lower case
Result<Bytes> unhex(std::string_view text);  // lower or upper case; crypto.malformed

// RFC 4648 §4 with padding. Reading is strict: no white space, exact padding, zero trailing bits,
// so that one value has one spelling. Error: crypto.malformed.
std::string base64(ByteView data);
Result<Bytes> unbase64(std::string_view text);
// RFC 4648 §5 without padding: for tokens in URLs and headers; as strict.
std::string base64url(ByteView data);
Result<Bytes> unbase64url(std::string_view text);

// A 32-byte value from bytes of unknown length. Error: crypto.malformed.
Result<Digest> to_digest(ByteView data);

// Time depends on the lengths only, not on where the two differ.
bool constant_time_equal(ByteView a, ByteView b);

// The operating system's generator through OpenSSL; a failure is a CHECK. Thread-safe.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace mq::crypto
