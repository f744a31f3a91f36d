#include "api/views.h"

namespace mq::api {
namespace {

struct FinishRequest {
  std::string sign_in;
  Pii<std::string> code;
};
BOOST_DESCRIBE_STRUCT(FinishRequest, (), (sign_in, code))
struct SessionBody {
  std::string token;
  Instant expires_at;
  StaffId staff_id;
  std::vector<auth::Role> roles;
  std::string device_token;
};
BOOST_DESCRIBE_STRUCT(SessionBody, (), (token, expires_at, staff_id, roles, device_token))
struct StaffBody {
  StaffId staff_id;
  std::string username;
  std::vector<auth::Role> roles;
  std::vector<auth::Permission> permissions;
  bool demo = false;
  BusinessDate business_date;
};
BOOST_DESCRIBE_STRUCT(StaffBody, (), (staff_id, username, roles, permissions, demo, business_date))

}  // namespace

void add_console_session_routes(Routes& routes) {
  auto& services = routes.services();
  routes.open("POST", "/v1/console/sessions", [&](HttpRequest& request) -> Answer {
    MQ_TRY(const auto asked, runtime::from_json<FinishRequest>(request.body));
    MQ_TRY(const auto in, services.auth.finish_staff_sign_in(asked.sign_in, asked.code.expose(),
                                                             origin_of(request)));
    auto response =
        json_response(201, SessionBody{in.session.token, in.session.expires_at, in.staff.id,
                                       in.staff.roles, in.session.device_token});
    set_session_cookies(response, kStaffCookie, in.session);
    return response;
  });
  routes.staff("GET", "/v1/console/me", auth::Permission::own_session, Repeat::any,
               [&](HttpRequest&, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto today, business_date(services));
                 return json_response(200, StaffBody{staff.id, staff.username, staff.roles,
                                                     staff.permissions(), services.demo, today});
               });
  routes.staff("DELETE", "/v1/console/sessions/current", auth::Permission::own_session, Repeat::any,
               [&](HttpRequest&, const auth::Staff& staff) -> Answer {
                 MQ_REQUIRE(services.auth.sign_out(staff.session));
                 HttpResponse response{204, {}, {}};
                 response.headers.emplace_back("Set-Cookie", session_cookie(kStaffCookie, "", 0));
                 return response;
               });
}

}  // namespace mq::api
