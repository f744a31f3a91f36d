#include "risk/facts.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/limits.h"

namespace mq::risk {
namespace {

constexpr std::int64_t kHighestShare = 1000;

std::string name_of(terms::RepaymentMethod method) {
  return boost::describe::enum_to_string(method, "?");
}

// Rounded up, so that "greater than" is exact.
Rate share_of(const Money& part, const Money& whole) {
  const auto highest = Rate::from_nano(kHighestShare * Rate::kScale);
  if (!whole.is_positive()) return highest;
  const __int128 of = whole.minor();
  const __int128 nano = (static_cast<__int128>(part.minor()) * Rate::kScale + of - 1) / of;
  if (nano > highest.nano()) return highest;
  return Rate::from_nano(static_cast<std::int64_t>(nano));
}

const std::array kFacts = {
    FactSpec{"age_years", FactKind::count, [](const Facts& f) { return std::int64_t{f.age_years}; },
             nullptr},
    FactSpec{"term_months", FactKind::count,
             [](const Facts& f) { return std::int64_t{f.term_months}; }, nullptr},
    FactSpec{"active_loans", FactKind::count,
             [](const Facts& f) { return std::int64_t{f.active_loans}; }, nullptr},
    FactSpec{"monthly_income", FactKind::money,
             [](const Facts& f) { return f.monthly_income.minor(); }, nullptr},
    FactSpec{"other_monthly_debt", FactKind::money,
             [](const Facts& f) { return f.other_monthly_debt.minor(); }, nullptr},
    FactSpec{"instalment", FactKind::money, [](const Facts& f) { return f.instalment.minor(); },
             nullptr},
    FactSpec{"amount", FactKind::money, [](const Facts& f) { return f.amount.minor(); }, nullptr},
    FactSpec{"consumer_exposure", FactKind::money,
             [](const Facts& f) { return f.consumer_exposure.minor(); }, nullptr},
    FactSpec{"consumer_exposure_after", FactKind::money,
             [](const Facts& f) { return (f.consumer_exposure + f.amount).minor(); }, nullptr},
    FactSpec{"debt_to_income", FactKind::share,
             [](const Facts& f) { return debt_to_income(f).nano(); }, nullptr},
    FactSpec{"stated_to_documented_income", FactKind::share,
             [](const Facts& f) { return stated_to_documented_income(f).nano(); }, nullptr},
    FactSpec{"identity_state", FactKind::text, nullptr,
             [](const Facts& f) { return f.identity_state; }},
    FactSpec{"method", FactKind::text, nullptr, [](const Facts& f) { return name_of(f.method); }},
    FactSpec{"use_of_funds", FactKind::text, nullptr,
             [](const Facts& f) { return f.use_of_funds; }},
    FactSpec{"statement", FactKind::text, nullptr,
             [](const Facts& f) { return f.statement.value_or("none"); }},
};

}  // namespace

const FactSpec* find_fact(std::string_view name) {
  const auto found = std::find_if(kFacts.begin(), kFacts.end(),
                                  [&](const FactSpec& spec) { return spec.name == name; });
  return found == kFacts.end() ? nullptr : &*found;
}

Status check_facts(const Facts& facts) {
  for (const auto& amount :
       {facts.monthly_income, facts.other_monthly_debt, facts.instalment, facts.amount,
        facts.consumer_exposure, facts.documented_income.value_or(Money())}) {
    if (amount.currency() != Currency::CNY || amount.is_negative() ||
        amount.minor() > limits::kLoanMinor) {
      return Error(RiskErrc::bad_facts, "an amount is out of range");
    }
  }
  if (!facts.amount.is_positive() || facts.term_months < 1) {
    return Error(RiskErrc::bad_facts, "no loan is asked for");
  }
  if (facts.age_years < 0 || facts.active_loans < 0) {
    return Error(RiskErrc::bad_facts, "a count is negative");
  }
  return ok();
}

Rate debt_to_income(const Facts& facts) {
  return share_of(facts.other_monthly_debt + facts.instalment, facts.monthly_income);
}

Rate stated_to_documented_income(const Facts& facts) {
  if (!facts.documented_income) return Rate();
  return share_of(facts.monthly_income, *facts.documented_income);
}

Money monthly_burden(const terms::Schedule& schedule) {
  MQ_CHECK(!schedule.rows.empty());
  const auto& terms = schedule.terms;
  if (terms.method == terms::RepaymentMethod::bullet ||
      terms.method == terms::RepaymentMethod::interest_first) {
    return schedule.total_payment.times(1, terms.periods);
  }
  Money highest = schedule.rows.front().payment;
  for (const auto& row : schedule.rows) {
    if (row.payment > highest) highest = row.payment;
  }
  return highest;
}

}  // namespace mq::risk
