// The words of one line, given to their columns. Private to documents/.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "documents/statement_rows.h"

namespace mq::documents::statements {

struct TextCell {
  std::size_t column = 0;
  float left = 0, right = 0;
  std::string text;
};

struct LineCells {
  std::optional<DateRead> date, second_date;
  float date_confidence = 1;
  std::string time;
  std::vector<TextCell> texts;                           // from left to right
  std::vector<std::pair<std::size_t, MoneyCell>> money;  // column and amount
  bool crosses_money = false;  // a text lies across the amounts: a footer's sentence
  vision::Box box;

  bool empty() const {
    return texts.empty() && money.empty() && !date && !second_date && time.empty();
  }
};

LineCells cells_of(const Line& line, const Columns& columns, float text_height);

}  // namespace mq::documents::statements
