#include "bankcard/issuer.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>

#include "bankcard/tables.h"
#include "base/check.h"
#include "base/limits.h"
#include "runtime/text.h"

namespace mq::bankcard {
namespace {

constexpr std::size_t kShortestPrefix = 6, kLongestPrefix = 10;

struct Row {
  std::size_t digits = 0;  // 0: not known
  std::optional<CardKind> kind;
  std::size_t bank = 0;
};

struct Name {
  std::string_view text;
  std::size_t bank = 0;
};

struct Tables {
  std::vector<Bank> banks;
  std::vector<Name> names;  // longest first
  std::unordered_map<std::string_view, std::vector<Row>> rows;
};

std::vector<std::string_view> lines_of(std::string_view table) {
  std::vector<std::string_view> out;
  for (const auto line : runtime::split(table, '\n')) {
    if (!line.empty() && line.front() != '#') out.push_back(line);
  }
  return out;
}

std::optional<CardKind> kind_of(std::string_view word) {
  CardKind out{};
  if (boost::describe::enum_from_string(std::string(word).c_str(), out)) return out;
  return std::nullopt;
}

Tables parse() {
  Tables out;
  std::unordered_map<std::string_view, std::size_t> by_code;
  for (const auto line : lines_of(shipped_banks())) {
    const auto cells = runtime::split(line, '|');
    MQ_CHECK(cells.size() == 4 && by_code.emplace(cells[0], out.banks.size()).second);
    out.names.push_back({cells[1], out.banks.size()});
    for (const auto other : runtime::split(cells[3], ' ')) {
      if (!other.empty()) out.names.push_back({other, out.banks.size()});
    }
    out.banks.push_back({cells[0], cells[1], cells[2] == "-" ? std::string_view() : cells[2]});
  }
  std::stable_sort(out.names.begin(), out.names.end(),
                   [](const Name& a, const Name& b) { return a.text.size() > b.text.size(); });
  for (const auto line : lines_of(shipped_issuers())) {
    const auto cells = runtime::split(line, ' ');
    MQ_CHECK(cells.size() == 4 && cells[0].size() >= kShortestPrefix &&
             cells[0].size() <= kLongestPrefix);
    Row row;
    std::from_chars(cells[1].data(), cells[1].data() + cells[1].size(), row.digits);
    row.kind = kind_of(cells[2]);
    row.bank = by_code.at(cells[3]);
    out.rows[cells[0]].push_back(row);
  }
  return out;
}

const Tables& tables() {
  static const Tables parsed = parse();
  return parsed;
}

}  // namespace

std::optional<Issuer> find_issuer(std::string_view number) {
  const Tables& all = tables();
  for (std::size_t size = std::min(number.size(), kLongestPrefix); size >= kShortestPrefix;
       --size) {
    const auto found = all.rows.find(number.substr(0, size));
    if (found == all.rows.end()) continue;
    const auto& rows = found->second;
    const auto exact = std::find_if(rows.begin(), rows.end(),
                                    [&](const Row& r) { return r.digits == number.size(); });
    if (exact != rows.end()) return Issuer{all.banks[exact->bank], exact->kind, true};
    // Rows of other lengths may be those of other banks.
    const bool one =
        std::all_of(rows.begin(), rows.end(), [&](const Row& r) { return r.bank == rows[0].bank; });
    if (one)
      return Issuer{all.banks[rows[0].bank], rows.size() == 1 ? rows[0].kind : std::nullopt, false};
  }
  return std::nullopt;
}

std::vector<Bank> banks_named(std::string_view text) {
  std::vector<Bank> out;
  if (text.size() > limits::kCardTextBytes) return out;
  const Tables& all = tables();
  std::string rest(text);
  std::vector<bool> seen(all.banks.size());
  for (const Name& name : all.names) {
    for (std::size_t at = rest.find(name.text); at != std::string::npos;
         at = rest.find(name.text, at)) {
      // Taken out, so that a shorter name inside of it does not count: 中国银行 is no part of
      // another bank's.
      rest.replace(at, name.text.size(), "\n");
      if (seen[name.bank]) continue;
      seen[name.bank] = true;
      out.push_back(all.banks[name.bank]);
    }
  }
  return out;
}

}  // namespace mq::bankcard
