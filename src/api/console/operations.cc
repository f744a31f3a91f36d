// Operations: audit state, business date, switches, outbox.
#include "api/views.h"
#include "audit/audit.h"
#include "controls/controls.h"

namespace mq::api {
namespace {

struct CheckpointBody {
  std::int64_t size = 0;
  std::string root, note;
  std::int64_t waiting = 0;
};
BOOST_DESCRIBE_STRUCT(CheckpointBody, (), (size, root, note, waiting))
struct DateBody {
  BusinessDate business_date;
  bool can_advance = false;
};
BOOST_DESCRIBE_STRUCT(DateBody, (), (business_date, can_advance))
struct AdvanceRequest {
  int days = 0;
};
BOOST_DESCRIBE_STRUCT(AdvanceRequest, (), (days))
struct AdvanceBody {
  BusinessDate business_date, target_date;
};
BOOST_DESCRIBE_STRUCT(AdvanceBody, (), (business_date, target_date))
struct SwitchBody {
  controls::Switch name{};
  bool stopped = false;
  std::string reason, by;
  std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(SwitchBody, (), (name, stopped, reason, by, at))
struct SwitchesBody {
  std::vector<SwitchBody> items;
};
BOOST_DESCRIBE_STRUCT(SwitchesBody, (), (items))
struct SwitchRequest {
  bool stopped = false;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SwitchRequest, (), (stopped, reason))
struct OutboxBody {
  std::int64_t waiting = 0, dead = 0;
};
BOOST_DESCRIBE_STRUCT(OutboxBody, (), (waiting, dead))

// The third line of a checkpoint note is the root (C2SP tlog-checkpoint).
std::string root_of(const std::string& note) {
  const auto first = note.find('\n');
  const auto second = note.find('\n', first + 1);
  const auto third = note.find('\n', second + 1);
  return third == std::string::npos ? "" : note.substr(second + 1, third - second - 1);
}

Answer show_checkpoint(Services& services) {
  CheckpointBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    const auto state = audit::state(tx);
    body.size = state.signed_size;
    body.waiting = state.waiting;
    MQ_TRY(body.note, audit::latest_checkpoint(tx));
    body.root = root_of(body.note);
    return ok();
  }));
  return json_response(200, body);
}

Answer list_switches(Services& services) {
  SwitchesBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    for (const auto& state : controls::list(tx)) {
      body.items.push_back({state.name, state.stopped, state.reason, state.by, state.at});
    }
    return ok();
  }));
  return json_response(200, body);
}

Answer set_switch(Services& services, HttpRequest& request, const auth::Staff& staff) {
  controls::Switch which{};
  if (!boost::describe::enum_from_string(request.parameters.at("name").c_str(), which)) {
    return runtime::HttpErrc::not_found;
  }
  MQ_TRY(const auto asked, runtime::from_json<SwitchRequest>(request.body));
  MQ_REQUIRE(services.database.write([&](storage::Transaction& tx) {
    return controls::set(tx, services.clock.now(), services.random, which, asked.stopped,
                         asked.reason, staff.id);
  }));
  return list_switches(services);
}

}  // namespace

void add_console_operations_routes(Routes& routes) {
  auto& services = routes.services();
  routes.staff("GET", "/v1/console/audit/checkpoint", auth::Permission::audit_read, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) { return show_checkpoint(services); });
  routes.staff("GET", "/v1/console/business-date", auth::Permission::own_session, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto today, business_date(services));
                 return json_response(200, DateBody{today, services.demo});
               });
  routes.staff("POST", "/v1/console/business-date/advance", auth::Permission::business_date_advance, Repeat::keyed,
               [&](HttpRequest& request, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto asked, runtime::from_json<AdvanceRequest>(request.body));
                 MQ_TRY(const auto target, services.servicing.advance(asked.days));
                 MQ_TRY(const auto today, business_date(services));
                 return json_response(202, AdvanceBody{today, target});
               });
  routes.staff("GET", "/v1/console/switches", auth::Permission::switch_read, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) { return list_switches(services); });
  routes.staff("PUT", "/v1/console/switches/{name}", auth::Permission::switch_change, Repeat::keyed,
               [&](HttpRequest& request, const auth::Staff& staff) {
                 return set_switch(services, request, staff);
               });
  routes.staff("GET", "/v1/console/outbox", auth::Permission::outbox_read, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto counts, services.outbox_counts());
                 return json_response(200, OutboxBody{counts.waiting, counts.dead});
               });
}

}  // namespace mq::api
