// The trail's SQL. Private to audit/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"

namespace mq::audit {

inline constexpr std::int64_t kSequencerLock = 0x6d712d6175646974;  // "mq-audit"

struct StoredLeaf {
  LeafId id;
  std::int64_t position = 0;
  std::string body;
};
struct StoredCheckpoint {
  std::int64_t size = 0;
  crypto::Digest root{};
  std::string note;
};

crypto::Digest digest_at(const storage::Row& row, std::size_t column);

std::int64_t tree_size(storage::Transaction& tx);
std::optional<StoredCheckpoint> last_checkpoint(storage::Transaction& tx);
// By position, [begin, end).
std::vector<StoredLeaf> leaves_between(storage::Transaction& tx, std::int64_t begin,
                                       std::int64_t end);

// Look-up of complete subtrees, remembering what it has read. Lives within one transaction.
class NodeReader {
 public:
  explicit NodeReader(storage::Transaction& tx) : tx_(tx) {}
  // Reads at once what the paths of the leaves [begin, end) need besides the right edge.
  void prefetch(std::int64_t begin, std::int64_t end, std::int64_t size);
  std::optional<crypto::Digest> get(crypto::MerkleNode node);
  crypto::MerkleNodes nodes() {
    return [this](crypto::MerkleNode node) { return get(node); };
  }

 private:
  storage::Transaction& tx_;
  std::map<crypto::MerkleNode, crypto::Digest> known_;
};

}  // namespace mq::audit
