// The audit trail: an append-only Merkle log (RFC 9162 tree, SHA-256) with signed checkpoints.
//
// append() writes a leaf without a position in the caller's transaction, so that a fact and its
// trail commit together. One sequencer gives positions in batches, writes the tree's nodes and then
// signs a checkpoint outside any transaction. Anybody who holds a checkpoint can check, offline,
// that a leaf is in the log and that the log has only grown.
//
// No personal data enters a leaf: bodies hold facts (states, amounts, codes, identifiers of ours)
// and commitments. Erasing a value together with its salt leaves a digest that says nothing about
// it.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "storage/storage.h"

namespace mq::audit {

enum class AuditErrc {
  not_found,          // no such leaf
  not_yet_sequenced,  // the leaf is not covered by a checkpoint yet: ask again in a second
  no_checkpoint,      // nothing has been signed yet
  tampered,           // the store contradicts itself or a signed checkpoint; nothing more is signed
  malformed,          // a checkpoint or proof file that is none
  wrong_key,          // the checkpoint is not signed by the expected key
  checkpoint_mismatch,  // the proof belongs to another checkpoint
  proof_invalid,        // a path does not lead to the checkpoint's root
  cannot_read,          // a file or database cannot be read
  cannot_write,
};
BOOST_DESCRIBE_ENUM(AuditErrc, not_found, not_yet_sequenced, no_checkpoint, tampered, malformed,
                    wrong_key, checkpoint_mismatch, proof_invalid, cannot_read, cannot_write)
constexpr std::string_view error_domain(AuditErrc) { return "audit"; }

// --- Writing
// ----------------------------------------------------------------------------------------

// A salted commitment to a value that must not be in the trail: digest = SHA-256(salt · value),
// both as lower-case hex. Put `digest` into the leaf; keep `salt` sealed beside the value, so that
// its owner can prove the value later and erasing both makes the digest meaningless.
struct Commitment {
  std::string digest;
  std::string salt;  // 16 random bytes
};
Commitment commit(ByteView value, Random& random);
bool opens(const Commitment& commitment, ByteView value);

// Appends one leaf. `kind` is "<capability>.<past participle>" ("servicing.loan_disbursed"),
// `object` the identifier it is about (a loan, a verification, a staff member), `facts` strings,
// whole numbers, true, false, null, lists and objects of them. A floating-point number in `facts`
// or a canonical body above limits::kAuditBodyBytes is a bug (CHECK). No personal data, not even
// hashed without a salt.
//
// The leaf is canonical JSON (keys sorted, no white space), with a random salt, so that a leaf hash
// cannot be guessed from its facts:
//   {"at":"…Z","facts":{…},"id":"…","kind":"…","object":"…","salt":"<32 hex>"}
// Leaves of one transaction keep their order.
LeafId append(storage::Transaction& tx, Instant at, Random& random, std::string_view kind,
              std::string_view object, const boost::json::object& facts);

// --- Sequencing
// -------------------------------------------------------------------------------------

// Thread-safe. Every node may run one: an advisory lock lets one work at a time.
class Sequencer {
 public:
  // The signer's name is the log's origin: keep it constant for the life of the log.
  Sequencer(storage::Database& database, const Clock& clock, crypto::NoteSigner signer);
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Gives positions to all waiting leaves and signs a checkpoint if the tree has grown; returns how
  // many leaves got a position. Error audit.tampered: the stored tree no longer fits the last
  // checkpoint.
  Result<int> run_once();

  // Sequences every `interval_ms`, and signs at most once in limits::kAuditCheckpointMs.
  void start(int interval_ms = 200);
  void stop();
  void wake();  // look now

