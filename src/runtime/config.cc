#include "runtime/config.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>

#include "runtime/text.h"

namespace mq::runtime {
namespace {

constexpr std::string_view kPrefix = "MIANQIAN_";

std::string variable_of(const std::string& key) {
  std::string name(kPrefix);
  for (const char c : key) {
    name.push_back(c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::string> value_text(const toml::node& node) {
  const auto* array = node.as_array();
  if (array == nullptr) return scalar_text(node);
  std::string joined;
  for (const auto& element : *array) {
    const auto text = scalar_text(element);
    if (!text || text->find(',') != std::string::npos) return std::nullopt;
    joined += (joined.empty() ? "" : ",") + *text;
  }
  return joined;
}

// Calls visit(key, node) for every value below `table`.
template <class Visit>
void flatten(const toml::table& table, const std::string& prefix, const Visit& visit) {
  for (const auto& [name, node] : table) {
    const auto key = prefix + std::string(name.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, key + ".", visit);
    } else {
      visit(key, node);
    }
  }
}

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> out;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const auto equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

Result<SettingsSource> SettingsSource::load(const std::optional<std::string>& path,
                                            std::map<std::string, std::string> environment,
                                            std::map<std::string, std::string> flags) {
  SettingsSource source;
  source.environment_ = std::move(environment);
  source.flags_ = std::move(flags);
  if (!path) return source;
  source.path_ = *path;
  std::ifstream in(*path, std::ios::binary);
  const std::string content(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) return Error(ConfigErrc::cannot_read, *path);
  const auto parsed = toml::parse(content);
  if (!parsed) {
    return Error(ConfigErrc::malformed,
                 *path + " line " + std::to_string(parsed.error().source().begin.line) + ": " +
                     std::string(parsed.error().description()));
  }
  std::optional<Error> failure;
  flatten(parsed.table(), "", [&](const std::string& key, const toml::node& node) {
    const int line = static_cast<int>(node.source().begin.line);
    auto text = value_text(node);
    if (!text) {
      failure = Error(ConfigErrc::malformed, key + " at line " + std::to_string(line) + " of " +
                                                 *path + ": text, a whole number, true, false or a "
                                                         "list of these is expected");
      return;
    }
    source.file_[key] = {std::move(*text), line};
  });
  if (failure) return *failure;
  return source;
}

std::optional<std::string> SettingsSource::text(const std::string& key) const {
  if (const auto flag = flags_.find(key); flag != flags_.end()) return flag->second;
  if (const auto set = environment_.find(variable_of(key)); set != environment_.end()) {
    return set->second;
  }
  if (const auto value = file_.find(key); value != file_.end()) return value->second.text;
  return std::nullopt;
}

std::string SettingsSource::text(const std::string& key, const std::string& otherwise) const {
  return text(key).value_or(otherwise);
}

std::vector<std::string> SettingsSource::list(const std::string& key) const {
  std::vector<std::string> out;
  const auto joined = text(key).value_or("");
  for (const auto part : split(joined, ',')) {
    if (!trim(part).empty()) out.emplace_back(trim(part));
  }
  return out;
}

Result<int> SettingsSource::number(const std::string& key, int otherwise, int min, int max) const {
  const auto value = text(key);
  if (!value) return otherwise;
  int number = 0;
  const auto* const end = value->data() + value->size();
  const auto [stop, failed] = std::from_chars(value->data(), end, number);
  if (failed != std::errc() || stop != end || number < min || number > max) {
    return invalid(key, "a whole number from " + std::to_string(min) + " to " +
                            std::to_string(max) + " is expected");
  }
  return number;
}

Result<bool> SettingsSource::flag(const std::string& key, bool otherwise) const {
  const auto value = text(key);
  if (!value) return otherwise;
  if (*value == "true") return true;
  if (*value == "false") return false;
  return invalid(key, "true or false is expected");
}

std::vector<std::string> SettingsSource::unknown_keys(const std::set<std::string>& known) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : file_) {
    if (!known.contains(key)) out.push_back(key + " (line " + std::to_string(value.line) + ")");
  }
  return out;
}

Status SettingsSource::refuse_unknown(const std::set<std::string>& known) const {
  std::string names;
  for (const auto& key : unknown_keys(known)) names += (names.empty() ? "" : ", ") + key;
  if (names.empty()) return ok();
  return Error(ConfigErrc::unknown_key, path_ + ": " + names);
}

Error SettingsSource::invalid(const std::string& key, const std::string& expected) const {
  std::string where = "command line";
  if (!flags_.contains(key)) {
    const auto value = file_.find(key);
    where = environment_.contains(variable_of(key))
                ? "variable " + variable_of(key)
                : path_ + " line " + std::to_string(value == file_.end() ? 0 : value->second.line);
  }
  return Error(ConfigErrc::invalid_value, key + " (" + where + "): " + expected);
}

}  // namespace mq::runtime
