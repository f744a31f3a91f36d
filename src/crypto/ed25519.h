// Ed25519 signatures (RFC 8032, pure). Deterministic. Thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/seal.h"

namespace mq::crypto {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

Ed25519PublicKey ed25519_public_key(const Key256& seed);
Ed25519Signature ed25519_sign(const Key256& seed, ByteView message);
bool ed25519_verify(const Ed25519PublicKey& key, ByteView message, ByteView signature);

}  // namespace mq::crypto
