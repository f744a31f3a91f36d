// The inner loop of the 1:N search: products of packed 4-bit rows with one 8-bit query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mq::vision {

inline constexpr std::size_t kIndexDimensions = 512;
// A plane of a row: byte i holds dimension i in its low and dimension i + 256 in its high half,
// each 0..15.
inline constexpr std::size_t kPlaneBytes = kIndexDimensions / 2;
// Codes of a query stay within ±127, so that no sum of a kernel can overflow or saturate.
inline constexpr int kCodeMax = 127;

struct DotKernel {
  const char* name;
  // out[r] = Σ row[r][i] · query[i] for `count` rows of kPlaneBytes each. Any alignment.
  void (*dots)(const std::uint8_t* rows, std::size_t count, const std::int8_t* query,
               std::int32_t* out);
};

// Those this processor can run, the fastest first, plain C++ last. All give identical results.
std::span<const DotKernel> dot_kernels();

}  // namespace mq::vision
