// SQL of documents that were handed in. Private to documents/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "documents/documents.h"

namespace mq::documents {

std::string name_of(Kind kind);
std::string name_of(UploadState state);

inline constexpr const char* kUploadColumns =
    "id, person, kind, state, media, scan, pages, pages_done, problems, confirmed_at, created_at, "
    "updated_at";
Upload read_upload(const storage::Row& row);

// The id of the document that these bytes are already: of this person and kind since `since`, or a
// page of `of`.
std::optional<DocumentId> find_same(storage::Transaction& tx, const PersonId& person, Kind kind,
                                    const Bytes& content, Instant since,
                                    const std::optional<DocumentId>& of);
// Counts one file against the day's limits. Error: day_limit.
Status count_file(storage::Transaction& tx, const PersonId& person, BusinessDate day,
                  std::int64_t bytes);
// Says of a stored file which document it is page `no` of.
void mark_file(storage::Transaction& tx, const DocumentId& file, const DocumentId& upload, int no,
               Media media, const Bytes& content);
std::optional<DocumentId> find_file(storage::Transaction& tx, const DocumentId& upload, int no);
int same_file_of_others(storage::Transaction& tx, const Upload& upload);

void put_upload(storage::Transaction& tx, const Upload& upload);
void set_state(storage::Transaction& tx, const DocumentId& id, UploadState state,
               const std::vector<std::string>& problems, Instant now);
void put_reading(storage::Transaction& tx, const vault::Vault& vault, const vault::PersonKeys& keys,
                 const Upload& upload, const Reading& reading);
// Publishes what read_on() waits for.
void ask_to_read(storage::Transaction& tx, Instant now, Random& random, const DocumentId& id);

// A statement's pages as they were read, sealed until all of them are there.
void put_page(storage::Transaction& tx, const vault::Vault& vault, const vault::PersonKeys& keys,
              const Upload& upload, int page, const PageRead& read);
Result<std::vector<PageRead>> get_pages(storage::Transaction& tx, const vault::Vault& vault,
                                        const vault::PersonKeys& keys, const Upload& upload);
void drop_pages(storage::Transaction& tx, const DocumentId& id);

}  // namespace mq::documents
