// What was handed in, to its owner and to staff; what the owner says about what was read.
#include "audit/audit.h"
#include "base/limits.h"
#include "documents/documents.h"
#include "documents/media.h"
#include "documents/statement_json.h"
#include "documents/uploads_store.h"

namespace mq::documents {

Result<Upload> Uploads::own(const PersonId& person, const DocumentId& id) {
  return database_.read([&](storage::Transaction& tx) -> Result<Upload> {
    auto found = find_upload(tx, id);
    if (!found || found->person != person) return DocumentsErrc::not_found;
    return *found;
  });
}

// A person whose key is erased still sees that there was a document.
Result<Opened> Uploads::opened(Upload upload) {
  const auto keys = vault_.unlock(upload.person, {class_of(upload.kind)});
  if (!keys.ok() && keys.error().is(vault::VaultErrc::erased)) return Opened{upload, {}};
  if (!keys.ok()) return keys.error();
  MQ_TRY(auto reading, database_.read([&](storage::Transaction& tx) {
    return reading_of(tx, vault_, *keys, upload.id);
  }));
  return Opened{std::move(upload), std::move(reading)};
}

Result<Opened> Uploads::get_of(const PersonId& person, const DocumentId& id) {
  MQ_TRY(auto upload, own(person, id));
  return opened(std::move(upload));
}

std::vector<Upload> Uploads::list(storage::Transaction& tx, const PersonId& person,
                                  int limit) const {
  std::vector<Upload> out;
  for (const auto& row : tx.query(std::string("SELECT ") + kUploadColumns +
                                      " FROM document_upload WHERE person = $1 "
                                      "ORDER BY id DESC LIMIT $2",
                                  {person, limit})) {
    out.push_back(read_upload(row));
  }
  return out;
}

Result<std::vector<Opened>> Uploads::list_of(const PersonId& person, int limit) {
  MQ_TRY(auto uploads, database_.read([&](storage::Transaction& tx) -> Result<std::vector<Upload>> {
    return list(tx, person, limit);
  }));
  std::vector<Opened> out;
  for (auto& upload : uploads) {
    MQ_TRY(auto one, opened(std::move(upload)));
    out.push_back(std::move(one));
  }
  return out;
}

Status record_typed(storage::Transaction& tx, const vault::Vault& vault,
                    const vault::PersonKeys& keys, const Upload& upload,
                    const std::vector<TypedField>& typed, Instant at) {
  MQ_TRY(auto reading, reading_of(tx, vault, keys, upload.id));
  std::vector<TypedField> known;
  for (const auto& one : typed) {
    if (reading.field(one.name) != nullptr) known.push_back(one);
  }
  MQ_REQUIRE(take_over(reading, upload.kind, known, upload.person, at));
  put_reading(tx, vault, keys, upload, reading);
  tx.execute(
      "UPDATE document_upload SET state = $1, confirmed_at = $2, updated_at = $2 WHERE id = $3",
      {name_of(state_of(reading)), at, upload.id});
  return ok();
}

Result<Opened> Uploads::confirm(const PersonId& person, const DocumentId& id,
                                const std::vector<TypedField>& typed) {
  MQ_TRY(const auto before, own(person, id));
  if (typed.empty() || typed.size() > limits::kDocumentFields) return DocumentsErrc::bad_field;
  MQ_TRY(const auto keys, vault_.unlock(person, {class_of(before.kind)}));
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto upload = find_upload(tx, id, true);
    if (!upload) return DocumentsErrc::not_found;
    if (upload->kind == Kind::statement ||
        (upload->state != UploadState::read && upload->state != UploadState::confirm)) {
      return DocumentsErrc::wrong_state;
    }
    MQ_TRY(const auto reading, reading_of(tx, vault_, keys, id));
    for (const auto& one : typed) {
      if (reading.field(one.name) == nullptr) return DocumentsErrc::bad_field;
    }
    MQ_REQUIRE(record_typed(tx, vault_, keys, *upload, typed, now));
    audit::append(tx, now, random_, "documents.fields_confirmed", id.str(),
                  {{"person", person.str()}, {"fields", static_cast<std::int64_t>(typed.size())}});
    return ok();
  }));
  return get_of(person, id);
}

