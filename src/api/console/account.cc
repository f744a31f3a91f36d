// What members of staff change of their own sign-in: password and authenticator app.
#include "api/handlers.h"

namespace mq::api {
namespace {

struct PasswordRequest {
  Pii<std::string> password;
  std::string code;
  Pii<std::string> new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordRequest, (), (password, code, new_password))
struct TotpRequest {
  Pii<std::string> password;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(TotpRequest, (), (password, code))
struct SetUpBody {
  std::string secret, uri;
};
BOOST_DESCRIBE_STRUCT(SetUpBody, (), (secret, uri))
struct CodeRequest {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeRequest, (), (code))

}  // namespace

void add_console_account_routes(Routes& routes) {
  auto& auth = routes.services().auth;
  const auto own = auth::Permission::own_session;
  routes.staff(
      "PUT", "/v1/console/account/password", own, Repeat::any,
      [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
        MQ_TRY(const auto asked, runtime::from_json<PasswordRequest>(request.body));
        MQ_REQUIRE(auth.change_password(staff, asked.password, asked.code, asked.new_password));
        return HttpResponse{204, {}, {}};
      });
  routes.staff("POST", "/v1/console/account/totp", own, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto asked, runtime::from_json<TotpRequest>(request.body));
                 MQ_TRY(const auto made, auth.begin_totp_change(staff, asked.password, asked.code));
                 return json_response(200, SetUpBody{made.secret, made.uri});
               });
  routes.staff("POST", "/v1/console/account/totp/confirmation", own, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto asked, runtime::from_json<CodeRequest>(request.body));
                 MQ_REQUIRE(auth.finish_totp_change(staff, asked.code));
                 return HttpResponse{204, {}, {}};
               });
}

}  // namespace mq::api
