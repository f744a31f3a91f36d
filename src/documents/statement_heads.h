// The words that head the columns of a statement. Private to documents/.
#pragma once

#include <string_view>

#include "documents/statement_columns.h"

namespace mq::documents::statements {

struct Head {
  std::string_view word;  // a key (key_of): no blanks, small letters
  Role role;
  bool debit_credit = false;  // 借方 and 贷方, which some books use the other way round
};

// The longest known head at the beginning of the key; none if there is no such.
const Head* longest_head(std::string_view key);

}  // namespace mq::documents::statements
