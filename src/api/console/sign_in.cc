// The steps of a staff sign-in before there is a session: password, authenticator app, invitation.
#include "api/views.h"

namespace mq::api {
namespace {

struct PasswordRequest {
  std::string username;
  Pii<std::string> password;
};
BOOST_DESCRIBE_STRUCT(PasswordRequest, (), (username, password))
struct SignInBody {
  std::string sign_in;
  Instant expires_at;
  std::string username;
  bool set_up = false;
};
BOOST_DESCRIBE_STRUCT(SignInBody, (), (sign_in, expires_at, username, set_up))
struct SetUpRequest {
  std::string sign_in;
};
BOOST_DESCRIBE_STRUCT(SetUpRequest, (), (sign_in))
struct SetUpBody {
  std::string secret, uri;
};
BOOST_DESCRIBE_STRUCT(SetUpBody, (), (secret, uri))
struct InvitationRequest {
  std::string invitation;
};
BOOST_DESCRIBE_STRUCT(InvitationRequest, (), (invitation))
struct InvitedBody {
  std::string username;
  std::vector<auth::Role> roles;
  Instant expires_at;
};
BOOST_DESCRIBE_STRUCT(InvitedBody, (), (username, roles, expires_at))
struct AcceptanceRequest {
  std::string invitation;
  Pii<std::string> password;
};
BOOST_DESCRIBE_STRUCT(AcceptanceRequest, (), (invitation, password))

Answer begun(const auth::Auth::SignInUnderWay& in) {
  return json_response(201, SignInBody{in.token, in.expires_at, in.username, in.set_up});
}

}  // namespace

void add_console_sign_in_routes(Routes& routes) {
  auto& auth = routes.services().auth;
  routes.open("POST", "/v1/console/sign-ins", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<PasswordRequest>(request.body));
    MQ_TRY(const auto in,
           auth.staff_sign_in(asked.username, asked.password.expose(), origin_of(request)));
    return begun(in);
  });
  routes.open("POST", "/v1/console/sign-ins/totp", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<SetUpRequest>(request.body));
    MQ_TRY(const auto made, auth.set_up_totp(asked.sign_in));
    return json_response(200, SetUpBody{made.secret, made.uri});
  });
  // The token stands in the body, since addresses are written down on the way.
  routes.open("POST", "/v1/console/invitations", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<InvitationRequest>(request.body));
    MQ_TRY(const auto invited, auth.invitation(asked.invitation));
    return json_response(200, InvitedBody{invited.username, invited.roles, invited.expires_at});
  });
  routes.open("POST", "/v1/console/invitations/acceptance", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<AcceptanceRequest>(request.body));
    MQ_TRY(const auto in, auth.accept_invitation(asked.invitation, asked.password.expose()));
    return begun(in);
  });
}

}  // namespace mq::api
