#include <array>

#include "base/check.h"
#include "terms/terms.h"

namespace mq::terms {
namespace {

template <class Row>
bool in_force(const Row& row, BusinessDate date) {
  return row.valid_from <= date && (!row.valid_to || date <= *row.valid_to);
}

}  // namespace

std::span<const RateCap> default_rate_caps() {
  static const std::array<RateCap, 1> caps = {
      RateCap{BusinessDate::from_ymd(2025, 10, 1), std::nullopt, Rate::from_nano(240'000'000)}};
  return caps;
}

Result<Rate> rate_cap_on(std::span<const RateCap> caps, BusinessDate date) {
  std::optional<Rate> lowest;
  for (const auto& cap : caps) {
    if (in_force(cap, date) && (!lowest || cap.rate < *lowest)) lowest = cap.rate;
  }
  if (!lowest) return Error(TermsErrc::no_cap_in_force, date.iso());
  return *lowest;
}

Status check_rate_cap(std::span<const RateCap> caps, BusinessDate date, Rate annualised) {
  MQ_TRY(const Rate cap, rate_cap_on(caps, date));
  if (annualised > cap) {
    return Error(TermsErrc::above_rate_cap, annualised.str() + " is above " + cap.str());
  }
  return ok();
}

Money charge_cap(std::span<const PrincipalSpan> spans, Rate cap) {
  MQ_CHECK(!spans.empty());
  __int128 principal_days = 0;
  for (const auto& span : spans) {
    MQ_CHECK(span.days >= 0 && !span.principal.is_negative());
    MQ_CHECK(span.principal.currency() == spans.front().principal.currency());
    principal_days += static_cast<__int128>(span.principal.minor()) * span.days;
  }
  const __int128 minor = principal_days * cap.nano() / (static_cast<__int128>(365) * Rate::kScale);
  MQ_CHECK(minor >= 0 && minor <= INT64_MAX);
  return {static_cast<std::int64_t>(minor), spans.front().principal.currency()};
}

Money charge_within_cap(Money wanted, Money charged, Money cap) {
  const Money room = cap - charged;
  return room.is_positive() ? min(wanted, room) : Money::zero(wanted.currency());
}

std::span<const FeeKeptBackRule> default_fee_kept_back_rules() {
  static const std::array<FeeKeptBackRule, 1> rules = {
      FeeKeptBackRule{Currency::CNY, BusinessDate::from_ymd(2021, 1, 1), std::nullopt}};
  return rules;
}

Status check_fee_kept_back(std::span<const FeeKeptBackRule> rules, Money fee, BusinessDate date) {
  if (!fee.is_positive()) return ok();
  for (const auto& rule : rules) {
    if (rule.currency == fee.currency() && in_force(rule, date)) {
      return Error(TermsErrc::fee_kept_back_refused,
                   "the borrower must receive the whole principal");
    }
  }
  return ok();
}

}  // namespace mq::terms