Result<Bytes> Uploads::file_of(const Upload& upload, int no) {
  MQ_TRY(const auto keys, vault_.unlock(upload.person, {class_of(upload.kind)}));
  return database_.read([&](storage::Transaction& tx) -> Result<Bytes> {
    const auto file = find_file(tx, upload.id, no);
    if (!file) return DocumentsErrc::not_found;
    return load(tx, vault_, keys, *file);
  });
}

// The name may be known only since the statement was read.
Status Uploads::check_holder(Opened& document, const boost::json::value& statement) {
  const auto keys = vault_.unlock(document.upload.person, {vault::RetentionClass::identity});
  if (!keys.ok() && keys.error().is(vault::VaultErrc::erased)) return ok();
  if (!keys.ok()) return keys.error();
  const auto name = database_.read(
      [&](storage::Transaction& tx) { return vault_.get(tx, *keys, vault::Field::name); });
  if (!name.ok() && name.error().is(vault::VaultErrc::not_found)) return ok();
  if (!name.ok()) return name.error();
  auto& checks = document.reading.checks;
  switch (compare_holder(statement, *name)) {
    case HolderMatch::same:
      break;
    case HolderMatch::other:
      checks.push_back({"statement.holder_differs", idcard::Severity::fault, "holder"});
      break;
    case HolderMatch::not_comparable:
      checks.push_back({"statement.holder_unclear", idcard::Severity::doubt, "holder"});
      break;
  }
  return ok();
}

Result<Uploads::StaffView> Uploads::show(const DocumentId& id, const StaffId& staff) {
  StaffView out;
  std::optional<vault::BlobId> blob;
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    const auto upload = find_upload(tx, id);
    if (!upload) return DocumentsErrc::not_found;
    out.document.upload = *upload;
    out.same_file_of_others = same_file_of_others(tx, *upload);
    const auto row = tx.first("SELECT statement_blob FROM document_upload WHERE id = $1", {id});
    blob.reset();
    if (row && !row->is_null(0)) blob = row->id<vault::BlobId>(0);
    audit::append(tx, clock_.now(), random_, "documents.viewed", id.str(),
                  {{"staff", staff.str()}, {"what", "fields"}});
    return ok();
  }));
  MQ_TRY(out.document, opened(out.document.upload));
  if (!blob) return out;
  const auto keys = vault_.unlock(out.document.upload.person, {class_of(out.document.upload.kind)});
  if (!keys.ok() && keys.error().is(vault::VaultErrc::erased)) return out;
  if (!keys.ok()) return keys.error();
  MQ_TRY(const auto bytes, database_.read([&](storage::Transaction& tx) {
    return vault_.get_blob(tx, *keys, *blob);
  }));
  MQ_TRY(out.statement, parse_statement(as_text(bytes)));
  MQ_REQUIRE(check_holder(out.document, *out.statement));
  return out;
}

Result<Uploads::Picture> Uploads::picture(const DocumentId& id, int page, const StaffId& staff) {
  Upload upload;
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    const auto found = find_upload(tx, id);
    if (!found || page < 1 || page > found->pages) return DocumentsErrc::not_found;
    upload = *found;
    audit::append(tx, clock_.now(), random_, "documents.viewed", id.str(),
                  {{"staff", staff.str()}, {"what", "page"}, {"page", page}});
    return ok();
  }));
  if (upload.media != Media::pdf) {
    MQ_TRY(auto bytes, file_of(upload, page));
    const auto media = media_of(bytes);
    return Picture{std::move(bytes), media.value_or(Media::jpeg)};
  }
  MQ_TRY(auto file, file_of(upload, 1));
  if (!ports_.open_pdf) return vision::VisionErrc::pdf_unavailable;
  MQ_TRY(const auto pdf, ports_.open_pdf(std::move(file)));
  MQ_TRY(auto jpeg, pdf.render(page, limits::kDocumentDpi));
  return Picture{std::move(jpeg), Media::jpeg};
}

}  // namespace mq::documents
