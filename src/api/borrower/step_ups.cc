// Approving one act: the code by SMS, and the factors.
#include "api/borrower/step_ups.h"

namespace mq::api {
namespace {

struct SentBody {
  Instant expires_at;
  int resend_after_s = 0;
};
BOOST_DESCRIBE_STRUCT(SentBody, (), (expires_at, resend_after_s))
// One of them.
struct FactorRequest {
  std::optional<std::string> code;
  std::optional<PasskeyAnswerBody> passkey;
  std::optional<Pii<std::string>> password;
};
BOOST_DESCRIBE_STRUCT(FactorRequest, (), (code, passkey, password))

Result<auth::StepUp> pass(auth::Auth& auth, const auth::Borrower& borrower,
                          const auth::ChallengeId& id, const FactorRequest& shown) {
  if (shown.password) return auth.pass_step_up(borrower, id, *shown.password);
  if (!shown.passkey) return auth.pass_step_up(borrower, id, shown.code.value_or(""));
  MQ_TRY(const auto answer, decoded(*shown.passkey));
  return auth.pass_step_up(borrower, id, answer);
}

}  // namespace

StepUpBody view(const auth::StepUp& step_up) {
  return {step_up.id,         step_up.kind,   step_up.words,
          step_up.expires_at, step_up.needed, {step_up.passkey_challenge, step_up.credential_ids}};
}

Result<auth::PasskeyAnswer> decoded(const PasskeyAnswerBody& body) {
  auth::PasskeyAnswer answer;
  MQ_TRY(answer.credential_id, crypto::unbase64url(body.credential_id));
  MQ_TRY(const auto client_data, crypto::unbase64url(body.client_data_json));
  answer.client_data_json = to_string(client_data);
  MQ_TRY(answer.authenticator_data, crypto::unbase64url(body.authenticator_data));
  MQ_TRY(answer.signature, crypto::unbase64url(body.signature));
  if (body.user_handle) {
    MQ_TRY(answer.user_handle, crypto::unbase64url(*body.user_handle));
  }
  return answer;
}

void add_step_up_routes(Routes& routes) {
  auto& services = routes.services();
  const std::string one = "/v1/auth/step-ups/{step_up_id}";
  routes.borrower("POST", one + "/sms-code", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<auth::ChallengeId>(request, "step_up_id"));
                    MQ_TRY(const auto sent, services.auth.send_step_up_code(borrower, id));
                    services.wake();
                    return json_response(202, SentBody{sent.expires_at, sent.resend_after_s});
                  });
  routes.borrower("POST", one + "/factors", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<auth::ChallengeId>(request, "step_up_id"));
                    MQ_TRY(const auto asked, runtime::from_json<FactorRequest>(request.body));
                    MQ_TRY(const auto left, pass(services.auth, borrower, id, asked));
                    return json_response(200, view(left));
                  });
}

}  // namespace mq::api
