// Which factors an act needs. Private to auth/.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "auth/auth.h"

namespace mq::auth {

// The strongest that an account has beside the code by SMS, which all have.
enum class Has { nothing_else, password, passkey };
BOOST_DESCRIBE_ENUM(Has, nothing_else, password, passkey)

// Of each inner list one is needed. A rule holds for accounts that have this or something stronger,
// and for amounts from `from` on. Of those that hold the one for the strongest counts, and of those
// the one with the highest `from`.
struct StepUpRule {
  StepUpKind kind;
  Has has;
  Money from;
  NeededFactors needed;
};

// The rules, with their reasons: step_up_policy.cc. docs/security/step_up.md shows them.
std::span<const StepUpRule> step_up_rules();
// Pure.
NeededFactors factors_needed(StepUpKind kind, Money amount, Has has);
// What is left of them.
NeededFactors without(const NeededFactors& needed, const std::vector<Factor>& done);

// How they lie in a column: "sms_code|passkey,sms_code".
std::string factors_text(const NeededFactors& needed);
NeededFactors factors_of(const std::string& text);

}  // namespace mq::auth
