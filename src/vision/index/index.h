// Exact 1:N search over protected templates, in memory.
//
// The answer is that of a brute-force scan which scores every template with similarity(): the same
// candidates with the same scores, always, not with high probability. A short code of every row
// (quantise.h) bounds its score; only rows whose bound reaches the best found are scored in full.
// So a search reads a quarter of a kilobyte a row, and how many more rows it looks at depends on
// the data alone.
//
// Memory: about 2.7 kB a template. The vectors stay in 32-bit floats (2 kB of them): 16-bit ones
// would save 1 kB, but round every score by up to 5e-4, and the answer would no longer be the one
// of the vectors given.
//
// Templates are personal data: seal them at rest. The index wipes a removed template from memory as
// soon as the last search that began before its removal has ended, and everything when it dies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "vision/index/transform.h"

namespace mq::vision {

struct IndexEntry {
  Uuid id;
  Embedding values{};
};

struct SearchOptions {
  std::size_t top_k = 10;  // 1..limits::kFaceSearchTop
  float min_score = -1;    // -1..1; candidates score at least this
  int threads = 1;  // 1..limits::kFaceSearchThreads, of this call; the caller's own is one of them
};

struct Candidate {
  Uuid id;
  float score = 0;  // similarity() of the query and the template
  bool operator==(const Candidate&) const = default;
};

// Thread-safe. Writers wait for each other. A search works on the state of the moment it began: it
// neither waits for a writer nor sees half a change.
class FaceIndex {
 public:
  explicit FaceIndex(TemplateSpace space);
  ~FaceIndex();
  FaceIndex(const FaceIndex&) = delete;
  FaceIndex& operator=(const FaceIndex&) = delete;

  TemplateSpace space() const;
  std::size_t size() const;

  // An id that is there already gets the new template; the same again changes nothing, so events
  // may be replayed. Microseconds for a new id, milliseconds for a replacement. Errors:
  // face_index.other_space, face_index.invalid_template, face_index.no_room.
  Status add(const Uuid& id, const ProtectedTemplate& entry);

  // Takes all of `ids` out at once and says how many were there. Milliseconds for every 4096 rows
  // of the index that hold one of them: give many ids in one call. Error: face_index.no_room (then
  // all are there still).
  Result<std::size_t> remove(std::span<const Uuid> ids);

  // Replaces everything at once, for a start or a new generation. Of equal ids the last counts.
  // Needs the memory of both while it runs. Errors as add(); then the old entries are there still.
  Status rebuild(TemplateSpace space, std::span<const IndexEntry> entries);

  // Best first, equal scores by id. Errors: face_index.other_space, face_index.invalid_template,
  // face_index.invalid_query.
  Result<std::vector<Candidate>> search(const ProtectedTemplate& query,
                                        const SearchOptions& options = {}) const;

  // Which instructions a scan uses on this processor, for reports.
  static std::string_view kernel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
