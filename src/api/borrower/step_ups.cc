// Approving one act: the code by SMS, and the factors.
#include "api/borrower/step_ups.h"

namespace mq::api {
namespace {

struct SentBody {
  Instant expires_at;
  int resend_after_s = 0;
};
BOOST_DESCRIBE_STRUCT(SentBody, (), (expires_at, resend_after_s))
// One of the two.
struct FactorRequest {
  std::optional<std::string> code;
  std::optional<PasskeyAnswerBody> passkey;
};
BOOST_DESCRIBE_STRUCT(FactorRequest, (), (code, passkey))

}  // namespace

StepUpBody view(const auth::StepUp& step_up) {
  return {step_up.id,         step_up.kind,   step_up.words,
          step_up.expires_at, step_up.needed, {step_up.passkey_challenge, step_up.credential_ids}};
}

Result<std::unique_ptr<DecodedAnswer>> DecodedAnswer::of(const PasskeyAnswerBody& body) {
  auto decoded = std::make_unique<DecodedAnswer>();
  MQ_TRY(decoded->credential_id_, crypto::unbase64url(body.credential_id));
  MQ_TRY(decoded->client_data_json_, crypto::unbase64url(body.client_data_json));
  MQ_TRY(decoded->authenticator_data_, crypto::unbase64url(body.authenticator_data));
  MQ_TRY(decoded->signature_, crypto::unbase64url(body.signature));
  if (body.user_handle) {
    MQ_TRY(decoded->user_handle_, crypto::unbase64url(*body.user_handle));
  }
  return decoded;
}

auth::PasskeyAnswer DecodedAnswer::view() const {
  return {credential_id_, as_text(client_data_json_), authenticator_data_, signature_,
          user_handle_ ? std::optional<ByteView>(*user_handle_) : std::nullopt};
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
  routes.borrower(
      "POST", one + "/factors", Repeat::any,
      [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto id, path_id<auth::ChallengeId>(request, "step_up_id"));
        MQ_TRY(const auto asked, runtime::from_json<FactorRequest>(request.body));
        if (asked.passkey) {
          MQ_TRY(const auto answer, DecodedAnswer::of(*asked.passkey));
          MQ_TRY(const auto left, services.auth.pass_step_up(borrower, id, answer->view()));
          return json_response(200, view(left));
        }
        MQ_TRY(const auto left, services.auth.pass_step_up(borrower, id, asked.code.value_or("")));
        return json_response(200, view(left));
      });
}

}  // namespace mq::api
