// Fifty-digit decimals: private to terms/, for the annuity and the internal rate only.
#pragma once

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <cstdint>

namespace mq::terms {

using Decimal = boost::multiprecision::cpp_dec_float_50;

// round(value), half up; value >= 0 and below 2^62.
inline std::int64_t round_half_up(const Decimal& value) {
  return static_cast<Decimal>(boost::multiprecision::floor(value + Decimal("0.5")))
      .convert_to<std::int64_t>();
}

}  // namespace mq::terms
