// A pretended authenticator with its browser, for tests: it makes good registrations and
// assertions, and any part of them can be made by hand to break one rule.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "auth/webauthn.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/public_key_testing.h"

namespace mq::auth::webauthn {

inline Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes out;
  for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

template <class T>
std::string outcome(const Result<T>& result) {
  return result.ok() ? "ok" : result.error().code();
}

// Writes CBOR.
namespace cbor {
inline constexpr unsigned kBytes = 2, kText = 3, kArray = 4, kMap = 5;

inline Bytes head(unsigned major, std::uint64_t value) {
  const int more = value < 24 ? 0 : value <= 0xFF ? 1 : value <= 0xFFFF ? 2 : 4;
  const unsigned info = more == 0   ? static_cast<unsigned>(value)
                        : more == 1 ? 24U
                        : more == 2 ? 25U
                                    : 26U;
  Bytes out = {static_cast<std::uint8_t>(major << 5 | info)};
  for (int i = more - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return out;
}
inline Bytes integer(std::int64_t value) {
  return value >= 0 ? head(0, static_cast<std::uint64_t>(value))
                    : head(1, static_cast<std::uint64_t>(-1 - value));
}
inline Bytes bytes(ByteView data) { return joined({head(kBytes, data.size()), data}); }
inline Bytes text(std::string_view data) {
  return joined({head(kText, data.size()), as_bytes(data)});
}
// Pairs in the order given.
inline Bytes map(std::initializer_list<std::pair<Bytes, Bytes>> pairs) {
  Bytes out = head(kMap, pairs.size());
  for (const auto& [key, value] : pairs) out = joined({out, key, value});
  return out;
}
}  // namespace cbor

inline Bytes cose_key(const crypto::P256PublicKey& key) {
  using namespace cbor;
  return map({{integer(1), integer(2)},
              {integer(3), integer(-7)},
              {integer(-1), integer(1)},
              {integer(-2), bytes(key.x)},
              {integer(-3), bytes(key.y)}});
}
inline Bytes cose_key(const crypto::Ed25519PublicKey& key) {
  using namespace cbor;
  return map({{integer(1), integer(1)},
              {integer(3), integer(-8)},
              {integer(-1), integer(6)},
              {integer(-2), bytes(key)}});
}
inline Bytes cose_key(const crypto::RsaPublicKey& key) {
  using namespace cbor;
  return map({{integer(1), integer(3)},
              {integer(3), integer(-257)},
              {integer(-1), bytes(key.modulus)},
              {integer(-2), bytes(key.exponent)}});
}

// As browsers write it; `more` is put before the closing brace.
inline std::string client_data(std::string_view type, ByteView challenge, std::string_view origin,
                               std::string_view more = "") {
  return R"({"type":")" + std::string(type) + R"(","challenge":")" + crypto::base64url(challenge) +
         R"(","origin":")" + std::string(origin) + R"(","crossOrigin":false)" + std::string(more) +
         "}";
}

inline Bytes attestation_object(std::string_view format, ByteView statement,
                                ByteView authenticator_data) {
  using namespace cbor;
  return map({{text("fmt"), text(format)},
              {text("attStmt"), Bytes(statement.begin(), statement.end())},
              {text("authData"), bytes(authenticator_data)}});
}
inline Bytes packed_statement(std::int64_t algorithm, ByteView signature) {
  using namespace cbor;
  return map({{text("alg"), integer(algorithm)}, {text("sig"), bytes(signature)}});
}

// What a browser hands over, with the bytes.
struct MadeRegistration {
  std::string client_data_json;
  Bytes attestation_object;
  RegistrationResponse response() const { return {client_data_json, attestation_object}; }
};
struct MadeAssertion {
  Bytes credential_id;
  std::string client_data_json;
  Bytes authenticator_data;
  Bytes signature;
  AssertionResponse response() const {
    return {credential_id, client_data_json, authenticator_data, signature};
  }
};

