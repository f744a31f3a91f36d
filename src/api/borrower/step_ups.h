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

// As the browser's authenticator made it, in base64url.
struct PasskeyAnswerBody {
  std::string credential_id, client_data_json, authenticator_data, signature;
  std::optional<std::string> user_handle;
};
BOOST_DESCRIBE_STRUCT(PasskeyAnswerBody, (),
                      (credential_id, client_data_json, authenticator_data, signature, user_handle))

// Its bytes, and what looks at them: stays where it is while that is used.
class DecodedAnswer {
 public:
  // Error: crypto.malformed.
  static Result<std::unique_ptr<DecodedAnswer>> of(const PasskeyAnswerBody& body);
  auth::PasskeyAnswer view() const;

 private:
  Bytes credential_id_, client_data_json_, authenticator_data_, signature_;
  std::optional<Bytes> user_handle_;
};

}  // namespace mq::api
