#include "auth/webauthn_keys.h"

#include <algorithm>

#include "auth/webauthn_cbor.h"

namespace mq::auth::webauthn {
namespace {

// Labels and values of IANA's COSE registries.
constexpr std::int64_t kKeyType = 1, kAlgorithm = 3;
constexpr std::int64_t kOkp = 1, kEc2 = 2, kRsa = 3;
constexpr std::int64_t kCurve = -1, kX = -2, kY = -3;  // of OKP and EC2
constexpr std::int64_t kModulus = -1, kExponent = -2;  // of RSA
constexpr std::int64_t kP256 = 1, kEd25519 = 6;

Status expect(CborReader& in, std::int64_t label) {
  MQ_TRY(const std::int64_t found, in.integer());
  if (found != label) return WebauthnErrc::malformed;
  return ok();
}

Status expect(CborReader& in, std::int64_t label, std::int64_t value) {
  MQ_REQUIRE(expect(in, label));
  return expect(in, value);
}

Result<ByteView> bytes_at(CborReader& in, std::int64_t label) {
  MQ_REQUIRE(expect(in, label));
  return in.bytes();
}

Result<std::array<std::uint8_t, 32>> coordinate(CborReader& in, std::int64_t label) {
  MQ_TRY(const ByteView bytes, bytes_at(in, label));
  std::array<std::uint8_t, 32> out{};
  if (bytes.size() != out.size()) return WebauthnErrc::malformed;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Result<PublicKey> es256(CborReader& in) {
  MQ_REQUIRE(expect(in, kCurve, kP256));
  crypto::P256PublicKey key;
  MQ_TRY(key.x, coordinate(in, kX));
  MQ_TRY(key.y, coordinate(in, kY));
  if (!crypto::valid(key)) return WebauthnErrc::unsuitable_key;
  return PublicKey{Algorithm::es256, key};
}

Result<PublicKey> eddsa(CborReader& in) {
  MQ_REQUIRE(expect(in, kCurve, kEd25519));
  MQ_TRY(const crypto::Ed25519PublicKey key, coordinate(in, kX));
  return PublicKey{Algorithm::eddsa, key};
}

Result<PublicKey> rs256(CborReader& in) {
  crypto::RsaPublicKey key;
  MQ_TRY(const ByteView modulus, bytes_at(in, kModulus));
  MQ_TRY(const ByteView exponent, bytes_at(in, kExponent));
  key.modulus.assign(modulus.begin(), modulus.end());
  key.exponent.assign(exponent.begin(), exponent.end());
  if (!crypto::valid(key)) return WebauthnErrc::unsuitable_key;
  return PublicKey{Algorithm::rs256, std::move(key)};
}

struct Form {
  Algorithm algorithm;
  std::int64_t key_type;
  std::uint64_t
      parameters;  // pairs of the map: any more would be a private part or a second reading
  Result<PublicKey> (*read)(CborReader&);
};
constexpr Form kForms[] = {{Algorithm::es256, kEc2, 5, es256},
                           {Algorithm::eddsa, kOkp, 4, eddsa},
                           {Algorithm::rs256, kRsa, 4, rs256}};

}  // namespace

Result<PublicKey> parse_public_key(ByteView cose_key) {
  CborReader in(cose_key);
  MQ_TRY(const std::uint64_t pairs, in.map());
  MQ_REQUIRE(expect(in, kKeyType));
  MQ_TRY(const std::int64_t key_type, in.integer());
  MQ_REQUIRE(expect(in, kAlgorithm));
  MQ_TRY(const std::int64_t algorithm, in.integer());
  const auto* const form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& f) {
    return static_cast<std::int64_t>(f.algorithm) == algorithm;
  });
  if (form == std::end(kForms)) return WebauthnErrc::unsupported_algorithm;
  if (key_type != form->key_type || pairs != form->parameters) return WebauthnErrc::malformed;
  MQ_TRY(PublicKey key, form->read(in));
  if (!in.at_end()) return WebauthnErrc::malformed;
  return key;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
  if (const auto* p256 = std::get_if<crypto::P256PublicKey>(&key)) {
    return crypto::p256_verify(*p256, message, signature);
  }
  if (const auto* rsa = std::get_if<crypto::RsaPublicKey>(&key)) {
    return crypto::rsa_verify(*rsa, message, signature);
  }
  return crypto::ed25519_verify(std::get<crypto::Ed25519PublicKey>(key), message, signature);
}

}  // namespace mq::auth::webauthn
