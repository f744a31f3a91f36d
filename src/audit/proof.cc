#include "audit/proof.h"

#include <algorithm>

#include "base/limits.h"
#include "runtime/json.h"

namespace mq::audit {
namespace {

// Positions the store gives out are below a checkpoint's size only if a checkpoint covers them.
Result<StoredCheckpoint> need_checkpoint(storage::Transaction& tx) {
  auto checkpoint = last_checkpoint(tx);
  if (!checkpoint) return AuditErrc::no_checkpoint;
  return std::move(*checkpoint);
}

std::vector<std::string> encoded(const std::vector<crypto::Digest>& path) {
  std::vector<std::string> texts;
  texts.reserve(path.size());
  for (const auto& digest : path) texts.push_back(crypto::base64(digest));
  return texts;
}

std::int64_t pending_of(storage::Transaction& tx, std::string_view object, std::int64_t size) {
  return tx
      .query(
          "SELECT COUNT(*) FROM audit_leaf WHERE object = $1"
          " AND (position IS NULL OR position >= $2)",
          {object, size})
      .at(0)
      .i64(0);
}

}  // namespace

std::optional<std::string> named_key(const crypto::Checkpoint& checkpoint) {
  for (const auto& line : checkpoint.extensions) {
    if (line.starts_with(kKeyLine)) return line.substr(kKeyLine.size());
  }
  return std::nullopt;
}

Result<Proof> prove_leaf(NodeReader& reader, const StoredLeaf& leaf,
                         const StoredCheckpoint& checkpoint) {
  const auto index = static_cast<std::uint64_t>(leaf.position);
  const auto size = static_cast<std::uint64_t>(checkpoint.size);
  auto path = crypto::inclusion_proof(index, size, reader.nodes());
  if (!path.ok()) return Error(AuditErrc::tampered, "a node of the tree is missing");
  if (!crypto::verify_inclusion(crypto::merkle_leaf_hash(as_bytes(leaf.body)), index, size, *path,
                                checkpoint.root)) {
    return Error(AuditErrc::tampered, "leaf " + std::to_string(index) + " is not what was signed");
  }
  return Proof{leaf.body, leaf.position, std::move(path).value()};
}

Result<Growth> prove_growth_to(NodeReader& reader, std::string_view earlier_checkpoint,
                               const StoredCheckpoint& checkpoint) {
  const auto text = crypto::unverified_note_text(earlier_checkpoint);
  if (!text.ok()) return AuditErrc::malformed;
  const auto earlier = crypto::Checkpoint::parse(*text);
  if (!earlier.ok() || earlier->size == 0) return AuditErrc::malformed;
  const auto size = static_cast<std::uint64_t>(checkpoint.size);
  if (earlier->size > size) {
    return Error(AuditErrc::tampered, "the earlier checkpoint is larger than this log");
  }
  auto path = crypto::consistency_proof(earlier->size, size, reader.nodes());
  if (!path.ok()) return Error(AuditErrc::tampered, "a node of the tree is missing");
  if (!crypto::verify_consistency(earlier->size, size, earlier->root, checkpoint.root, *path)) {
    return Error(AuditErrc::tampered, "this log is not the earlier one grown longer");
  }
  return Growth{static_cast<std::int64_t>(earlier->size), earlier->root, std::move(path).value()};
}

Result<ProofBundle> prove(storage::Database& database, const LeafId& leaf) {
  return database.read([&](storage::Transaction& tx) -> Result<ProofBundle> {
    const auto row = tx.first("SELECT position, body FROM audit_leaf WHERE id = $1", {leaf});
    if (!row) return AuditErrc::not_found;
    MQ_TRY(const auto checkpoint, need_checkpoint(tx));
    if (row->is_null(0) || row->i64(0) >= checkpoint.size) return AuditErrc::not_yet_sequenced;
    NodeReader reader(tx);
    MQ_TRY(auto proof, prove_leaf(reader, {leaf, row->i64(0), row->text(1)}, checkpoint));
    return ProofBundle{checkpoint.note, {std::move(proof)}, std::nullopt, 0};
  });
}

Result<ProofBundle> prove_object(storage::Database& database, std::string_view object) {
  MQ_TRY(auto bundle, prove_objects(database, {std::string(object)}));
  if (!bundle.leaves.empty()) return bundle;
  return bundle.pending > 0 ? AuditErrc::not_yet_sequenced : AuditErrc::not_found;
}

Result<ProofBundle> prove_objects(storage::Database& database,
                                  const std::vector<std::string>& objects) {
  MQ_CHECK(objects.size() <= limits::kAuditProofLeaves);
  return database.read([&](storage::Transaction& tx) -> Result<ProofBundle> {
    MQ_TRY(const auto checkpoint, need_checkpoint(tx));
    ProofBundle bundle{checkpoint.note, {}, std::nullopt, 0};
    NodeReader reader(tx);
    for (const auto& object : objects) {
      bundle.pending += pending_of(tx, object, checkpoint.size);
      for (const auto& row :
           tx.query("SELECT id, position, body FROM audit_leaf WHERE object = $1 AND position < $2"
                    " ORDER BY position LIMIT $3",
                    {object, checkpoint.size, limits::kAuditProofLeaves})) {
        MQ_TRY(auto proof,
               prove_leaf(reader, {row.id<LeafId>(0), row.i64(1), row.text(2)}, checkpoint));
        bundle.leaves.push_back(std::move(proof));
      }
    }
    std::sort(bundle.leaves.begin(), bundle.leaves.end(),
              [](const Proof& a, const Proof& b) { return a.position < b.position; });
    return bundle;
  });
}

Result<ProofBundle> prove_growth(storage::Database& database, std::string_view earlier_checkpoint) {
  return database.read([&](storage::Transaction& tx) -> Result<ProofBundle> {
    MQ_TRY(const auto checkpoint, need_checkpoint(tx));
    NodeReader reader(tx);
    MQ_TRY(auto growth, prove_growth_to(reader, earlier_checkpoint, checkpoint));
    return ProofBundle{checkpoint.note, {}, std::move(growth), 0};
  });
}

std::string proof_json(const ProofBundle& bundle) {
  ProofDocument document{std::string(kProofFormat), bundle.checkpoint, {}, std::nullopt};
  document.leaves.reserve(bundle.leaves.size());
  for (const auto& leaf : bundle.leaves) {
    document.leaves.push_back({leaf.position, leaf.body, encoded(leaf.path)});
  }
  if (bundle.growth) {
    document.growth = GrowthDocument{bundle.growth->size, crypto::base64(bundle.growth->root),
                                     encoded(bundle.growth->path)};
  }
  return runtime::to_json(document);
}

}  // namespace mq::audit
