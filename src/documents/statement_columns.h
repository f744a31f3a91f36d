// Columns of a statement, found from their heads. Private to documents/.
#pragma once

#include <optional>
#include <vector>

#include "documents/statement_layout.h"

namespace mq::documents::statements {

enum class Role {
  date,
  second_date,  // the day of booking, when there is a day of the transaction as well
  time,
  description,
  counterparty,
  account,  // of the counterparty
  currency,
  direction,  // 借/贷, 收/支, Dr/Cr
  amount,
  income,
  outgo,
  balance,
  other  // numbers of rows, tellers, branches: read and dropped
};

struct Column {
  Role role = Role::other;
  float left = 0, right = 0;            // of the head
  float data_left = 0, data_right = 0;  // of what stands below it, head included
};

struct Columns {
  std::vector<Column> all;  // from left to right
  // The heads say 借方/贷方 or Debit/Credit, which some books use the other way round.
  bool debit_credit = false;
  std::size_t first_line = 0, end_line = 0;  // the lines that hold the heads

  bool has(Role role) const;
};

// The first line from `from` on with heads for a date and an amount; English below Chinese is one
// table head.
std::optional<Columns> find_columns(const PageLines& page, std::size_t from);

// Takes in where amounts stand below the heads: they are set to the right of a column, its head
// often is not.
void fit_to_data(Columns& columns, const PageLines& page, std::size_t from, std::size_t to);

bool is_money(Role role);
bool is_text(Role role);

// How far the span is from the column, 0 when they overlap.
float distance(const Column& column, float left, float right);

}  // namespace mq::documents::statements
