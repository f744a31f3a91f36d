#include "documents/statement.h"

#include <cmath>

#include "base/limits.h"
#include "documents/statement_checks.h"

namespace mq::documents {

namespace statements {

Status check_limits(std::span<const StatementPage> pages) {
  if (pages.size() > limits::kStatementPages) return DocumentsErrc::statement_too_large;
  std::size_t texts = 0, bytes = 0;
  // Far larger than any paper or picture, and small enough that no sum leaves the float's whole
  // numbers.
  constexpr float kMost = 100'000;
  const auto sane = [](float value) { return std::isfinite(value) && std::abs(value) <= kMost; };
  for (const auto& page : pages) {
    texts += page.texts.size();
    if (page.texts.size() > limits::kStatementPageTexts || texts > limits::kStatementTexts) {
      return DocumentsErrc::statement_too_large;
    }
    if (!sane(page.width) || !sane(page.height) || page.width < 1 || page.height < 1) {
      return DocumentsErrc::statement_malformed;
    }
    for (const auto& text : page.texts) {
      bytes += text.text.size();
      if (text.text.size() > limits::kStatementTextBytes || bytes > limits::kStatementBytes) {
        return DocumentsErrc::statement_too_large;
      }
      const auto& box = text.box;
      const bool placed = sane(box.x) && sane(box.y) && sane(box.width) && sane(box.height) &&
                          box.width > 0 && box.height > 0;
      if (!placed || !(text.confidence >= 0 && text.confidence <= 1))
        return DocumentsErrc::statement_malformed;
    }
  }
  return ok();
}

}  // namespace statements

Result<Statement> read_statement(std::span<const StatementPage> pages) {
  MQ_REQUIRE(statements::check_limits(pages));
  statements::RawTable table;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    statements::read_page(pages[i], i, table);
    if (table.rows.size() > limits::kStatementRows) return DocumentsErrc::statement_too_large;
  }
  if (!table.columns) return DocumentsErrc::statement_no_header;
  if (table.rows.empty()) return DocumentsErrc::statement_no_rows;
  Statement statement;
  statements::read_head(table, statement);
  statements::conclude(table, statement);
  return statement;
}

}  // namespace mq::documents
