// A passkey as a browser would make it, for the API.
#pragma once

#include <string>

#include "auth/webauthn_testing.h"
#include "support/api.h"

namespace mq::test {

// The body that adds what was begun by this answer.
inline std::string passkey_body(const Said& creation, std::string_view domain) {
  const auth::webauthn::TestAuthenticator phone;
  const auto made =
      phone.register_at(domain, *crypto::unbase64url(creation.string("step_up.passkey.challenge")));
  return R"({"challenge_id":")" + creation.string("step_up.challenge_id") +
         R"(","client_data_json":")" + crypto::base64url(as_bytes(made.client_data_json)) +
         R"(","attestation_object":")" + crypto::base64url(made.attestation_object) + R"("})";
}

}  // namespace mq::test
