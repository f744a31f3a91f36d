#include "idcard/name.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/limits.h"
#include "idcard/tables.h"
#include "idcard/text.h"
#include "runtime/text.h"

namespace mq::idcard {
namespace {

constexpr char32_t kDot = 0x00b7;
constexpr std::size_t kLongestSurname = 4;
constexpr std::size_t kNameCharacters = 50, kChipCharacters = 15;

bool dot(char32_t p) {
  static constexpr std::u32string_view kDots =
      U"\u00b7\u2022\u30fb\uff0e\u2027\u2219\u22c5\uff65.\u25cf\u318d";
  return kDots.find(p) != std::u32string_view::npos;
}

bool latin(char32_t p) { return (p >= 'a' && p <= 'z') || (p >= 'A' && p <= 'Z'); }

using Surnames = std::unordered_map<std::string_view, SurnameClass>;

Surnames parse_table() {
  Surnames table;
  for (const auto line : table_lines(shipped_surnames())) {
    const auto parts = runtime::split(line, ' ');
    MQ_CHECK(parts.size() == 2);
    SurnameClass kind{};
    MQ_CHECK(boost::describe::enum_from_string(std::string(parts[1]).c_str(), kind));
    table.emplace(parts[0], kind);
  }
  return table;
}

std::optional<Surname> surname_of(std::u32string_view name) {
  static const Surnames table = parse_table();
  for (std::size_t n = std::min(kLongestSurname, name.size()); n > 0; --n) {
    const std::string prefix = encode(name.substr(0, n));
    const auto at = table.find(prefix);
    // A compound surname leaves at least one character for the given name.
    if (at != table.end() && (n == 1 || n < name.size())) return Surname{prefix, at->second};
  }
  return std::nullopt;
}

bool repeated(std::u32string_view name) {
  if (name.size() > 1 && name.find_first_not_of(name[0]) == std::u32string_view::npos) return true;
  for (std::size_t i = 2; i < name.size(); ++i) {
    if (name[i] == name[i - 1] && name[i] == name[i - 2]) return true;
  }
  return false;
}

bool dot_misplaced(std::u32string_view name) {
  return name.front() == kDot || name.back() == kDot ||
         name.find(std::u32string{kDot, kDot}) != std::u32string_view::npos;
}

}  // namespace

bool common_character(std::string_view character) {
  static const auto table = [] {
    std::unordered_set<std::string_view> out;
    for (const auto line : table_lines(shipped_common_characters())) {
      for (std::size_t at = 0; at + 3 <= line.size(); at += 3) out.insert(line.substr(at, 3));
    }
    return out;
  }();
  return table.contains(character);
}

std::optional<Surname> surname_of(std::string_view name) {
  const auto points = decode(name, limits::kNameBytes);
  return points ? surname_of(std::u32string_view(*points)) : std::nullopt;
}

NameFinding inspect_name(std::string_view text,
                         const std::function<bool(char32_t)>& in_repertoire) {
  NameFinding finding;
  const auto points = decode(text, limits::kCardFieldBytes);
  std::u32string name;
  for (const char32_t p : points.value_or(U"")) {
    if (space(p)) continue;
    name.push_back(dot(p) ? kDot : narrow(p));
    finding.normalised = finding.normalised || name.back() != p;
  }
  if (name.empty()) {
    finding.issues.push_back(NameIssue::unreadable);
    return finding;
  }
  finding.name = encode(name);
  const bool dotted = name.find(kDot) != std::u32string::npos;
  if (!dotted) finding.surname = surname_of(std::u32string_view(name));

  const auto note = [&finding](NameIssue issue, bool applies) {
    if (applies) finding.issues.push_back(issue);
  };
  const auto any = [&name](auto is) { return std::any_of(name.begin(), name.end(), is); };
  note(NameIssue::one_character, name.size() == 1);
  note(NameIssue::surname_unknown, !dotted && !finding.surname);
  note(NameIssue::outside_repertoire,
       in_repertoire && any([&](char32_t p) { return p != kDot && !in_repertoire(p); }));
  note(NameIssue::dot_misplaced, dotted && dot_misplaced(name));
  note(NameIssue::too_long, name.size() > kNameCharacters);
  note(NameIssue::longer_than_chip, name.size() > kChipCharacters);
  note(NameIssue::digit_or_latin, any([](char32_t p) { return digit(p) || latin(p); }));
  note(NameIssue::other_character,
       any([](char32_t p) { return p != kDot && !chinese(p) && !digit(p) && !latin(p); }));
  note(NameIssue::repeated, repeated(name));
  return finding;
}

bool plausible_name(std::string_view name) {
  const auto points = decode(name, limits::kNameBytes);
  if (!points) return false;
  bool after_letter = false;
  for (const char32_t p : *points) {
    const bool between = p == kDot || p == ' ';
    if (!latin(p) && !chinese(p) && !(between && after_letter)) return false;
    after_letter = !between;
  }
  return after_letter;
}

}  // namespace mq::idcard
