// The authority's photo source: knows people by name and ID number, never sees the borrower's
// upload.
#include "base/limits.h"
#include "crypto/hash.h"
#include "signing.h"

namespace mq::sandbox {
namespace {

struct QueryBody {
  std::string request_id, name, id_number;
};
BOOST_DESCRIBE_STRUCT(QueryBody, (), (request_id, name, id_number))

Answer answer_query(Sandbox& sandbox, const QueryBody& body) {
  const auto person = sandbox.store.find_person(body.id_number);
  PhotoQuery query{.request_id = body.request_id,
                   .digest = digest_of({body.name, body.id_number}),
                   .result = "no_match",
                   .photo = {}};
  if (person && person->name == body.name) {
    query.result = person->photo ? "match" : "no_photo";
    query.photo = person->photo;
  }
  const auto kept = sandbox.store.put(std::move(query));
  if (!kept.ok()) return put_failed(kept.error());
  boost::json::object answer{
      {"request_id", kept->request_id}, {"result", kept->result}, {"photo_base64", nullptr}};
  if (kept->photo) {
    const auto photo = read_photo(*kept->photo);
    if (!photo) return error_answer(500, "internal");
    answer["photo_base64"] = crypto::base64(*photo);
  }
  return {200, boost::json::serialize(answer)};
}

}  // namespace

void add_authority_routes(runtime::Router& router, Sandbox& sandbox) {
  router.add({.method = "POST",
              .pattern = "/authority/photo-queries",
              .handler = [&sandbox](runtime::HttpRequest& request) {
                return partner_post<QueryBody>(
                    sandbox, Partner::authority, request,
                    [&](const QueryBody& body) { return answer_query(sandbox, body); });
              }});
}

}  // namespace mq::sandbox
