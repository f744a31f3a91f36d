#include "auth/webauthn.h"

#include <algorithm>

#include "auth/webauthn_data.h"
#include "auth/webauthn_keys.h"
#include "crypto/hash.h"
#include "runtime/json.h"

namespace mq::auth::webauthn {
namespace {

namespace json = boost::json;

Result<std::string_view> text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return WebauthnErrc::malformed;
  return std::string_view(value->get_string());
}

// §5.8.1. Members that are not known are allowed: browsers add some to keep readers used to it.
Status check_client_data(const RelyingParty& party, ByteView challenge, std::string_view type,
                         std::string_view text) {
  if (text.size() > kClientDataBytes) return WebauthnErrc::malformed;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto parsed = runtime::parse_json(text);
  if (!parsed.ok() || !parsed->is_object()) return WebauthnErrc::malformed;
  const json::object& data = parsed->get_object();

  MQ_TRY(const auto found_type, text_in(data, "type"));
  if (found_type != type) return WebauthnErrc::wrong_type;

  MQ_TRY(const auto found_challenge, text_in(data, "challenge"));
  const auto decoded = crypto::unbase64url(found_challenge);
  if (!decoded.ok()) return WebauthnErrc::malformed;
  if (challenge.size() < kChallengeMinBytes || !crypto::constant_time_equal(*decoded, challenge)) {
    return WebauthnErrc::wrong_challenge;
  }

  MQ_TRY(const auto origin, text_in(data, "origin"));
  if (std::ranges::find(party.origins, origin) == party.origins.end()) {
    return WebauthnErrc::wrong_origin;
  }
  if (const auto* cross = data.if_contains("crossOrigin")) {
    if (!cross->is_bool()) return WebauthnErrc::malformed;
    if (cross->get_bool()) return WebauthnErrc::wrong_origin;
  }
  if (data.contains("topOrigin")) return WebauthnErrc::wrong_origin;
  return ok();
}

Status check_authenticator(const RelyingParty& party, const AuthenticatorData& data) {
  if (!std::ranges::equal(data.rp_id_hash, crypto::sha256(as_bytes(party.id)))) {
    return WebauthnErrc::wrong_relying_party;
  }
  if (!data.user_present) return WebauthnErrc::user_absent;
  if (!data.user_verified) return WebauthnErrc::user_not_verified;
  if (data.backed_up && !data.backup_eligible) return WebauthnErrc::backup_state;
  return ok();
}

// What authenticators sign.
Bytes signed_message(ByteView authenticator_data, std::string_view client_data_json) {
  const auto hash = crypto::sha256(as_bytes(client_data_json));
  Bytes out(authenticator_data.begin(), authenticator_data.end());
  out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

Status check_signature(const PublicKey& key, ByteView authenticator_data,
                       std::string_view client_data_json, ByteView signature) {
  if (signature.size() > kSignatureBytes) return WebauthnErrc::malformed;
  if (!key.verify(signed_message(authenticator_data, client_data_json), signature)) {
    return WebauthnErrc::bad_signature;
  }
  return ok();
}

Status check_attestation(const AttestationObject& object, const PublicKey& key,
                         std::string_view client_data_json) {
  if (object.format == "none") {
    constexpr std::uint8_t kEmptyMap = 0xA0;
    if (object.statement.size() != 1 || object.statement.front() != kEmptyMap) {
      return WebauthnErrc::malformed;
    }
    return ok();
  }
  if (object.format != "packed") return WebauthnErrc::unsupported_attestation;
  MQ_TRY(const PackedStatement statement, parse_packed_statement(object.statement));
  if (statement.certified) return WebauthnErrc::unsupported_attestation;
  if (statement.algorithm != static_cast<std::int64_t>(key.algorithm)) {
    return WebauthnErrc::malformed;
  }
  return check_signature(key, object.authenticator_data, client_data_json, statement.signature);
}

}  // namespace

Result<Credential> verify_registration(const RelyingParty& party, ByteView challenge,
                                       const RegistrationResponse& response) {
  MQ_REQUIRE(check_client_data(party, challenge, "webauthn.create", response.client_data_json));
  MQ_TRY(const auto object, parse_attestation_object(response.attestation_object));
  MQ_TRY(const auto data, parse_authenticator_data(object.authenticator_data));
  MQ_REQUIRE(check_authenticator(party, data));
  if (!data.credential) return WebauthnErrc::malformed;
  const AttestedCredential& found = *data.credential;
  MQ_TRY(const PublicKey key, parse_public_key(found.public_key));
  MQ_REQUIRE(check_attestation(object, key, response.client_data_json));
  Credential out;
  out.id.assign(found.id.begin(), found.id.end());
  out.public_key.assign(found.public_key.begin(), found.public_key.end());
  out.algorithm = key.algorithm;
  out.counter = data.counter;
  out.backup_eligible = data.backup_eligible;
  out.backed_up = data.backed_up;
  out.aaguid = found.aaguid;
  return out;
}

Result<Assertion> verify_assertion(const RelyingParty& party, ByteView challenge,
                                   const Credential& stored, const AssertionResponse& response) {
  if (!std::ranges::equal(response.credential_id, stored.id)) return WebauthnErrc::wrong_credential;
  const auto key = parse_public_key(stored.public_key);
  if (!key.ok() || key->algorithm != stored.algorithm) return WebauthnErrc::wrong_credential;
  MQ_REQUIRE(check_client_data(party, challenge, "webauthn.get", response.client_data_json));
  MQ_TRY(const auto data, parse_authenticator_data(response.authenticator_data));
  if (data.credential) return WebauthnErrc::malformed;  // §6.1: of registrations only
  MQ_REQUIRE(check_authenticator(party, data));
  if (data.backup_eligible != stored.backup_eligible) return WebauthnErrc::backup_state;
  MQ_REQUIRE(check_signature(*key, response.authenticator_data, response.client_data_json,
                             response.signature));
  // Both zero: an authenticator that does not count.
  const bool counts = data.counter != 0 || stored.counter != 0;
  if (counts && data.counter <= stored.counter) return WebauthnErrc::counter_rolled_back;
  return Assertion{data.counter, data.backed_up};
}

}  // namespace mq::auth::webauthn
