// Reading in the background: a few pages a delivery, each kept as soon as it is read, so that a
// crash costs one page and nobody waits for a long document.
#include <algorithm>

#include "audit/audit.h"
#include "base/limits.h"
#include "documents/documents.h"
#include "documents/statement_json.h"
#include "documents/uploads_store.h"
#include "runtime/log.h"

namespace mq::documents {
namespace {

// Nobody's fault, and gone by the next try. What else is wrong with a page stays wrong.
bool passing(const Error& error) {
  using vision::VisionErrc;
  for (const auto code : {VisionErrc::busy, VisionErrc::worker_lost, VisionErrc::timeout,
                          VisionErrc::models_missing, VisionErrc::pdf_unavailable}) {
    if (error.is(code)) return true;
  }
  return error.code().starts_with("storage.");
}

// What a statement's pages are suspected of; the rows that differ are flagged in themselves.
std::vector<Check> checks_of(const StatementReading& reading) {
  std::vector<Check> out;
  const auto note = [&](bool found, const char* code, idcard::Severity severity) {
    if (found) out.push_back({code, severity, ""});
  };
  bool hidden = false, not_compared = false;
  for (const StatementPageFacts& page : reading.pages) {
    const bool text = page.source == PageSource::text;
    hidden = hidden || (text && page.hidden_words > 0);
    not_compared = not_compared || (text && !page.compared);
  }
  const bool differs =
      std::any_of(reading.mismatches.begin(), reading.mismatches.end(),
                  [](const auto& one) { return one.what.kind == MismatchKind::different; });
  note(differs, "statement.picture_differs", idcard::Severity::fault);
  // Recognition may have missed it: a doubt about the row, no accusation.
  note(!differs && !reading.mismatches.empty(), "statement.value_not_seen",
       idcard::Severity::doubt);
  note(hidden, "statement.hidden_text", idcard::Severity::fault);
  note(not_compared, "statement.not_compared", idcard::Severity::note);
  return out;
}

}  // namespace

Result<PageRead> Uploads::read_page(const Upload& upload, int page, const OpenPdf* pdf) {
  const auto& read_picture = ports_.readers.read_page;
  if (pdf != nullptr) return read_pdf_page(*pdf, page, read_picture);
  if (!read_picture) return DocumentsErrc::wrong_state;
  MQ_TRY(const auto picture, file_of(upload, page));
  return read_picture_page(picture, read_picture);
}

Status Uploads::read_pages(const Upload& upload) {
  std::optional<OpenPdf> pdf;
  if (upload.media == Media::pdf) {
    if (!ports_.open_pdf) return vision::VisionErrc::pdf_unavailable;
    MQ_TRY(auto file, file_of(upload, 1));
    MQ_TRY(auto open, ports_.open_pdf(std::move(file)));
    pdf.emplace(std::move(open));
  }
  MQ_TRY(const auto keys, vault_.unlock(upload.person, {class_of(upload.kind)}));
  const auto until_us = clock_.now().us + std::int64_t{limits::kDocumentReadMs} * 1'000;
  for (int page = upload.pages_done + 1; page <= upload.pages; ++page) {
    MQ_TRY(const auto read, read_page(upload, page, pdf ? &*pdf : nullptr));
    const bool more = page < upload.pages;
    const bool enough = clock_.now().us >= until_us;
    MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
      const auto now = clock_.now();
      const auto current = find_upload(tx, upload.id, true);
      // Another delivery may have been faster.
      if (!current || current->state != UploadState::reading || current->pages_done >= page) {
        return ok();
      }
      put_page(tx, vault_, keys, upload, page, read);
      tx.execute("UPDATE document_upload SET pages_done = $1, updated_at = $2 WHERE id = $3",
                 {page, now, upload.id});
      if (more && enough) ask_to_read(tx, now, random_, upload.id);
      return ok();
    }));
    if (more && enough) return ok();
  }
  return conclude_statement(upload);
}

