#include "api/handlers.h"
#include "consent/consent.h"

namespace mq::api {
namespace {

struct ConsentRequest {
  consent::Purpose purpose{};
  int version = 0;
  std::string sha256;
  bool granted = false;
};
BOOST_DESCRIBE_STRUCT(ConsentRequest, (), (purpose, version, sha256, granted))
struct ConsentBody {
  ConsentId consent_id;
  consent::Purpose purpose{};
  bool granted = false;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(ConsentBody, (), (consent_id, purpose, granted, at))

}  // namespace

void add_consent_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower(
      "POST", "/v1/consents", Repeat::keyed,
      [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto asked, runtime::from_json<ConsentRequest>(request.body));
        MQ_TRY(const auto answer, services.database.write([&](storage::Transaction& tx) {
          return consent::record(tx, services.clock.now(), services.random, borrower.person,
                                 asked.purpose, asked.version, asked.sha256, asked.granted,
                                 borrower.session.str());
        }));
        return json_response(201,
                             ConsentBody{answer.id, answer.purpose, answer.granted, answer.at});
      });
}

}  // namespace mq::api
