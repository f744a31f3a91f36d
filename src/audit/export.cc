#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "audit/proof.h"
#include "base/limits.h"

namespace mq::audit {
namespace {

namespace fs = std::filesystem;

Status write_file(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return Error(AuditErrc::cannot_write, path.string());
  return ok();
}

std::string proof_name(std::int64_t number) {
  char name[40];
  std::snprintf(name, sizeof name, "proof-%05lld.json", static_cast<long long>(number));
  return name;
}

// A longer export into the same folder before must not leave files that belong to another
// checkpoint.
Status remove_old_proofs(const fs::path& directory) {
  std::error_code failed;
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with("proof-") && name.ends_with(".json")) old.push_back(entry->path());
  }
  for (const auto& path : old) {
    if (!failed) fs::remove(path, failed);
  }
  if (failed) return Error(AuditErrc::cannot_write, directory.string());
  return ok();
}

struct Head {
  StoredCheckpoint checkpoint;
  std::string key;
  std::int64_t pending = 0;
  std::optional<Growth> growth;
};

Result<Head> load_head(storage::Transaction& tx, const std::optional<std::string>& since) {
  auto checkpoint = last_checkpoint(tx);
  if (!checkpoint) return AuditErrc::no_checkpoint;
  Head head{std::move(*checkpoint), {}, 0, std::nullopt};
  const auto text = crypto::unverified_note_text(head.checkpoint.note);
  if (!text.ok()) return Error(AuditErrc::tampered, "the last checkpoint is no note");
  const auto parsed = crypto::Checkpoint::parse(*text);
  const auto key = parsed.ok() ? named_key(*parsed) : std::nullopt;
  if (!key) return Error(AuditErrc::tampered, "the last checkpoint names no key");
  head.key = *key;
  head.pending = tx.query("SELECT COUNT(*) FROM audit_leaf WHERE position IS NULL").at(0).i64(0) +
                 tree_size(tx) - head.checkpoint.size;
  if (since) {
    NodeReader reader(tx);
    MQ_TRY(head.growth, prove_growth_to(reader, *since, head.checkpoint));
  }
  return head;
}

Result<ProofBundle> load_chunk(storage::Transaction& tx, const StoredCheckpoint& checkpoint,
                               std::int64_t begin, std::int64_t end) {
  NodeReader reader(tx);
  reader.prefetch(begin, end, checkpoint.size);
  ProofBundle bundle{checkpoint.note, {}, std::nullopt, 0};
  for (const auto& leaf : leaves_between(tx, begin, end)) {
    MQ_TRY(auto proof, prove_leaf(reader, leaf, checkpoint));
    bundle.leaves.push_back(std::move(proof));
  }
  if (static_cast<std::int64_t>(bundle.leaves.size()) != end - begin) {
    return Error(AuditErrc::tampered, "a leaf of the tree is missing");
  }
  return bundle;
}

}  // namespace

Result<ExportReport> export_to(storage::Database& database, const std::string& directory,
                               const std::optional<std::string>& since) {
  MQ_TRY(auto head, database.read([&](storage::Transaction& tx) { return load_head(tx, since); }));
  const fs::path folder(directory);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error(AuditErrc::cannot_write, directory);
  MQ_REQUIRE(remove_old_proofs(folder));

  ExportReport report{
      head.checkpoint.size, head.pending, head.checkpoint.note, head.key, {"checkpoint", "key"}};
  MQ_REQUIRE(write_file(folder / "checkpoint", head.checkpoint.note));
  MQ_REQUIRE(write_file(folder / "key", head.key + "\n"));
  for (std::int64_t begin = 0; begin < head.checkpoint.size; begin += limits::kAuditProofLeaves) {
    const auto end = std::min(begin + limits::kAuditProofLeaves, head.checkpoint.size);
    MQ_TRY(auto bundle, database.read([&](storage::Transaction& tx) {
      return load_chunk(tx, head.checkpoint, begin, end);
    }));
    if (begin == 0) bundle.growth = std::move(head.growth);
    const auto name = proof_name(begin / limits::kAuditProofLeaves + 1);
    MQ_REQUIRE(write_file(folder / name, proof_json(bundle)));
    report.files.push_back(name);
  }
  return report;
}

}  // namespace mq::audit
