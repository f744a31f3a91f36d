// What authenticators write: authenticator data (WebAuthn §6.1) and attestation objects (§6.5.4).
// The results are views into what was read. All errors are webauthn.malformed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "auth/webauthn.h"

namespace mq::auth::webauthn {

struct AttestedCredential {
  std::array<std::uint8_t, 16> aaguid{};
  ByteView id;          // 1 to kCredentialIdBytes
  ByteView public_key;  // one CBOR item, not yet looked into
};

struct AuthenticatorData {
  ByteView rp_id_hash;
  bool user_present = false;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
  std::uint32_t counter = 0;
  std::optional<AttestedCredential> credential;
};

// Extensions may follow and are not looked into.
Result<AuthenticatorData> parse_authenticator_data(ByteView data);

struct AttestationObject {
  std::string_view format;
  ByteView statement;  // one CBOR item, not yet looked into
  ByteView authenticator_data;
};

Result<AttestationObject> parse_attestation_object(ByteView data);

// The statement of the format "packed" (§8.2).
struct PackedStatement {
  std::int64_t algorithm = 0;
  ByteView signature;
  bool certified = false;  // by a chain of certificates
};
Result<PackedStatement> parse_packed_statement(ByteView statement);

}  // namespace mq::auth::webauthn
