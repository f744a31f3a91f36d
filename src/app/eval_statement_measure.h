// Rows of a statement as read against what they should be, strictly: a row that is wrong, left out or invented counts
// as told only if a flag says so where it stands.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "documents/documents.h"

namespace mq::app {

struct TrueRow {
  BusinessDate date;
  std::int64_t amount = 0;   // minor units, in positive
  std::int64_t balance = 0;  // after it
  bool salary = false;
};

// Errors: file.invalid. `json` is a truth.json of tools/make-statements.
Result<std::vector<TrueRow>> true_rows(std::string_view json);

enum class RowVerdict {
  right,        // date, amount and balance
  wrong_told,   // and one of its own flags says so; `repaired` alone does not
  wrong_silent,
  missing_told,  // and a row beside the gap is flagged balance_breaks or unchecked
  missing_silent,
  extra_told,
  extra_silent
};
BOOST_DESCRIBE_ENUM(RowVerdict, right, wrong_told, wrong_silent, missing_told, missing_silent, extra_told,
                    extra_silent)
inline constexpr std::size_t kRowVerdicts = static_cast<std::size_t>(RowVerdict::extra_silent) + 1;

struct RowFinding {
  RowVerdict verdict{};
  std::size_t truth = 0;  // index; of an extra row, of the true one after it
  std::size_t read = 0;   // index; of a missing row, of the one read after it
};

// In the order of the statement; true rows and rows read are put beside each other so that most are right.
std::vector<RowFinding> compare_rows(const std::vector<TrueRow>& truth, const documents::Statement& read);

}  // namespace mq::app
