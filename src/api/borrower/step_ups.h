// How step-ups and passkeys stand in JSON. Private to api/.
#pragma once

#include "api/handlers.h"

namespace mq::api {

struct StepUpBody {
  auth::ChallengeId challenge_id;
  auth::StepUpKind kind{};
  std::string action;
  Instant expires_at;
  std::vector<std::vector<auth::Factor>> needed;
  struct Passkey {
    std::string challenge;
    std::vector<std::string> credential_ids;
  } passkey;
};
BOOST_DESCRIBE_STRUCT(StepUpBody::Passkey, (), (challenge, credential_ids))
BOOST_DESCRIBE_STRUCT(StepUpBody, (), (challenge_id, kind, action, expires_at, needed, passkey))
StepUpBody view(const auth::StepUp& step_up);

// Uses what was approved.
struct ApprovedRequest {
  auth::ChallengeId challenge_id;
};
BOOST_DESCRIBE_STRUCT(ApprovedRequest, (), (challenge_id))

// As the browser's authenticator made it, in base64url.
struct PasskeyAnswerBody {
  std::string credential_id, client_data_json, authenticator_data, signature;
  std::optional<std::string> user_handle;
};
BOOST_DESCRIBE_STRUCT(PasskeyAnswerBody, (),
                      (credential_id, client_data_json, authenticator_data, signature, user_handle))

// Error: crypto.malformed.
Result<auth::PasskeyAnswer> decoded(const PasskeyAnswerBody& body);

}  // namespace mq::api