Status Uploads::conclude_statement(const Upload& upload) {
  MQ_TRY(const auto keys, vault_.unlock(upload.person, {class_of(upload.kind)}));
  MQ_TRY(auto pages, database_.read([&](storage::Transaction& tx) {
    return get_pages(tx, vault_, keys, upload);
  }));
  if (pages.size() != static_cast<std::size_t>(upload.pages)) {
    return Error(vault::VaultErrc::damaged, "pages");
  }
  const auto read = statement_of(std::move(pages));
  // A scan that nobody here can read is kept as it is; nothing is wrong with it.
  const bool unread = !read.ok() && read.error().is(DocumentsErrc::statement_no_text);
  if (unread && !ports_.readers.read_page) return give_up(upload, "", UploadState::stored);
  if (!read.ok()) return give_up(upload, read.error().code(), UploadState::failed);
  const auto content = boost::json::serialize(json_of(*read));
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto current = find_upload(tx, upload.id, true);
    if (!current || current->state != UploadState::reading) return ok();
    MQ_TRY(auto reading, reading_of(tx, vault_, keys, upload.id));
    reading.fields = fields_of(read->statement);
    for (auto& check : checks_of(*read)) reading.checks.push_back(std::move(check));
    put_reading(tx, vault_, keys, upload, reading);
    const auto blob =
        vault_.put_blob(tx, keys, class_of(upload.kind), "statement.reading", as_bytes(content));
    tx.execute("UPDATE document_upload SET statement_blob = $1 WHERE id = $2", {blob, upload.id});
    set_state(tx, upload.id, UploadState::read, {}, now);
    drop_pages(tx, upload.id);
    audit::append(tx, now, random_, "documents.read", upload.id.str(),
                  {{"person", upload.person.str()},
                   {"pages", upload.pages},
                   {"mismatches", static_cast<std::int64_t>(read->mismatches.size())},
                   {"rows", static_cast<std::int64_t>(read->statement.rows.size())}});
    return ok();
  });
}

Status Uploads::begin_again(const DocumentId& id) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto current = find_upload(tx, id, true);
    if (!current || current->state != UploadState::reading) return ok();
    drop_pages(tx, id);
    tx.execute("UPDATE document_upload SET pages_done = 0, updated_at = $1 WHERE id = $2",
               {clock_.now(), id});
    return ok();
  });
}

Status Uploads::give_up(const Upload& upload, const std::string& problem, UploadState state) {
  return database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto current = find_upload(tx, upload.id, true);
    if (!current || current->state != UploadState::reading) return ok();
    std::vector<std::string> problems;
    if (!problem.empty()) problems.push_back(problem);
    set_state(tx, upload.id, state, problems, now);
    drop_pages(tx, upload.id);
    audit::append(
        tx, now, random_, "documents.not_read", upload.id.str(),
        {{"person", upload.person.str()}, {"state", name_of(state)}, {"problem", problem}});
    return ok();
  });
}

Status Uploads::read_on(const DocumentId& id, bool last) {
  MQ_TRY(const auto upload,
         database_.read([&](storage::Transaction& tx) -> Result<std::optional<Upload>> {
           return find_upload(tx, id);
         }));
  if (!upload || upload->state != UploadState::reading) return ok();
  const auto done = read_pages(*upload);
  if (done.ok()) return ok();
  // Erased meanwhile: there is nothing left to read.
  if (done.error().is(vault::VaultErrc::erased)) {
    return give_up(*upload, "", UploadState::stored);
  }
  if (passing(done.error()) && !last) return done.error();
  // Pages that were kept in a form of another version, or are broken: all of them are read anew.
  if (done.error().is(vault::VaultErrc::damaged) && !last && upload->pages_done > 0) {
    MQ_REQUIRE(begin_again(id));
    return done.error();
  }
  log::warn("documents.not_read", {{"document", id}, {"error", done.error().code()}});
  return give_up(*upload, done.error().code(), UploadState::failed);
}

}  // namespace mq::documents
