// The borrower's own proofs: what the audit log holds about their consents, contract and loan.
#include <algorithm>

#include "api/handlers.h"
#include "audit/audit.h"
#include "consent/consent.h"

namespace mq::api {
namespace {

Result<std::vector<std::string>> objects_of(Services& services, const PersonId& person) {
  return services.database.read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
    std::vector<std::string> objects;
    for (const auto& id : consent::all_ids(tx, person)) objects.push_back(id.str());
    if (const auto found = services.identity.latest(tx, person)) objects.push_back(found->id.str());
    for (const auto& application : services.origination.all_of(tx, person)) {
      objects.push_back(application.id.str());
      if (!application.contract_sha256.empty()) objects.push_back(application.contract->str());
    }
    for (const auto& loan : services.servicing.loans_of(tx, person)) {
      objects.push_back(loan.id.str());
    }
    return objects;
  });
}

Answer all_proofs(Services& services, const PersonId& person) {
  MQ_TRY(const auto objects, objects_of(services, person));
  MQ_TRY(const auto bundle, audit::prove_objects(services.database, objects));
  if (bundle.pending > 0) return audit::AuditErrc::not_yet_sequenced;
  auto response = HttpResponse::json(200, audit::proof_json(bundle));
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"mianqian-proofs.json\"");
  return response;
}

}  // namespace

void add_proof_routes(Routes& routes) {
  auto& services = routes.services();
  routes.borrower("GET", "/v1/proofs", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower& borrower) {
                    return all_proofs(services, borrower.person);
                  });
  routes.borrower("GET", "/v1/proofs/checkpoint", Repeat::any,
                  [&](HttpRequest&, const auth::Borrower&) -> Answer {
                    MQ_TRY(const auto note, services.database.read([](storage::Transaction& tx) {
                      return audit::latest_checkpoint(tx);
                    }));
                    return HttpResponse{
                        200,
                        {{"Content-Type", "text/plain; charset=utf-8"},
                         {"Content-Disposition", "attachment; filename=\"mianqian-checkpoint.txt\""}},
                        note};
                  });
}

}  // namespace mq::api
