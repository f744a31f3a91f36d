// The table of step-ups, as data: a change here is a change of policy, and docs/security/step_up.md
// shows it.
#include "auth/step_up_policy.h"

#include <algorithm>
#include <array>

#include "runtime/text.h"

namespace mq::auth {
namespace {

using enum Factor;

// From this amount on whoever has a passkey shows both: a stolen number or an unlocked phone alone
// is one of them. Half of what a household spends in a year (about 60,000 yuan) hurts for long.
constexpr std::int64_t kLargeMinor = 3'000'000;

const NeededFactors kEither = {{passkey, sms_code}};
const NeededFactors kBoth = {{passkey}, {sms_code}};
const NeededFactors kCode = {{sms_code}};

Factor factor_of(std::string_view name) {
  Factor factor{};
  MQ_CHECK(boost::describe::enum_from_string(std::string(name).c_str(), factor));
  return factor;
}

}  // namespace

std::span<const StepUpRule> step_up_rules() {
  static const std::array kRules = {
      StepUpRule{StepUpKind::sign_contract, false, {}, kCode},
      StepUpRule{StepUpKind::sign_contract, true, {}, kEither},
      StepUpRule{StepUpKind::sign_contract, true, {kLargeMinor, Currency::CNY}, kBoth},
      // The phone number vouches for a new passkey, so that one passkey does not breed others.
      StepUpRule{StepUpKind::add_passkey, false, {}, kCode},
      StepUpRule{StepUpKind::add_passkey, true, {}, kCode},
      StepUpRule{StepUpKind::confirm_device, false, {}, kCode},
      StepUpRule{StepUpKind::confirm_device, true, {}, kEither},
  };
  return kRules;
}

NeededFactors factors_needed(StepUpKind kind, Money amount, bool has_passkey) {
  const StepUpRule* best = nullptr;
  for (const auto& rule : step_up_rules()) {
    const bool holds =
        rule.kind == kind && rule.has_passkey == has_passkey && rule.from.minor() <= amount.minor();
    if (holds && (best == nullptr || rule.from.minor() >= best->from.minor())) best = &rule;
  }
  MQ_CHECK(best != nullptr);
  return best->needed;
}

NeededFactors without(const NeededFactors& needed, const std::vector<Factor>& done) {
  NeededFactors left;
  for (const auto& one_of : needed) {
    const bool met = std::ranges::any_of(
        one_of, [&](Factor factor) { return std::ranges::count(done, factor) > 0; });
    if (!met) left.push_back(one_of);
  }
  return left;
}

std::string factors_text(const NeededFactors& needed) {
  std::string text;
  for (const auto& one_of : needed) {
    if (!text.empty()) text += ",";
    for (std::size_t i = 0; i < one_of.size(); ++i) {
      if (i > 0) text += "|";
      text += boost::describe::enum_to_string(one_of[i], "?");
    }
  }
  return text;
}

NeededFactors factors_of(const std::string& text) {
  NeededFactors needed;
  if (text.empty()) return needed;
  for (const auto one_of : runtime::split(text, ',')) {
    auto& list = needed.emplace_back();
    for (const auto name : runtime::split(one_of, '|')) list.push_back(factor_of(name));
  }
  return needed;
}

}  // namespace mq::auth
