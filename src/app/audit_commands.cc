#include "app/audit_commands.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "base/limits.h"
#include "storage/storage.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using audit::AuditErrc;

struct Options {
  bool json = false;
  std::string data = "data";
  std::string database, schema = "mianqian";
  std::string out;
  std::string checkpoint;
  std::vector<std::string> proofs;
  std::string key;
  std::string since;
};

std::string title_of(const Error& error) {
  static const std::map<std::string, std::string, std::less<>> titles = {
      {"audit.no_checkpoint", "The log has no signed checkpoint yet"},
      {"audit.tampered", "The log has been changed after it was signed"},
      {"audit.malformed", "The file is no checkpoint, proof or key of an audit log"},
      {"audit.wrong_key", "The checkpoint is not signed by this key"},
      {"audit.checkpoint_mismatch", "The proof belongs to another checkpoint"},
      {"audit.proof_invalid", "The proof does not hold"},
      {"audit.cannot_read", "The file cannot be read"},
      {"audit.cannot_write", "The files cannot be written"}};
  const auto found = titles.find(error.code());
  return found == titles.end() ? "The audit log cannot be read" : found->second;
}

int report(const Error& error, bool as_json) {
  if (as_json) {
    std::cout << json::serialize(json::object{{"code", error.code()},
                                              {"title", title_of(error)},
                                              {"detail", error.detail()}})
              << '\n';
  } else {
    std::cerr << title_of(error) << " (" << error.code() << ")";
    if (!error.detail().empty()) std::cerr << ": " << error.detail();
    std::cerr << '\n';
  }
  return 1;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (!file || failed) return Error(AuditErrc::cannot_read, path);
  if (size > limits::kAuditProofBytes) return Error(AuditErrc::malformed, path + " is too large");
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Result<std::optional<std::string>> read_optional(const std::string& path) {
  if (path.empty()) return std::optional<std::string>{};
  MQ_TRY(auto text, read_file(path));
  return std::optional(std::move(text));
}

// A verifier key holds '+', which is allowed in file names too: what parses as a key is one.
Result<std::optional<std::string>> read_key(const std::string& option) {
  if (option.empty() || crypto::NoteVerifier::parse(option).ok()) {
    return option.empty() ? std::optional<std::string>{} : std::optional(option);
  }
  if (!fs::exists(option)) return Error(AuditErrc::malformed, "the key is no verifier key");
  MQ_TRY(auto text, read_file(option));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return std::optional(std::move(text));
}

Result<std::unique_ptr<storage::Database>> open_database(const Options& options) {
  if (!options.database.empty()) return storage::open(options.database, options.schema);
  const auto path = fs::path(options.data) / "mianqian.db";
  // Opening would make an empty database there.
  if (!fs::exists(path)) return Error(AuditErrc::cannot_read, path.string() + " does not exist");
  return storage::open("sqlite:" + path.string());
}

Result<json::object> run_export(const Options& options) {
  MQ_TRY(const auto since, read_optional(options.since));
  MQ_TRY(const auto database, open_database(options));
  MQ_TRY(const auto done, audit::export_to(*database, options.out, since));
  json::array files;
  for (const auto& name : done.files) files.push_back(json::value(name));
  return json::object{{"leaves", done.leaves},
                      {"pending", done.pending},
                      {"key", done.key},
                      {"directory", options.out},
                      {"files", files}};
}

Result<json::object> run_verify(const Options& options) {
  MQ_TRY(const auto checkpoint, read_file(options.checkpoint));
  MQ_TRY(const auto key, read_key(options.key));
  MQ_TRY(const auto since, read_optional(options.since));
  json::object summary;
  std::int64_t leaves = 0;
  std::optional<std::int64_t> grown_from;
  for (std::size_t i = 0; i < options.proofs.size(); ++i) {
    const auto& path = options.proofs[i];
    MQ_TRY(const auto proof, read_file(path));
    // The first part of an export shows the growth.
    const auto verified = audit::verify(checkpoint, proof, key, i == 0 ? since : std::nullopt);
    if (!verified.ok()) {
      const auto& error = verified.error();
      return Error::from_text(error.code(), path + ": " + error.detail());
    }
    leaves += static_cast<std::int64_t>(verified->leaves.size());
    if (i == 0) grown_from = verified->grown_from;
    summary = {{"verified", true},
               {"origin", verified->origin},
               {"size", verified->size},
               {"root", verified->root},
               {"leaves", leaves},
               {"key", verified->key},
               {"key_pinned", verified->key_pinned}};
    if (grown_from) summary["grown_from"] = *grown_from;
  }
  return summary;
}

void print(const json::object& summary, bool as_json) {
  if (as_json) {
    std::cout << json::serialize(summary) << '\n';
    return;
  }
  for (const auto& [name, value] : summary) {
    std::cout << name << ": "
              << (value.is_string() ? std::string(value.get_string()) : json::serialize(value))
              << '\n';
  }
}

}  // namespace

void add_audit_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  const auto run = [options, &exit_code](auto command) {
    const auto summary = command(*options);
    if (summary.ok()) print(*summary, options->json);
    exit_code = summary.ok() ? 0 : report(summary.error(), options->json);
  };
  auto* const group = app.add_subcommand("audit", "Export and check the audit trail");
  group->require_subcommand(1);

  auto* const exporting =
      group->add_subcommand("export", "Write the latest checkpoint and a proof of every leaf");
  auto* const data =
      exporting->add_option("--data", options->data, "Data folder")->capture_default_str();
  exporting->add_option("--database", options->database, "postgresql://… or sqlite:FILE")
      ->excludes(data);
  exporting->add_option("--schema", options->schema, "Schema of PostgreSQL")->capture_default_str();
  exporting->add_option("--out", options->out, "Folder to write to")->required();
  exporting->add_option("--since", options->since, "Also prove growth from this checkpoint file");
  exporting->add_flag("--json", options->json, "Print one JSON object");
  exporting->callback([run] { run(run_export); });

  auto* const verifying =
      group->add_subcommand("verify", "Check proofs against a checkpoint, offline");
  verifying->add_option("--checkpoint", options->checkpoint, "Checkpoint file")->required();
  verifying->add_option("--proof", options->proofs, "Proof files")->required();
  verifying->add_option("--key", options->key,
                        "Verifier key or a file with it; else the file's own");
  verifying->add_option("--since", options->since,
                        "Earlier checkpoint the log must have grown from");
  verifying->add_flag("--json", options->json, "Print one JSON object");
  verifying->callback([run] { run(run_verify); });
}

}  // namespace mq::app
