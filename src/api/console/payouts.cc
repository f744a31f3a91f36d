// Large pay-outs that wait until two members of staff have released them.
#include <map>

#include "api/views.h"

namespace mq::api {
namespace {

using auth::Permission;

struct PayoutsBody {
  struct Release {
    std::string by;  // user name
    Instant at;
  };
  struct Row {
    LoanId loan_id;
    ApplicationId application_id;
    std::optional<std::string> name_masked;
    Money amount;
    int term_months = 0;
    Rate annual_rate;
    std::string decided_by;  // user name, "" where the rules decided alone
    int releases_needed = 0;
    std::vector<Release> releases;
    Instant signed_at, expires_at;
    std::string may_not;  // why whoever asks cannot release it: a problem's code, or ""
  };
  std::vector<Row> items;
};
BOOST_DESCRIBE_STRUCT(PayoutsBody::Release, (), (by, at))
BOOST_DESCRIBE_STRUCT(PayoutsBody::Row, (),
                      (loan_id, application_id, name_masked, amount, term_months, annual_rate,
                       decided_by, releases_needed, releases, signed_at, expires_at, may_not))
BOOST_DESCRIBE_STRUCT(PayoutsBody, (), (items))
struct ReleasedBody {
  int missing = 0;
};
BOOST_DESCRIBE_STRUCT(ReleasedBody, (), (missing))
struct RefusalRequest {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(RefusalRequest, (), (reason))

constexpr int kRows = 200;

std::string may_not(const servicing::WaitingPayout& payout, const auth::Staff& staff) {
  if (payout.decided_by == staff.id) return Error(servicing::ServicingErrc::own_decision).code();
  for (const auto& release : payout.releases) {
    if (release.by == staff.id) return Error(payments::PaymentsErrc::own_release).code();
  }
  return "";
}

Answer list(Services& services, const auth::Staff& staff) {
  std::map<std::string, std::string> names;
  MQ_TRY(const auto accounts, services.staff.list());
  for (const auto& account : accounts) names[account.id.str()] = account.username;
  MQ_TRY(const auto waiting,
         services.database.read(
             [&](storage::Transaction& tx) -> Result<std::vector<servicing::WaitingPayout>> {
               return servicing::waiting_payouts(tx, kRows);
             }));
  PayoutsBody body;
  for (const auto& one : waiting) {
    MQ_TRY(auto name, masked_field(services, one.person, vault::Field::name));
    auto& row =
        body.items.emplace_back(PayoutsBody::Row{one.loan,
                                                 one.application,
                                                 std::move(name),
                                                 one.amount,
                                                 one.term_months,
                                                 one.annual_rate,
                                                 one.decided_by ? names[one.decided_by->str()] : "",
                                                 one.needed,
                                                 {},
                                                 one.signed_at,
                                                 one.expires_at,
                                                 may_not(one, staff)});
    for (const auto& release : one.releases)
      row.releases.push_back({names[release.by.str()], release.at});
  }
  return json_response(200, body);
}

}  // namespace

void add_console_payout_routes(Routes& routes) {
  auto& services = routes.services();
  routes.staff("GET", "/v1/console/payouts", Permission::payout_release, Repeat::any,
               [&](HttpRequest&, const auth::Staff& staff) { return list(services, staff); });
  routes.staff("POST", "/v1/console/payouts/{loan_id}/release", Permission::payout_release,
               Repeat::keyed, [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto id, path_id<LoanId>(request, "loan_id"));
                 MQ_TRY(const auto missing, services.servicing.release_payout(staff, id));
                 return json_response(200, ReleasedBody{missing});
               });
  routes.staff("POST", "/v1/console/payouts/{loan_id}/refusal", Permission::payout_release,
               Repeat::keyed, [&](HttpRequest& request, const auth::Staff& staff) -> Answer {
                 MQ_TRY(const auto id, path_id<LoanId>(request, "loan_id"));
                 MQ_TRY(const auto asked, runtime::from_json<RefusalRequest>(request.body));
                 MQ_REQUIRE(services.servicing.refuse_payout(staff, id, asked.reason));
                 return HttpResponse{204, {}, {}};
               });
}

}  // namespace mq::api
