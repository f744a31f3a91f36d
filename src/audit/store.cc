#include "audit/store.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace mq::audit {

crypto::Digest digest_at(const storage::Row& row, std::size_t column) {
  // A hash of another length was tampered with: zero matches nothing.
  const auto digest = crypto::to_digest(row.bytes(column));
  return digest.ok() ? *digest : crypto::Digest{};
}

std::int64_t tree_size(storage::Transaction& tx) {
  return tx.query("SELECT COALESCE(MAX(position) + 1, 0) FROM audit_leaf").at(0).i64(0);
}

std::optional<StoredCheckpoint> last_checkpoint(storage::Transaction& tx) {
  const auto row =
      tx.first("SELECT size, root, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1");
  if (!row) return std::nullopt;
  return StoredCheckpoint{row->i64(0), digest_at(*row, 1), row->text(2)};
}

std::vector<StoredLeaf> leaves_between(storage::Transaction& tx, std::int64_t begin,
                                       std::int64_t end) {
  std::vector<StoredLeaf> found;
  for (const auto& row : tx.query("SELECT id, position, body FROM audit_leaf"
                                  " WHERE position >= $1 AND position < $2 ORDER BY position",
                                  {begin, end})) {
    found.push_back({row.id<LeafId>(0), row.i64(1), row.text(2)});
  }
  return found;
}

void NodeReader::prefetch(std::int64_t begin, std::int64_t end, std::int64_t size) {
  for (int level = 0; (std::int64_t{1} << level) <= size && level < 62; ++level) {
    const auto first = (begin >> level) & ~std::int64_t{1};
    const auto last = ((end - 1) >> level) | 1;
    const auto rows = level == 0
                          ? tx_.query(
                                "SELECT position, leaf_hash FROM audit_leaf"
                                " WHERE position >= $1 AND position <= $2",
                                {first, last})
                          : tx_.query(
                                "SELECT idx, hash FROM audit_node WHERE level = $1 AND idx >= $2"
                                " AND idx <= $3",
                                {level, first, last});
    for (const auto& row : rows) {
      known_[{level, static_cast<std::uint64_t>(row.i64(0))}] = digest_at(row, 1);
    }
  }
}

std::optional<crypto::Digest> NodeReader::get(crypto::MerkleNode node) {
  if (const auto found = known_.find(node); found != known_.end()) return found->second;
  const auto row =
      node.level == 0
          ? tx_.first("SELECT leaf_hash FROM audit_leaf WHERE position = $1", {node.index})
          : tx_.first("SELECT hash FROM audit_node WHERE level = $1 AND idx = $2",
                      {node.level, node.index});
  if (!row) return std::nullopt;
  return known_[node] = digest_at(*row, 0);
}

std::vector<Leaf> leaves(storage::Transaction& tx, const LeafFilter& filter) {
  std::string sql = "SELECT id, kind, object, body, position, at FROM audit_leaf WHERE 1 = 1";
  storage::Params params;
  const auto also = [&](std::string_view condition, storage::Value value) {
    params.push_back(std::move(value));
    sql.append(" AND ").append(condition).append("$").append(std::to_string(params.size()));
  };
  if (filter.object) also("object = ", *filter.object);
  if (filter.kind && filter.kind->ends_with('.')) {
    also("substr(kind, 1, " + std::to_string(filter.kind->size()) + ") = ", *filter.kind);
  } else if (filter.kind) {
    also("kind = ", *filter.kind);
  }
  if (filter.before) {
    also("seq < (SELECT seq FROM audit_leaf WHERE id = ", *filter.before);
    sql += ")";
  }
  params.emplace_back(std::clamp(filter.limit, 1, limits::kPageRows));
  sql += " ORDER BY seq DESC LIMIT $" + std::to_string(params.size());

  std::vector<Leaf> found;
  for (const auto& row : tx.query(sql, std::move(params))) {
    found.push_back({row.id<LeafId>(0), row.text(1), row.text(2), row.text(3), row.i64_or_null(4),
                     row.instant(5)});
  }
  return found;
}

Result<std::string> latest_checkpoint(storage::Transaction& tx) {
  auto checkpoint = last_checkpoint(tx);
  if (!checkpoint) return AuditErrc::no_checkpoint;
  return std::move(checkpoint->note);
}

LogState state(storage::Transaction& tx) {
  LogState state;
  state.size = tree_size(tx);
  state.waiting = tx.query("SELECT COUNT(*) FROM audit_leaf WHERE position IS NULL").at(0).i64(0);
  if (const auto checkpoint = last_checkpoint(tx)) state.signed_size = checkpoint->size;
  return state;
}

}  // namespace mq::audit
