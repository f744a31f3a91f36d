#include "documents/statement_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "documents/statement_heads.h"
#include "documents/statement_text.h"

namespace mq::documents::statements {
namespace {

struct Found {
  Column column;
  bool debit_credit = false;
};

// Head words of one line, wherever words and cells begin and end: the letters are read as one
// string.
struct LineHeads {
  std::vector<Found> found;
  std::size_t letters = 0, other_letters = 0;
};

struct Letter {
  float left = 0, right = 0;
};

LineHeads heads_in(const Line& line, float text_height) {
  std::string key;
  std::vector<Letter> places;  // of every byte of `key`
  for (const auto& token : line.tokens) {
    const auto word = key_of(token.text);
    const float unit =
        (token.right - token.left) / static_cast<float>(std::max(set_width(word), 1));
    float at = token.left;
    for (std::size_t i = 0; i < word.size();) {
      const auto bytes = character_bytes(word, i);
      const float wide =
          unit * static_cast<float>(set_width(std::string_view(word).substr(i, bytes)));
      places.insert(places.end(), bytes, Letter{at, at + wide});
      at += wide;
      i += bytes;
    }
    key += word;
  }
  LineHeads out;
  for (std::size_t at = 0; at < key.size();) {
    const auto* head = longest_head(std::string_view(key).substr(at));
    // A head whose letters stand far apart is two heads or none: "交易" here, "日期" there.
    if (head != nullptr) {
      for (std::size_t i = 1; i < head->word.size(); ++i) {
        if (places[at + i].left - places[at + i - 1].right > text_height * 1.2F) head = nullptr;
        if (head == nullptr) break;
      }
    }
    if (head == nullptr) {
      const auto bytes = character_bytes(key, at);
      static constexpr std::string_view kHarmless = "()/:.-";
      if (kHarmless.find(key[at]) == std::string_view::npos) ++out.other_letters;
      at += bytes;
      continue;
    }
    Found found;
    found.column.role = head->role;
    found.column.left = places[at].left;
    found.column.right = places[at + head->word.size() - 1].right;
    found.debit_credit = head->debit_credit;
    out.found.push_back(found);
    for (std::size_t i = 0; i < head->word.size(); i += character_bytes(head->word, i))
      ++out.letters;
    at += head->word.size();
  }
  return out;
}

bool tells_a_table(const std::vector<Found>& found) {
  bool date = false, money = false;
  for (const auto& one : found) {
    date |= one.column.role == Role::date || one.column.role == Role::second_date ||
            one.column.role == Role::time;
    money |= one.column.role == Role::amount || one.column.role == Role::income ||
             one.column.role == Role::outgo;
  }
  return date && money && found.size() >= 3;
}

bool mostly_heads(const LineHeads& line) {
  // Units ("元", "RMB") and heads that are not known stand between those that are.
  return !line.found.empty() && line.other_letters <= line.letters;
}

// The same column under its other name: "日期" above "Date". Chinese comes first and decides the
// role.
void merge(std::vector<Found>& into, const std::vector<Found>& more) {
  for (const auto& one : more) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const Found& known) {
      return known.column.left < one.column.right && one.column.left < known.column.right;
    });
    // "交易金额" above "收入" and "支出" is the name of both.
    const bool below = same != into.end() && same->column.role == Role::amount &&
                       (one.column.role == Role::income || one.column.role == Role::outgo);
    if (same == into.end() || below) {
      into.push_back(one);
    } else {
      same->column.left = std::min(same->column.left, one.column.left);
      same->column.right = std::max(same->column.right, one.column.right);
    }
  }
}

// Two heads for one thing cannot both be the row's date or balance: the first counts.
void settle_roles(std::vector<Found>& found) {
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.column.left < b.column.left; });
  const auto has = [&](Role role) {
    return std::any_of(found.begin(), found.end(),
                       [&](const Found& f) { return f.column.role == role; });
  };
  // "交易时间" alone holds both.
  for (const Role instead : {Role::second_date, Role::time}) {
    for (auto& one : found) {
      if (!has(Role::date) && one.column.role == instead) one.column.role = Role::date;
    }
  }
  for (const Role single :
       {Role::date, Role::amount, Role::income, Role::outgo, Role::balance, Role::direction}) {
    bool seen = false;
    for (auto& one : found) {
      if (one.column.role != single) continue;
      if (seen) one.column.role = single == Role::date ? Role::second_date : Role::other;
      seen = true;
    }
  }
  // With both sides there is no single amount: "交易金额" above "收入" and "支出".
  if (has(Role::income) && has(Role::outgo)) {
    std::erase_if(found, [](const Found& f) { return f.column.role == Role::amount; });
  }
}

struct Span {
  float left = 0, right = 0;
  std::size_t count = 0;
};

enum class Edge { right, left, centre };

std::vector<Span> clusters(std::vector<Span> spans, Edge edge, float tolerance) {
  const auto at = [edge](const Span& s) {
    return edge == Edge::right ? s.right : edge == Edge::left ? s.left : (s.left + s.right) / 2;
  };
  std::sort(spans.begin(), spans.end(),
            [&](const Span& a, const Span& b) { return at(a) < at(b); });
  std::vector<Span> out;
  float last = 0;
  for (const auto& span : spans) {
    if (out.empty() || at(span) - last > tolerance) {
      out.push_back(span);
      out.back().count = 0;
    }
    auto& cluster = out.back();
    cluster.left = std::min(cluster.left, span.left);
    cluster.right = std::max(cluster.right, span.right);
    ++cluster.count;
    last = at(span);
  }
  return out;
}

