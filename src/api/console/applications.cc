#include "api/views.h"

namespace mq::api {
namespace {

constexpr int kRows = 200;

struct StaffApplicationBody : ApplicationBody {
  PersonId person_id;
  boost::json::value facts;
  std::string rule_set_version;
  std::optional<StaffId> decided_by;
};
BOOST_DESCRIBE_STRUCT(StaffApplicationBody, (ApplicationBody),
                      (person_id, facts, rule_set_version, decided_by))
struct RowBody {
  ApplicationId application_id;
  PersonId person_id;
  std::string state, product_id;
  Money amount;
  int term_months = 0;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(RowBody, (),
                      (application_id, person_id, state, product_id, amount, term_months,
                       created_at))
struct RowsBody {
  std::vector<RowBody> items;
};
BOOST_DESCRIBE_STRUCT(RowsBody, (), (items))

enum class StaffDecision { approve, decline };
BOOST_DESCRIBE_ENUM(StaffDecision, approve, decline)
struct DecisionRequest {
  StaffDecision outcome{};
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(DecisionRequest, (), (outcome, reason))

Answer staff_answer(Services& services, HttpRequest& request,
                    const Result<origination::Application>& application) {
  if (!application.ok()) return application.error();
  MQ_TRY(const auto card,
         masked_field(services, application->person, vault::Field::payout_card));
  StaffApplicationBody body;
  static_cast<ApplicationBody&>(body) = view(*application, language_of(request), card);
  body.person_id = application->person;
  MQ_TRY(body.facts, runtime::parse_json(application->facts_json));
  body.rule_set_version = application->rule_set_version;
  body.decided_by = application->decided_by;
  return json_response(200, body);
}

}  // namespace

void add_console_application_routes(Routes& routes) {
  auto& services = routes.services();
  const std::string one = "/v1/console/applications/{application_id}";
  routes.staff("GET", "/v1/console/applications", auth::Permission::application_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) -> Answer {
                 const auto state = request.query.find("state");
                 RowsBody body;
                 MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
                   for (const auto& item : services.origination.list(
                            tx, state == request.query.end() ? "" : state->second, kRows)) {
                     body.items.push_back({item.id, item.person,
                                           origination::to_string(item.state), item.product_id,
                                           item.amount, item.term_months, item.created_at});
                   }
                   return ok();
                 }));
                 return json_response(200, body);
               });
  routes.staff("GET", one, auth::Permission::application_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
                 return staff_answer(services, request, services.origination.get(id));
               });
  routes.staff("POST", one + "/decision", auth::Permission::application_decide, Repeat::keyed,
               [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
                 MQ_TRY(const auto asked, runtime::from_json<DecisionRequest>(request.body));
                 return staff_answer(services, request,
                                     services.origination.decide_by_staff(
                                         id, staff.id, asked.outcome == StaffDecision::approve,
                                         asked.reason));
               });
}

}  // namespace mq::api
