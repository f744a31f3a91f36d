#include "documents/statement_json.h"

#include <algorithm>
#include <cmath>

#include "runtime/json.h"
#include "vault/vault.h"

namespace mq::documents {
namespace {

namespace json = boost::json;

template <class T>
json::value value_of(const T& value) {
  return runtime::to_json_value(value);
}

json::array rows_json(const std::vector<std::size_t>& rows) {
  json::array out;
  for (const auto row : rows) out.emplace_back(row);
  return out;
}

json::array flags_of(const RowFlags& flags) {
  json::array out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<RowFlag>>([&](auto flag) {
    if (flags.has(flag.value)) out.emplace_back(flag.name);
  });
  return out;
}

Place place_of(std::size_t page, const vision::Box& box) {
  Place out;
  out.page = static_cast<int>(page) + 1;
  const auto corner = [](float x, float y) {
    return Corner{static_cast<int>(std::lround(x)), static_cast<int>(std::lround(y))};
  };
  out.corners = {corner(box.x, box.y), corner(box.x + box.width, box.y),
                 corner(box.x + box.width, box.y + box.height), corner(box.x, box.y + box.height)};
  return out;
}

json::object json_of(const StatementRow& row, RowUse use) {
  json::array repairs;
  for (const Repair& repair : row.repairs) {
    repairs.push_back({{"field", repair.field == Repair::Field::amount ? "amount" : "balance"},
                       {"as_read", repair.as_read}});
  }
  return {{"date", value_of(row.date)},
          {"time", row.time},
          {"description", row.description.expose()},
          {"counterparty", row.counterparty.expose()},
          {"amount", row.amount.str()},
          {"balance", value_of(row.balance)},
          {"page", row.page + 1},
          {"place", value_of(place_of(row.page, row.box))},
          {"flags", flags_of(row.flags)},
          {"repairs", std::move(repairs)},
          {"use", boost::describe::enum_to_string(use, "?")}};
}

json::object json_of(const MonthFigures& month) {
  return {{"month", month.month.iso()},
          {"whole", month.whole},
          {"inflow", month.inflow.str()},
          {"outflow", month.outflow.str()},
          {"salary", month.salary.str()},
          {"other_income", month.other_income.str()},
          {"salary_rows", rows_json(month.salary_rows)},
          {"other_income_rows", rows_json(month.other_income_rows)}};
}

json::object json_of(const SalarySource& source) {
  return {{"payer", source.payer.expose()},
          {"wage_words", source.wage_words},
          {"months", source.months},
          {"typical_month", source.typical_month.str()},
          {"rows", rows_json(source.rows)}};
}

json::object json_of(const StatementPageFacts& page) {
  return {{"source", boost::describe::enum_to_string(page.source, "?")},
          {"compared", page.compared},
          {"hidden_words", page.hidden_words}};
}

json::object json_of(const LayerMismatch& mismatch) {
  json::value row;
  if (mismatch.row) row = *mismatch.row;
  return {{"page", mismatch.page + 1},
          {"row", std::move(row)},
          {"kind", boost::describe::enum_to_string(mismatch.what.kind, "?")},
          {"place", value_of(place_of(mismatch.page, mismatch.what.box))},
          {"text_layer", mismatch.what.text_layer},
          {"picture", mismatch.what.picture}};
}

}  // namespace

json::object json_of(const StatementReading& reading) {
  const Statement& statement = reading.statement;
  const IncomeSummary& income = reading.income;
  json::array rows, months, salaries, pages, mismatches;
  for (std::size_t i = 0; i < statement.rows.size(); ++i) {
    rows.push_back(json_of(statement.rows[i], income.use.at(i)));
  }
  for (const auto& month : income.months) months.push_back(json_of(month));
  for (const auto& source : income.salaries) salaries.push_back(json_of(source));
  for (const auto& page : reading.pages) pages.push_back(json_of(page));
  for (const auto& mismatch : reading.mismatches) mismatches.push_back(json_of(mismatch));
  return {{"bank", statement.bank.expose()},
          {"holder", statement.holder.expose()},
          {"account_tail", statement.account_tail},
          {"currency", std::string(boost::describe::enum_to_string(statement.currency, "?"))},
          {"from", value_of(statement.from)},
          {"to", value_of(statement.to)},
          {"opening", value_of(statement.opening)},
          {"closing", value_of(statement.closing)},
          {"rows", std::move(rows)},
          {"too_short", income.too_short},
          {"months_covered", income.months_covered},
          {"months", std::move(months)},
          {"salaries", std::move(salaries)},
          {"monthly_salary", value_of(income.monthly_salary)},
          {"monthly_income", value_of(income.monthly_income)},
          {"pages", std::move(pages)},
          {"mismatches", std::move(mismatches)}};
}

Result<json::value> parse_statement(std::string_view text) {
  auto parsed = runtime::parse_json(text);
  if (!parsed.ok() || !parsed->is_object()) return Error(vault::VaultErrc::damaged, "statement");
  auto& object = parsed->as_object();
  for (const char* later : {"pages", "mismatches"}) {
    if (!object.contains(later)) object[later] = json::array{};
  }
  return parsed;
}

std::vector<FieldValue> fields_of(const Statement& statement) {
  float least = 1;
  for (const auto& row : statement.rows) least = std::min(least, row.confidence);
  std::vector<FieldValue> out;
  const auto add = [&](const char* name, const std::string& text) {
    FieldValue field;
    field.name = name;
    field.read = Pii<std::string>(text);
    field.confidence = text.empty() ? 0 : static_cast<int>(least * 10'000);  // not money: a share
    field.state = text.empty() ? ValueState::missing : ValueState::read;
    out.push_back(std::move(field));
  };
  add("bank", statement.bank.expose());
  add("holder", statement.holder.expose());
  add("account", statement.account_tail);
  add("from", statement.from ? statement.from->iso() : "");
  add("to", statement.to ? statement.to->iso() : "");
  return out;
}

}  // namespace mq::documents
