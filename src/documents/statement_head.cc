// Holder, account, currency, period and balances as printed around the table.
#include <algorithm>
#include <array>

#include "base/limits.h"
#include "documents/statement_checks.h"

namespace mq::documents::statements {
namespace {

enum class Key { holder, account, currency, period, from, to, opening, closing, other };

struct KeyWord {
  std::string_view word;
  Key key;
};

constexpr std::array kKeys = {
    KeyWord{"户名", Key::holder},
    KeyWord{"客户姓名", Key::holder},
    KeyWord{"客户名称", Key::holder},
    KeyWord{"姓名", Key::holder},
    KeyWord{"账户名称", Key::holder},
    KeyWord{"账户名", Key::holder},
    KeyWord{"accountname", Key::holder},
    KeyWord{"customername", Key::holder},
    KeyWord{"accountholder", Key::holder},
    KeyWord{"name", Key::holder},
    KeyWord{"账号", Key::account},
    KeyWord{"帐号", Key::account},
    KeyWord{"卡号", Key::account},
    KeyWord{"accountno", Key::account},
    KeyWord{"accountnumber", Key::account},
    KeyWord{"cardno", Key::account},
    KeyWord{"cardnumber", Key::account},
    KeyWord{"币种", Key::currency},
    KeyWord{"货币", Key::currency},
    KeyWord{"currency", Key::currency},
    KeyWord{"起止日期", Key::period},
    KeyWord{"交易时段", Key::period},
    KeyWord{"查询期间", Key::period},
    KeyWord{"查询时间", Key::period},
    KeyWord{"交易期间", Key::period},
    KeyWord{"时间范围", Key::period},
    KeyWord{"账单周期", Key::period},
    KeyWord{"查询日期", Key::period},
    KeyWord{"期间", Key::period},
    KeyWord{"statementperiod", Key::period},
    KeyWord{"period", Key::period},
    KeyWord{"起始日期", Key::from},
    KeyWord{"开始日期", Key::from},
    KeyWord{"startdate", Key::from},
    KeyWord{"截止日期", Key::to},
    KeyWord{"终止日期", Key::to},
    KeyWord{"结束日期", Key::to},
    KeyWord{"enddate", Key::to},
    KeyWord{"期初余额", Key::opening},
    KeyWord{"上期余额", Key::opening},
    KeyWord{"期初结余", Key::opening},
    KeyWord{"openingbalance", Key::opening},
    KeyWord{"期末余额", Key::closing},
    KeyWord{"期末结余", Key::closing},
    KeyWord{"closingbalance", Key::closing},
    KeyWord{"打印", Key::other},
    KeyWord{"证件", Key::other},
    KeyWord{"开户", Key::other},
    KeyWord{"printed", Key::other},
    KeyWord{"收入", Key::other},
    KeyWord{"支出", Key::other},
};

const KeyWord* key_at(std::string_view text) {
  const KeyWord* best = nullptr;
  for (const auto& key : kKeys) {
    if (text.starts_with(key.word) && (best == nullptr || key.word.size() > best->word.size()))
      best = &key;
  }
  return best;
}

// The line without blanks and in small letters, and where each byte of it stood.
struct Squeezed {
  std::string key;
  std::vector<std::size_t> at;
};

Squeezed squeeze(std::string_view line) {
  Squeezed out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ') continue;
    out.key.push_back(line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] - 'A' + 'a')
                                                       : line[i]);
    out.at.push_back(i);
  }
  return out;
}

std::vector<BusinessDate> dates_in(std::string_view text) {
  std::vector<BusinessDate> out;
  for (std::size_t i = 0; i < text.size() && out.size() < 2;) {
    const auto read = text[i] >= '0' && text[i] <= '9' ? read_date(text.substr(i)) : std::nullopt;
    if (read && read->date && !read->without_year) out.push_back(*read->date);
    // The rest of a number is no date of its own.
    if (read && read->bytes > 0) {
      i += read->bytes;
    } else {
      while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
      if (i < text.size()) ++i;
    }
  }
  return out;
}

std::string tail_of(std::string_view text) {
  std::string digits;
  std::size_t signs = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && c != '*' && c != ' ' && c != 'x' && c != 'X' && c != '-') break;
    if (digit) digits.push_back(c);
    if (c != ' ' && c != '-') ++signs;
  }
  return digits.size() >= 4 && signs >= 8 ? "****" + digits.substr(digits.size() - 4)
                                          : std::string();
}

