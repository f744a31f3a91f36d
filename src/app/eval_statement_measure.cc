#include "app/eval_statement_measure.h"

#include <algorithm>

#include "app/face_support.h"
#include "runtime/json.h"

namespace mq::app {
namespace {

namespace json = boost::json;

using documents::RowFlag;
using documents::StatementRow;

// 3 for a row that is right, less for one of which something is.
int likeness(const TrueRow& truth, const StatementRow& read) {
  const bool date = read.date && *read.date == truth.date;
  const bool amount = read.amount.minor() == truth.amount;
  const bool balance = read.balance && read.balance->minor() == truth.balance;
  return (date ? 1 : 0) + (amount ? 1 : 0) + (balance ? 1 : 0);
}

bool told(const StatementRow& row) {
  auto flags = row.flags;
  flags.clear(RowFlag::repaired);
  return !flags.none();
}

bool told_beside(const StatementRow& row) {
  return row.flags.has(RowFlag::balance_breaks) || row.flags.has(RowFlag::unchecked);
}

bool gap_told(const std::vector<StatementRow>& rows, std::size_t at) {
  return (at > 0 && told_beside(rows[at - 1])) || (at < rows.size() && told_beside(rows[at]));
}

std::int64_t whole(const json::object& of, const char* name) {
  const auto* value = of.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

Result<std::vector<TrueRow>> true_rows(std::string_view text) {
  std::vector<TrueRow> out;
  const auto parsed = runtime::parse_json(text);
  const auto* object = parsed.ok() ? parsed->if_object() : nullptr;
  const auto* rows = object == nullptr ? nullptr : object->if_contains("rows");
  if (rows == nullptr || !rows->is_array()) return Error(FileErrc::invalid, "truth.json");
  for (const auto& value : rows->get_array()) {
    const auto* row = value.if_object();
    const auto* date = row == nullptr ? nullptr : row->if_contains("date");
    if (date == nullptr || !date->is_string()) return Error(FileErrc::invalid, "truth.json");
    const auto day = BusinessDate::parse(std::string_view(date->get_string()));
    if (!day.ok()) return Error(FileErrc::invalid, "truth.json");
    TrueRow one;
    one.date = *day;
    one.amount = whole(*row, "amount");
    one.balance = whole(*row, "balance");
    const auto* kind = row->if_contains("kind");
    one.salary = kind != nullptr && kind->is_string() && kind->get_string() == "salary";
    out.push_back(one);
  }
  return out;
}

std::vector<RowFinding> compare_rows(const std::vector<TrueRow>& truth, const documents::Statement& read) {
  const auto& rows = read.rows;
  const std::size_t n = truth.size(), m = rows.size();
  // Two of three alike are worth as much as leaving both out and a little more, one of three less.
  constexpr int kWorth[] = {-8, -1, 4, 9};
  std::vector<std::vector<int>> best(n + 1, std::vector<int>(m + 1, 0));
  for (std::size_t i = n + 1; i-- > 0;) {
    for (std::size_t j = m + 1; j-- > 0;) {
      int most = 0;
      if (i < n) most = std::max(most, best[i + 1][j]);
      if (j < m) most = std::max(most, best[i][j + 1]);
      if (i < n && j < m) most = std::max(most, best[i + 1][j + 1] + kWorth[likeness(truth[i], rows[j])]);
      best[i][j] = most;
    }
  }
  std::vector<RowFinding> out;
  for (std::size_t i = 0, j = 0; i < n || j < m;) {
    const int alike = i < n && j < m ? likeness(truth[i], rows[j]) : 0;
    if (i < n && j < m && best[i][j] == best[i + 1][j + 1] + kWorth[alike]) {
      const auto verdict = alike == 3 ? RowVerdict::right : told(rows[j]) ? RowVerdict::wrong_told : RowVerdict::wrong_silent;
      out.push_back({verdict, i++, j++});
    } else if (j < m && best[i][j] == best[i][j + 1]) {
      out.push_back({told(rows[j]) ? RowVerdict::extra_told : RowVerdict::extra_silent, i, j});
      ++j;
    } else {
      out.push_back({gap_told(rows, j) ? RowVerdict::missing_told : RowVerdict::missing_silent, i, j});
      ++i;
    }
  }
  return out;
}

}  // namespace mq::app
