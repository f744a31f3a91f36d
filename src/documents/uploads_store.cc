#include "documents/uploads_store.h"

#include <cmath>

#include "base/limits.h"
#include "runtime/json.h"

namespace mq::documents {
namespace {

constexpr int kUnit = 100;      // of lengths at rest
constexpr int kShare = 10'000;  // of confidences at rest

// Boxes in whole numbers: hundredths of the page's unit; ten-thousandths of confidence.
struct BoxAtRest {
  int x = 0, y = 0, width = 0, height = 0;
};
BOOST_DESCRIBE_STRUCT(BoxAtRest, (), (x, y, width, height))
struct TextAtRest {
  BoxAtRest box;
  int confidence = 0;
  Pii<std::string> text;
};
BOOST_DESCRIBE_STRUCT(TextAtRest, (), (box, confidence, text))
struct MismatchAtRest {
  MismatchKind kind{};
  BoxAtRest box;
  Pii<std::string> text_layer, picture;
};
BOOST_DESCRIBE_STRUCT(MismatchAtRest, (), (kind, box, text_layer, picture))
struct PageAtRest {
  int width = 0, height = 0;
  PageSource source{};
  bool compared = false;
  int hidden_words = 0;
  std::vector<TextAtRest> texts;
  std::vector<MismatchAtRest> mismatches;
};
BOOST_DESCRIBE_STRUCT(PageAtRest, (),
                      (width, height, source, compared, hidden_words, texts, mismatches))

int at_rest(float value) {
  return static_cast<int>(std::lround(value * static_cast<float>(kUnit)));
}
float from_rest(int value) { return static_cast<float>(value) / static_cast<float>(kUnit); }

BoxAtRest at_rest(const vision::Box& box) {
  return {at_rest(box.x), at_rest(box.y), at_rest(box.width), at_rest(box.height)};
}
vision::Box from_rest(const BoxAtRest& box) {
  return {from_rest(box.x), from_rest(box.y), from_rest(box.width), from_rest(box.height)};
}

PageAtRest at_rest(const PageRead& read) {
  PageAtRest out;
  out.width = at_rest(read.text.width);
  out.height = at_rest(read.text.height);
  out.source = read.facts.source;
  out.compared = read.facts.compared;
  out.hidden_words = read.facts.hidden_words;
  for (const PlacedText& one : read.text.texts) {
    // Rounded down: 1 is kept for a text that cannot be misread.
    const int confidence = static_cast<int>(one.confidence * kShare);
    out.texts.push_back({at_rest(one.box), confidence, Pii<std::string>(one.text)});
  }
  for (const TextMismatch& one : read.mismatches) {
    out.mismatches.push_back({one.kind, at_rest(one.box), Pii<std::string>(one.text_layer),
                              Pii<std::string>(one.picture)});
  }
  return out;
}

PageRead from_rest(const PageAtRest& rest) {
  PageRead out;
  out.text.width = from_rest(rest.width);
  out.text.height = from_rest(rest.height);
  out.facts = {rest.source, rest.compared, rest.hidden_words};
  for (const TextAtRest& one : rest.texts) {
    const float confidence = static_cast<float>(one.confidence) / static_cast<float>(kShare);
    out.text.texts.push_back({from_rest(one.box), one.text.expose(), confidence});
  }
  for (const MismatchAtRest& one : rest.mismatches) {
    out.mismatches.push_back(
        {one.kind, from_rest(one.box), one.text_layer.expose(), one.picture.expose()});
  }
  return out;
}

std::string page_place(const DocumentId& id, int page) {
  return "document_page.read|" + id.str() + "|" + std::to_string(page);
}
std::string reading_place(const DocumentId& id) { return "document_upload.reading|" + id.str(); }

}  // namespace

std::string name_of(Kind kind) { return boost::describe::enum_to_string(kind, "?"); }
std::string name_of(UploadState state) { return boost::describe::enum_to_string(state, "?"); }

Upload read_upload(const storage::Row& row) {
  const auto read_enum = [&](std::size_t column, auto& out) {
    MQ_CHECK(boost::describe::enum_from_string(row.text(column).c_str(), out));
  };
  Upload out;
  out.id = row.id<DocumentId>(0);
  out.person = row.id<PersonId>(1);
  read_enum(2, out.kind);
  read_enum(3, out.state);
  read_enum(4, out.media);
  read_enum(5, out.scan);
  out.pages = static_cast<int>(row.i64(6));
  out.pages_done = static_cast<int>(row.i64(7));
  auto problems = runtime::from_json<std::vector<std::string>>(row.text(8));
  MQ_CHECK(problems.ok());
  out.problems = *problems;
  if (!row.is_null(9)) out.confirmed_at = row.instant(9);
  out.created_at = row.instant(10);
  out.updated_at = row.instant(11);
  return out;
}

std::optional<Upload> find_upload(storage::Transaction& tx, const DocumentId& id, bool lock) {
  const auto row =
      tx.first(std::string("SELECT ") + kUploadColumns + " FROM document_upload WHERE id = $1" +
                   std::string(lock ? tx.for_update() : ""),
               {id});
  if (!row) return std::nullopt;
  return read_upload(*row);
}

std::optional<Upload> newest_usable(storage::Transaction& tx, const PersonId& person, Kind kind) {
  const auto row = tx.first(std::string("SELECT ") + kUploadColumns +
                                " FROM document_upload WHERE person = $1 AND kind = $2 AND state "
                                "IN ('read', 'confirm', 'stored') ORDER BY id DESC LIMIT 1",
                            {person, name_of(kind)});
  if (!row) return std::nullopt;
  return read_upload(*row);
}

std::optional<DocumentId> find_same(storage::Transaction& tx, const PersonId& person, Kind kind,
                                    const Bytes& content, Instant since,
                                    const std::optional<DocumentId>& of) {
  const auto row =
      of ? tx.first("SELECT upload FROM document WHERE content = $1 AND upload = $2 LIMIT 1",
                    {content, *of})
         : tx.first(
               "SELECT upload FROM document WHERE content = $1 AND person = $2 AND kind = $3 AND "
               "at > $4 AND no = 1 ORDER BY id DESC LIMIT 1",
               {content, person, name_of(kind), since});
  if (!row) return std::nullopt;
  return row->id<DocumentId>(0);
}

Status count_file(storage::Transaction& tx, const PersonId& person, BusinessDate day,
                  std::int64_t bytes) {
  const auto rows = tx.query(
      "INSERT INTO document_quota (person, day, files, bytes) VALUES ($1, $2, 1, $3) "
      "ON CONFLICT (person, day) DO UPDATE SET files = document_quota.files + 1, "
      "bytes = document_quota.bytes + excluded.bytes RETURNING files, bytes",
      {person, day, bytes});
  if (rows.at(0).i64(0) > limits::kDocumentFilesPerDay ||
      rows.at(0).i64(1) > limits::kDocumentBytesPerDay) {
    return DocumentsErrc::day_limit;
  }
  return ok();
}

void mark_file(storage::Transaction& tx, const DocumentId& file, const DocumentId& upload, int no,
               Media media, const Bytes& content) {
  tx.execute("UPDATE document SET upload = $1, no = $2, media = $3, content = $4 WHERE id = $5",
             {upload, no, boost::describe::enum_to_string(media, "?"), content, file});
}

std::optional<DocumentId> find_file(storage::Transaction& tx, const DocumentId& upload, int no) {
  const auto row = tx.first("SELECT id FROM document WHERE upload = $1 AND no = $2", {upload, no});
  if (!row) return std::nullopt;
  return row->id<DocumentId>(0);
}

int same_file_of_others(storage::Transaction& tx, const Upload& upload) {
  const auto row = tx.first(
      "SELECT COUNT(DISTINCT other.person) FROM document mine JOIN document other "
      "ON other.content = mine.content WHERE mine.upload = $1 AND other.person <> $2",
      {upload.id, upload.person});
  return static_cast<int>(row->i64(0));
}

void put_upload(storage::Transaction& tx, const Upload& upload) {
  tx.execute(
      "INSERT INTO document_upload (id, person, kind, state, media, scan, retention, pages, "
      "pages_done, problems, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
      {upload.id, upload.person, name_of(upload.kind), name_of(upload.state),
       boost::describe::enum_to_string(upload.media, "?"),
       boost::describe::enum_to_string(upload.scan, "?"),
       boost::describe::enum_to_string(class_of(upload.kind), "?"), upload.pages, upload.pages_done,
       runtime::to_json(upload.problems), upload.created_at});
}

void set_state(storage::Transaction& tx, const DocumentId& id, UploadState state,
               const std::vector<std::string>& problems, Instant now) {
  tx.execute("UPDATE document_upload SET state = $1, problems = $2, updated_at = $3 WHERE id = $4",
             {name_of(state), runtime::to_json(problems), now, id});
}

void put_reading(storage::Transaction& tx, const vault::Vault& vault, const vault::PersonKeys& keys,
                 const Upload& upload, const Reading& reading) {
  const auto sealed = vault.seal(keys, class_of(upload.kind), reading_place(upload.id),
                                 as_bytes(runtime::to_json(reading)));
  tx.execute("UPDATE document_upload SET reading = $1 WHERE id = $2", {sealed, upload.id});
}

Result<Reading> reading_of(storage::Transaction& tx, const vault::Vault& vault,
                           const vault::PersonKeys& keys, const DocumentId& id) {
  const auto row = tx.first("SELECT reading, kind FROM document_upload WHERE id = $1", {id});
  if (!row || row->is_null(0)) return Reading{};
  Kind kind{};
  MQ_CHECK(boost::describe::enum_from_string(row->text(1).c_str(), kind));
  MQ_TRY(const auto plain, vault.open(keys, class_of(kind), reading_place(id), row->bytes(0)));
  auto reading = runtime::from_json<Reading>(as_text(plain));
  if (!reading.ok()) return Error(vault::VaultErrc::damaged, "reading");
  return reading;
}

void ask_to_read(storage::Transaction& tx, Instant now, Random& random, const DocumentId& id) {
  storage::publish(tx, now, random, "documents.to_read", id.str(),
                   R"({"document":")" + id.str() + R"("})");
}

void put_page(storage::Transaction& tx, const vault::Vault& vault, const vault::PersonKeys& keys,
              const Upload& upload, int page, const PageRead& read) {
  const auto sealed = vault.seal(keys, class_of(upload.kind), page_place(upload.id, page),
                                 as_bytes(runtime::to_json(at_rest(read))));
  tx.execute(
      "INSERT INTO document_page (upload, page, sealed) VALUES ($1, $2, $3) "
      "ON CONFLICT (upload, page) DO UPDATE SET sealed = excluded.sealed",
      {upload.id, page, sealed});
}

Result<std::vector<PageRead>> get_pages(storage::Transaction& tx, const vault::Vault& vault,
                                        const vault::PersonKeys& keys, const Upload& upload) {
  std::vector<PageRead> out;
  for (const auto& row : tx.query(
           "SELECT page, sealed FROM document_page WHERE upload = $1 ORDER BY page", {upload.id})) {
    const int page = static_cast<int>(row.i64(0));
    MQ_TRY(const auto plain,
           vault.open(keys, class_of(upload.kind), page_place(upload.id, page), row.bytes(1)));
    const auto rest = runtime::from_json<PageAtRest>(as_text(plain));
    if (!rest.ok()) return Error(vault::VaultErrc::damaged, "page");
    out.push_back(from_rest(*rest));
  }
  return out;
}

void drop_pages(storage::Transaction& tx, const DocumentId& id) {
  tx.execute("DELETE FROM document_page WHERE upload = $1", {id});
}

const storage::Migration kUploadsMigration{
    14, "document_uploads",
    "ALTER TABLE document ADD COLUMN upload TEXT;"
    "ALTER TABLE document ADD COLUMN no BIGINT;"
    "ALTER TABLE document ADD COLUMN media TEXT;"
    "ALTER TABLE document ADD COLUMN content BYTEA;"
    "CREATE INDEX document_upload_no ON document (upload, no);"
    "CREATE INDEX document_content ON document (content);"
    "CREATE TABLE document_upload (id TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, "
    "state TEXT NOT NULL, media TEXT NOT NULL, scan TEXT NOT NULL, retention TEXT NOT NULL, "
    "pages BIGINT NOT NULL, pages_done BIGINT NOT NULL, problems TEXT NOT NULL, reading BYTEA, "
    "statement_blob TEXT, confirmed_at BIGINT, created_at BIGINT NOT NULL, "
    "updated_at BIGINT NOT NULL);"
    "CREATE INDEX document_upload_person ON document_upload (person, id);"
    "CREATE TABLE document_page (upload TEXT NOT NULL, page BIGINT NOT NULL, sealed BYTEA NOT "
    "NULL, "
    "PRIMARY KEY (upload, page));"
    "CREATE TABLE document_quota (person TEXT NOT NULL, day BIGINT NOT NULL, files BIGINT NOT "
    "NULL, "
    "bytes BIGINT NOT NULL, PRIMARY KEY (person, day))"};

}  // namespace mq::documents