class TestAuthenticator {
 public:
  static constexpr std::uint8_t kPresent = 0x01, kVerified = 0x04, kEligible = 0x08,
                                kBackedUp = 0x10, kAttested = 0x40, kExtended = 0x80;

  explicit TestAuthenticator(Algorithm algorithm = Algorithm::es256) : algorithm_(algorithm) {
    if (algorithm == Algorithm::eddsa) {
      use(*crypto::Key256::from_bytes(Bytes(32, 0x5E)));
    } else if (algorithm == Algorithm::es256) {
      const auto signer = crypto::TestSigner::p256();
      use(cose_key(signer.p256_public()), [signer](ByteView m) { return signer.sign(m); });
    } else {
      const auto signer = crypto::TestSigner::rsa(2048);
      use(cose_key(signer.rsa_public()), [signer](ByteView m) { return signer.sign(m); });
    }
  }

  // What it says of itself.
  Bytes credential_id = Bytes(32, 0xC5);
  std::array<std::uint8_t, 16> aaguid{0xAA};
  std::uint8_t flags = kPresent | kVerified;  // kAttested and kExtended come by themselves
  std::uint32_t counter = 0;
  Bytes extensions{};             // a CBOR map, or nothing
  Bytes public_key{};             // COSE_Key
  bool self_attestation = false;  // "packed" instead of "none"
  std::string origin{};           // that of the page, "https://" and the relying party if empty

  Algorithm algorithm() const { return algorithm_; }
  Bytes sign(ByteView message) const { return sign_(message); }

  Bytes attested_credential() const {
    const Bytes length = {static_cast<std::uint8_t>(credential_id.size() >> 8),
                          static_cast<std::uint8_t>(credential_id.size())};
    return joined({aaguid, length, credential_id, public_key});
  }
  Bytes authenticator_data(std::string_view party, ByteView attested = {}) const {
    const std::uint8_t all = static_cast<std::uint8_t>(flags | (attested.empty() ? 0 : kAttested) |
                                                       (extensions.empty() ? 0 : kExtended));
    const Bytes fixed = {
        all, static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
        static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
    return joined({crypto::sha256(as_bytes(party)), fixed, attested, extensions});
  }
  static Bytes message(ByteView authenticator_data, std::string_view client_data_json) {
    return joined({authenticator_data, crypto::sha256(as_bytes(client_data_json))});
  }

  MadeRegistration register_at(std::string_view party, ByteView challenge) const {
    return register_with(client_data("webauthn.create", challenge, page(party)),
                         authenticator_data(party, attested_credential()));
  }
  MadeRegistration register_with(std::string client_data_json, ByteView data) const {
    const Bytes statement = self_attestation
                                ? packed_statement(static_cast<std::int64_t>(algorithm_),
                                                   sign(message(data, client_data_json)))
                                : cbor::map({});
    return {std::move(client_data_json),
            attestation_object(self_attestation ? "packed" : "none", statement, data)};
  }
  MadeAssertion assert_at(std::string_view party, ByteView challenge) const {
    return assert_with(client_data("webauthn.get", challenge, page(party)),
                       authenticator_data(party));
  }
  MadeAssertion assert_with(std::string client_data_json, Bytes data) const {
    Bytes signature = sign(message(data, client_data_json));
    return {credential_id, std::move(client_data_json), std::move(data), std::move(signature)};
  }

 private:
  void use(const crypto::Key256& seed) {
    use(cose_key(crypto::ed25519_public_key(seed)), [seed](ByteView m) {
      const auto signature = crypto::ed25519_sign(seed, m);
      return Bytes(signature.begin(), signature.end());
    });
  }
  void use(Bytes key, std::function<Bytes(ByteView)> sign) {
    public_key = std::move(key);
    sign_ = std::move(sign);
  }
  std::string page(std::string_view party) const {
    return origin.empty() ? "https://" + std::string(party) : origin;
  }

  Algorithm algorithm_;
  std::function<Bytes(ByteView)> sign_;
};

}  // namespace mq::auth::webauthn