  const crypto::NoteVerifier& verifier() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// --- Reading
// ----------------------------------------------------------------------------------------

struct Leaf {
  LeafId id;
  std::string kind;
  std::string object;
  std::string body;                      // canonical JSON
  std::optional<std::int64_t> position;  // nothing: waiting for the sequencer
  Instant at;
};
struct LeafFilter {
  std::optional<std::string> object = {};
  std::optional<std::string> kind = {};  // exact, or a prefix if it ends in '.': "auth."
  std::optional<LeafId> before = {};     // the page after the one that ended with this leaf
  int limit = 50;                        // at most limits::kPageRows
};
// Newest first.
std::vector<Leaf> leaves(storage::Transaction& tx, const LeafFilter& filter);

// The latest signed note, as stored and as written to a checkpoint file. Error:
// audit.no_checkpoint.
Result<std::string> latest_checkpoint(storage::Transaction& tx);

// --- Proofs
// -----------------------------------------------------------------------------------------

struct Proof {
  std::string body;
  std::int64_t position = 0;
  std::vector<crypto::Digest> path;  // lowest level first
};
// That the log at `checkpoint` is the log at `size` leaves grown longer.
struct Growth {
  std::int64_t size = 0;
  crypto::Digest root{};
  std::vector<crypto::Digest> path;
};
// Proofs against one checkpoint.
struct ProofBundle {
  std::string checkpoint;        // signed note
  std::vector<Proof> leaves;     // by position
  std::optional<Growth> growth;  // from an earlier checkpoint of the reader
  std::int64_t pending = 0;      // leaves of the same question that no checkpoint covers yet
};
// Errors: audit.not_found, audit.not_yet_sequenced, audit.no_checkpoint, audit.tampered.
Result<ProofBundle> prove(storage::Database& database, const LeafId& leaf);
// All leaves of one object (at most limits::kAuditProofLeaves, the oldest); an object without
// leaves is audit.not_found.
Result<ProofBundle> prove_object(storage::Database& database, std::string_view object);
// The same for several objects, against one checkpoint; objects without leaves add nothing.
// `objects` are at most limits::kAuditProofLeaves (CHECK).
Result<ProofBundle> prove_objects(storage::Database& database,
                                  const std::vector<std::string>& objects);
// Growth from `earlier_checkpoint`, a signed note of this log. Errors: as prove(), audit.malformed,
// audit.tampered (this store's tree of that size has another root).
Result<ProofBundle> prove_growth(storage::Database& database, std::string_view earlier_checkpoint);

// One portable JSON document: {"format":"mianqian-audit-proof-1","checkpoint":"<note>",
// "leaves":[{"position":…,"body":"…","path":["<base64>",…]}],"growth":{…}|null}.
std::string proof_json(const ProofBundle& bundle);

// --- Verifying
// --------------------------------------------------------------------------------------

struct VerifiedLeaf {
  std::int64_t position = 0;
  std::string id, kind, object, at;
};
struct VerifyReport {
  std::string origin;
  std::int64_t size = 0;
  std::string root;         // base64, as in the checkpoint
  std::string key;          // the vkey the signature was checked with
  bool key_pinned = false;  // the caller brought the key; otherwise it came with the file
  std::vector<VerifiedLeaf> leaves;
  std::optional<std::int64_t> grown_from;  // size of the `since` checkpoint
};
// Pure and offline. `checkpoint` is a signed note whose extension line "vkey <vkey>" names its key;
// `proof` a document of proof_json(). With `vkey` the signature must be by that key; without, the
// key in the file is used, which proves agreement with the file and not who wrote it. Input is
// hostile. Errors: audit.malformed, audit.wrong_key, audit.checkpoint_mismatch,
// audit.proof_invalid.
//
// With `since`, an earlier checkpoint the reader has kept, the proof must also show that the log
// has only grown since then (prove_growth(), export_to() with `since`).
Result<VerifyReport> verify(std::string_view checkpoint, std::string_view proof,
                            const std::optional<std::string>& vkey,
                            const std::optional<std::string>& since = std::nullopt);

// Writes `checkpoint`, `key` (the vkey) and `proof-00001.json`… (limits::kAuditProofLeaves leaves
// each) into `directory`, which is made if absent. With `since` (an earlier checkpoint's text) the
// first proof file also shows the growth. Errors: audit.no_checkpoint, audit.cannot_write, as
// prove_growth().
struct ExportReport {
  std::int64_t leaves = 0, pending = 0;
  std::string checkpoint;
  std::string key;
  std::vector<std::string> files;
};
Result<ExportReport> export_to(storage::Database& database, const std::string& directory,
                               const std::optional<std::string>& since = std::nullopt);

// Recomputes the whole tree from the bodies and compares it with what is stored: columns, leaf
// hashes, nodes, and every checkpoint's root and signature. Reads in batches; the log may grow
// meanwhile.
struct LogReport {
  std::int64_t leaves = 0, checkpoints = 0;
  std::vector<std::string> problems;  // empty: intact. At most limits::kAuditProblems are listed
  bool intact() const { return problems.empty(); }
};
// With `verifier` every note must be signed by that key, otherwise by the key it names itself.
Result<LogReport> verify_all(storage::Database& database,
                             const std::optional<crypto::NoteVerifier>& verifier = std::nullopt);

// Waiting leaves and the tree's size, for metrics and readiness.
struct LogState {
  std::int64_t size = 0, waiting = 0, signed_size = 0;
};
LogState state(storage::Transaction& tx);

extern const storage::Migration kAuditMigration;  // number 2

}  // namespace mq::audit
