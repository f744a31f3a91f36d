#include "documents/income_evidence.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/limits.h"
#include "documents/documents.h"
#include "documents/statement_json.h"
#include "documents/uploads_store.h"

namespace mq::documents {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDaySeconds = 24 * 60 * 60;
// The last day of a statement that still speaks of today's income.
constexpr int kFreshDays = 92;

// UTF-8 characters without blanks; each form of a dot and of a star is one.
std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    std::string one(text.substr(begin, end - begin));
    begin = end;
    if (one == " " || one == "\u3000" || one == "\t") continue;
    if (one == "•" || one == "．" || one == "." || one == "・" || one == "‧") one = "·";
    if (one == "＊" || one == "×") one = "*";
    if (one.size() == 1)
      one[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(one[0])));
    out.push_back(std::move(one));
  }
  return out;
}

bool is_shown(const std::string& character) { return character != "*"; }
bool is_letter(const std::string& character) { return character.size() == 1; }

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& name) {
  // reached[n]: what came so far of the pattern can be the first n characters of the name.
  std::vector<bool> reached(name.size() + 1);
  reached[0] = true;
  for (const auto& one : pattern) {
    std::vector<bool> next(name.size() + 1);
    for (std::size_t n = 0; n < name.size(); ++n) {
      next[n + 1] = one == "*" ? reached[n] || next[n] : reached[n] && one == name[n];
    }
    reached = std::move(next);
  }
  return reached.back();
}

std::optional<BusinessDate> last_day(const json::object& statement) {
  std::optional<BusinessDate> out;
  const auto take = [&](const json::value& text) {
    if (!text.is_string()) return;
    const auto date = BusinessDate::parse(std::string_view(text.get_string()));
    if (date.ok() && (!out || *out < *date)) out = *date;
  };
  for (const auto& row : statement.at("rows").as_array()) take(row.at("date"));
  return out;
}

// Balances of exact words that do not follow from the amounts were written by somebody; those of a
// photo may have been misread.
bool text_breaks(const json::object& statement) {
  const auto& pages = statement.at("pages").as_array();
  for (const auto& row : statement.at("rows").as_array()) {
    const auto page = row.at("page").to_number<std::size_t>() - 1;
    if (page >= pages.size() || pages[page].at("source").as_string() != "text") continue;
    for (const auto& flag : row.at("flags").as_array()) {
      if (flag.as_string() == "balance_breaks") return true;
    }
  }
  return false;
}

}  // namespace

HolderMatch compare_holder(std::string_view printed, std::string_view name, bool exact) {
  auto pattern = characters_of(printed);
  const auto wanted = characters_of(name);
  for (const char* address : {"先生", "女士", "小姐"}) {
    const auto form = characters_of(address);
    if (pattern.size() > form.size() && std::equal(form.rbegin(), form.rend(), pattern.rbegin())) {
      pattern.resize(pattern.size() - form.size());
    }
  }
  if (matches(pattern, wanted) && std::any_of(pattern.begin(), pattern.end(), is_shown)) {
    return HolderMatch::same;
  }
  std::erase_if(pattern, [](const std::string& one) { return !is_shown(one); });
  if (pattern.empty() || wanted.empty() || is_letter(pattern[0]) != is_letter(wanted[0])) {
    return HolderMatch::not_comparable;
  }
  const bool in_part = std::any_of(pattern.begin(), pattern.end(), [&](const std::string& one) {
    return std::find(wanted.begin(), wanted.end(), one) != wanted.end();
  });
  return !exact && in_part ? HolderMatch::not_comparable : HolderMatch::other;
}

HolderMatch compare_holder(const json::value& statement, const Pii<std::string>& name) {
  const auto& of = statement.as_object();
  const auto& pages = of.at("pages").as_array();
  const bool exact = !pages.empty() && pages.front().at("source").as_string() == "text";
  return compare_holder(of.at("holder").as_string(), name.expose(), exact);
}

IncomeEvidence evidence_of(const json::value& statement, const Reading& reading,
                           const Pii<std::string>& name, BusinessDate today) {
  const auto& of = statement.as_object();
  IncomeEvidence out;
  const auto holder = compare_holder(statement, name);
  const auto last = last_day(of);
  const bool to_come = last && *last > today;
  const bool fault =
      std::any_of(reading.checks.begin(), reading.checks.end(),
                  [](const Check& check) { return check.severity == idcard::Severity::fault; });
  if (holder == HolderMatch::other) {
    out.standing = StatementStanding::other_holder;
  } else if (holder != HolderMatch::same || fault || to_come || text_breaks(of) ||
             of.at("currency").as_string() != "CNY") {
    out.standing = StatementStanding::doubtful;
  } else if (last && today.days - last->days <= kFreshDays) {
    out.standing = StatementStanding::sound;
    if (const auto* income = of.at("monthly_income").if_string()) {
      const auto money = Money::parse(std::string_view(*income));
      if (money.ok() && !money->is_negative()) out.monthly_income = *money;
    }
  }
  return out;
}

Result<IncomeEvidence> income_evidence(storage::Transaction& tx, const vault::Vault& vault,
                                       const vault::PersonKeys& keys, const Pii<std::string>& name,
                                       Instant now) {
  IncomeEvidence out;
  const auto since = now.plus_seconds(-kDaySeconds * limits::kStatementEvidenceDays);
  for (const auto& row : tx.query(
           "SELECT id, statement_blob FROM document_upload WHERE person = $1 AND kind = $2 AND "
           "state = "
           "'read' AND statement_blob IS NOT NULL AND created_at > $3 ORDER BY id DESC LIMIT $4",
           {keys.person(), name_of(Kind::statement), since, limits::kStatementEvidence})) {
    MQ_TRY(const auto reading, reading_of(tx, vault, keys, row.id<DocumentId>(0)));
    MQ_TRY(const auto content, vault.get_blob(tx, keys, row.id<vault::BlobId>(1)));
    MQ_TRY(const auto statement, parse_statement(as_text(content)));
    const auto one = evidence_of(statement, reading, name, BusinessDate::in_china(now));
    if (!out.monthly_income) out.monthly_income = one.monthly_income;
    out.standing = std::max(out.standing, one.standing);
  }
  return out;
}

}  // namespace mq::documents
