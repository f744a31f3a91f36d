// A borrower's password: signing in with it, setting and removing it.
#include "api/borrower/step_ups.h"

namespace mq::api {
namespace {

struct SignInRequest {
  Pii<std::string> phone, password;
};
BOOST_DESCRIBE_STRUCT(SignInRequest, (), (phone, password))
struct PasswordBody {
  std::optional<Instant> since;
};
BOOST_DESCRIBE_STRUCT(PasswordBody, (), (since))
struct ChoiceRequest {
  Pii<std::string> password;
};
BOOST_DESCRIBE_STRUCT(ChoiceRequest, (), (password))
struct SetRequest {
  auth::ChallengeId challenge_id;
  Pii<std::string> password;
};
BOOST_DESCRIBE_STRUCT(SetRequest, (), (challenge_id, password))

}  // namespace

void add_password_routes(Routes& routes) {
  auto& services = routes.services();
  routes.open("POST", "/v1/auth/password-sessions", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<SignInRequest>(request.body));
    MQ_TRY(const auto in,
           services.auth.password_sign_in(asked.phone, asked.password, origin_of(request)));
    return signed_in(in);
  });
  routes.borrower("GET", "/v1/auth/password", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto since, services.auth.password_since(borrower));
                    return json_response(200, PasswordBody{since});
                  });
  routes.borrower("POST", "/v1/auth/password/challenge", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto asked, runtime::from_json<ChoiceRequest>(request.body));
                    MQ_TRY(const auto step_up,
                           services.auth.begin_setting_password(borrower, asked.password));
                    return json_response(201, view(step_up));
                  });
  routes.borrower(
      "PUT", "/v1/auth/password", Repeat::any,
      [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto asked, runtime::from_json<SetRequest>(request.body));
        MQ_REQUIRE(services.auth.set_password(borrower, asked.challenge_id, asked.password));
        services.wake();
        return HttpResponse{204, {}, {}};
      });
  routes.borrower("POST", "/v1/auth/password/removal-challenge", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto step_up, services.auth.begin_removing_password(borrower));
                    return json_response(201, view(step_up));
                  });
  routes.borrower("POST", "/v1/auth/password/removal", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto asked, runtime::from_json<ApprovedRequest>(request.body));
                    MQ_REQUIRE(services.auth.remove_password(borrower, asked.challenge_id));
                    services.wake();
                    return HttpResponse{204, {}, {}};
                  });
}

}  // namespace mq::api
