// Layered settings: command-line flags win over the environment, the environment over a TOML file.
// A key is "section.name". In the environment it is MIANQIAN_SECTION_NAME; in the file, name under
// [section]. Lists are TOML arrays or comma-separated text.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"

namespace mq::runtime {

enum class ConfigErrc {
  cannot_read,    // the file
  malformed,      // the file is not TOML, or a value is of no kind that settings have
  unknown_key,    // the file names a setting that does not exist
  invalid_value,  // not a number, out of range, not true or false
};
BOOST_DESCRIBE_ENUM(ConfigErrc, cannot_read, malformed, unknown_key, invalid_value)
constexpr std::string_view error_domain(ConfigErrc) { return "config"; }

// The variables of this process that start with MIANQIAN_.
std::map<std::string, std::string> process_environment();

// Immutable once loaded. Details of errors name the key and where it was set, never its value, which may
// be a password.
class SettingsSource {
 public:
  // `environment` by variable name, `flags` by key.
  static Result<SettingsSource> load(const std::optional<std::string>& path,
                                     std::map<std::string, std::string> environment,
                                     std::map<std::string, std::string> flags);

  std::optional<std::string> text(const std::string& key) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  // Trimmed, without empty parts; empty when the key is not set.
  std::vector<std::string> list(const std::string& key) const;
  Result<int> number(const std::string& key, int otherwise, int min, int max) const;
  Result<bool> flag(const std::string& key, bool otherwise) const;  // "true" or "false"

  // Keys of the file outside `known`, as "http.prot (line 3)". Unknown variables are let pass:
  // orchestrators inject their own with any prefix.
  std::vector<std::string> unknown_keys(const std::set<std::string>& known) const;
  // Error unknown_key with that list.
  Status refuse_unknown(const std::set<std::string>& known) const;

 private:
  struct FileValue {
    std::string text;
    int line = 0;
  };
  Error invalid(const std::string& key, const std::string& expected) const;

  std::string path_;
  std::map<std::string, FileValue> file_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::string> flags_;
};

}  // namespace mq::runtime
