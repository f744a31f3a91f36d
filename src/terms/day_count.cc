#include <algorithm>

#include "base/check.h"
#include "terms/terms.h"

namespace mq::terms {

int days_30_360(BusinessDate from, BusinessDate to) {
  const auto a = from.ymd(), b = to.ymd();
  const int from_day = std::min(a.day, 30);
  const int to_day = from_day == 30 ? std::min(b.day, 30) : b.day;
  return 360 * (b.year - a.year) + 30 * (b.month - a.month) + (to_day - from_day);
}

int days_actual(BusinessDate from, BusinessDate to) { return to.days - from.days; }

int day_count(DayCount rule, BusinessDate from, BusinessDate to) {
  return rule == DayCount::thirty_360 ? days_30_360(from, to) : days_actual(from, to);
}

int days_in_year(DayCount rule) { return rule == DayCount::actual_365 ? 365 : 360; }

Money simple_interest(Money principal, Rate annual_rate, DayCount rule, int days) {
  MQ_CHECK(days >= 0);
  std::int64_t numerator = 0;
  MQ_CHECK(!__builtin_mul_overflow(annual_rate.nano(), std::int64_t{days}, &numerator));
  return principal.times(numerator, days_in_year(rule) * Rate::kScale);
}

}  // namespace mq::terms
