#include "api/document_views.h"

#include <cstdio>

#include "api/document_texts.h"

namespace mq::api {
namespace {

struct FieldBody {
  Pii<std::string> text, read;
  std::string confidence;
  documents::ValueState state{};
  std::vector<documents::Place> places;
};
BOOST_DESCRIBE_STRUCT(FieldBody, (), (text, read, confidence, state, places))

std::string share_text(int ten_thousandths) {
  char text[16];
  std::snprintf(text, sizeof text, "%d.%04d", ten_thousandths / 10'000, ten_thousandths % 10'000);
  return text;
}

}  // namespace

DocumentRowBody row_view(const documents::Upload& upload) {
  DocumentRowBody out;
  out.document_id = upload.id;
  out.kind = upload.kind;
  out.state = upload.state;
  out.media_type = documents::media_type(upload.media);
  out.scan = upload.scan;
  out.pages = upload.pages;
  out.pages_done = upload.pages_done;
  out.confirmed_at = upload.confirmed_at;
  out.created_at = upload.created_at;
  out.updated_at = upload.updated_at;
  return out;
}

DocumentBody view(const documents::Opened& document, const std::string& language) {
  DocumentBody out;
  static_cast<DocumentRowBody&>(out) = row_view(document.upload);
  for (const auto& code : document.upload.problems) {
    out.problems.push_back(document_reason(code, language, document.upload.kind));
  }
  boost::json::object fields;
  for (const auto& field : document.reading.fields) {
    fields[field.name] = runtime::to_json_value(FieldBody{
        field.text(), field.read, share_text(field.confidence), field.state, field.places});
  }
  out.fields = std::move(fields);
  for (const auto& check : document.reading.checks) {
    out.checks.push_back(
        {check.code, check.severity, check.field, check_text(check.code, language)});
  }
  out.portrait = document.reading.portrait;
  return out;
}

}  // namespace mq::api
