// Signatures made with keys of others, as passkeys make them: ECDSA on P-256 and RSA (PKCS #1
// v1.5), both over SHA-256. Ed25519 has its own header. Keys may come from anybody. Thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace mq::crypto {

// Below 2048 bits RSA is too weak (NIST SP 800-131A); above 4096 a check costs time for nothing.
inline constexpr int kRsaMinBits = 2048;
inline constexpr int kRsaMaxBits = 4096;

struct P256PublicKey {  // big endian
  std::array<std::uint8_t, 32> x{};
  std::array<std::uint8_t, 32> y{};
  bool operator==(const P256PublicKey&) const = default;
};

struct RsaPublicKey {  // big endian without leading zeros
  Bytes modulus;
  Bytes exponent;
  bool operator==(const RsaPublicKey&) const = default;
};

// A point of the curve.
bool valid(const P256PublicKey& key);
// Modulus of kRsaMinBits to kRsaMaxBits and odd, exponent odd and from 3 to 2^32, no leading zeros.
bool valid(const RsaPublicKey& key);

// `signature` is DER (RFC 3279 §2.2.3) and nothing after it. False for a key that is not valid.
bool p256_verify(const P256PublicKey& key, ByteView message, ByteView signature);
// RFC 8017 §8.2, as long as the modulus. False for a key that is not valid.
bool rsa_verify(const RsaPublicKey& key, ByteView message, ByteView signature);

}  // namespace mq::crypto
