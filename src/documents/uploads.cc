// Handing in: what is refused, what is read at once, what is kept.
#include "documents/uploads.h"

#include "audit/audit.h"
#include "base/limits.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "documents/documents.h"
#include "documents/media.h"
#include "documents/uploads_store.h"
#include "runtime/log.h"

namespace mq::documents {
namespace {

constexpr std::int64_t kDaySeconds = 24 * 60 * 60;

Status within_size(Media media, ByteView file) {
  const auto most = media == Media::pdf ? limits::kPdfBytes : limits::kHttpPhotoBodyBytes;
  if (file.size() > most) return vision::VisionErrc::too_many_bytes;
  return ok();
}

// What programs could use a PDF for besides showing pages. Not refused: banks do some of it.
std::vector<Check> checks_of(const vision::PdfFacts& facts) {
  std::vector<Check> out;
  const auto note = [&](bool found, const char* code, idcard::Severity severity) {
    if (found) out.push_back({code, severity, ""});
  };
  note(facts.javascript, "pdf.javascript", idcard::Severity::doubt);
  note(facts.attachments, "pdf.attachments", idcard::Severity::doubt);
  note(facts.forms, "pdf.forms", idcard::Severity::note);
  note(facts.repaired, "pdf.repaired", idcard::Severity::doubt);
  note(facts.signatures, "pdf.signatures", idcard::Severity::note);
  return out;
}

}  // namespace

// What the locked child says of a file.
struct Uploads::Looked {
  int width = 0, height = 0;
  int pages = 1;
  std::vector<Check> checks;
};

Uploads::Uploads(storage::Database& database, vault::Vault& vault, const Clock& clock,
                 Random& random, Ports ports)
    : database_(database),
      vault_(vault),
      clock_(clock),
      random_(random),
      ports_(std::move(ports)) {}

Status Uploads::may(storage::Transaction& tx, const PersonId& person, Kind kind) const {
  MQ_REQUIRE(consent::require(tx, person, consent::Purpose::terms));
  if (kind != Kind::hand_held) return ok();
  MQ_REQUIRE(controls::require_open(tx, controls::Switch::face));
  return consent::require(tx, person, consent::Purpose::face);
}

// Before anybody looks at the file: consent, whether it is there already, and the day's limits.
Result<std::optional<DocumentId>> Uploads::admit(const PersonId& person, Kind kind, ByteView file,
                                                 const Bytes& content,
                                                 const std::optional<DocumentId>& of) {
  return database_.write([&](storage::Transaction& tx) -> Result<std::optional<DocumentId>> {
    const auto now = clock_.now();
    MQ_REQUIRE(may(tx, person, kind));
    if (auto same = find_same(tx, person, kind, content, now.plus_seconds(-kDaySeconds), of)) {
      return same;
    }
    MQ_REQUIRE(count_file(tx, person, BusinessDate::in_china(now),
                          static_cast<std::int64_t>(file.size())));
    return std::optional<DocumentId>{};
  });
}

Result<ScanState> Uploads::scanned(const PersonId& person, Kind kind, ByteView file) {
  if (!ports_.scan) return ScanState::not_scanned;
  const auto verdict = ports_.scan(file);
  if (!verdict.ok()) {
    log::error("documents.scan_unavailable", {{"error", verdict.error()}});
    return DocumentsErrc::scan_unavailable;
  }
  if (*verdict == Verdict::clean) return ScanState::clean;
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    audit::append(tx, clock_.now(), random_, "documents.infected_refused", person.str(),
                  {{"person", person.str()}, {"kind", name_of(kind)}});
    return ok();
  }));
  return DocumentsErrc::infected;
}

Result<Uploads::Looked> Uploads::look(Kind kind, ByteView file) {
  Looked out;
  if (media_of(file) != Media::pdf) {
    MQ_TRY(const auto size, ports_.measure(file));
    out.width = size.width;
    out.height = size.height;
    return out;
  }
  if (!of_several_pages(kind)) return DocumentsErrc::not_this_kind;
  if (!ports_.open_pdf) return vision::VisionErrc::pdf_unavailable;
  const auto pdf = ports_.open_pdf(Bytes(file.begin(), file.end()));
  // Another limit than this one, but the same to whoever handed it in.
  const bool far_too_many = !pdf.ok() && pdf.error().is(vision::VisionErrc::pdf_too_many_pages);
  if (far_too_many) return DocumentsErrc::too_many_pages;
  if (!pdf.ok()) return pdf.error();
  if (pdf->facts.pages > limits::kDocumentPages) return DocumentsErrc::too_many_pages;
  if (pdf->facts.pages < 1) return Error(vision::VisionErrc::pdf_damaged, "no page");
  out.pages = pdf->facts.pages;
  out.checks = checks_of(pdf->facts);
  return out;
}

bool Uploads::reads_later(Kind kind, Media media) const {
  return kind == Kind::statement && (media == Media::pdf || ports_.readers.read_page);
}

Result<ReadResult> Uploads::read_now(Kind kind, Media media, ByteView file) {
  const auto& readers = ports_.readers;
  const bool card = kind == Kind::id_card_front || kind == Kind::id_card_back;
  if (card && readers.read_card) {
    const auto side =
        kind == Kind::id_card_front ? vision::CardSide::front : vision::CardSide::back;
    MQ_TRY(const auto reading, readers.read_card(file, side));
    return result_of(reading, side, BusinessDate::in_china(clock_.now()));
  }
  if (kind == Kind::bank_card && readers.read_bank_card) return readers.read_bank_card(file);
  if (kind == Kind::hand_held && readers.read_hand_held) {
    MQ_TRY(const auto reading, readers.read_hand_held(file));
    return result_of(reading, BusinessDate::in_china(clock_.now()));
  }
  ReadResult out;
  if (of_several_pages(kind)) {
    out.state = media != Media::pdf        ? UploadState::received
                : reads_later(kind, media) ? UploadState::reading
                                           : UploadState::stored;
  }
  return out;
}

