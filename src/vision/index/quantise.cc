#include "vision/index/quantise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace mq::vision {
namespace {

// Far above the rounding of sums of 512 products in double (1e-13) and of a score to float (6e-8),
// far below any coding error.
constexpr double kRounding = 1e-6;

float scale_of(const Embedding& values) {
  float largest = 0;
  for (const float x : values) largest = std::max(largest, std::abs(x));
  return largest / static_cast<float>(kCodeMax);
}

int code_of(float x, float scale) {
  return std::clamp(static_cast<int>(std::lround(x / scale)), -kCodeMax, kCodeMax);
}

float rounded_up(double value) {
  return std::nextafter(static_cast<float>(value * (1 + 1e-9)), std::numeric_limits<float>::max());
}

}  // namespace

bool is_unit(const Embedding& values) {
  double sum = 0;
  for (const float x : values) sum += static_cast<double>(x) * x;
  return std::abs(std::sqrt(sum) - 1) <= kLengthTolerance;  // false for what is not a number
}

RowScale code_row(const Embedding& values, std::uint8_t* coarse, std::uint8_t* fine) {
  MQ_CHECK(is_unit(values));
  const float scale = scale_of(values);
  double coarse_sum = 0, fine_sum = 0;
  std::fill_n(coarse, kPlaneBytes, std::uint8_t{0});
  std::fill_n(fine, kPlaneBytes, std::uint8_t{0});
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int code = code_of(values[i], scale) + 128;
    const int shift = i < kPlaneBytes ? 0 : 4;
    coarse[i % kPlaneBytes] |= static_cast<std::uint8_t>((code >> 4) << shift);
    fine[i % kPlaneBytes] |= static_cast<std::uint8_t>((code & 15) << shift);
    const double exact = values[i], unit = scale;
    const double off_coarse = exact - unit * (16 * (code >> 4) + 7.5 - 128);
    const double off_fine = exact - unit * (code - 128);
    coarse_sum += off_coarse * off_coarse;
    fine_sum += off_fine * off_fine;
  }
  return {scale, rounded_up(std::sqrt(coarse_sum)), rounded_up(std::sqrt(fine_sum))};
}

QueryCode::QueryCode(const Embedding& values) {
  MQ_CHECK(is_unit(values));
  const float scale = scale_of(values);
  scale_ = scale;
  double squares = 0, off_squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int code = code_of(values[i], scale);
    codes_[i] = static_cast<std::int8_t>(code);
    sum_ += code;
    squares += static_cast<double>(code) * code;
    const double off = values[i] - scale_ * code;
    off_squares += off * off;
  }
  length_ = scale_ * std::sqrt(squares);
  own_error_ = std::sqrt(off_squares) * (1 + kLengthTolerance) + kRounding;
}

}  // namespace mq::vision
