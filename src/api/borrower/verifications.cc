#include "api/views.h"

namespace mq::api {
namespace {

struct BeginRequest {
  Pii<std::string> name, id_number;
  std::optional<DocumentId> card_document;
};
BOOST_DESCRIBE_STRUCT(BeginRequest, (), (name, id_number, card_document))

Answer take_photo(Services& services, HttpRequest& request, const auth::Borrower& borrower,
                  identity::Photo which) {
  MQ_TRY(const auto id, path_id<VerificationId>(request, "verification_id"));
  MQ_TRY(const auto verification,
         services.identity.submit(borrower.person, id, which, as_bytes(request.body)));
  services.wake();
  return json_response(200, view(verification, language_of(request)));
}

}  // namespace

void add_verification_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower("POST", "/v1/verifications", Repeat::keyed,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto asked, runtime::from_json<BeginRequest>(request.body));
                    MQ_TRY(const auto verification,
                           services.identity.begin(borrower.person, asked.name, asked.id_number,
                                                   asked.card_document));
                    return json_response(201, view(verification, language_of(request)));
                  });
  routes.borrower_photo("/v1/verifications/{verification_id}/card",
                        [&](HttpRequest& request, const auth::Borrower& borrower) {
                          return take_photo(services, request, borrower, identity::Photo::card);
                        });
  routes.borrower_photo("/v1/verifications/{verification_id}/selfie",
                        [&](HttpRequest& request, const auth::Borrower& borrower) {
                          return take_photo(services, request, borrower, identity::Photo::selfie);
                        });
  routes.borrower("GET", "/v1/verifications/{verification_id}", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<VerificationId>(request, "verification_id"));
                    MQ_TRY(const auto verification, services.identity.get_of(borrower.person, id));
                    return json_response(200, view(verification, language_of(request)));
                  });
}

}  // namespace mq::api
