#include "api/borrower/step_ups.h"
#include "api/views.h"

namespace mq::api {
namespace {

struct ApplyRequest {
  std::string product_id;
  Money amount;
  int term_months = 0;
  Money monthly_income, other_monthly_debt;
  std::string use_of_funds;
  Pii<std::string> payout_card;
};
BOOST_DESCRIBE_STRUCT(ApplyRequest, (),
                      (product_id, amount, term_months, monthly_income, other_monthly_debt,
                       use_of_funds, payout_card))
struct ConfirmRequest {
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(ConfirmRequest, (), (sha256))
struct ContractBody {
  ContractId contract_id;
  std::string language, text_markdown, sha256;
};
BOOST_DESCRIBE_STRUCT(ContractBody, (), (contract_id, language, text_markdown, sha256))
struct SignRequest {
  auth::ChallengeId challenge_id;
  std::string contract_sha256;
};
BOOST_DESCRIBE_STRUCT(SignRequest, (), (challenge_id, contract_sha256))

Answer answer_with(Services& services, HttpRequest& request, int status,
                   const Result<origination::Application>& application) {
  if (!application.ok()) return application.error();
  MQ_TRY(const auto card, masked_field(services, application->person, vault::Field::payout_card));
  return json_response(status, view(*application, language_of(request), card));
}

Answer apply(Services& services, HttpRequest& request, const auth::Borrower& borrower) {
  MQ_TRY(auto asked, runtime::from_json<ApplyRequest>(request.body));
  MQ_TRY(const auto made,
         services.origination.apply(
             borrower.person, operation_of(borrower.person.str(), request),
             {asked.product_id, asked.amount, asked.term_months, asked.monthly_income,
              asked.other_monthly_debt, asked.use_of_funds, asked.payout_card}));
  // An approval shows the cost sheet in this answer: the reading time begins here.
  return answer_with(services, request, 201, services.origination.show(borrower.person, made.id));
}

Answer sign(Services& services, HttpRequest& request, const auth::Borrower& borrower) {
  MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
  MQ_TRY(const auto asked, runtime::from_json<SignRequest>(request.body));
  return answer_with(
      services, request, 200,
      services.origination.sign(borrower, id, asked.challenge_id, asked.contract_sha256));
}

}  // namespace

void add_application_routes(Routes& routes) {
  auto& services = routes.services();
  const std::string one = "/v1/applications/{application_id}";
  routes.borrower("POST", "/v1/applications", Repeat::keyed,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return apply(services, request, borrower);
                  });
  routes.borrower(
      "GET", one, Repeat::any, [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
        return answer_with(services, request, 200, services.origination.show(borrower.person, id));
      });
  routes.borrower("POST", one + "/cost-confirmation", Repeat::keyed,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
                    MQ_TRY(const auto asked, runtime::from_json<ConfirmRequest>(request.body));
                    return answer_with(
                        services, request, 200,
                        services.origination.confirm_costs(borrower.person, id, asked.sha256));
                  });
  routes.borrower(
      "GET", one + "/contract", Repeat::any,
      [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
        MQ_TRY(const auto text, services.origination.contract(borrower.person, id));
        return json_response(200, ContractBody{text.id, "zh", text.markdown, text.sha256});
      });
  routes.borrower("POST", one + "/signature-challenge", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
                    MQ_TRY(const auto step_up, services.origination.begin_signing(borrower, id));
                    return json_response(201, view(step_up));
                  });
  routes.borrower("POST", one + "/signature", Repeat::keyed,
                  [&](HttpRequest& request, const auth::Borrower& borrower) {
                    return sign(services, request, borrower);
                  });
  routes.borrower("POST", one + "/cancellation", Repeat::keyed,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<ApplicationId>(request, "application_id"));
                    return answer_with(services, request, 200,
                                       services.origination.cancel(borrower.person, id));
                  });
}

}  // namespace mq::api
