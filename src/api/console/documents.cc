// Documents as staff see them: what was read and where, the checks, a statement's rows and income.
#include <charconv>

#include "api/document_views.h"

namespace mq::api {
namespace {

constexpr int kRows = 100;

struct DocumentRowsBody {
  std::vector<DocumentRowBody> items;
};
BOOST_DESCRIBE_STRUCT(DocumentRowsBody, (), (items))
struct StaffDocumentBody : DocumentBody {
  PersonId person_id;
  int same_file_of_others = 0;
  std::optional<boost::json::value> statement;
};
BOOST_DESCRIBE_STRUCT(StaffDocumentBody, (DocumentBody),
                      (person_id, same_file_of_others, statement))

Result<PersonId> asked_person(Services& services, const HttpRequest& request) {
  const auto person = request.query.find("person_id");
  const auto verification = request.query.find("verification_id");
  const bool by_person = person != request.query.end();
  if (by_person == (verification != request.query.end())) {
    return Error(runtime::HttpErrc::bad_request, "person_id or verification_id");
  }
  if (by_person) return PersonId::parse(person->second);
  MQ_TRY(const auto id, VerificationId::parse(verification->second));
  MQ_TRY(const auto found, services.identity.get(id));
  return found.person;
}

Answer list_documents(Services& services, HttpRequest& request) {
  MQ_TRY(const auto person, asked_person(services, request));
  DocumentRowsBody body;
  MQ_REQUIRE(services.database.read([&](storage::Transaction& tx) -> Status {
    for (const auto& upload : services.documents.list(tx, person, kRows)) {
      body.items.push_back(row_view(upload));
    }
    return ok();
  }));
  return json_response(200, body);
}

Answer show_document(Services& services, HttpRequest& request, const auth::Staff& staff) {
  MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
  MQ_TRY(const auto found, services.documents.show(id, staff.id));
  StaffDocumentBody body;
  static_cast<DocumentBody&>(body) = view(found.document, language_of(request));
  body.person_id = found.document.upload.person;
  body.same_file_of_others = found.same_file_of_others;
  body.statement = found.statement;
  return json_response(200, body);
}

Answer show_picture(Services& services, HttpRequest& request, const auth::Staff& staff) {
  MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
  int page = 1;
  if (const auto asked = request.query.find("page"); asked != request.query.end()) {
    const auto& text = asked->second;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), page);
    if (failed != std::errc() || end != text.data() + text.size()) {
      return Error(runtime::HttpErrc::bad_request, "page");
    }
  }
  MQ_TRY(const auto picture, services.documents.picture(id, page, staff.id));
  return HttpResponse{200,
                      {{"Content-Type", documents::media_type(picture.media)},
                       {"Content-Security-Policy", "sandbox; default-src 'none'"}},
                      mq::to_string(picture.bytes)};
}

}  // namespace

void add_console_document_routes(Routes& routes) {
  auto& services = routes.services();
  const std::string one = "/v1/console/documents/{document_id}";
  routes.staff(
      "GET", "/v1/console/documents", auth::Permission::document_read, Repeat::any,
      [&](HttpRequest& request, const auth::Staff&) { return list_documents(services, request); });
  routes.staff("GET", one, auth::Permission::document_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) {
                 return show_document(services, request, staff);
               });
  routes.staff("GET", one + "/picture", auth::Permission::document_read, Repeat::any,
               [&](HttpRequest& request, const auth::Staff& staff) {
                 return show_picture(services, request, staff);
               });
}

}  // namespace mq::api
