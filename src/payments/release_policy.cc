// What people must release, as data: a change here is a change of policy, and
// docs/security/releases.md shows it.
#include <algorithm>
#include <array>

#include "payments/payments.h"

namespace mq::payments {

std::span<const ReleaseRule> release_rules() {
  // Where a borrower's own approval asks for two factors (auth/step_up_policy.cc), ours asks for
  // two people. Below it a loan is worth less than the work of two, and rules and limits decide
  // alone.
  static const std::array kRules = {
      ReleaseRule{Kind::payout, {3'000'000, Currency::CNY}, 2},
  };
  return kRules;
}

int releases_needed(Kind kind, Money amount) {
  int needed = 0;
  for (const auto& rule : release_rules()) {
    if (rule.kind == kind && rule.from.currency() == amount.currency() && rule.from <= amount)
      needed = std::max(needed, rule.people);
  }
  return needed;
}

}  // namespace mq::payments
