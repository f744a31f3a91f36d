#include "documents/statement_checks.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "documents/statement_chain.h"

namespace mq::documents::statements {
namespace {

constexpr float kHardToRead = 0.5F;  // below this confidence a reading counts as doubtful

// Columns of outgoing money print "-8,000.00" in some banks, in others a minus there is a reversal.
bool minus_is_style(const RawTable& table) {
  std::size_t minus = 0, all = 0;
  for (const auto& row : table.rows) {
    if (!row.outgo || row.outgo->read.minor == 0) continue;
    ++all;
    minus += row.outgo->read.signed_out ? 1 : 0;
  }
  return minus * 2 > all;
}

struct Signed {
  Entry entry;
  const MoneyCell* cell = nullptr;
};

// The amount of a row and which way it goes, as far as the row itself tells.
Signed amount_of(const RawRow& row, bool outgo_minus) {
  Signed out;
  const auto take = [&](const MoneyCell& cell, bool negative) {
    out.cell = &cell;
    out.entry.amount = negative ? -cell.read.minor : cell.read.minor;
    out.entry.amount_read = true;
  };
  const auto is_set = [](const std::optional<MoneyCell>& cell) {
    return cell && cell->read.minor != 0;
  };
  if (is_set(row.income) && is_set(row.outgo)) {
    take(*row.income, false);
    out.entry.amount -= row.outgo->read.minor;
    out.entry.doubtful = true;
  } else if (is_set(row.income)) {
    take(*row.income, row.income->read.signed_out);
  } else if (is_set(row.outgo)) {
    take(*row.outgo, outgo_minus || !row.outgo->read.signed_out);
  } else if (row.amount) {
    const auto& read = row.amount->read;
    const bool out_by_word = row.direction == Direction::out;
    take(*row.amount, read.signed_out || (out_by_word && !read.signed_in));
    out.entry.sign_known =
        read.signed_in || read.signed_out || row.direction == Direction::in || out_by_word;
    if (row.direction == Direction::odd) out.entry.doubtful = true;
  } else if (row.income || row.outgo) {
    take(row.income ? *row.income : *row.outgo, false);
  }
  if (out.cell == nullptr) out.entry.doubtful = true;
  if (out.cell != nullptr) {
    out.entry.amount_exact = out.cell->confidence >= 1;
    out.entry.doubtful |= out.cell->read.unsure || out.cell->confidence < kHardToRead;
  }
  return out;
}

// A printed date without its year, in the year that puts it into the period.
std::optional<BusinessDate> with_year(const DateRead& read, const Statement& statement) {
  if (!read.date || !read.without_year) return read.date;
  if (!statement.from || !statement.to) return std::nullopt;
  const auto [unused, month, day] = read.date->ymd();
  for (int year = statement.from->ymd().year; year <= statement.to->ymd().year; ++year) {
    if (day > days_in_month(year, month)) continue;
    const auto date = BusinessDate::from_ymd(year, month, day);
    if (date >= *statement.from && date <= *statement.to) return date;
  }
  return std::nullopt;
}

StatementRow row_of(const RawRow& raw, const Signed& amount, const Statement& statement) {
  StatementRow row;
  const auto currency = raw.currency.value_or(statement.currency);
  if (currency != statement.currency) row.flags.set(RowFlag::other_currency);
  if (raw.date) row.date = with_year(*raw.date, statement);
  if (!row.date || raw.date->unsure || raw.date_confidence < kHardToRead)
    row.flags.set(RowFlag::date_unsure);
  row.time = raw.time;
  row.description = Pii<std::string>(raw.description);
  row.counterparty = Pii<std::string>(raw.counterparty);
  row.amount = Money(amount.entry.amount, currency);
  row.confidence = raw.date_confidence;
  if (amount.cell != nullptr) row.confidence = std::min(row.confidence, amount.cell->confidence);
  if (raw.balance) {
    const auto& read = raw.balance->read;
    row.balance = Money(read.signed_out ? -read.minor : read.minor, currency);
    row.confidence = std::min(row.confidence, raw.balance->confidence);
  }
  row.page = raw.page;
  row.box = raw.box;
  if (statement.from && row.date && *row.date < *statement.from)
    row.flags.set(RowFlag::out_of_period);
  if (statement.to && row.date && *row.date > *statement.to) row.flags.set(RowFlag::out_of_period);
  return row;
}

// A date before the one above and after the one below, or the other way round, is misread or moved.
void check_dates(Statement& statement) {
  std::vector<StatementRow*> rows;
  for (auto& row : statement.rows) {
    if (row.date) rows.push_back(&row);
  }
  if (statement.order == RowOrder::descending) std::reverse(rows.begin(), rows.end());
  const auto later = [](const StatementRow* a, const StatementRow* b) {
    return *a->date > *b->date;
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool before = i > 0 && later(rows[i - 1], rows[i]);
    const bool after = i + 1 < rows.size() && later(rows[i], rows[i + 1]);
    if (!before && !after) continue;
    // Of two rows out of order that one is wrong without which the others are in order.
    const bool fits_without = (before && (i < 2 || !later(rows[i - 2], rows[i - 1])) &&
                               (i + 1 == rows.size() || !later(rows[i - 1], rows[i + 1]))) ||
                              (after && (i == 0 || !later(rows[i - 1], rows[i + 1])));
    if (fits_without || (before && after)) rows[i]->flags.set(RowFlag::date_unsure);
  }
}

void mark_repeats(Statement& statement) {
  std::map<std::tuple<int, std::string, std::string, std::string, std::int64_t, std::int64_t>, bool>
      seen;
  for (auto& row : statement.rows) {
    // Without a balance two equal bookings on one day are nothing unusual.
    if (!row.balance || !row.date) continue;
    const auto key =
        std::tuple(row.date->days, row.time, row.description.expose(), row.counterparty.expose(),
                   row.amount.minor(), row.balance->minor());
    if (!seen.emplace(key, true).second) row.flags.set(RowFlag::repeated_row);
  }
}

// Which way round 借 and 贷 are meant, and whether the newest row comes first: whatever agrees with
// most balances.
void choose_reading(std::vector<Entry>& entries, const RawTable& table, Statement& statement) {
  const bool may_flip = table.columns->debit_credit ||
                        std::any_of(table.rows.begin(), table.rows.end(),
                                    [](const RawRow& row) { return row.debit_credit_word; });
  const StatementRow *first = nullptr, *last = nullptr;
  for (const auto& row : statement.rows) {
    if (!row.date) continue;
    if (first == nullptr) first = &row;
    last = &row;
  }
  const bool falling = first != nullptr && *first->date > *last->date;
  std::size_t best = 0;
  bool best_flip = false, best_descending = falling, any = false;
  for (const bool flip : {false, true}) {
    if (flip && !may_flip) continue;
    for (const bool descending : {falling, !falling}) {
      const auto agreeing = agreements(entries, descending, flip);
      if (any && agreeing <= best) continue;
      any = true;
      best = agreeing;
      best_flip = flip;
      best_descending = descending;
    }
  }
  statement.order = best_descending ? RowOrder::descending : RowOrder::ascending;
  if (!best_flip) return;
  for (auto& entry : entries) entry.amount = -entry.amount;
}

}  // namespace

void conclude(const RawTable& table, Statement& statement) {
  const bool outgo_minus = minus_is_style(table);
  std::vector<Entry> entries;
  std::vector<const MoneyCell*> cells;
  std::vector<std::size_t> place;  // of each entry in `rows`
  for (const auto& raw : table.rows) {
    const auto amount = amount_of(raw, outgo_minus);
    statement.rows.push_back(row_of(raw, amount, statement));
    auto& row = statement.rows.back();
    if (row.flags.has(RowFlag::other_currency)) {
      row.flags.set(RowFlag::unchecked);
      continue;
    }
    auto entry = amount.entry;
    if (row.balance) {
      entry.balance = row.balance->minor();
      entry.balance_exact = raw.balance->confidence >= 1;
      entry.doubtful |= raw.balance->read.unsure || raw.balance->confidence < kHardToRead;
    }
    entries.push_back(entry);
    cells.push_back(amount.cell);
    place.push_back(statement.rows.size() - 1);
  }
  // Signs anywhere mean that a bare amount is one coming in.
  const bool signs =
      std::any_of(entries.begin(), entries.end(), [](const Entry& e) { return e.amount < 0; });
  if (signs && !table.columns->has(Role::direction)) {
    for (auto& entry : entries) entry.sign_known = true;
  }
  choose_reading(entries, table, statement);
  const bool descending = statement.order == RowOrder::descending;
  const auto minor_of = [](const std::optional<Money>& money) {
    return money ? std::optional(money->minor()) : std::nullopt;
  };
  check_chain(entries, descending, minor_of(statement.opening), minor_of(statement.closing));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    auto& row = statement.rows[place[i]];
    row.amount = Money(entry.amount, statement.currency);
    if (entry.balance) row.balance = Money(*entry.balance, statement.currency);
    if (entry.link == Link::broken) row.flags.set(RowFlag::balance_breaks);
    if (entry.link == Link::unknown) row.flags.set(RowFlag::unchecked);
    const bool proved = entry.link == Link::holds;
    if (!proved && (entry.doubtful || !entry.sign_known)) row.flags.set(RowFlag::amount_unsure);
    const auto& raw = table.rows[place[i]];
    if (entry.amount_repaired) row.repairs.push_back({Repair::Field::amount, cells[i]->as_read});
    if (entry.balance_repaired)
      row.repairs.push_back({Repair::Field::balance, raw.balance->as_read});
    if (!row.repairs.empty()) row.flags.set(RowFlag::repaired);
  }
  check_dates(statement);
  mark_repeats(statement);
}

}  // namespace mq::documents::statements
