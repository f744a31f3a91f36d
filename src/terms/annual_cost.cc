#include <array>

#include "base/check.h"
#include "terms/decimal.h"
#include "terms/terms.h"

namespace mq::terms {
namespace {

struct Flow {
  int exponent;  // whole periods after the money was received
  Decimal amount;
};

// Solver settings: far finer than the 1e-10 that is promised, so that the nine decimals shown are
// exact.
const Decimal kStep("1e-20");
constexpr int kIterations = 400;
constexpr int kHighestRate = 1000;

struct Point {
  Decimal value, slope;
};

// value(r) = Σ paid_k · (1 + r)^−k − received: falling and convex for r >= 0.
Point present_value(const Decimal& received, const std::vector<Flow>& flows, const Decimal& rate) {
  const Decimal discount = 1 / Decimal(1 + rate);
  Point out{Decimal(-received), Decimal(0)};
  for (const auto& flow : flows) {
    const Decimal present = flow.amount * boost::multiprecision::pow(discount, flow.exponent);
    out.value += present;
    out.slope -= present * flow.exponent * discount;
  }
  return out;
}

// Newton inside a shrinking bracket; a step that leaves the bracket is replaced by halving it.
Result<Decimal> solve(const Decimal& received, const std::vector<Flow>& flows) {
  if (received <= 0) return Error(TermsErrc::no_rate, "nothing was received");
  Decimal low(0), high(kHighestRate);
  if (present_value(received, flows, low).value < 0) {
    return Error(TermsErrc::no_rate, "less is paid than was received");
  }
  if (present_value(received, flows, high).value > 0) {
    return Error(TermsErrc::no_rate, "the rate is beyond any that can be shown");
  }
  Decimal rate = low;
  for (int i = 0; i < kIterations; ++i) {
    const Point point = present_value(received, flows, rate);
    if (point.value == 0) return rate;
    (point.value > 0 ? low : high) = rate;
    Decimal next = rate - point.value / point.slope;
    if (next <= low || next >= high) next = (low + high) / 2;
    const Decimal step = boost::multiprecision::abs(Decimal(next - rate));
    rate = next;
    if (step < kStep) return rate;
  }
  return Error(TermsErrc::no_rate, "the solver did not settle");
}

Result<Rate> to_rate(const Decimal& value) {
  if (value > kHighestRate) {
    return Error(TermsErrc::no_rate, "the rate is beyond any that can be shown");
  }
  return Rate::from_nano(round_half_up(value * Rate::kScale));
}

Result<AnnualCost> annualise(const Decimal& periodic, const Decimal& periods_in_year) {
  AnnualCost cost;
  MQ_TRY(cost.irr_periodic, to_rate(periodic));
  MQ_TRY(cost.irr_simple, to_rate(periodic * periods_in_year));
  MQ_TRY(cost.irr_compound,
         to_rate(boost::multiprecision::pow(Decimal(1 + periodic), periods_in_year) - 1));
  return cost;
}

}  // namespace

Result<AnnualCost> annual_cost(Money received, std::span<const Money> payments, int months) {
  MQ_CHECK(months >= 1);
  std::vector<Flow> flows;
  for (const auto payment : payments) {
    if (payment.is_negative() || payment.currency() != received.currency()) {
      return Error(TermsErrc::no_rate, "payments are negative or in another currency");
    }
    flows.push_back({static_cast<int>(flows.size()) + 1, Decimal(payment.minor())});
  }
  MQ_TRY(const Decimal periodic, solve(Decimal(received.minor()), flows));
  return annualise(periodic, Decimal(12) / months);
}

Result<AnnualCost> annual_cost_by_date(Money received, BusinessDate received_on,
                                       std::span<const DatedPayment> payments) {
  std::vector<Flow> flows;
  for (const auto& payment : payments) {
    if (payment.amount.is_negative() || payment.amount.currency() != received.currency()) {
      return Error(TermsErrc::no_rate, "payments are negative or in another currency");
    }
    if (payment.on <= received_on) return TermsErrc::bad_dates;
    flows.push_back({days_actual(received_on, payment.on), Decimal(payment.amount.minor())});
  }
  MQ_TRY(const Decimal daily, solve(Decimal(received.minor()), flows));
  return annualise(daily, Decimal(365));
}

Result<AnnualCost> annual_cost(const Schedule& schedule, Money kept_back) {
  const auto& terms = schedule.terms;
  const Money received = terms.principal - kept_back;
  if (terms.first_due && *terms.first_due != terms.start.plus_months(1)) {
    std::vector<DatedPayment> payments;
    for (const auto& row : schedule.rows) payments.push_back({row.period_end, row.payment});
    return annual_cost_by_date(received, terms.start, payments);
  }
  std::vector<Money> payments;
  for (const auto& row : schedule.rows) payments.push_back(row.payment);
  return annual_cost(received, payments,
                     terms.method == RepaymentMethod::bullet ? terms.periods : 1);
}

std::string shown_rate(Rate rate) {
  const std::int64_t micro = (rate.nano() + 500) / 1000;
  auto fraction = std::to_string(micro % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return std::to_string(micro / 1'000'000) + "." + fraction;
}

}  // namespace mq::terms
