#include "base/check.h"
#include "base/limits.h"
#include "terms/decimal.h"
#include "terms/terms.h"

namespace mq::terms {
namespace {

// A holiday longer than this is a broken calendar.
constexpr int kLongestHolidayDays = 31;

struct Period {
  BusinessDate from, to;
};

Status check_terms(const LoanTerms& terms) {
  if (!terms.principal.is_positive() || terms.principal.minor() > limits::kLoanMinor) {
    return TermsErrc::bad_principal;
  }
  if (terms.annual_rate.nano() < 0 || terms.annual_rate.nano() > limits::kLoanRateNano) {
    return TermsErrc::bad_rate;
  }
  if (terms.periods < 1 || terms.periods > limits::kLoanPeriods) return TermsErrc::bad_periods;
  if (terms.first_due) {
    const int days = days_actual(terms.start, *terms.first_due);
    if (terms.method == RepaymentMethod::bullet) {
      return Error(TermsErrc::bad_dates, "a bullet loan has no first period of its own");
    }
    if (days < 1 || days > limits::kFirstPeriodDays) {
      return Error(TermsErrc::bad_dates, "the first due date is out of range");
    }
  }
  return ok();
}

// Ends are counted from the anchor, not from each other, so that a due date on the 31st goes back
// to the 31st after a shorter month.
Period period_of(const LoanTerms& terms, int no) {
  if (terms.method == RepaymentMethod::bullet) {
    return {terms.start, terms.start.plus_months(terms.periods)};
  }
  const auto end = [&](int k) {
    if (k == 0) return terms.start;
    return terms.first_due ? terms.first_due->plus_months(k - 1) : terms.start.plus_months(k);
  };
  return {end(no - 1), end(no)};
}

bool is_odd_first(const LoanTerms& terms, int no) {
  return no == 1 && terms.first_due && *terms.first_due != terms.start.plus_months(1);
}

Money period_interest(const LoanTerms& terms, Money balance, int no) {
  const Period period = period_of(terms, no);
  if (terms.day_count == DayCount::thirty_360 && !is_odd_first(terms, no)) {
    const int months = terms.method == RepaymentMethod::bullet ? terms.periods : 1;
    return balance.times(terms.annual_rate.nano() * months, 12 * Rate::kScale);
  }
  return simple_interest(balance, terms.annual_rate, terms.day_count,
                         day_count(terms.day_count, period.from, period.to));
}

Money level_payment(const LoanTerms& terms) {
  if (terms.annual_rate.nano() == 0) return terms.principal.times(1, terms.periods);
  const Decimal rate = Decimal(terms.annual_rate.nano()) / Decimal(12 * Rate::kScale);
  const Decimal growth = boost::multiprecision::pow(Decimal(1 + rate), terms.periods);
  const Decimal payment = Decimal(terms.principal.minor()) * rate * growth / (growth - 1);
  return {round_half_up(payment), terms.principal.currency()};
}

BusinessDate shifted(BusinessDate day, const WorkingDay& working_day) {
  if (!working_day) return day;
  for (int moved = 0; moved <= kLongestHolidayDays; ++moved) {
    if (working_day(day.plus_days(moved))) return day.plus_days(moved);
  }
  check_failed("the calendar has no working day within a month");
}

// The principal part of instalment `no`, when it is not the last.
Money principal_part(const LoanTerms& terms, Money level, Money interest) {
  switch (terms.method) {
    case RepaymentMethod::equal_instalment:
      return level - interest;
    case RepaymentMethod::equal_principal:
      return level;
    case RepaymentMethod::interest_first:
    case RepaymentMethod::bullet:
      break;
  }
  return Money::zero(terms.principal.currency());
}

bool amortises(RepaymentMethod method) {
  return method == RepaymentMethod::equal_instalment || method == RepaymentMethod::equal_principal;
}

}  // namespace

Result<Schedule> make_schedule(const LoanTerms& terms, const WorkingDay& working_day) {
  MQ_REQUIRE(check_terms(terms));
  const auto zero = Money::zero(terms.principal.currency());
  const int count = terms.method == RepaymentMethod::bullet ? 1 : terms.periods;
  Money level = zero;
  if (terms.method == RepaymentMethod::equal_instalment) level = level_payment(terms);
  if (terms.method == RepaymentMethod::equal_principal) level = terms.principal.times(1, count);

  Schedule schedule{terms, {}, zero, zero};
  schedule.rows.reserve(static_cast<std::size_t>(count));
  Money balance = terms.principal;
  for (int no = 1; no <= count; ++no) {
    const BusinessDate end = period_of(terms, no).to;
    const Money interest = period_interest(terms, balance, no);
    const bool last = no == count;
    const Money principal = last ? balance : principal_part(terms, level, interest);
    if (amortises(terms.method) && !last) {
      if (level.is_zero() || principal >= balance) return TermsErrc::amount_too_small;
      if (!principal.is_positive()) return TermsErrc::not_amortising;
    }
    balance -= principal;
    schedule.rows.push_back(
        {no, shifted(end, working_day), principal + interest, principal, interest, balance, end});
    schedule.total_interest += interest;
    schedule.total_payment += principal + interest;
  }
  return schedule;
}

}  // namespace mq::terms
