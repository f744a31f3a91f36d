// How far a counted share can be from the true one. Pure.
#pragma once

#include <cstdint>

namespace mq::vision {

struct Interval {
  double low = 0;
  double high = 1;
};

// 95 % limits of a share of which `count` of `of` independent trials were seen; 0..1 when `of` is
// 0. Wilson: E. B. Wilson, JASA 22 (1927) 209, without continuity correction.
Interval wilson(std::uint64_t count, std::uint64_t of);

// Clopper and Pearson, Biometrika 26 (1934) 404: never covers less than 95 %. Its upper limit after
// none of n is about 3.7/n (two-sided; the "rule of three" is the one-sided one).
Interval clopper_pearson(std::uint64_t count, std::uint64_t of);

}  // namespace mq::vision
