#include "api/views.h"

namespace mq::api {
namespace {

struct RepayRequest {
  Money amount;
};
BOOST_DESCRIBE_STRUCT(RepayRequest, (), (amount))

Answer show_repayment(Services& services, HttpRequest& request, const auth::Borrower& borrower) {
  MQ_TRY(const auto loan_id, path_id<LoanId>(request, "loan_id"));
  MQ_TRY(const auto id, path_id<servicing::RepaymentId>(request, "repayment_id"));
  MQ_TRY(const auto loan, services.servicing.get_of(borrower.person, loan_id));
  for (const auto& repayment : loan.repayments) {
    if (repayment.id == id) return json_response(200, view(repayment));
  }
  return servicing::ServicingErrc::not_found;
}

}  // namespace

void add_loan_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower("GET", "/v1/loans/{loan_id}", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<LoanId>(request, "loan_id"));
                    MQ_TRY(const auto loan, services.servicing.get_of(borrower.person, id));
                    MQ_TRY(const auto today, business_date(services));
                    return json_response(200, view(loan, today));
                  });
  routes.borrower(
      "POST", "/v1/loans/{loan_id}/repayments", Repeat::keyed,
      [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto id, path_id<LoanId>(request, "loan_id"));
        MQ_TRY(const auto asked, runtime::from_json<RepayRequest>(request.body));
        MQ_TRY(const auto repayment,
               services.servicing.request_repayment(
                   borrower.person, id, operation_of(borrower.person.str(), request),
                   asked.amount));
        return json_response(202, view(repayment));
      });
  routes.borrower("GET", "/v1/loans/{loan_id}/repayments/{repayment_id}", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return show_repayment(services, request, borrower);
                  });
}

}  // namespace mq::api
