#include "documents/statement_rows.h"

#include <algorithm>
#include <cmath>

#include "documents/statement_cells.h"

namespace mq::documents::statements {
namespace {

// Beginnings of lines that sum up and never are a booking.
bool sums_up(std::string_view key) {
  for (const std::string_view word :
       {"合计",    "小计",     "本页",           "总计",           "累计",       "总收入",
        "总支出",  "收入合计", "支出合计",       "期初",           "期末",       "承前",
        "过次",    "上页",     "上期",           "结转下",         "total",      "subtotal",
        "opening", "closing",  "broughtforward", "carriedforward", "balanceb/f", "balancec/f"}) {
    if (key.starts_with(word)) return true;
  }
  return false;
}

bool is_footer(std::string_view key) {
  if (sums_up(key)) return true;
  for (const std::string_view word :
       {"打印", "温馨提示", "声明", "注:", "说明:", "备注:", "客服", "页码", "page", "printed",
        "样本", "specimen", "制表", "电子章", "验证码", "thisstatement", "*"}) {
    if (key.starts_with(word)) return true;
  }
  return contains_any(key, {"/共", "页共", "页,共", "共1页"}) ||
         (key.starts_with("第") && key.ends_with("页"));
}

struct ReadLine {
  LineCells cells;
  float y = 0;
  bool anchor = false;
  bool continues = false;  // may be a further line of a row
};

const MoneyCell* money_of(const LineCells& cells, const Columns& columns, Role role) {
  for (const auto& [column, cell] : cells.money) {
    if (columns.all[column].role == role) return &cell;
  }
  return nullptr;
}

ReadLine classify(const Line& line, const Columns& columns, float text_height) {
  ReadLine out;
  out.cells = cells_of(line, columns, text_height);
  out.y = line.y;
  const auto key = key_of(text_of(line.tokens));
  const auto first_text =
      out.cells.texts.empty() ? std::string() : key_of(out.cells.texts.front().text);
  const bool balance_only =
      out.cells.money.size() == 1 && money_of(out.cells, columns, Role::balance) != nullptr;
  const bool dated = out.cells.date || out.cells.second_date;
  const bool sum =
      sums_up(key) || is_footer(key) || ((balance_only || !dated) && sums_up(first_text));
  if (sum && (!dated || balance_only)) return out;
  const bool money = !out.cells.money.empty();
  // A row whose date recognition lost still has amount and balance.
  out.anchor = money && (dated || out.cells.money.size() >= 2);
  out.continues = !out.anchor && !money && !out.cells.empty() && !out.cells.crosses_money &&
                  !(dated && out.cells.date && out.cells.date->date) && !is_footer(first_text);
  return out;
}

void append_text(std::string& to, std::string_view more) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!to.empty() && !more.empty() && letter(to.back()) && letter(more.front())) to.push_back(' ');
  to += more;
}

// The texts of a row by column, over its lines from top to bottom.
class RowTexts {
 public:
  RowTexts(const Columns& columns, float reach)
      : columns_(columns), reach_(reach), texts_(columns.all.size()) {}

  void add(const LineCells& cells) {
    std::size_t last = columns_.all.size();
    std::vector<TextCell> line;
    for (const auto& cell : cells.texts) {
      const auto column = column_of(cell);
      const auto& text = cell.text;
      auto& whole = texts_[column];
      // Words apart in one line are words; a new line continues the word.
      if (column == last) whole.push_back(' ');
      if (column == last) whole += text;
      if (column != last) append_text(whole, text);
      last = column;
      line.push_back(cell);
      line.back().column = column;
    }
    placed_.insert(placed_.end(), line.begin(), line.end());
  }

  void write(RawRow& row) const {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const auto& text = texts_[i];
      if (text.empty()) continue;
      switch (columns_.all[i].role) {
        case Role::description:
          if (!row.description.empty()) row.description.push_back(' ');
          row.description += text;
          break;
        case Role::counterparty:
          if (!row.counterparty.empty()) row.counterparty.push_back(' ');
          row.counterparty += text;
          break;
        case Role::currency:
          row.currency = currency_in(key_of(text));
          break;
        case Role::direction:
          set_direction(row, key_of(text));
          break;
        default:
          break;
      }
    }
  }

 private:
  // A further line stands below the line it continues; its own head may be off to the side.
  std::size_t column_of(const TextCell& cell) {
    const TextCell* best = nullptr;
    float least = reach_;
    for (const auto& above : placed_) {
      const float off = std::min(std::abs(above.left - cell.left),
                                 std::abs(above.left + above.right - cell.left - cell.right) / 2);
      if (off >= least) continue;
      least = off;
      best = &above;
    }
    return best == nullptr ? cell.column : best->column;
  }

  static void set_direction(RawRow& row, std::string_view key) {
    const auto is = [&](std::initializer_list<std::string_view> words) {
      return std::find(words.begin(), words.end(), key) != words.end();
    };
    row.debit_credit_word =
        is({"借", "贷", "借方", "贷方", "d", "c", "dr", "cr", "debit", "credit"});
    if (is({"贷", "贷方", "收", "入", "来", "c", "cr", "credit", "收入", "转入", "+", "存"})) {
      row.direction = Direction::in;
    } else if (is({"借", "借方", "支", "出", "往", "d", "dr", "debit", "支出", "转出", "-",
                   "取"})) {
      row.direction = Direction::out;
    } else {
      row.direction = Direction::odd;
    }
  }

  const Columns& columns_;
  float reach_;
  std::vector<std::string> texts_;
  std::vector<TextCell> placed_;
};

