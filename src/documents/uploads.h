// Documents that people hand in: one or several pictures, or a PDF.
//
// A file is looked at before it is kept: type by content, size, the day's limits, the malware
// scanner, a real decode in a locked child. Cards are read in the same call, statements page by
// page behind the outbox event "documents.to_read". What is kept is sealed under the key of its
// kind's retention class.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/kinds.h"
#include "documents/reading.h"
#include "documents/statement_reading.h"
#include "storage/storage.h"
#include "vault/vault.h"
#include "vision/vision.h"

namespace mq::documents {

enum class Media { jpeg, png, webp, pdf };
BOOST_DESCRIBE_ENUM(Media, jpeg, png, webp, pdf)
std::string media_type(Media media);  // "image/jpeg"

// What is kept has passed the scanner, or there is none. (What is infected is not kept.)
enum class ScanState { clean, not_scanned };
BOOST_DESCRIBE_ENUM(ScanState, clean, not_scanned)

struct Upload {
  DocumentId id;  // also the one of its first file: documents::load opens that
  PersonId person;
  Kind kind{};
  UploadState state{};
  Media media{};  // of its first file
  ScanState scan{};
  int pages = 0, pages_done = 0;
  std::vector<std::string> problems;  // codes
  std::optional<Instant> confirmed_at;
  Instant created_at, updated_at;
};
// With what was read; without fields once the person's key of that class is erased.
struct Opened {
  Upload upload;
  Reading reading;
};

// --- ports, fulfilled in app/ ---
// The verdict over one file. Error: any, when there is none.
enum class Verdict { clean, infected };
using Scan = std::function<Result<Verdict>(ByteView file)>;

// Whoever reads a kind. An empty one leaves the kind unread: its documents become `stored`.
struct Readers {
  std::function<Result<vision::CardReading>(ByteView picture, vision::CardSide side)> read_card;
  std::function<Result<ReadResult>(ByteView picture)> read_bank_card;
  std::function<Result<vision::HandHeldReading>(ByteView picture)> read_hand_held;
  // The text of a page of a statement. Without it, only PDFs with a text layer are read, and that
  // text is believed.
  PictureReader read_page;
};

struct Ports {
  std::function<Result<vision::PictureSize>(ByteView picture)> measure;  // decodes it
  PdfOpener open_pdf;
  Scan scan;  // empty: no scanner is configured
  Readers readers;
};

// Thread-safe. Every call needs the consent to the terms, of a picture of the person also the one
// to the face and the switch face.
class Uploads {
 public:
  Uploads(storage::Database& database, vault::Vault& vault, const Clock& clock, Random& random,
          Ports ports);

  // The same bytes handed in again as the same kind within a day are the document that is there.
  // Errors: empty, not_accepted, not_this_kind, too_many_pages, day_limit, infected,
  // scan_unavailable, consent.missing, controls.stopped, and vision's of pictures and PDFs; nothing
  // is kept then.
  Result<Opened> take(const PersonId& person, Kind kind, ByteView file);
  // The next page of a document that is `received`. Errors: those of take, not_found, wrong_state.
  Result<Opened> add_page(const PersonId& person, const DocumentId& id, ByteView picture);
  // Errors: not_found.
  Result<Opened> complete(const PersonId& person, const DocumentId& id);
  // Errors: not_found, wrong_state (nothing was read of it), bad_field.
  Result<Opened> confirm(const PersonId& person, const DocumentId& id,
                         const std::vector<TypedField>& typed);
  Result<Opened> get_of(const PersonId& person, const DocumentId& id);
  std::vector<Upload> list(storage::Transaction& tx, const PersonId& person, int limit) const;
  Result<std::vector<Opened>> list_of(const PersonId& person, int limit);
  bool scans() const { return static_cast<bool>(ports_.scan); }

  // The outbox's side: reads on from the first page that is not read yet, for about
  // limits::kDocumentReadMs, and publishes the next event when pages are left. `last` gives up on
  // what would otherwise be tried again. Repeats are harmless.
  Status read_on(const DocumentId& id, bool last);

  // --- staff; each view is an audit leaf, written before anything is handed out ---
  struct StaffView {
    Opened document;
    int same_file_of_others = 0;                  // people who handed in a file of the same bytes
    std::optional<boost::json::value> statement;  // see statement_json.h
  };
  Result<StaffView> show(const DocumentId& id, const StaffId& staff);
  struct Picture {
    Bytes bytes;
    Media media{};
  };
  // Errors: not_found (no such page, too), and of PDFs those of vision.
  Result<Picture> picture(const DocumentId& id, int page, const StaffId& staff);

 private:
  struct Looked;
  Status may(storage::Transaction& tx, const PersonId& person, Kind kind) const;
  Result<std::optional<DocumentId>> admit(const PersonId& person, Kind kind, ByteView file,
                                          const Bytes& content,
                                          const std::optional<DocumentId>& of);
  Result<ScanState> scanned(const PersonId& person, Kind kind, ByteView file);
  Result<Looked> look(Kind kind, ByteView file);
  Result<ReadResult> read_now(Kind kind, Media media, ByteView file);
  bool reads_later(Kind kind, Media media) const;
  Result<Opened> opened(Upload upload);
  Result<Upload> own(const PersonId& person, const DocumentId& id);
  Result<PageRead> read_page(const Upload& upload, int page, const OpenPdf* pdf);
  Result<Bytes> file_of(const Upload& upload, int no);
  Status read_pages(const Upload& upload);
  Status conclude_statement(const Upload& upload);
  Status begin_again(const DocumentId& id);
  Status check_holder(Opened& document, const boost::json::value& statement);
  Status give_up(const Upload& upload, const std::string& problem, UploadState state);

  storage::Database& database_;
  vault::Vault& vault_;
  const Clock& clock_;
  Random& random_;
  Ports ports_;
};

// For a capability that builds on a document that was handed in, within its own transaction.
std::optional<Upload> find_upload(storage::Transaction& tx, const DocumentId& id,
                                  bool lock = false);
// The newest of this kind that was not refused: read, to be looked over, or kept unread.
std::optional<Upload> newest_usable(storage::Transaction& tx, const PersonId& person, Kind kind);
// Errors: vault's. Empty where nothing was read.
Result<Reading> reading_of(storage::Transaction& tx, const vault::Vault& vault,
                           const vault::PersonKeys& keys, const DocumentId& id);
// Keeps what the person typed elsewhere beside what was read; what is no field of it is left out.
Status record_typed(storage::Transaction& tx, const vault::Vault& vault,
                    const vault::PersonKeys& keys, const Upload& upload,
                    const std::vector<TypedField>& typed, Instant at);

}  // namespace mq::documents
