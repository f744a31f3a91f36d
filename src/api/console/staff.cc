// The accounts of staff, and their changes, to which a second person agrees.
#include "api/views.h"

namespace mq::api {
namespace {

using auth::Permission;

struct AccountsBody {
  struct Row {
    StaffId staff_id;
    std::string username;
    std::vector<auth::Role> roles;
    auth::StaffState state{};
    bool has_totp = false;
    Instant created_at;
    std::optional<Instant> signed_in_at;
  };
  std::vector<Row> items;
};
BOOST_DESCRIBE_STRUCT(AccountsBody::Row, (),
                      (staff_id, username, roles, state, has_totp, created_at, signed_in_at))
BOOST_DESCRIBE_STRUCT(AccountsBody, (), (items))
struct ChangesBody {
  struct Row {
    auth::StaffChangeId change_id;
    auth::StaffChangeKind kind{};
    std::string username;
    std::vector<auth::Role> roles, roles_before;
    std::string reason;
    auth::StaffChangeState state{};
    std::string asked_by;
    Instant asked_at, expires_at;
    std::string decided_by;
    std::optional<Instant> decided_at;
    bool own = false;
  };
  std::vector<Row> items;
};
BOOST_DESCRIBE_STRUCT(ChangesBody::Row, (),
                      (change_id, kind, username, roles, roles_before, reason, state, asked_by,
                       asked_at, expires_at, decided_by, decided_at, own))
BOOST_DESCRIBE_STRUCT(ChangesBody, (), (items))
struct ChangeRequest {
  auth::StaffChangeKind kind{};
  std::string username;
  std::optional<std::vector<auth::Role>> roles;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ChangeRequest, (), (kind, username, roles, reason))
struct AskedBody {
  auth::StaffChangeId change_id;
};
BOOST_DESCRIBE_STRUCT(AskedBody, (), (change_id))
struct DecisionRequest {
  bool agree = false;
};
BOOST_DESCRIBE_STRUCT(DecisionRequest, (), (agree))
struct DecidedBody {
  struct Link {
    std::string username, token;
    Instant expires_at;
  };
  std::optional<Link> invitation;
};
BOOST_DESCRIBE_STRUCT(DecidedBody::Link, (), (username, token, expires_at))
BOOST_DESCRIBE_STRUCT(DecidedBody, (), (invitation))

Answer show_accounts(Services& services) {
  MQ_TRY(const auto all, services.staff.list());
  AccountsBody body;
  for (const auto& one : all) {
    body.items.push_back({one.id, one.username, one.roles, one.state, one.has_totp, one.created_at,
                          one.signed_in_at});
  }
  return json_response(200, body);
}

Answer show_changes(Services& services, const auth::Staff& staff) {
  MQ_TRY(const auto all, services.staff.changes(staff));
  ChangesBody body;
  for (const auto& one : all) {
    body.items.push_back({one.id, one.what.kind, one.what.username, one.what.roles,
                          one.roles_before, one.what.reason, one.state, one.asked_by, one.asked_at,
                          one.expires_at, one.decided_by, one.decided_at, one.own});
  }
  return json_response(200, body);
}

}  // namespace

void add_console_staff_routes(Routes& routes) {
  auto& services = routes.services();
  routes.staff("GET", "/v1/console/staff", Permission::staff_read, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) { return show_accounts(services); });
  routes.staff(
      "GET", "/v1/console/staff-changes", Permission::staff_read, Repeat::any,
      [&](HttpRequest&, const auth::Staff& staff) { return show_changes(services, staff); });
  routes.staff("POST", "/v1/console/staff-changes", Permission::staff_change, Repeat::keyed,
               [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto asked, runtime::from_json<ChangeRequest>(request.body));
                 MQ_TRY(const auto id,
                        services.staff.ask(staff, {asked.kind, asked.username,
                                                   asked.roles.value_or(std::vector<auth::Role>{}),
                                                   asked.reason}));
                 return json_response(201, AskedBody{id});
               });
  // Not keyed: the first answer would be kept, and it may hold an invitation. A change is decided
  // once.
  routes.staff("POST", "/v1/console/staff-changes/{change_id}/decision", Permission::staff_change,
               Repeat::any, [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto id, path_id<auth::StaffChangeId>(request, "change_id"));
                 MQ_TRY(const auto asked, runtime::from_json<DecisionRequest>(request.body));
                 MQ_TRY(const auto invitation, services.staff.decide(staff, id, asked.agree));
                 DecidedBody body;
                 if (invitation) {
                   body.invitation.emplace(DecidedBody::Link{
                       invitation->username, invitation->token, invitation->expires_at});
                 }
                 return json_response(200, body);
               });
}

}  // namespace mq::api
