// Handing documents in, and confirming what was read of them. The answers hold what was read, so
// they are not kept for repeats as keyed requests are: the same bytes are known by their content
// instead.
#include "api/document_views.h"

namespace mq::api {
namespace {

constexpr int kRows = 100;

struct DocumentsBody {
  std::vector<DocumentBody> items;
};
BOOST_DESCRIBE_STRUCT(DocumentsBody, (), (items))
struct FieldsRequest {
  std::vector<documents::TypedField> fields;
};
BOOST_DESCRIBE_STRUCT(FieldsRequest, (), (fields))

Result<documents::Kind> kind_of(const HttpRequest& request) {
  documents::Kind kind{};
  const auto& name = request.parameters.at("kind");
  // A NUL inside would end the C string early.
  if (name.find('\0') != std::string::npos ||
      !boost::describe::enum_from_string(name.c_str(), kind) || !documents::handed_in(kind)) {
    return runtime::HttpErrc::not_found;
  }
  return kind;
}

Answer show(Services& services, HttpRequest& request, int status,
            const Result<documents::Opened>& document) {
  if (!document.ok()) return document.error();
  if (document->upload.state == documents::UploadState::reading) services.wake();
  return json_response(status, view(*document, language_of(request)));
}

}  // namespace

void add_document_routes(Routes& routes) {
  auto& services = routes.services();
  auto& documents = services.documents;
  const std::string one = "/v1/documents/{document_id}";
  routes.borrower_file("/v1/documents/{kind}", true,
                       [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                         MQ_TRY(const auto kind, kind_of(request));
                         return show(services, request, 201,
                                     documents.take(borrower.person, kind, as_bytes(request.body)));
                       });
  routes.borrower_file(
      one + "/pages", false, [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
        MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
        return show(services, request, 200,
                    documents.add_page(borrower.person, id, as_bytes(request.body)));
      });
  routes.borrower("POST", one + "/complete", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
                    return show(services, request, 200, documents.complete(borrower.person, id));
                  });
  routes.borrower("PUT", one + "/fields", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
                    MQ_TRY(const auto asked, runtime::from_json<FieldsRequest>(request.body));
                    return show(services, request, 200,
                                documents.confirm(borrower.person, id, asked.fields));
                  });
  routes.borrower("GET", one, Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto id, path_id<DocumentId>(request, "document_id"));
                    return show(services, request, 200, documents.get_of(borrower.person, id));
                  });
  routes.borrower("GET", "/v1/documents", Repeat::any,
                  [&](HttpRequest& request, const auth::Borrower& borrower) -> Answer {
                    MQ_TRY(const auto found, documents.list_of(borrower.person, kRows));
                    DocumentsBody body;
                    for (const auto& document : found) {
                      body.items.push_back(view(document, language_of(request)));
                    }
                    return json_response(200, body);
                  });
}

}  // namespace mq::api
