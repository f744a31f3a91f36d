#include "audit/leaf.h"
#include "audit/proof.h"
#include "base/limits.h"
#include "runtime/json.h"

namespace mq::audit {
namespace {

constexpr std::size_t kPathLength = 64;  // a tree of 2^63 leaves has no longer path

Result<crypto::Digest> digest_of(const std::string& text) {
  const auto bytes = crypto::unbase64(text);
  if (!bytes.ok()) return AuditErrc::malformed;
  const auto digest = crypto::to_digest(*bytes);
  if (!digest.ok()) return AuditErrc::malformed;
  return *digest;
}

Result<std::vector<crypto::Digest>> path_of(const std::vector<std::string>& texts) {
  if (texts.size() > kPathLength) return AuditErrc::malformed;
  std::vector<crypto::Digest> path;
  for (const auto& text : texts) {
    MQ_TRY(const auto digest, digest_of(text));
    path.push_back(digest);
  }
  return path;
}

// Whoever signs a checkpoint names itself in the first line, so that a key of one log cannot vouch
// for another log.
Result<crypto::Checkpoint> open_checkpoint(std::string_view note, const crypto::NoteVerifier& key) {
  const auto text = crypto::open_note(note, key);
  if (!text.ok()) {
    return text.error().is(crypto::CryptoErrc::malformed) ? AuditErrc::malformed
                                                          : AuditErrc::wrong_key;
  }
  auto checkpoint = crypto::Checkpoint::parse(*text);
  if (!checkpoint.ok()) return AuditErrc::malformed;
  if (checkpoint->origin != key.name) return AuditErrc::wrong_key;
  return checkpoint;
}

Result<crypto::NoteVerifier> choose_key(std::string_view note,
                                        const std::optional<std::string>& pinned) {
  const auto text = crypto::unverified_note_text(note);
  if (!text.ok()) return AuditErrc::malformed;
  const auto checkpoint = crypto::Checkpoint::parse(*text);
  if (!checkpoint.ok()) return AuditErrc::malformed;
  const auto chosen = pinned ? pinned : named_key(*checkpoint);
  if (!chosen) return Error(AuditErrc::malformed, "the checkpoint names no key: give one");
  const auto key = crypto::NoteVerifier::parse(*chosen);
  if (!key.ok()) return Error(AuditErrc::malformed, "the key is no verifier key");
  return *key;
}

Result<VerifiedLeaf> check_leaf(const LeafDocument& leaf, const crypto::Checkpoint& checkpoint) {
  MQ_TRY(const auto path, path_of(leaf.path));
  if (leaf.position < 0 || !crypto::verify_inclusion(crypto::merkle_leaf_hash(as_bytes(leaf.body)),
                                                     static_cast<std::uint64_t>(leaf.position),
                                                     checkpoint.size, path, checkpoint.root)) {
    return Error(
        AuditErrc::proof_invalid,
        "the leaf given for position " + std::to_string(leaf.position) + " is not in the log");
  }
  MQ_TRY(auto fields, read_leaf_body(leaf.body));
  return VerifiedLeaf{leaf.position, std::move(fields.id), std::move(fields.kind),
                      std::move(fields.object), std::move(fields.at)};
}

Status check_growth(const GrowthDocument& growth, const crypto::Checkpoint& checkpoint) {
  MQ_TRY(const auto path, path_of(growth.path));
  MQ_TRY(const auto root, digest_of(growth.root));
  if (growth.size < 1 ||
      !crypto::verify_consistency(static_cast<std::uint64_t>(growth.size), checkpoint.size, root,
                                  checkpoint.root, path)) {
    return Error(AuditErrc::proof_invalid, "the log is not the earlier log grown longer");
  }
  return ok();
}

Status check_since(std::string_view since, const std::optional<GrowthDocument>& growth,
                   const crypto::NoteVerifier& key) {
  MQ_TRY(const auto earlier, open_checkpoint(since, key));
  if (!growth || static_cast<std::uint64_t>(growth->size) != earlier.size ||
      growth->root != crypto::base64(earlier.root)) {
    return Error(AuditErrc::proof_invalid, "the proof shows no growth from the earlier checkpoint");
  }
  return ok();
}

}  // namespace

Result<VerifyReport> verify(std::string_view checkpoint, std::string_view proof,
                            const std::optional<std::string>& vkey,
                            const std::optional<std::string>& since) {
  if (proof.size() > limits::kAuditProofBytes) return AuditErrc::malformed;
  MQ_TRY(const auto key, choose_key(checkpoint, vkey));
  MQ_TRY(const auto head, open_checkpoint(checkpoint, key));
  const auto document = runtime::from_json<ProofDocument>(proof);
  if (!document.ok()) return Error(AuditErrc::malformed, document.error().detail());
  if (document->format != kProofFormat) return AuditErrc::malformed;
  MQ_TRY(const auto proven_head, open_checkpoint(document->checkpoint, key));
  if (proven_head.text() != head.text()) return AuditErrc::checkpoint_mismatch;

  VerifyReport report{head.origin,
                      static_cast<std::int64_t>(head.size),
                      crypto::base64(head.root),
                      key.str(),
                      vkey.has_value(),
                      {},
                      std::nullopt};
  for (const auto& leaf : document->leaves) {
    MQ_TRY(auto verified, check_leaf(leaf, head));
    if (!report.leaves.empty() && report.leaves.back().position >= verified.position) {
      return Error(AuditErrc::malformed, "leaves are not in the order of their positions");
    }
    report.leaves.push_back(std::move(verified));
  }
  if (document->growth) MQ_REQUIRE(check_growth(*document->growth, head));
  if (since) {
    MQ_REQUIRE(check_since(*since, document->growth, key));
    report.grown_from = document->growth->size;
  }
  return report;
}

}  // namespace mq::audit
