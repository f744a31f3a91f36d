#include "documents/statement_cells.h"

#include <algorithm>
#include <limits>

namespace mq::documents::statements {
namespace {

// Words of one cell stand closer than this, in heights of the text.
constexpr float kBlank = 0.6F;

// Whether recognition gave the word together with others: then its place is an estimate.
bool is_estimate(const Token& token) {
  return token.source.width > (token.right - token.left) * 1.4F;
}

bool is_date_or_time(const Token& token) {
  const auto date = read_date(token.text);
  if (date && date->date && !date->without_year) return true;
  return token.text.find(':') != std::string::npos && read_time(token.text);
}

struct Candidate {
  std::size_t token = 0;
  AmountRead read;
};

std::vector<Candidate> money_candidates(const Line& line, const Columns& columns) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < line.tokens.size(); ++i) {
    const auto& token = line.tokens[i];
    if (is_date_or_time(token)) continue;
    const auto read = read_amount(token.text);
    if (!read) continue;
    // A bare number is an amount only where amounts stand and nothing else does.
    bool among_money = false, among_others = false;
    for (const auto& column : columns.all) {
      if (distance(column, token.left, token.right) > 0) continue;
      (is_money(column.role) ? among_money : among_others) = true;
    }
    if (!read->decimals && (!among_money || among_others)) continue;
    Candidate candidate;
    candidate.token = i;
    candidate.read = *read;
    out.push_back(candidate);
  }
  return out;
}

// Gives amounts to columns in their order, at the least sum of distances.
void assign_money(const Line& line, const Columns& columns,
                  const std::vector<Candidate>& candidates, float text_height, LineCells& out,
                  std::vector<bool>& used) {
  std::vector<std::size_t> money;
  for (std::size_t i = 0; i < columns.all.size(); ++i) {
    if (is_money(columns.all[i].role)) money.push_back(i);
  }
  constexpr float kNever = std::numeric_limits<float>::max() / 4;
  const std::size_t n = candidates.size(), m = money.size();
  const auto step = [&](std::size_t i, std::size_t j) {
    const auto& token = line.tokens[candidates[i].token];
    const auto& column = columns.all[money[j]];
    return distance(column, token.left, token.right) +
           0.1F * std::abs(token.right - column.data_right);
  };
  std::vector<std::vector<float>> best(n + 1, std::vector<float>(m + 1, kNever));
  for (std::size_t j = 0; j <= m; ++j) best[0][j] = 0;
  const auto leave = [&](std::size_t i) {
    return text_height * (is_estimate(line.tokens[candidates[i].token]) ? 30.0F : 3.0F);
  };
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 0; j <= m; ++j) {
      best[i][j] = best[i - 1][j] + leave(i - 1);
      if (j > 0)
        best[i][j] =
            std::min({best[i][j], best[i][j - 1], best[i - 1][j - 1] + step(i - 1, j - 1)});
    }
  }
  for (std::size_t i = n, j = m; i > 0;) {
    if (j > 0 && best[i][j] == best[i][j - 1]) {
      --j;
    } else if (j > 0 && best[i][j] == best[i - 1][j - 1] + step(i - 1, j - 1)) {
      --i;
      --j;
      const auto& token = line.tokens[candidates[i].token];
      MoneyCell cell;
      cell.read = candidates[i].read;
      cell.as_read = token.text;
      cell.confidence = token.confidence;
      out.money.emplace_back(money[j], std::move(cell));
      used[candidates[i].token] = true;
    } else {
      --i;
    }
  }
  std::reverse(out.money.begin(), out.money.end());
}

bool digits_mostly(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) digits += c >= '0' && c <= '9' ? 1 : 0;
  return digits >= 5 && digits * 2 > text.size();
}

bool fits(Role role, std::string_view text) {
  switch (role) {
    case Role::direction: {
      static constexpr std::string_view kWords[] = {
          "借",   "贷",   "收", "支", "入",    "出",     "来",   "往",
          "d",    "c",    "dr", "cr", "debit", "credit", "收入", "支出",
          "转入", "转出", "+",  "-",  "存",    "取",     "借方", "贷方"};
      const auto key = key_of(text);
      return std::find(std::begin(kWords), std::end(kWords), key) != std::end(kWords);
    }
    case Role::currency:
      return currency_in(key_of(text)).has_value();
    case Role::time:
      return read_time(text).has_value();
    case Role::account:
      return digits_mostly(text) || text.find('*') != std::string_view::npos;
    default:
      return is_text(role);
  }
}

