// The arithmetic of balances: which rows they prove and which they contradict. Private to
// documents/.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mq::documents::statements {

enum class Link { unknown, holds, broken };

struct Entry {
  std::int64_t amount = 0;  // minor units, in positive
  std::optional<std::int64_t> balance;
  bool amount_read = false;
  bool amount_exact = false, balance_exact = false;  // cannot be misread: never changed
  bool sign_known = true;  // otherwise the balances decide which way it goes
  bool doubtful = false;   // hard to read
  // Results.
  Link link = Link::unknown;  // balance before + amount = balance
  bool amount_repaired = false, balance_repaired = false;
};

// How many rows agree with the row before them, read from the end when `descending`, the amounts
// turned when `flip`.
std::size_t agreements(const std::vector<Entry>& entries, bool descending, bool flip);

// Sets signs that are not known, repairs what is proved to be misread, and fills `link`.
//
// A repair needs two witnesses. An amount: the balances at both sides, each supported by another
// row, the last one by the printed closing balance. A balance: the rows at both sides give the same
// value, and the rows beyond them hold. And the value must be one character away from the reading
// (two if that was doubtful).
void check_chain(std::vector<Entry>& entries, bool descending, std::optional<std::int64_t> opening,
                 std::optional<std::int64_t> closing);

}  // namespace mq::documents::statements
