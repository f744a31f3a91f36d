#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "audit/audit.h"
#include "audit/proof.h"
#include "audit/store.h"
#include "base/limits.h"
#include "runtime/log.h"

namespace mq::audit {
namespace {

std::vector<crypto::Digest> load_peaks(storage::Transaction& tx, std::int64_t size,
                                       bool& complete) {
  NodeReader reader(tx);
  std::vector<crypto::Digest> peaks;
  for (const auto& node : crypto::merkle_peaks(static_cast<std::uint64_t>(size))) {
    const auto hash = reader.get(node);
    complete = complete && hash.has_value();
    peaks.push_back(hash.value_or(crypto::Digest{}));
  }
  return peaks;
}

// One batch: positions and nodes together, so that no reader ever sees a position without its
// nodes.
Result<int> sequence_batch(storage::Transaction& tx) {
  tx.advisory_lock(kSequencerLock);
  const auto size = tree_size(tx);
  const auto waiting =
      tx.query("SELECT id, leaf_hash FROM audit_leaf WHERE position IS NULL ORDER BY seq LIMIT $1",
               {limits::kAuditBatch});
  if (waiting.empty()) return 0;
  bool complete = true;
  crypto::MerkleBuilder builder(static_cast<std::uint64_t>(size), load_peaks(tx, size, complete));
  if (!complete) return Error(AuditErrc::tampered, "a node of the tree is missing");
  for (const auto& row : waiting) {
    tx.execute("UPDATE audit_leaf SET position = $1 WHERE id = $2",
               {builder.size(), row.id<LeafId>(0)});
    builder.add(digest_at(row, 1), [&](crypto::MerkleNode node, const crypto::Digest& hash) {
      tx.execute("INSERT INTO audit_node (level, idx, hash) VALUES ($1, $2, $3)",
                 {node.level, node.index, Bytes(hash.begin(), hash.end())});
    });
  }
  return static_cast<int>(waiting.size());
}

// The tree as it should be signed; nothing if the last checkpoint covers it.
Result<std::optional<crypto::Checkpoint>> unsigned_head(storage::Transaction& tx,
                                                        const crypto::NoteVerifier& key) {
  const auto size = tree_size(tx);
  const auto last = last_checkpoint(tx);
  NodeReader reader(tx);
  const auto root_of = [&](std::int64_t of) -> Result<crypto::Digest> {
    auto root = crypto::merkle_root(static_cast<std::uint64_t>(of), reader.nodes());
    if (!root.ok()) return Error(AuditErrc::tampered, "a node of the tree is missing");
    return root;
  };
  if (last) {
    const auto text = crypto::open_note(last->note, key);
    if (!text.ok()) return Error(AuditErrc::wrong_key, "the last checkpoint is not ours");
    const auto head = crypto::Checkpoint::parse(*text);
    if (!head.ok() || head->root != last->root ||
        head->size != static_cast<std::uint64_t>(last->size) || size < last->size) {
      return Error(AuditErrc::tampered, "the last checkpoint does not fit its row or the tree");
    }
    if (size == last->size) return std::optional<crypto::Checkpoint>{};
    // Never sign a second history: what was signed must still be a prefix of the tree.
    MQ_TRY(const auto old_root, root_of(last->size));
    if (old_root != last->root) return Error(AuditErrc::tampered, "the signed tree has changed");
  }
  if (size == 0) return std::optional<crypto::Checkpoint>{};
  MQ_TRY(const auto root, root_of(size));
  return std::optional(crypto::Checkpoint{
      key.name, static_cast<std::uint64_t>(size), root, {std::string(kKeyLine) + key.str()}});
}

}  // namespace

struct Sequencer::Impl {
  Impl(storage::Database& db, const Clock& time, crypto::NoteSigner note_signer)
      : database(db), clock(time), signer(std::move(note_signer)) {}

  Result<int> sequence() {
    int total = 0;
    for (;;) {
      MQ_TRY(const int count, database.write(sequence_batch));
      total += count;
      if (count < limits::kAuditBatch) return total;
    }
  }

  Status sign() {
    MQ_TRY(const auto head, database.read([&](storage::Transaction& tx) {
      return unsigned_head(tx, signer.verifier());
    }));
    if (!head) return ok();
    const auto note = signer.sign(head->text());
    const auto now = clock.now();
    // Another node may have signed the same tree meanwhile; its note is the same note.
    return database.write([&](storage::Transaction& tx) -> Status {
      tx.execute(
          "INSERT INTO audit_checkpoint (size, root, note, at) VALUES ($1, $2, $3, $4)"
          " ON CONFLICT DO NOTHING",
          {head->size, Bytes(head->root.begin(), head->root.end()), note, now});
      return ok();
    });
  }

  void loop(std::chrono::milliseconds interval) {
    using std::chrono::steady_clock;
    auto next_signature = steady_clock::now();
    std::unique_lock lock(mutex);
    while (!stopping) {
      woken = false;
      lock.unlock();
      if (const auto sequenced = sequence(); !sequenced.ok()) {
        log::error("audit.sequencing_failed", {{"error", sequenced.error()}});
      }
      if (steady_clock::now() >= next_signature) {
        next_signature =
            steady_clock::now() + std::chrono::milliseconds(limits::kAuditCheckpointMs);
        if (const auto status = sign(); !status.ok()) {
          log::error("audit.signing_failed", {{"error", status.error()}});
        }
      }
      lock.lock();
      changed.wait_for(lock, interval, [&] { return stopping || woken; });
    }
  }

  storage::Database& database;
  const Clock& clock;
  const crypto::NoteSigner signer;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool woken = false;
  std::thread thread;
};

Sequencer::Sequencer(storage::Database& database, const Clock& clock, crypto::NoteSigner signer)
    : impl_(std::make_unique<Impl>(database, clock, std::move(signer))) {}

Sequencer::~Sequencer() { stop(); }

Result<int> Sequencer::run_once() {
  MQ_TRY(const int count, impl_->sequence());
  MQ_REQUIRE(impl_->sign());
  return count;
}

void Sequencer::start(int interval_ms) {
  MQ_CHECK(!impl_->thread.joinable());
  impl_->stopping = false;
  impl_->thread =
      std::thread([this, interval_ms] { impl_->loop(std::chrono::milliseconds(interval_ms)); });
}

void Sequencer::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Sequencer::wake() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->woken = true;
  }
  impl_->changed.notify_all();
}

const crypto::NoteVerifier& Sequencer::verifier() const { return impl_->signer.verifier(); }

}  // namespace mq::audit