// The column under whose head the text stands, or the nearest that can hold it; none for no such
// column.
std::optional<std::size_t> text_column(const Columns& columns, std::string_view text, float left,
                                       float right) {
  std::optional<std::size_t> best;
  float least = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < columns.all.size(); ++i) {
    const auto& column = columns.all[i];
    if (!is_text(column.role) || !fits(column.role, text)) continue;
    const float overlap = std::min(column.data_right, right) - std::max(column.data_left, left);
    if (-overlap >= least) continue;
    least = -overlap;
    best = i;
  }
  return best;
}

// Of all columns, whether one for dates is the nearest.
bool near_a_date(const Columns& columns, float left, float right, Role& role, float reach) {
  float least = std::numeric_limits<float>::max();
  bool is_date = false;
  for (const auto& column : columns.all) {
    const float away = distance(column, left, right);
    const bool date = column.role == Role::date || column.role == Role::second_date;
    if (away > least || (away == least && !date)) continue;
    least = away;
    is_date = date;
    if (date) role = column.role;
  }
  return is_date && least <= reach;
}

class PhraseReader {
 public:
  PhraseReader(const Columns& columns, float text_height, LineCells& out)
      : columns_(columns), text_height_(text_height), out_(out) {}

  void read(const std::vector<Token>& phrase, bool first_of_line) {
    std::vector<Token> rest = phrase;
    if (take_date(rest, first_of_line)) {
      if (rest.empty()) return;
    }
    if (take_time(rest) && rest.empty()) return;
    const auto text = text_of(rest);
    const float left = rest.front().left, right = rest.back().right;
    Role role{};
    if (!out_.date && near_a_date(columns_, left, right, role, 0) && role == Role::date &&
        digits_mostly(text)) {
      DateRead unread;
      unread.unsure = true;
      out_.date = unread;
      out_.date_confidence = rest.front().confidence;
      return;
    }
    for (const auto& column : columns_.all) {
      const bool estimate = rest.size() == 1 && is_estimate(rest.front());
      if (is_money(column.role) && !estimate && left < column.data_left &&
          right > column.data_right) {
        out_.crosses_money = true;
      }
    }
    if (const auto column = text_column(columns_, text, left, right))
      out_.texts.push_back({*column, left, right, text});
  }

 private:
  bool take_date(std::vector<Token>& rest, bool first_of_line) {
    const auto text = text_of(rest);
    const auto date = read_date(text);
    if (!date || !date->date) return false;
    Role role{};
    const bool estimate = is_estimate(rest.front()) && first_of_line && !date->without_year;
    const float reach = date->without_year ? 0 : text_height_ * 4;
    if (!near_a_date(columns_, rest.front().left, rest.front().right, role, reach)) {
      if (!estimate) return false;
      role = Role::date;
    }
    auto& place = role == Role::date ? out_.date : out_.second_date;
    if (place && place->date) return false;
    place = date;
    if (role == Role::date) out_.date_confidence = rest.front().confidence;
    drop(rest, date->bytes);
    return true;
  }

  bool take_time(std::vector<Token>& rest) {
    if (rest.empty() || !out_.time.empty()) return false;
    const auto time = read_time(rest.front().text);
    if (!time) return false;
    if (rest.front().text.find(':') == std::string::npos) {
      // Six digits are a time only where one belongs.
      const auto column =
          text_column(columns_, rest.front().text, rest.front().left, rest.front().right);
      Role role{};
      const bool after_date =
          near_a_date(columns_, rest.front().left, rest.front().right, role, text_height_);
      if (!after_date && !(column && columns_.all[*column].role == Role::time)) return false;
    }
    out_.time = *time;
    rest.erase(rest.begin());
    return true;
  }

  // Takes the words that make up the first `bytes` of their text.
  static void drop(std::vector<Token>& words, std::size_t bytes) {
    while (!words.empty() && bytes >= words.front().text.size()) {
      bytes -= std::min(bytes, words.front().text.size() + 1);
      words.erase(words.begin());
    }
    if (!words.empty() && bytes > 0) words.front().text.erase(0, bytes);
  }

  const Columns& columns_;
  float text_height_;
  LineCells& out_;
};

}  // namespace

LineCells cells_of(const Line& line, const Columns& columns, float text_height) {
  LineCells out;
  std::vector<bool> used(line.tokens.size());
  assign_money(line, columns, money_candidates(line, columns), text_height, out, used);
  PhraseReader reader(columns, text_height, out);
  for (const auto& token : line.tokens) out.box = joined(out.box, token.source);
  bool first = true;
  for (std::size_t i = 0; i < line.tokens.size();) {
    if (used[i]) {
      ++i;
      continue;
    }
    std::vector<Token> phrase = {line.tokens[i++]};
    while (i < line.tokens.size() && !used[i] &&
           line.tokens[i].left - phrase.back().right < text_height * kBlank) {
      phrase.push_back(line.tokens[i++]);
    }
    reader.read(phrase, first);
    first = false;
  }
  return out;
}

}  // namespace mq::documents::statements
