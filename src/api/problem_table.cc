// The one table error → problem: what HTTP status it is, what to tell the person, and what to do next.
// Every code of every capability has a row; problem_test.cc fails otherwise. Private to api/.
#include "api/problem_table.h"

#include <algorithm>
#include <vector>

namespace mq::api {
namespace {

const std::vector<Problem>& all_rows() {
  static const std::vector<Problem> kAll = [] {
    std::vector<Problem> all;
    for (const auto rows : {problem_rows_a_i(), problem_rows_j_z()})
      all.insert(all.end(), rows.begin(), rows.end());
    std::ranges::sort(all, {}, &Problem::code);
    return all;
  }();
  return kAll;
}

}  // namespace

const Problem* find_problem(std::string_view code) {
  const auto& rows = all_rows();
  const auto row = std::ranges::lower_bound(rows, code, {}, &Problem::code);
  return row != rows.end() && row->code == code ? &*row : nullptr;
}

}  // namespace mq::api