float cost(const Span& cluster, const Column& column) {
  const float gap = std::max({0.0F, column.left - cluster.right, cluster.left - column.right});
  const float aligned =
      std::min({std::abs(cluster.left - column.left), std::abs(cluster.right - column.right),
                std::abs(cluster.left + cluster.right - column.left - column.right) / 2});
  return gap * 0.5F + aligned;
}

// Clusters to columns in their order, at the least sum of costs; a cluster may be nobody's.
std::vector<std::size_t> match(const std::vector<Span>& spans, const std::vector<Column*>& columns,
                               float leave) {
  constexpr float kNever = std::numeric_limits<float>::max() / 4;
  const std::size_t n = spans.size(), m = columns.size();
  std::vector<std::vector<float>> best(n + 1, std::vector<float>(m + 1, kNever));
  for (std::size_t j = 0; j <= m; ++j) best[0][j] = 0;
  for (std::size_t i = 1; i <= n; ++i) {
    const float left_out = leave * std::sqrt(static_cast<float>(spans[i - 1].count));
    for (std::size_t j = 0; j <= m; ++j) {
      best[i][j] = best[i - 1][j] + left_out;
      if (j == 0) continue;
      best[i][j] = std::min(
          {best[i][j], best[i][j - 1], best[i - 1][j - 1] + cost(spans[i - 1], *columns[j - 1])});
    }
  }
  std::vector<std::size_t> out(n, m);
  for (std::size_t i = n, j = m; i > 0;) {
    if (j > 0 && best[i][j] == best[i][j - 1]) {
      --j;
    } else if (j > 0 && best[i][j] == best[i - 1][j - 1] + cost(spans[i - 1], *columns[j - 1])) {
      out[--i] = --j;
    } else {
      --i;
    }
  }
  return out;
}

}  // namespace

bool is_money(Role role) {
  return role == Role::amount || role == Role::income || role == Role::outgo ||
         role == Role::balance;
}

bool is_text(Role role) {
  return !is_money(role) && role != Role::date && role != Role::second_date;
}

bool Columns::has(Role role) const {
  return std::any_of(all.begin(), all.end(), [&](const Column& c) { return c.role == role; });
}

float distance(const Column& column, float left, float right) {
  return std::max({0.0F, column.data_left - right, left - column.data_right});
}

std::optional<Columns> find_columns(const PageLines& page, std::size_t from) {
  for (std::size_t i = from; i < page.lines.size(); ++i) {
    auto first = heads_in(page.lines[i], page.text_height);
    if (!mostly_heads(first)) continue;
    auto found = first.found;
    std::size_t end = i + 1;
    // A head of several lines: what follows closely and is heads as well.
    for (; end < page.lines.size() && end < i + 4; ++end) {
      if (page.lines[end].y - page.lines[end - 1].y > page.text_height * 2.5F) break;
      const auto next = heads_in(page.lines[end], page.text_height);
      if (!mostly_heads(next)) break;
      merge(found, next.found);
    }
    if (!tells_a_table(found)) continue;
    Columns out;
    for (const auto& one : found) out.debit_credit |= one.debit_credit;
    settle_roles(found);
    for (const auto& one : found) {
      out.all.push_back(one.column);
      out.all.back().data_left = one.column.left;
      out.all.back().data_right = one.column.right;
    }
    out.first_line = i;
    out.end_line = end;
    return out;
  }
  return std::nullopt;
}

void fit_to_data(Columns& columns, const PageLines& page, std::size_t from, std::size_t to) {
  std::vector<Span> spans;
  for (std::size_t i = from; i < to; ++i) {
    for (const auto& token : page.lines[i].tokens) {
      const auto read = read_amount(token.text);
      if (!read || !read->decimals) continue;
      Span span;
      span.left = token.left;
      span.right = token.right;
      spans.push_back(span);
    }
  }
  std::vector<Column*> money;
  for (auto& column : columns.all) {
    if (is_money(column.role)) money.push_back(&column);
  }
  std::vector<Span> best;
  for (const Edge edge : {Edge::right, Edge::left, Edge::centre}) {
    auto found = clusters(spans, edge, page.text_height * 0.8F);
    // What stands there seldom is an amount in a text, or belongs to a footer.
    std::erase_if(found, [&](const Span& s) { return s.count * 40 < spans.size(); });
    if (best.empty() || found.size() < best.size()) best = std::move(found);
  }
  std::sort(best.begin(), best.end(),
            [](const Span& a, const Span& b) { return a.right < b.right; });
  const auto owner = match(best, money, page.text_height * 6);
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (owner[i] == money.size()) continue;
    auto& column = *money[owner[i]];
    // The data says where the column is; its head may hang over the neighbour's.
    column.data_left = best[i].left;
    column.data_right = best[i].right;
  }
}

}  // namespace mq::documents::statements
