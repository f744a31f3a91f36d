#include "audit/audit.h"
#include "documents/documents.h"

namespace mq::documents {
namespace {

std::string name_of(Kind kind) { return boost::describe::enum_to_string(kind, "?"); }

}  // namespace

vault::RetentionClass class_of(Kind kind) {
  switch (kind) {
    case Kind::id_card_front:
    case Kind::id_card_back:
    case Kind::household_register:
    case Kind::passport:
    case Kind::residence_permit:
      return vault::RetentionClass::identity;
    case Kind::selfie:
    case Kind::authority_photo:
    case Kind::hand_held:
      return vault::RetentionClass::frames;
    case Kind::bank_card:
      return vault::RetentionClass::contract;
    case Kind::statement:
    case Kind::income_proof:
    case Kind::work_proof:
    case Kind::asset_proof:
      return vault::RetentionClass::finances;
  }
  check_failed("unknown kind of document");
}

bool handed_in(Kind kind) { return kind != Kind::selfie && kind != Kind::authority_photo; }

bool of_several_pages(Kind kind) {
  return class_of(kind) == vault::RetentionClass::finances || kind == Kind::household_register;
}

DocumentId store(storage::Transaction& tx, Instant now, Random& random, vault::Vault& vault,
                 const vault::PersonKeys& keys, Kind kind, ByteView picture, int width,
                 int height) {
  const auto id = DocumentId::make(now, random);
  const auto blob = vault.put_blob(tx, keys, class_of(kind), name_of(kind), picture);
  const auto commitment = audit::commit(picture, random);
  const auto salt = vault.seal(keys, class_of(kind), "document.salt|" + id.str(),
                               as_bytes(commitment.salt));
  tx.execute(
      "INSERT INTO document (id, person, kind, blob, salt_sealed, bytes, width, height, at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {id, keys.person(), name_of(kind), blob, salt, picture.size(), width, height, now});
  audit::append(tx, now, random, "documents.received", id.str(),
                {{"person", keys.person().str()},
                 {"kind", name_of(kind)},
                 {"content", commitment.digest}});
  return id;
}

Result<Bytes> load(storage::Transaction& tx, const vault::Vault& vault,
                   const vault::PersonKeys& keys, const DocumentId& id) {
  const auto row = tx.first("SELECT blob FROM document WHERE id = $1 AND person = $2",
                            {id, keys.person()});
  if (!row) return DocumentsErrc::not_found;
  return vault.get_blob(tx, keys, row->id<vault::BlobId>(0));
}

std::optional<Document> find(storage::Transaction& tx, const DocumentId& id) {
  const auto row =
      tx.first("SELECT person, kind, bytes, width, height, at FROM document WHERE id = $1", {id});
  if (!row) return std::nullopt;
  Document document{id, row->id<PersonId>(0), {}, row->i64(2), static_cast<int>(row->i64(3)),
                    static_cast<int>(row->i64(4)), row->instant(5)};
  MQ_CHECK(boost::describe::enum_from_string(row->text(1).c_str(), document.kind));
  return document;
}

const storage::Migration kDocumentsMigration{
    8, "documents",
    "CREATE TABLE document (id TEXT PRIMARY KEY, person TEXT NOT NULL, kind TEXT NOT NULL, "
    "blob TEXT NOT NULL, salt_sealed BYTEA NOT NULL, bytes BIGINT NOT NULL, width BIGINT NOT NULL, "
    "height BIGINT NOT NULL, at BIGINT NOT NULL);"
    "CREATE INDEX document_person ON document (person)"};

}  // namespace mq::documents