Result<Opened> Uploads::take(const PersonId& person, Kind kind, ByteView file) {
  MQ_CHECK(handed_in(kind));
  if (file.empty()) return DocumentsErrc::empty;
  const auto media = media_of(file);
  if (!media) return DocumentsErrc::not_accepted;
  if (*media == Media::pdf && !of_several_pages(kind)) return DocumentsErrc::not_this_kind;
  MQ_REQUIRE(within_size(*media, file));
  const auto content = vault_.content_hash(file);
  MQ_TRY(const auto same, admit(person, kind, file, content, std::nullopt));
  if (same) return get_of(person, *same);
  MQ_TRY(const auto scan, scanned(person, kind, file));
  MQ_TRY(const auto looked, look(kind, file));
  MQ_TRY(auto result, read_now(kind, *media, file));
  result.reading.checks.insert(result.reading.checks.end(), looked.checks.begin(),
                               looked.checks.end());

  MQ_TRY(const auto keys, vault_.unlock(person, {class_of(kind)}));
  return database_.write([&](storage::Transaction& tx) -> Result<Opened> {
    const auto now = clock_.now();
    MQ_REQUIRE(may(tx, person, kind));
    Upload upload;
    upload.id = store(tx, now, random_, vault_, keys, kind, file, looked.width, looked.height);
    upload.person = person;
    upload.kind = kind;
    upload.state = result.state;
    upload.media = *media;
    upload.scan = scan;
    upload.pages = looked.pages;
    const bool waits =
        result.state == UploadState::received || result.state == UploadState::reading;
    upload.pages_done = waits || result.state == UploadState::stored ? 0 : looked.pages;
    upload.problems = result.problems;
    upload.created_at = upload.updated_at = now;
    mark_file(tx, upload.id, upload.id, 1, *media, content);
    put_upload(tx, upload);
    put_reading(tx, vault_, keys, upload, result.reading);
    audit::append(tx, now, random_, "documents.handed_in", upload.id.str(),
                  {{"person", person.str()},
                   {"kind", name_of(kind)},
                   {"state", name_of(upload.state)},
                   {"pages", upload.pages},
                   {"scan", boost::describe::enum_to_string(scan, "?")}});
    if (upload.state == UploadState::reading) ask_to_read(tx, now, random_, upload.id);
    return Opened{upload, result.reading};
  });
}

Result<Opened> Uploads::add_page(const PersonId& person, const DocumentId& id, ByteView picture) {
  MQ_TRY(const auto before, own(person, id));
  if (picture.empty()) return DocumentsErrc::empty;
  const auto media = media_of(picture);
  if (!media) return DocumentsErrc::not_accepted;
  if (*media == Media::pdf) return DocumentsErrc::not_this_kind;
  MQ_REQUIRE(within_size(*media, picture));
  const auto takes_page = [](const Upload& upload) -> Status {
    if (upload.state != UploadState::received) return DocumentsErrc::wrong_state;
    if (upload.pages >= limits::kDocumentPages) return DocumentsErrc::too_many_pages;
    return ok();
  };
  const auto content = vault_.content_hash(picture);
  MQ_REQUIRE(takes_page(before));
  MQ_TRY(const auto same, admit(person, before.kind, picture, content, id));
  if (same) return get_of(person, id);
  MQ_TRY(const auto scan, scanned(person, before.kind, picture));
  MQ_TRY(const auto looked, look(before.kind, picture));

  MQ_TRY(const auto keys, vault_.unlock(person, {class_of(before.kind)}));
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    MQ_REQUIRE(may(tx, person, before.kind));
    const auto upload = find_upload(tx, id, true);
    if (!upload) return DocumentsErrc::not_found;
    MQ_REQUIRE(takes_page(*upload));
    const auto file =
        store(tx, now, random_, vault_, keys, upload->kind, picture, looked.width, looked.height);
    mark_file(tx, file, id, upload->pages + 1, *media, content);
    // The document is as well scanned as its least scanned page.
    const bool clean = upload->scan == ScanState::clean && scan == ScanState::clean;
    tx.execute(
        "UPDATE document_upload SET pages = pages + 1, scan = $1, updated_at = $2 WHERE id = $3",
        {clean ? "clean" : "not_scanned", now, id});
    return ok();
  }));
  return get_of(person, id);
}

Result<Opened> Uploads::complete(const PersonId& person, const DocumentId& id) {
  MQ_TRY([[maybe_unused]] const auto before, own(person, id));
  MQ_REQUIRE(database_.write([&](storage::Transaction& tx) -> Status {
    const auto now = clock_.now();
    const auto upload = find_upload(tx, id, true);
    if (!upload || upload->state != UploadState::received) return ok();
    MQ_REQUIRE(may(tx, person, upload->kind));
    const bool later = reads_later(upload->kind, upload->media);
    set_state(tx, id, later ? UploadState::reading : UploadState::stored, {}, now);
    audit::append(tx, now, random_, "documents.completed", id.str(),
                  {{"person", person.str()}, {"pages", upload->pages}});
    if (later) ask_to_read(tx, now, random_, id);
    return ok();
  }));
  return get_of(person, id);
}

}  // namespace mq::documents
