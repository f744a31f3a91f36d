// Rows of the problem table. Private to api/.
#pragma once

#include <span>
#include <string_view>

namespace mq::api {

struct Problem {
  std::string_view code;
  int status;
  std::string_view title_zh, next_zh, title_en, next_en;
  bool retryable;  // the same request may succeed later
};

std::span<const Problem> problem_rows_a_i();
std::span<const Problem> problem_rows_j_z();

// Nothing if the code has no row.
const Problem* find_problem(std::string_view code);

}  // namespace mq::api
