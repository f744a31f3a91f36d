#include "crypto/hash.h"
#include "partners/signed_client.h"
#include "runtime/json.h"

namespace mq::partners {
namespace {

// Base64 makes 4 bytes of 3; the rest of the answer is small.
constexpr std::size_t kMaxAnswer = limits::kHttpPhotoBodyBytes / 3 * 4 + limits::kHttpJsonBodyBytes;

struct QueryBody {
  std::string request_id;
  Pii<std::string> name, id_number;
};
BOOST_DESCRIBE_STRUCT(QueryBody, (), (request_id, name, id_number))

struct QueryAnswer {
  std::string request_id;
  AuthorityResult result = AuthorityResult::no_match;
  std::optional<std::string> photo_base64;
};
BOOST_DESCRIBE_STRUCT(QueryAnswer, (), (request_id, result, photo_base64))

}  // namespace

AuthorityClient::AuthorityClient(PartnerSettings settings, PartnerContext context)
    : client_(
          std::make_unique<SignedClient>("authority", std::move(settings), context, kMaxAnswer)) {}
AuthorityClient::~AuthorityClient() = default;

Result<AuthorityAnswer> AuthorityClient::query(const Uuid& request_id, const Pii<std::string>& name,
                                               const Pii<std::string>& id_number) {
  const QueryBody query{request_id.str(), name, id_number};
  MQ_TRY(const auto body,
         client_->post(request_id, "/authority/photo-queries", runtime::to_json(query)));
  const auto read = runtime::from_json<QueryAnswer>(body);
  if (!read.ok()) return Error(PartnersErrc::bad_answer, read.error().detail());
  if (read->request_id != query.request_id ||
      read->photo_base64.has_value() != (read->result == AuthorityResult::match)) {
    return Error(PartnersErrc::bad_answer, "the answer does not fit the query");
  }
  AuthorityAnswer answer{read->result, {}};
  if (!read->photo_base64) return answer;
  auto photo = crypto::unbase64(*read->photo_base64);
  if (!photo.ok() || photo->empty() || photo->size() > limits::kHttpPhotoBodyBytes) {
    return Error(PartnersErrc::bad_answer, "the photo is malformed or too large");
  }
  answer.photo = std::move(*photo);
  return answer;
}

}  // namespace mq::partners
