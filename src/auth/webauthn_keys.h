// The keys of credentials: COSE_Key (RFC 9052 §7, RFC 9053, RFC 8230) with exactly the parameters
// that WebAuthn §6.5.1.1 names, in canonical order.
#pragma once

#include <variant>

#include "auth/webauthn.h"
#include "crypto/ed25519.h"
#include "crypto/public_key.h"

namespace mq::auth::webauthn {

struct PublicKey {
  Algorithm algorithm = Algorithm::es256;
  std::variant<crypto::P256PublicKey, crypto::Ed25519PublicKey, crypto::RsaPublicKey> key;

  bool verify(ByteView message, ByteView signature) const;
};

// Errors: malformed, unsupported_algorithm, unsuitable_key.
Result<PublicKey> parse_public_key(ByteView cose_key);

}  // namespace mq::auth::webauthn
