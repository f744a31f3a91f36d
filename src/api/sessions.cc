// Somebody's own sessions: where they are signed in, and ending that from afar.
#include "api/borrower/step_ups.h"

namespace mq::api {
namespace {

struct SessionsBody {
  struct Row {
    SessionId session_id;
    std::string client;
    Instant created_at, seen_at, expires_at;
    bool current = false;
    std::optional<Instant> held_until;
    bool over = false;
  };
  std::vector<Row> items;
};
BOOST_DESCRIBE_STRUCT(SessionsBody::Row, (),
                      (session_id, client, created_at, seen_at, expires_at, current, held_until,
                       over))
BOOST_DESCRIBE_STRUCT(SessionsBody, (), (items))
struct EndAllRequest {
  auth::Everybody whose{};
};
BOOST_DESCRIBE_STRUCT(EndAllRequest, (), (whose))
struct EndedBody {
  std::int64_t ended = 0;
};
BOOST_DESCRIBE_STRUCT(EndedBody, (), (ended))

Answer show_sessions(Services& services, const auth::SessionOwner& owner) {
  MQ_TRY(const auto all, services.auth.sessions(owner));
  SessionsBody body;
  for (const auto& one : all) {
    body.items.push_back({one.id, one.client, one.created_at, one.seen_at, one.expires_at,
                          one.id == owner.current, one.held_until, one.over});
  }
  return json_response(200, body);
}

Answer end_session(Services& services, const HttpRequest& request,
                   const auth::SessionOwner& owner) {
  MQ_TRY(const auto id, path_id<SessionId>(request, "session_id"));
  MQ_REQUIRE(services.auth.end_session(owner, id));
  return HttpResponse{204, {}, {}};
}

Answer end_other_sessions(Services& services, const auth::SessionOwner& owner) {
  MQ_TRY(const auto ended, services.auth.end_other_sessions(owner));
  return json_response(200, EndedBody{ended});
}

}  // namespace

void add_session_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower("GET", "/v1/auth/sessions", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) {
                    return show_sessions(services, borrower);
                  });
  routes.borrower("DELETE", "/v1/auth/sessions/{session_id}", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return end_session(services, request, borrower);
                  });
  routes.borrower("POST", "/v1/auth/sessions/{session_id}/device-challenge", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<SessionId>(request, "session_id"));
                    MQ_TRY(const auto step_up, services.auth.begin_settling(borrower, id));
                    return json_response(201, view(step_up));
                  });
  routes.borrower("POST", "/v1/auth/sessions/{session_id}/device-confirmation", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<SessionId>(request, "session_id"));
                    MQ_TRY(const auto asked, runtime::from_json<ApprovedRequest>(request.body));
                    MQ_REQUIRE(services.auth.settle_device(borrower, id, asked.challenge_id));
                    return HttpResponse{204, {}, {}};
                  });
  routes.borrower("POST", "/v1/auth/sessions/end-others", Repeat::keyed,
                  [&](HttpRequest&, const auth::Borrower& borrower) {
                    return end_other_sessions(services, borrower);
                  });
  const auto own = auth::Permission::own_session;
  routes.staff(
      "GET", "/v1/console/sessions", own, Repeat::any,
      [&](HttpRequest&, const auth::Staff& staff) { return show_sessions(services, staff); });
  routes.staff("DELETE", "/v1/console/sessions/{session_id}", own, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) {
                 return end_session(services, request, staff);
               });
  routes.staff(
      "POST", "/v1/console/sessions/end-others", own, Repeat::keyed,
      [&](HttpRequest&, const auth::Staff& staff) { return end_other_sessions(services, staff); });
  routes.staff("POST", "/v1/console/sessions/end-all", auth::Permission::switch_change,
               Repeat::keyed, [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto asked, runtime::from_json<EndAllRequest>(request.body));
                 MQ_TRY(const auto ended, services.auth.end_all_sessions(asked.whose, staff));
                 return json_response(200, EndedBody{ended});
               });
}

}  // namespace mq::api
