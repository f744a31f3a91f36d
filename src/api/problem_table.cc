// The one table error → problem: what HTTP status it is, what to tell the person, and what to do
// next. Every code of every capability has a row; problem_test.cc fails otherwise. Private to api/.
#include "api/problem_table.h"

#include <algorithm>

namespace mq::api {

const Problem* find_problem(std::string_view code) {
  for (const auto rows : {problem_rows_a_i(), problem_rows_j_z()}) {
    const auto row = std::ranges::lower_bound(rows, code, {}, &Problem::code);
    if (row != rows.end() && row->code == code) return &*row;
  }
  return nullptr;
}

}  // namespace mq::api