std::string name_in(std::string_view value) {
  // "张三 证件号码:…": what follows is another field; a Chinese name has no blanks.
  if (const auto colon = value.find(':'); colon != std::string_view::npos) {
    const auto blank = value.substr(0, colon).rfind(' ');
    value = blank == std::string_view::npos ? std::string_view{} : value.substr(0, blank);
  }
  if (!value.empty() && static_cast<unsigned char>(value.front()) >= 0x80)
    value = value.substr(0, value.find(' '));
  return std::string(value.substr(0, value.size() > limits::kNameBytes ? 0 : value.size()));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == ':' || text.front() == '.')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == ';' || text.back() == ','))
    text.remove_suffix(1);
  return text;
}

std::optional<Money> money_in(std::string_view value, Currency currency) {
  // Only the first word: "12,000.00 元".
  value = trimmed(value);
  const auto read = read_amount(value.substr(0, value.find(' ')));
  if (!read || read->unsure) return std::nullopt;
  return Money(read->signed_out ? -read->minor : read->minor, currency);
}

void take_value(Key key, std::string_view value, Statement& out) {
  const auto dates = key == Key::period || key == Key::from || key == Key::to
                         ? dates_in(key_of(value))
                         : std::vector<BusinessDate>{};
  switch (key) {
    case Key::holder:
      if (out.holder.expose().empty()) out.holder = Pii<std::string>(name_in(value));
      break;
    case Key::account:
      if (out.account_tail.empty()) out.account_tail = tail_of(value);
      break;
    case Key::period:
      if (dates.size() == 2 && dates[0] <= dates[1] && !out.from)
        out.from = dates[0], out.to = dates[1];
      break;
    case Key::from:
      if (!dates.empty() && !out.from) out.from = dates[0];
      break;
    case Key::to:
      if (!dates.empty() && !out.to) out.to = dates[0];
      break;
    case Key::currency:
      if (const auto currency = currency_in(key_of(value)); currency && !out.currency_printed) {
        out.currency = *currency;
        out.currency_printed = true;
      }
      break;
    case Key::opening:
      if (!out.opening) out.opening = money_in(value, out.currency);
      break;
    case Key::closing:
      // The last one counts: a page may print the balance at its end as well.
      if (const auto money = money_in(value, out.currency)) out.closing = money;
      break;
    case Key::other:
      break;
  }
}

void read_line(std::string_view line, Statement& out, bool balances) {
  const auto squeezed = squeeze(line);
  const std::string_view key = squeezed.key;
  const KeyWord* open = nullptr;
  std::size_t begin = 0;
  const auto finish = [&](std::size_t end) {
    if (open == nullptr || begin >= end) return;
    const bool balance = open->key == Key::opening || open->key == Key::closing;
    if (balance != balances) return;
    const auto first = squeezed.at[begin];
    take_value(open->key, trimmed(line.substr(first, squeezed.at[end - 1] + 1 - first)), out);
  };
  for (std::size_t i = 0; i < key.size();) {
    const auto* found = key_at(key.substr(i));
    // A key begins a word: "对方户名" is none, nor is "rename:".
    const bool begins = i == 0 || squeezed.at[i] > squeezed.at[i - 1] + 1 || key[i - 1] == ':' ||
                        static_cast<unsigned char>(key[i]) >= 0x80;
    if (found == nullptr || !begins || (i >= 3 && key.substr(i - 3, 3) == "方")) {
      ++i;
      continue;
    }
    finish(i);
    open = found;
    i += found->word.size();
    begin = i;
  }
  finish(key.size());
}

std::string bank_in(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const auto end = std::min(line.find(' ', at), line.size());
    const auto word = line.substr(at, end - at);
    for (const std::string_view kind : {"银行", "信用社", "信用合作社"}) {
      const auto found = word.find(kind);
      if (found == std::string_view::npos) continue;
      auto name = word.substr(0, found + kind.size());
      if (const auto colon = name.rfind(':'); colon != std::string_view::npos)
        name.remove_prefix(colon + 1);
      if (name.size() > kind.size() && !name.ends_with("开户银行")) return std::string(name);
    }
    at = end + 1;
  }
  const auto key = key_of(line);
  if (key.find("bank") != std::string::npos && line.find(':') == std::string_view::npos &&
      line.size() <= 80) {
    return std::string(line);
  }
  return {};
}

}  // namespace

void read_head(const RawTable& table, Statement& statement) {
  for (std::size_t i = 0; i < table.title_lines && statement.bank.expose().empty(); ++i) {
    statement.bank = Pii<std::string>(bank_in(table.other_lines[i]));
  }
  for (const auto& line : table.other_lines) read_line(line, statement, false);
  if (!statement.currency_printed) {
    for (const auto& row : table.rows) {
      if (!row.currency) continue;
      statement.currency = *row.currency;
      statement.currency_printed = true;
      break;
    }
  }
  if (statement.from && statement.to && *statement.to < *statement.from) {
    statement.from.reset();
    statement.to.reset();
  }
  for (const auto& line : table.other_lines) read_line(line, statement, true);
}

}  // namespace mq::documents::statements
