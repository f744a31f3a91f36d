#include "vision/match/interval.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "base/check.h"

namespace mq::vision {

Interval wilson(std::uint64_t count, std::uint64_t of) {
  MQ_CHECK(count <= of);
  if (of == 0) return {};
  constexpr double kZ = 1.959963984540054;  // the normal distribution's 97.5 % point
  const double n = static_cast<double>(of), p = static_cast<double>(count) / n;
  const double middle = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double reach = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return {count == 0 ? 0 : std::max(0.0, middle - reach),
          count == of ? 1 : std::min(1.0, middle + reach)};
}

Interval clopper_pearson(std::uint64_t count, std::uint64_t of) {
  MQ_CHECK(count <= of);
  if (of == 0) return {};
  const double k = static_cast<double>(count), n = static_cast<double>(of);
  return {count == 0 ? 0 : boost::math::ibeta_inv(k, n - k + 1, 0.025),
          count == of ? 1 : boost::math::ibeta_inv(k + 1, n - k, 0.975)};
}

}  // namespace mq::vision
