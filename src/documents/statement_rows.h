// Rows of a table as they stand there, before anything is concluded from them. Private to
// documents/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "documents/statement_columns.h"
#include "documents/statement_text.h"

namespace mq::documents::statements {

struct MoneyCell {
  AmountRead read;
  std::string as_read;
  float confidence = 1;
};

enum class Direction { none, in, out, odd };

struct RawRow {
  std::optional<DateRead> date;
  std::string time, description, counterparty;
  std::optional<Currency> currency;
  Direction direction = Direction::none;
  bool debit_credit_word = false;  // the direction was said as 借 or 贷
  std::optional<MoneyCell> amount, income, outgo, balance;
  std::size_t page = 0;
  vision::Box box;
  float date_confidence = 1;
};

struct RawTable {
  std::vector<RawRow> rows;
  std::vector<std::string> other_lines;  // of all pages, outside of the rows: title, period, totals
  std::size_t title_lines = 0;           // how many of them stand above the first table
  std::optional<Columns> columns;        // of the last page that had heads
  float columns_width = 0;               // of that page
};

// Adds the rows of one page. Pages must come in order: heads may stand on the first one only, and a
// row may end on the next page.
void read_page(const StatementPage& page, std::size_t number, RawTable& table);

std::optional<Currency> currency_in(std::string_view key);

}  // namespace mq::documents::statements
