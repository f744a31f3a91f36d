#include "documents/statement_chain.h"

#include <cstdlib>
#include <string>

#include "documents/statement_text.h"

namespace mq::documents::statements {
namespace {

// The entries from the oldest to the newest.
class Chain {
 public:
  Chain(std::vector<Entry>& entries, bool descending, std::optional<std::int64_t> opening,
        std::optional<std::int64_t> closing)
      : entries_(entries), descending_(descending), opening_(opening), closing_(closing) {}

  std::size_t size() const { return entries_.size(); }
  Entry& at(std::size_t i) { return entries_[descending_ ? size() - 1 - i : i]; }

  std::optional<std::int64_t> before(std::size_t i) {
    return i == 0 ? opening_ : at(i - 1).balance;
  }
  // What follows from the row after this one, or from the printed closing balance.
  std::optional<std::int64_t> implied_after(std::size_t i) {
    if (i + 1 == size()) return closing_;
    auto& next = at(i + 1);
    if (!next.balance || !next.amount_read || !next.sign_known) return std::nullopt;
    return *next.balance - next.amount;
  }

  void link(std::size_t i) {
    auto& entry = at(i);
    const auto previous = before(i);
    entry.link = !previous || !entry.balance                                       ? Link::unknown
                 : entry.amount_read && *previous + entry.amount == *entry.balance ? Link::holds
                                                                                   : Link::broken;
  }
  void link_all() {
    for (std::size_t i = 0; i < size(); ++i) link(i);
  }

  // A printed opening balance may be misread itself, and nothing else says so.
  bool supported_before(std::size_t i) { return i > 0 && at(i - 1).link == Link::holds; }
  bool supported_after(std::size_t i) {
    if (i + 1 == size()) return closing_ && closing_ == at(i).balance;
    return at(i + 1).link == Link::holds;
  }

 private:
  std::vector<Entry>& entries_;
  bool descending_;
  std::optional<std::int64_t> opening_, closing_;
};

bool near(std::int64_t read, std::int64_t proved, bool doubtful) {
  return edits_between(std::to_string(read), std::to_string(proved)) <= (doubtful ? 2 : 1);
}

void set_signs(Chain& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    auto& entry = chain.at(i);
    const auto previous = chain.before(i);
    if (entry.sign_known || !previous || !entry.balance) continue;
    const auto change = *entry.balance - *previous;
    if (std::abs(change) != std::abs(entry.amount)) continue;
    entry.amount = change;
    entry.sign_known = true;
  }
}

bool repair_balance(Chain& chain, std::size_t i) {
  auto& entry = chain.at(i);
  const auto previous = chain.before(i), after = chain.implied_after(i);
  if (!entry.balance || entry.balance_exact || !entry.amount_read || !previous || !after)
    return false;
  // Two misreadings nearby can agree on a third, wrong value: the rows further out must be in
  // order.
  if (i > 0 && !chain.supported_before(i)) return false;
  if (i + 1 < chain.size() && !chain.supported_after(i + 1)) return false;
  const auto proved = *previous + entry.amount;
  if (proved != *after || proved == *entry.balance || !near(*entry.balance, proved, entry.doubtful))
    return false;
  entry.balance = proved;
  entry.balance_repaired = true;
  chain.link(i);
  if (i + 1 < chain.size()) chain.link(i + 1);
  return true;
}

bool repair_amount(Chain& chain, std::size_t i) {
  auto& entry = chain.at(i);
  const auto previous = chain.before(i);
  if (!entry.balance || entry.amount_exact || !entry.amount_read || !previous) return false;
  if (!chain.supported_before(i) || !chain.supported_after(i)) return false;
  const auto proved = *entry.balance - *previous;
  if (!near(entry.amount, proved, entry.doubtful)) return false;
  entry.amount = proved;
  entry.amount_repaired = true;
  chain.link(i);
  return true;
}

}  // namespace

std::size_t agreements(const std::vector<Entry>& entries, bool descending, bool flip) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    const auto& older = entries[descending ? i + 1 : i];
    const auto& newer = entries[descending ? i : i + 1];
    if (!older.balance || !newer.balance || !newer.amount_read) continue;
    const auto change = *newer.balance - *older.balance;
    const auto amount = flip ? -newer.amount : newer.amount;
    count += change == amount || (!newer.sign_known && change == -amount) ? 1 : 0;
  }
  return count;
}

void check_chain(std::vector<Entry>& entries, bool descending, std::optional<std::int64_t> opening,
                 std::optional<std::int64_t> closing) {
  Chain chain(entries, descending, opening, closing);
  set_signs(chain);
  chain.link_all();
  // A repair may be the witness of the next one; each row is repaired twice at most.
  constexpr int kPasses = 4;
  bool changed = true;
  for (int pass = 0; pass < kPasses && changed; ++pass) {
    changed = false;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      auto& entry = chain.at(i);
      if (entry.link != Link::broken) continue;
      if (!entry.balance_repaired) changed |= repair_balance(chain, i);
      if (entry.link == Link::broken && !entry.amount_repaired) changed |= repair_amount(chain, i);
    }
  }
}

}  // namespace mq::documents::statements
