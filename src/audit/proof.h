// The proof document. Private to audit/.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "audit/store.h"

namespace mq::audit {

inline constexpr std::string_view kProofFormat = "mianqian-audit-proof-1";
inline constexpr std::string_view kKeyLine = "vkey ";  // extension line of a checkpoint: its key

struct LeafDocument {
  std::int64_t position = 0;
  std::string body;
  std::vector<std::string> path;
};
BOOST_DESCRIBE_STRUCT(LeafDocument, (), (position, body, path))

struct GrowthDocument {
  std::int64_t size = 0;
  std::string root;
  std::vector<std::string> path;
};
BOOST_DESCRIBE_STRUCT(GrowthDocument, (), (size, root, path))

struct ProofDocument {
  std::string format;
  std::string checkpoint;
  std::vector<LeafDocument> leaves;
  std::optional<GrowthDocument> growth;
};
BOOST_DESCRIBE_STRUCT(ProofDocument, (), (format, checkpoint, leaves, growth))

// The vkey a checkpoint names; nothing if it names none.
std::optional<std::string> named_key(const crypto::Checkpoint& checkpoint);

// Proof of one leaf under `checkpoint`, checked before it is given out. Error: audit.tampered.
Result<Proof> prove_leaf(NodeReader& reader, const StoredLeaf& leaf,
                         const StoredCheckpoint& checkpoint);
// Errors: audit.malformed, audit.tampered.
Result<Growth> prove_growth_to(NodeReader& reader, std::string_view earlier_checkpoint,
                               const StoredCheckpoint& checkpoint);

}  // namespace mq::audit
