// JSON forms of documents that were handed in. Private to api/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/views.h"

namespace mq::api {

struct CheckBody {
  std::string code;
  idcard::Severity severity{};
  std::string field, text;
};
BOOST_DESCRIBE_STRUCT(CheckBody, (), (code, severity, field, text))

struct DocumentRowBody {
  DocumentId document_id;
  documents::Kind kind{};
  documents::UploadState state{};
  std::string media_type;
  documents::ScanState scan{};
  int pages = 0, pages_done = 0;
  std::optional<Instant> confirmed_at;
  Instant created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(DocumentRowBody, (),
                      (document_id, kind, state, media_type, scan, pages, pages_done, confirmed_at,
                       created_at, updated_at))
DocumentRowBody row_view(const documents::Upload& upload);

struct DocumentBody : DocumentRowBody {
  std::vector<ReasonBody> problems;
  boost::json::value fields;  // an object by the fields' names
  std::vector<CheckBody> checks;
  std::optional<documents::Place> portrait;
};
BOOST_DESCRIBE_STRUCT(DocumentBody, (DocumentRowBody), (problems, fields, checks, portrait))
DocumentBody view(const documents::Opened& document, const std::string& language);

}  // namespace mq::api
