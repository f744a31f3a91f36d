// Sealing: authenticated encryption with AES-256-GCM. Thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/errors.h"

namespace mq::crypto {

// 32 secret bytes that are wiped when they die. Copies are allowed; each wipes itself.
class Key256 {
 public:
  static constexpr std::size_t kSize = 32;

  Key256() = default;  // all zero; only as a place to assign to
  static Key256 generate(Random& random);
  static Result<Key256> from_bytes(ByteView bytes);  // exactly 32; crypto.malformed
  Key256(const Key256&) = default;
  Key256& operator=(const Key256&) = default;
  ~Key256();

  ByteView view() const { return bytes_; }

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

// Blob: format 0x01 · nonce (12) · ciphertext (as long as the plain text) · tag (16). The format
// byte is authenticated with `aad`. Nonces are random: one key seals far fewer than 2^32 blobs (a
// data key belongs to one person and retention class), which keeps a repeated nonce below 2^-32.
inline constexpr std::size_t kSealOverheadBytes = 1 + 12 + 16;

// `aad` binds the blob to its place (table, column, row); the same bytes are needed to open it.
Bytes seal(const Key256& key, ByteView plain, ByteView aad, Random& random);
// Errors: crypto.malformed (too short, unknown format), crypto.wrong_key_or_tampered.
Result<Bytes> open(const Key256& key, ByteView blob, ByteView aad);

}  // namespace mq::crypto
