#include "base/check.h"
#include "terms/terms.h"

namespace mq::terms {

Money accrued_interest(const Schedule& schedule, BusinessDate date) {
  Money accrued = Money::zero(schedule.terms.principal.currency());
  BusinessDate from = schedule.terms.start;
  for (const auto& row : schedule.rows) {
    if (date <= from) break;
    if (date < row.period_end) {
      return accrued +
             row.interest.times(days_actual(from, date), days_actual(from, row.period_end));
    }
    accrued += row.interest;
    from = row.period_end;
  }
  return accrued;
}

Money DailyAccrual::add_day(Money balance, Rate annual_rate, int basis_days) {
  constexpr std::int64_t kMicro = 1'000'000;
  MQ_CHECK(basis_days == 360 || basis_days == 365);
  MQ_CHECK(!balance.is_negative() && annual_rate.nano() >= 0);
  // minor · nano / (10^9 · basis) in millionths: the scales leave a factor of 1000 below the line.
  const Money day = balance.times(annual_rate.nano(), basis_days * (Rate::kScale / kMicro));
  MQ_CHECK(!__builtin_add_overflow(micro, day.minor(), &micro));
  const std::int64_t rounded = Money(micro, balance.currency()).times(1, kMicro).minor();
  const Money posting(rounded - posted, balance.currency());
  posted = rounded;
  return posting;
}

}  // namespace mq::terms
