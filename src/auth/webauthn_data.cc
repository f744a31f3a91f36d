#include "auth/webauthn_data.h"

#include <algorithm>

#include "auth/webauthn_cbor.h"

namespace mq::auth::webauthn {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kFixedBytes = kHashBytes + 1 + 4;  // hash, flags, counter
constexpr std::size_t kAaguidBytes = 16;

constexpr unsigned kUserPresent = 0x01, kUserVerified = 0x04, kBackupEligible = 0x08,
                   kBackedUp = 0x10, kAttested = 0x40, kExtensions = 0x80;

ByteView take(ByteView& rest, std::size_t size) {
  const ByteView taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

Result<AttestedCredential> take_credential(ByteView& rest) {
  if (rest.size() < kAaguidBytes + 2) return WebauthnErrc::malformed;
  AttestedCredential out;
  std::ranges::copy(take(rest, kAaguidBytes), out.aaguid.begin());
  const ByteView length = take(rest, 2);
  const std::size_t id_bytes = std::size_t{length[0]} << 8 | length[1];
  if (id_bytes == 0 || id_bytes > kCredentialIdBytes || id_bytes > rest.size()) {
    return WebauthnErrc::malformed;
  }
  out.id = take(rest, id_bytes);
  CborReader in(rest);
  MQ_TRY(out.public_key, in.skip());
  rest = in.rest();
  return out;
}

Status take_extensions(ByteView& rest) {
  CborReader in(rest);
  MQ_TRY(const ByteView extensions, in.skip());
  CborReader again(extensions);
  MQ_TRY([[maybe_unused]] const auto pairs, again.map());
  rest = in.rest();
  return ok();
}

}  // namespace

Result<AuthenticatorData> parse_authenticator_data(ByteView data) {
  if (data.size() < kFixedBytes || data.size() > kAuthenticatorDataBytes) {
    return WebauthnErrc::malformed;
  }
  ByteView rest = data;
  AuthenticatorData out;
  out.rp_id_hash = take(rest, kHashBytes);
  const unsigned flags = take(rest, 1).front();
  out.user_present = (flags & kUserPresent) != 0;
  out.user_verified = (flags & kUserVerified) != 0;
  out.backup_eligible = (flags & kBackupEligible) != 0;
  out.backed_up = (flags & kBackedUp) != 0;
  for (const std::uint8_t byte : take(rest, 4)) out.counter = out.counter << 8 | byte;
  if ((flags & kAttested) != 0) {
    MQ_TRY(out.credential, take_credential(rest));
  }
  if ((flags & kExtensions) != 0) MQ_REQUIRE(take_extensions(rest));
  if (!rest.empty()) return WebauthnErrc::malformed;
  return out;
}

// In whatever order: browsers have written authData first (mozilla/authenticator-rs issue 225), and
// nothing here is signed or kept in this form.
Result<AttestationObject> parse_attestation_object(ByteView data) {
  if (data.size() > kAttestationObjectBytes) return WebauthnErrc::malformed;
  CborReader in(data);
  MQ_TRY(const std::uint64_t pairs, in.map());
  std::optional<std::string_view> format;
  std::optional<ByteView> statement, authenticator_data;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    MQ_TRY(const std::string_view key, in.text());
    if (key == "fmt" && !format) {
      MQ_TRY(format, in.text());
    } else if (key == "attStmt" && !statement) {
      MQ_TRY(statement, in.skip());
    } else if (key == "authData" && !authenticator_data) {
      MQ_TRY(authenticator_data, in.bytes());
    } else {
      return WebauthnErrc::malformed;
    }
  }
  if (!format || !statement || !authenticator_data || !in.at_end()) return WebauthnErrc::malformed;
  return AttestationObject{*format, *statement, *authenticator_data};
}

Result<PackedStatement> parse_packed_statement(ByteView statement) {
  CborReader in(statement);
  MQ_TRY(const std::uint64_t pairs, in.map());
  std::optional<std::int64_t> algorithm;
  std::optional<ByteView> signature, certificates;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    MQ_TRY(const std::string_view key, in.text());
    if (key == "alg" && !algorithm) {
      MQ_TRY(algorithm, in.integer());
    } else if (key == "sig" && !signature) {
      MQ_TRY(signature, in.bytes());
    } else if (key == "x5c" && !certificates) {
      MQ_TRY(certificates, in.skip());
    } else {
      return WebauthnErrc::malformed;
    }
  }
  if (!algorithm || !signature || !in.at_end()) return WebauthnErrc::malformed;
  return PackedStatement{*algorithm, *signature, certificates.has_value()};
}

}  // namespace mq::auth::webauthn
