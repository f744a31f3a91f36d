// Which factors an act needs. Private to auth/.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "auth/auth.h"

namespace mq::auth {

// Of each inner list one is needed. A rule holds for an account with a passkey or without, and for
// amounts from `from` on; of those that hold the one with the highest `from` counts.
struct StepUpRule {
  StepUpKind kind;
  bool has_passkey;
  Money from;
  NeededFactors needed;
};

// The rules, with their reasons: step_up_policy.cc. docs/security/step_up.md shows them.
std::span<const StepUpRule> step_up_rules();
// Pure.
NeededFactors factors_needed(StepUpKind kind, Money amount, bool has_passkey);
// What is left of them.
NeededFactors without(const NeededFactors& needed, const std::vector<Factor>& done);

// How they lie in a column: "sms_code|passkey,sms_code".
std::string factors_text(const NeededFactors& needed);
NeededFactors factors_of(const std::string& text);

}  // namespace mq::auth
