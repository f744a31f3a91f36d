// Signing in with phone and SMS code.
#include "api/handlers.h"

namespace mq::api {
namespace {

struct CodeRequest {
  Pii<std::string> phone;
};
BOOST_DESCRIBE_STRUCT(CodeRequest, (), (phone))
struct CodeBody {
  auth::ChallengeId challenge_id;
  Instant expires_at;
  int resend_after_s = 0;
};
BOOST_DESCRIBE_STRUCT(CodeBody, (), (challenge_id, expires_at, resend_after_s))

struct SignInRequest {
  auth::ChallengeId challenge_id;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(SignInRequest, (), (challenge_id, code))
struct SessionBody {
  std::string token;
  Instant expires_at;
  PersonId person_id;
  std::string device_token;
};
BOOST_DESCRIBE_STRUCT(SessionBody, (), (token, expires_at, person_id, device_token))

}  // namespace

HttpResponse signed_in(const auth::Auth::SignedIn& in) {
  auto response = json_response(201, SessionBody{in.session.token, in.session.expires_at, in.person,
                                                 in.session.device_token});
  set_session_cookies(response, kBorrowerCookie, in.session);
  return response;
}

void add_sign_in_routes(Routes& routes) {
  auto& services = routes.services();
  routes.open("POST", "/v1/auth/sms-codes", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<CodeRequest>(request.body));
    MQ_TRY(const auto challenge, services.auth.request_sign_in(asked.phone, origin_of(request)));
    services.wake();
    return json_response(202,
                         CodeBody{challenge.id, challenge.expires_at, challenge.resend_after_s});
  });
  routes.open("POST", "/v1/auth/sessions", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<SignInRequest>(request.body));
    MQ_TRY(const auto in,
           services.auth.sign_in(asked.challenge_id, asked.code, origin_of(request)));
    return signed_in(in);
  });
  routes.borrower("DELETE", "/v1/auth/sessions/current", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) -> Answer {
                    MQ_REQUIRE(services.auth.sign_out(borrower.session));
                    HttpResponse response{204, {}, {}};
                    response.headers.emplace_back("Set-Cookie",
                                                  session_cookie(kBorrowerCookie, "", 0));
                    return response;
                  });
}

}  // namespace mq::api
