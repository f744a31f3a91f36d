#include "api/console/journal_view.h"
#include "api/views.h"

namespace mq::api {
namespace {

constexpr int kRows = 200;

struct StaffLoanBody : LoanBody {
  PersonId person_id;
  std::vector<JournalBody> journals;
};
BOOST_DESCRIBE_STRUCT(StaffLoanBody, (LoanBody), (person_id, journals))
struct RowBody {
  LoanId loan_id;
  PersonId person_id;
  servicing::LoanState state{};
  Money principal, outstanding_principal;
  std::optional<BusinessDate> disbursed_on;
  std::optional<NextDueBody> next_due;
};
BOOST_DESCRIBE_STRUCT(RowBody, (),
                      (loan_id, person_id, state, principal, outstanding_principal, disbursed_on,
                       next_due))
struct RowsBody {
  std::vector<RowBody> items;
};
BOOST_DESCRIBE_STRUCT(RowsBody, (), (items))

}  // namespace

void add_console_loan_routes(Routes& routes) {
  auto& services = routes.services();
  routes.staff("GET", "/v1/console/loans", auth::Permission::loan_read, Repeat::any,
               [&](HttpRequest&, const auth::Staff&) -> Answer {
                 RowsBody body;
                 MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
                   const auto today = servicing::Servicing::business_date(tx);
                   for (const auto& loan : services.servicing.list(tx, kRows)) {
                     body.items.push_back({loan.id, loan.person, loan.state, loan.principal,
                                           loan.outstanding_principal(), loan.disbursed_on,
                                           view(loan, today).next_due});
                   }
                   return ok();
                 }));
                 return json_response(200, body);
               });
  routes.staff("GET", "/v1/console/loans/{loan_id}", auth::Permission::loan_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff&) -> Answer {
                 MQ_TRY(const auto id, path_id<LoanId>(request, "loan_id"));
                 MQ_TRY(const auto loan, services.servicing.get(id));
                 MQ_TRY(const auto today, business_date(services));
                 StaffLoanBody body;
                 static_cast<LoanBody&>(body) = view(loan, today);
                 body.person_id = loan.person;
                 MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
                   ledger::JournalFilter filter;
                   filter.object = id.str();
                   filter.limit = kRows;
                   for (const auto& journal : ledger::journals(tx, filter)) {
                     body.journals.push_back(view(journal));
                   }
                   return ok();
                 }));
                 return json_response(200, body);
               });
}

}  // namespace mq::api
