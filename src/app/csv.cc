#include "app/csv.h"

#include <algorithm>
#include <fstream>

#include "app/face_support.h"

namespace mq::app {
namespace {

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      out.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

const std::string& Csv::cell(std::size_t row, const std::string& column) const {
  static const std::string kNone;
  const auto at = std::find(columns.begin(), columns.end(), column);
  return at == columns.end() ? kNone : rows[row][static_cast<std::size_t>(at - columns.begin())];
}

Result<Csv> read_csv(const std::string& path, const std::vector<std::string>& needed) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(FileErrc::unreadable, path);
  Csv out;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (line.empty()) continue;
    auto cells = cells_of(line);
    if (out.columns.empty()) {
      out.columns = std::move(cells);
    } else if (cells.size() != out.columns.size()) {
      return Error(FileErrc::invalid, path + ":" + std::to_string(number) + ": another number of cells than the first line");
    } else {
      out.rows.push_back(std::move(cells));
    }
  }
  for (const std::string& column : needed) {
    if (std::find(out.columns.begin(), out.columns.end(), column) == out.columns.end()) {
      return Error(FileErrc::invalid, path + ":1: no column " + column);
    }
  }
  return out;
}

}  // namespace mq::app
