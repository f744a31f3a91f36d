#include <algorithm>

#include "base/check.h"
#include "terms/terms.h"

namespace mq::terms {
namespace {

constexpr std::size_t kKinds = 4;

bool names_every_kind_once(const std::vector<DueKind>& order) {
  if (order.size() != kKinds) return false;
  return std::all_of(order.begin(), order.end(), [&](DueKind kind) {
    return std::count(order.begin(), order.end(), kind) == 1;
  });
}

Money& sum_of(Allocation& allocation, DueKind kind) {
  switch (kind) {
    case DueKind::cost:
      return allocation.cost;
    case DueKind::penalty:
      return allocation.penalty;
    case DueKind::interest:
      return allocation.interest;
    case DueKind::principal:
      break;
  }
  return allocation.principal;
}

}  // namespace

Result<Allocation> allocate(Money payment, std::span<const DueItem> due,
                            const AllocationOrder& order, int days_past_due) {
  const auto& kinds =
      days_past_due > order.long_overdue_after_days ? order.long_overdue : order.normal;
  if (!names_every_kind_once(kinds)) return Error(TermsErrc::bad_allocation, "order of kinds");
  if (payment.is_negative()) return Error(TermsErrc::bad_allocation, "negative payment");
  for (const auto& item : due) {
    if (item.amount.currency() != payment.currency() || item.amount.is_negative()) {
      return Error(TermsErrc::bad_allocation, "an amount due is negative or in another currency");
    }
  }

  const auto rank = [&](const DueItem& item) {
    const auto kind = std::find(kinds.begin(), kinds.end(), item.kind) - kinds.begin();
    return order.whole_instalments
               ? std::pair<std::int64_t, std::int64_t>(item.instalment_no, kind)
               : std::pair<std::int64_t, std::int64_t>(kind, item.instalment_no);
  };
  std::vector<DueItem> sorted(due.begin(), due.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const DueItem& a, const DueItem& b) { return rank(a) < rank(b); });

  const auto zero = Money::zero(payment.currency());
  Allocation out{{}, zero, zero, zero, zero, payment};
  for (const auto& item : sorted) {
    const Money part = min(item.amount, out.unallocated);
    if (part.is_zero()) continue;
    out.parts.push_back({item.instalment_no, item.kind, part});
    sum_of(out, item.kind) += part;
    out.unallocated -= part;
  }
  return out;
}

}  // namespace mq::terms
