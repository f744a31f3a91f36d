// Small tables as operators keep them: comma-separated values with a first line that names the columns.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace mq::app {

struct Csv {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as many cells as there are columns

  // The cell of that column; empty where there is no such column.
  const std::string& cell(std::size_t row, const std::string& column) const;
};

// UTF-8, with or without a byte order mark, lines ended by LF or CRLF, cells in quotes where they hold commas
// (RFC 4180). Errors: file.unreadable; file.invalid with the number of the line, when a row has another number
// of cells or one of `needed` is not among the columns.
Result<Csv> read_csv(const std::string& path, const std::vector<std::string>& needed);

}  // namespace mq::app
