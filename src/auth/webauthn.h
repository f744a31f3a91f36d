// Passkeys: whether a registration or an assertion is good, by Web Authentication Level 3 §7.1 and
// §7.2. The user must have been verified by the authenticator, always, and pages of others must not
// ask for it (no cross-origin use). Pure and thread-safe: the caller keeps challenges, each good
// once, and credentials.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::auth::webauthn {

inline constexpr std::size_t kChallengeMinBytes = 16;  // what the standard (§13.4.3) asks for
// Browsers write some 250 bytes; extensions to come are expected to be of that size too.
inline constexpr std::size_t kClientDataBytes = 4 * 1024;
inline constexpr std::size_t kCredentialIdBytes = 1023;  // of the standard
// The longest credential id and RSA key are 1,650 bytes; the rest is for extensions.
inline constexpr std::size_t kAuthenticatorDataBytes = 4 * 1024;
// The above and a chain of certificates, so that those are refused for what they are.
inline constexpr std::size_t kAttestationObjectBytes = 16 * 1024;
inline constexpr std::size_t kSignatureBytes = 512;  // RSA of 4096 bits
// CTAP2 allows four levels; the compound attestation, refused for what it is, has five.
inline constexpr int kCborDepth = 8;

enum class WebauthnErrc {
  malformed,  // not the form that the standard gives it, or larger than the limits above
  wrong_type,
  wrong_challenge,
  wrong_origin,  // not one of the listed, or within a page of another
  wrong_relying_party,
  user_absent,
  user_not_verified,
  backup_state,  // backed up although it cannot be, or the ability has changed since registration
  unsupported_algorithm,
  unsuitable_key,  // off the curve, RSA outside of 2048 to 4096 bits, a bad exponent
  unsupported_attestation,
  bad_signature,
  counter_rolled_back,  // the authenticator may have been copied
  wrong_credential,     // not the one that was stored, or what was stored is no key
};
BOOST_DESCRIBE_ENUM(WebauthnErrc, malformed, wrong_type, wrong_challenge, wrong_origin,
                    wrong_relying_party, user_absent, user_not_verified, backup_state,
                    unsupported_algorithm, unsuitable_key, unsupported_attestation, bad_signature,
                    counter_rolled_back, wrong_credential)
constexpr std::string_view error_domain(WebauthnErrc) { return "webauthn"; }

// Numbers of IANA's registry of COSE algorithms, to be asked for in this order.
enum class Algorithm : std::int32_t {
  es256 = -7,    // ECDSA on P-256 with SHA-256
  eddsa = -8,    // Ed25519
  rs256 = -257,  // RSASSA-PKCS1-v1_5 with SHA-256: TPMs
};
BOOST_DESCRIBE_ENUM(Algorithm, es256, eddsa, rs256)

struct RelyingParty {
  std::string id;                    // a domain: "example.org"
  std::vector<std::string> origins;  // exactly as browsers write them: "https://example.org:8443"
};

// What the browser gave, decoded from base64url; the caller keeps the bytes.
struct RegistrationResponse {
  std::string_view client_data_json;
  ByteView attestation_object;
};
struct AssertionResponse {
  ByteView credential_id;
  std::string_view client_data_json;
  ByteView authenticator_data;
  ByteView signature;
};

// To be stored.
struct Credential {
  Bytes id;
  Bytes public_key;  // COSE_Key, as the authenticator wrote it
  Algorithm algorithm = Algorithm::es256;
  std::uint32_t counter = 0;
  bool backup_eligible = false;  // a passkey that may be on several devices
  bool backed_up = false;
  std::array<std::uint8_t, 16> aaguid{};  // the kind of authenticator, which nothing proves
};

// To be stored anew with the credential.
struct Assertion {
  std::uint32_t counter = 0;
  bool backed_up = false;
};

// Takes the attestation "none", which is to be asked for, and "packed" with the credential's own
// key. Whether the id is already somebody's is for the caller to see.
Result<Credential> verify_registration(const RelyingParty& party, ByteView challenge,
                                       const RegistrationResponse& response);
Result<Assertion> verify_assertion(const RelyingParty& party, ByteView challenge,
                                   const Credential& stored, const AssertionResponse& response);

}  // namespace mq::auth::webauthn
