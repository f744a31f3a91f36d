#include "vision/index/kernels.h"

#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mq::vision {
namespace {

void dots_scalar(const std::uint8_t* rows, std::size_t count, const std::int8_t* query,
                 std::int32_t* out) {
  for (std::size_t r = 0; r < count; ++r, rows += kPlaneBytes) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < kPlaneBytes; ++i) {
      sum += (rows[i] & 15) * query[i] + (rows[i] >> 4) * query[i + kPlaneBytes];
    }
    out[r] = sum;
  }
}

#if defined(__x86_64__)

// maddubs adds two products (at most 2 · 15 · 127) in 16 bits with saturation. Eight of them stay
// below 2^15, so a 16-bit sum takes one half of a row (eight steps of 32 bytes) and no more.
static_assert(8 * 2 * 15 * kCodeMax < 32768);

__attribute__((target("avx2"))) void dots_avx2(const std::uint8_t* rows, std::size_t count,
                                               const std::int8_t* query, std::int32_t* out) {
  constexpr std::size_t kSteps = kPlaneBytes / 32;
  static_assert(kSteps == 8);
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i ones = _mm256_set1_epi16(1);
  const auto* q = reinterpret_cast<const __m256i*>(query);
  for (std::size_t r = 0; r < count; ++r, rows += kPlaneBytes) {
    const auto* row = reinterpret_cast<const __m256i*>(rows);
    __m256i low = _mm256_setzero_si256();
    __m256i high = _mm256_setzero_si256();
    for (std::size_t i = 0; i < kSteps; ++i) {
      const __m256i pair = _mm256_loadu_si256(row + i);
      const __m256i a = _mm256_and_si256(pair, nibble);
      const __m256i b = _mm256_and_si256(_mm256_srli_epi16(pair, 4), nibble);
      low = _mm256_add_epi16(low, _mm256_maddubs_epi16(a, _mm256_loadu_si256(q + i)));
      high = _mm256_add_epi16(high, _mm256_maddubs_epi16(b, _mm256_loadu_si256(q + kSteps + i)));
    }
    const __m256i sums =
        _mm256_add_epi32(_mm256_madd_epi16(low, ones), _mm256_madd_epi16(high, ones));
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(1, 0, 3, 2)));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(2, 3, 0, 1)));
    out[r] = _mm_cvtsi128_si32(four);
  }
}

constexpr std::size_t kWideSteps = kPlaneBytes / 64;

__attribute__((target("avx512f,avx512bw"))) void dots_avx512(const std::uint8_t* rows,
                                                             std::size_t count,
                                                             const std::int8_t* query,
                                                             std::int32_t* out) {
  const __m512i nibble = _mm512_set1_epi8(15);
  const __m512i ones = _mm512_set1_epi16(1);
  for (std::size_t r = 0; r < count; ++r, rows += kPlaneBytes) {
    // Both halves together take eight steps here.
    __m512i sums = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kWideSteps; ++i) {
      const __m512i pair = _mm512_loadu_si512(rows + 64 * i);
      const __m512i a = _mm512_and_si512(pair, nibble);
      const __m512i b = _mm512_and_si512(_mm512_srli_epi16(pair, 4), nibble);
      const __m512i with_a = _mm512_loadu_si512(query + 64 * i);
      const __m512i with_b = _mm512_loadu_si512(query + kPlaneBytes + 64 * i);
      sums = _mm512_add_epi16(sums, _mm512_maddubs_epi16(a, with_a));
      sums = _mm512_add_epi16(sums, _mm512_maddubs_epi16(b, with_b));
    }
    out[r] = _mm512_reduce_add_epi32(_mm512_madd_epi16(sums, ones));
  }
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) void dots_vnni(const std::uint8_t* rows,
                                                                      std::size_t count,
                                                                      const std::int8_t* query,
                                                                      std::int32_t* out) {
  const __m512i nibble = _mm512_set1_epi8(15);
  for (std::size_t r = 0; r < count; ++r, rows += kPlaneBytes) {
    __m512i low = _mm512_setzero_si512();
    __m512i high = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kWideSteps; ++i) {
      const __m512i pair = _mm512_loadu_si512(rows + 64 * i);
      const __m512i a = _mm512_and_si512(pair, nibble);
      const __m512i b = _mm512_and_si512(_mm512_srli_epi16(pair, 4), nibble);
      low = _mm512_dpbusd_epi32(low, a, _mm512_loadu_si512(query + 64 * i));
      high = _mm512_dpbusd_epi32(high, b, _mm512_loadu_si512(query + kPlaneBytes + 64 * i));
    }
    out[r] = _mm512_reduce_add_epi32(_mm512_add_epi32(low, high));
  }
}

#endif

std::vector<DotKernel> usable_kernels() {
  std::vector<DotKernel> out;
#if defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
  if (avx512 && __builtin_cpu_supports("avx512vnni")) out.push_back({"avx512vnni", dots_vnni});
  if (avx512) out.push_back({"avx512bw", dots_avx512});
  if (__builtin_cpu_supports("avx2")) out.push_back({"avx2", dots_avx2});
#endif
  out.push_back({"scalar", dots_scalar});
  return out;
}

}  // namespace

std::span<const DotKernel> dot_kernels() {
  static const std::vector<DotKernel> usable = usable_kernels();
  return usable;
}

}  // namespace mq::vision
