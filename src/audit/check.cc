// Recomputes the whole log and compares it with what is stored.
#include <algorithm>
#include <map>
#include <optional>

#include "audit/leaf.h"
#include "audit/proof.h"
#include "base/limits.h"

namespace mq::audit {
namespace {

constexpr std::int64_t kBatch = 1'000;

std::string place(std::string_view what, std::int64_t number) {
  return std::string(what) + " " + std::to_string(number);
}

class LogCheck {
 public:
  LogCheck(storage::Database& database, const std::optional<crypto::NoteVerifier>& verifier)
      : database_(database), verifier_(verifier) {}

  Result<LogReport> run() {
    MQ_TRY(const auto size, database_.read([](storage::Transaction& tx) -> Result<std::int64_t> {
      return tree_size(tx);
    }));
    while (static_cast<std::int64_t>(builder_.size()) < size && !broken_) {
      const auto begin = static_cast<std::int64_t>(builder_.size());
      const auto end = std::min(begin + kBatch, size);
      MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
        check_batch(tx, begin, end);
        return ok();
      }));
    }
    MQ_REQUIRE(database_.read([&](storage::Transaction& tx) -> Status {
      check_extent(tx);
      return ok();
    }));
    report_.leaves = static_cast<std::int64_t>(builder_.size());
    return std::move(report_);
  }

 private:
  void problem(std::string text) {
    if (report_.problems.size() < limits::kAuditProblems) {
      report_.problems.push_back(std::move(text));
    }
  }

  void check_batch(storage::Transaction& tx, std::int64_t begin, std::int64_t end) {
    const auto checkpoints = checkpoints_between(tx, begin, end);
    std::map<crypto::MerkleNode, crypto::Digest> closed;
    for (const auto& row :
         tx.query("SELECT position, id, kind, object, body, leaf_hash, at FROM audit_leaf"
                  " WHERE position >= $1 AND position < $2 ORDER BY position",
                  {begin, end})) {
      const auto expected = static_cast<std::int64_t>(builder_.size());
      if (row.i64(0) != expected) break;
      builder_.add(check_leaf(row), [&](crypto::MerkleNode node, const crypto::Digest& hash) {
        closed[node] = hash;
      });
      const auto checkpoint = checkpoints.find(expected + 1);
      if (checkpoint != checkpoints.end()) check_checkpoint(checkpoint->second);
    }
    if (static_cast<std::int64_t>(builder_.size()) != end) {
      problem(place("no leaf at position", static_cast<std::int64_t>(builder_.size())));
      broken_ = true;
    }
    check_nodes(tx, closed);
  }

  // The hash of the body: the body is what was signed, whatever the column beside it says.
  crypto::Digest check_leaf(const storage::Row& row) {
    const auto hash = crypto::merkle_leaf_hash(as_bytes(row.text(4)));
    if (hash != digest_at(row, 5)) problem(place("changed body or hash of leaf", row.i64(0)));
    const auto fields = read_leaf_body(row.text(4));
    if (!fields.ok() || fields->id != row.text(1) || fields->kind != row.text(2) ||
        fields->object != row.text(3) || fields->at != row.instant(6).iso()) {
      problem(place("columns that contradict the body of leaf", row.i64(0)));
    }
    return hash;
  }

  std::map<std::int64_t, StoredCheckpoint> checkpoints_between(storage::Transaction& tx,
                                                               std::int64_t begin,
                                                               std::int64_t end) {
    std::map<std::int64_t, StoredCheckpoint> found;
    for (const auto& row :
         tx.query("SELECT size, root, note FROM audit_checkpoint WHERE size > $1 AND size <= $2",
                  {begin, end})) {
      found.emplace(row.i64(0), StoredCheckpoint{row.i64(0), digest_at(row, 1), row.text(2)});
    }
    return found;
  }

  void check_checkpoint(const StoredCheckpoint& stored) {
    ++report_.checkpoints;
    const auto root = builder_.root();
    if (stored.root != root) problem(place("wrong root of the checkpoint of size", stored.size));
    const auto text = crypto::unverified_note_text(stored.note);
    const auto parsed = text.ok() ? crypto::Checkpoint::parse(*text)
                                  : Result<crypto::Checkpoint>(AuditErrc::malformed);
    if (!parsed.ok() || parsed->root != root ||
        parsed->size != static_cast<std::uint64_t>(stored.size)) {
      problem(place("the tree is not what was signed at size", stored.size));
      return;
    }
    auto key = verifier_;
    if (!key) {
      const auto named = crypto::NoteVerifier::parse(named_key(*parsed).value_or(""));
      if (named.ok()) key = *named;
    }
    if (!key || parsed->origin != key->name || !crypto::open_note(stored.note, *key).ok()) {
      problem(place("no valid signature on the checkpoint of size", stored.size));
    }
  }

  void check_nodes(storage::Transaction& tx,
                   const std::map<crypto::MerkleNode, crypto::Digest>& closed) {
    // The map is ordered by level: one range of indices for each.
    for (auto begin = closed.begin(); begin != closed.end();) {
      const int level = begin->first.level;
      const auto end = closed.lower_bound({level + 1, 0});
      std::map<std::uint64_t, crypto::Digest> stored;
      for (const auto& row :
           tx.query("SELECT idx, hash FROM audit_node WHERE level = $1 AND idx >= $2 AND idx <= $3",
                    {level, begin->first.index, std::prev(end)->first.index})) {
        stored[static_cast<std::uint64_t>(row.i64(0))] = digest_at(row, 1);
      }
      for (auto node = begin; node != end; ++node) {
        const auto found = stored.find(node->first.index);
        if (found == stored.end() || found->second != node->second) {
          problem(place("missing or changed node of level", level) +
                  place(", index", static_cast<std::int64_t>(node->first.index)));
        }
      }
      begin = end;
    }
  }

  // Nothing beyond the leaves: no node of leaves that are not there, no checkpoint of a longer log.
  void check_extent(storage::Transaction& tx) {
    const auto size = tree_size(tx);
    std::int64_t nodes = 0;
    for (int level = 1; level < 63; ++level) nodes += size >> level;
    const auto stored = tx.query("SELECT COUNT(*) FROM audit_node").at(0).i64(0);
    if (stored != nodes) {
      problem(std::to_string(stored) + " nodes where " + std::to_string(nodes) + " belong");
    }
    const auto last = last_checkpoint(tx);
    if (last && last->size > size) {
      problem(place("leaves are missing: there is a checkpoint of size", last->size));
    }
  }

  storage::Database& database_;
  const std::optional<crypto::NoteVerifier> verifier_;
  crypto::MerkleBuilder builder_;
  LogReport report_;
  bool broken_ = false;
};

}  // namespace

Result<LogReport> verify_all(storage::Database& database,
                             const std::optional<crypto::NoteVerifier>& verifier) {
  return LogCheck(database, verifier).run();
}

}  // namespace mq::audit