// Whether cells are centred beside a text of several lines, not set at its top: then a line of text
// stands above the first amount, or amounts without any text have text close above and below.
bool centred(const std::vector<ReadLine>& lines, float text_height) {
  const auto close = [&](std::size_t a, std::size_t b) {
    return lines[b].y - lines[a].y < text_height * 1.1F;
  };
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (lines[i].anchor && lines[i - 1].continues && lines[i + 1].continues && close(i - 1, i) &&
        close(i, i + 1)) {
      return true;
    }
  }
  return lines.size() > 1 && lines[0].continues && lines[1].anchor && close(0, 1);
}

// The anchor that each line belongs to, its own index for an anchor, lines.size() for none.
std::vector<std::size_t> owners(const std::vector<ReadLine>& lines, float text_height) {
  const std::size_t none = lines.size();
  std::vector<std::size_t> out(lines.size(), none);
  const float reach = text_height * 1.9F;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].anchor) {
      out[i] = i;
    } else if (lines[i].continues && i > 0 && out[i - 1] != none &&
               lines[i].y - lines[i - 1].y <= reach) {
      out[i] = out[i - 1];
    }
  }
  if (!centred(lines, text_height)) return out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].anchor || !lines[i].continues) continue;
    float least = reach * 2;
    for (std::size_t j = i > 6 ? i - 6 : 0; j < std::min(i + 7, lines.size()); ++j) {
      if (!lines[j].anchor || std::abs(lines[j].y - lines[i].y) >= least) continue;
      least = std::abs(lines[j].y - lines[i].y);
      out[i] = j;
    }
  }
  return out;
}

RawRow row_of(const std::vector<const ReadLine*>& parts, const ReadLine& anchor,
              const Columns& columns, std::size_t page, float text_height) {
  RawRow row;
  row.page = page;
  RowTexts texts(columns, text_height * 0.7F);
  for (const auto* part : parts) {
    texts.add(part->cells);
    row.box = joined(row.box, part->cells.box);
    if (row.time.empty()) row.time = part->cells.time;
  }
  texts.write(row);
  row.date =
      anchor.cells.date && anchor.cells.date->date ? anchor.cells.date : anchor.cells.second_date;
  if (!row.date) row.date = anchor.cells.date;
  row.date_confidence = anchor.cells.date_confidence;
  const auto take = [&](Role role) -> std::optional<MoneyCell> {
    const auto* cell = money_of(anchor.cells, columns, role);
    return cell == nullptr ? std::nullopt : std::optional(*cell);
  };
  row.amount = take(Role::amount);
  row.income = take(Role::income);
  row.outgo = take(Role::outgo);
  row.balance = take(Role::balance);
  return row;
}

void add_rows(const PageLines& page, std::size_t from, std::size_t to, std::size_t number,
              RawTable& table) {
  auto& columns = *table.columns;
  fit_to_data(columns, page, from, to);
  std::vector<ReadLine> lines;
  for (std::size_t i = from; i < to; ++i)
    lines.push_back(classify(page.lines[i], columns, page.text_height));
  const auto owner = owners(lines, page.text_height);
  std::vector<std::vector<const ReadLine*>> parts(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (owner[i] == lines.size()) {
      table.other_lines.push_back(text_of(page.lines[from + i].tokens));
    } else {
      parts[owner[i]].push_back(&lines[i]);
    }
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].anchor)
      table.rows.push_back(row_of(parts[i], lines[i], columns, number, page.text_height));
  }
}

// Columns of an earlier page on a page of another width.
Columns scaled(const Columns& columns, float factor) {
  auto out = columns;
  for (auto& column : out.all) {
    column.left *= factor;
    column.right *= factor;
    column.data_left = column.left;
    column.data_right = column.right;
  }
  return out;
}

}  // namespace

std::optional<Currency> currency_in(std::string_view key) {
  if (contains_any(key, {"人民币", "cny", "rmb", "元人民"})) return Currency::CNY;
  if (contains_any(key, {"美元", "usd"})) return Currency::USD;
  if (contains_any(key, {"港币", "港元", "hkd"})) return Currency::HKD;
  if (contains_any(key, {"欧元", "eur"})) return Currency::EUR;
  return std::nullopt;
}

void read_page(const StatementPage& page, std::size_t number, RawTable& table) {
  const auto lines = lines_of(page);
  auto heads = find_columns(lines, 0);
  if (!heads && table.columns) {
    table.columns = scaled(*table.columns, lines.width / table.columns_width);
    table.columns_width = lines.width;
    add_rows(lines, 0, lines.lines.size(), number, table);
    return;
  }
  const bool first_table = !table.columns;
  std::size_t at = 0;
  while (heads) {
    for (; at < heads->first_line; ++at)
      table.other_lines.push_back(text_of(lines.lines[at].tokens));
    if (first_table && table.title_lines == 0) table.title_lines = table.other_lines.size();
    table.columns = heads;
    table.columns_width = lines.width;
    auto next = find_columns(lines, heads->end_line);
    at = next ? next->first_line : lines.lines.size();
    add_rows(lines, heads->end_line, at, number, table);
    heads = std::move(next);
  }
  for (; at < lines.lines.size(); ++at)
    table.other_lines.push_back(text_of(lines.lines[at].tokens));
}

}  // namespace mq::documents::statements
