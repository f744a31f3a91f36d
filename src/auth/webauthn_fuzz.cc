// Any registration and any assertion gives an error or what the headers promise, and no change of a
// signed assertion is taken.
//
// The first byte of the input says what it is: a part as it stands, or changes to a good one.
#include <algorithm>

#include "auth/webauthn_data.h"
#include "auth/webauthn_keys.h"
#include "auth/webauthn_testing.h"
#include "base/check.h"

namespace mq::auth::webauthn {
namespace {

const RelyingParty kParty{"example.org", {"https://example.org"}};
const Bytes kChallenge(32, 0x17);

// Ed25519: its keys and signatures are the same in every run.
struct Good {
  TestAuthenticator from{Algorithm::eddsa};
  MadeRegistration registration, self_attested;
  MadeAssertion assertion;
  Credential stored;

  Good() {
    from.flags |= TestAuthenticator::kEligible;
    from.extensions = cbor::map({{cbor::text("credProtect"), cbor::integer(2)}});
    registration = from.register_at(kParty.id, kChallenge);
    from.self_attestation = true;
    self_attested = from.register_at(kParty.id, kChallenge);
    from.counter = 1;
    assertion = from.assert_at(kParty.id, kChallenge);
    const auto credential = verify_registration(kParty, kChallenge, registration.response());
    MQ_CHECK(credential.ok());
    stored = *credential;
    MQ_CHECK(verify_registration(kParty, kChallenge, self_attested.response()).ok());
    MQ_CHECK(verify_assertion(kParty, kChallenge, stored, assertion.response()).ok());
  }
};

// Three bytes a change: where, and what the byte there is combined with; past the end it is added.
template <class Container>
Container changed(Container good, ByteView changes) {
  for (; changes.size() >= 3; changes = changes.subspan(3)) {
    const std::size_t at = std::size_t{changes[0]} << 8 | changes[1];
    if (at == 0xFFFF && !good.empty()) {
      good.resize(good.size() - 1);
    } else if (at < good.size()) {
      good[at] = static_cast<typename Container::value_type>(good[at] ^ changes[2]);
    } else {
      good.push_back(static_cast<typename Container::value_type>(changes[2]));
    }
  }
  return good;
}

void check_registration(const RegistrationResponse& response) {
  const auto credential = verify_registration(kParty, kChallenge, response);
  if (!credential.ok()) return;
  MQ_CHECK(!credential->id.empty() && credential->id.size() <= kCredentialIdBytes);
  MQ_CHECK(credential->backup_eligible || !credential->backed_up);
  const auto key = parse_public_key(credential->public_key);
  MQ_CHECK(key.ok() && key->algorithm == credential->algorithm);
  MQ_CHECK(key->key.index() == (credential->algorithm == Algorithm::es256   ? 0
                                : credential->algorithm == Algorithm::eddsa ? 1
                                                                            : 2));
}

void check_assertion(const Good& good, const MadeAssertion& made) {
  if (!verify_assertion(kParty, kChallenge, good.stored, made.response()).ok()) return;
  MQ_CHECK(made.client_data_json == good.assertion.client_data_json);
  MQ_CHECK(made.authenticator_data == good.assertion.authenticator_data);
  MQ_CHECK(made.signature == good.assertion.signature);
}

void run(const Good& good, unsigned kind, ByteView data) {
  MadeRegistration registration = good.registration;
  MadeAssertion assertion = good.assertion;
  switch (kind % 9) {
    case 0:
      return check_registration({registration.client_data_json, data});
    case 1:
      return check_registration({as_text(data), registration.attestation_object});
    case 2:
      return check_registration(
          good.from.register_with(registration.client_data_json, data).response());
    case 3:
      registration.attestation_object = changed(registration.attestation_object, data);
      return check_registration(registration.response());
    case 4:
      registration = good.self_attested;
      registration.attestation_object = changed(registration.attestation_object, data);
      return check_registration(registration.response());
    case 5:
      assertion.authenticator_data = changed(assertion.authenticator_data, data);
      return check_assertion(good, assertion);
    case 6:
      assertion.client_data_json = changed(assertion.client_data_json, data);
      return check_assertion(good, assertion);
    case 7:
      assertion.signature = changed(assertion.signature, data);
      return check_assertion(good, assertion);
    default:  // as a signer that says whatever it likes
      static_cast<void>(verify_assertion(
          kParty, kChallenge, good.stored,
          good.from.assert_with(assertion.client_data_json, Bytes(data.begin(), data.end()))
              .response()));
  }
}

}  // namespace
}  // namespace mq::auth::webauthn

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mq::auth::webauthn::Good good;
  if (size > 0) mq::auth::webauthn::run(good, data[0], {data + 1, size - 1});
  return 0;
}
