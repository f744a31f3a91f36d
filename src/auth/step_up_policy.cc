// The table of step-ups, as data: a change here is a change of policy, and docs/security/step_up.md
// shows it.
#include "auth/step_up_policy.h"

#include <algorithm>
#include <array>

#include "runtime/text.h"

namespace mq::auth {
namespace {

using enum Factor;

// From this amount on it takes two: a stolen number, an unlocked phone or a password that was seen
// is one. Half of what a household spends in a year (about 60,000 yuan) hurts for long. Whoever has
// nothing but the number is told what would protect them better, and not kept from their loan.
constexpr std::int64_t kLargeMinor = 3'000'000;

const NeededFactors kEither = {{passkey, sms_code}};
const NeededFactors kPasskeyAndCode = {{passkey}, {sms_code}};
const NeededFactors kPasswordAndCode = {{password}, {sms_code}};
const NeededFactors kPasswordOrCode = {{password, sms_code}};
const NeededFactors kCode = {{sms_code}};

Factor factor_of(std::string_view name) {
  Factor factor{};
  MQ_CHECK(boost::describe::enum_from_string(std::string(name).c_str(), factor));
  return factor;
}

}  // namespace

std::span<const StepUpRule> step_up_rules() {
  static const std::array kRules = {
      StepUpRule{StepUpKind::sign_contract, Has::nothing_else, {}, kCode},
      StepUpRule{
          StepUpKind::sign_contract, Has::password, {kLargeMinor, Currency::CNY}, kPasswordAndCode},
      StepUpRule{StepUpKind::sign_contract, Has::passkey, {}, kEither},
      StepUpRule{
          StepUpKind::sign_contract, Has::passkey, {kLargeMinor, Currency::CNY}, kPasskeyAndCode},
      // The phone number vouches for a new passkey, so that one passkey does not breed others.
      StepUpRule{StepUpKind::add_passkey, Has::nothing_else, {}, kCode},
      // A code will do, for whoever has lost the phone or forgotten the password. Where only a code
      // is shown although there is something stronger, the account's devices are held for a day.
      StepUpRule{StepUpKind::remove_passkey, Has::passkey, {}, kEither},
      StepUpRule{StepUpKind::set_password, Has::nothing_else, {}, kCode},
      StepUpRule{StepUpKind::set_password, Has::password, {}, kPasswordOrCode},
      StepUpRule{StepUpKind::set_password, Has::passkey, {}, kEither},
      StepUpRule{StepUpKind::remove_password, Has::password, {}, kPasswordOrCode},
      StepUpRule{StepUpKind::remove_password, Has::passkey, {}, kEither},
      StepUpRule{StepUpKind::confirm_device, Has::nothing_else, {}, kCode},
      StepUpRule{StepUpKind::confirm_device, Has::passkey, {}, kEither},
  };
  return kRules;
}

NeededFactors factors_needed(StepUpKind kind, Money amount, Has has) {
  const StepUpRule* best = nullptr;
  const auto rank = [](const StepUpRule& rule) { return std::pair(rule.has, rule.from.minor()); };
  for (const auto& rule : step_up_rules()) {
    const bool holds = rule.kind == kind && rule.has <= has && rule.from.minor() <= amount.minor();
    if (holds && (best == nullptr || rank(rule) > rank(*best))) best = &rule;
  }
  // Of what somebody has not there is nothing to remove; the act itself says so.
  return best == nullptr ? kCode : best->needed;
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
