// Documents: pictures people hand in and partners send, kept sealed with what is known about them;
// what people hand in by themselves (uploads.h) and what was read of it (reading.h); what bank
// statements say (statement.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/errors.h"
#include "documents/income_evidence.h"
#include "documents/kinds.h"
#include "documents/reading.h"
#include "documents/statement.h"
#include "documents/statement_reading.h"
#include "documents/uploads.h"
#include "storage/storage.h"
#include "vault/vault.h"

namespace mq::documents {

struct Document {
  DocumentId id;
  PersonId person;
  Kind kind{};
  std::int64_t bytes = 0;
  int width = 0, height = 0;
  Instant at;
};

// Seals the picture and appends an audit leaf with a salted commitment to its bytes. The size of
// the picture in pixels comes from the vision child, which has decoded it before.
DocumentId store(storage::Transaction& tx, Instant now, Random& random, vault::Vault& vault,
                 const vault::PersonKeys& keys, Kind kind, ByteView picture, int width, int height);

// Errors: documents.not_found, vault.erased, vault.damaged.
Result<Bytes> load(storage::Transaction& tx, const vault::Vault& vault,
                   const vault::PersonKeys& keys, const DocumentId& id);
std::optional<Document> find(storage::Transaction& tx, const DocumentId& id);

extern const storage::Migration kDocumentsMigration;
extern const storage::Migration kUploadsMigration;  // number 14

}  // namespace mq::documents
