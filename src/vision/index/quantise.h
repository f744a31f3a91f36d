// Short codes of unit vectors, with a proven bound on what they get wrong.
//
// A row x is coded as x̂ = scale · c with whole numbers |c| <= 127. c + 128 is kept as two halves of
// a byte in two planes (kernels.h), 16 · coarse + fine. The coarse plane alone says x̃ = scale · (16
// · coarse + 7.5 − 128). A query q is coded as q̂ likewise, in whole bytes. Then
//   q·x − q̂·x̂ = (q − q̂)·x + q̂·(x − x̂),
// so by Cauchy-Schwarz the coded score is off by at most |q − q̂|·|x| + |q̂|·|x − x̂|, and the same
// holds for x̃. |x − x̂| and |x − x̃| are measured when a row is coded: about 0.007 and 0.12 for the
// even vectors that TemplateTransform makes. The bound is many times what is typical; that it holds
// for every vector is what makes the search exact.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "vision/face/face.h"
#include "vision/index/kernels.h"

namespace mq::vision {

static_assert(std::tuple_size_v<Embedding> == kIndexDimensions);

// Vectors this far from length 1 are refused: beyond it, something else than rounding happened.
inline constexpr double kLengthTolerance = 1e-3;

// Finite, and of length 1 within kLengthTolerance.
bool is_unit(const Embedding& values);

// What a row needs beside its two planes. All rounded up, so that sums of them stay bounds.
struct RowScale {
  float scale = 0;
  float coarse_error = 0;  // |x − x̃|
  float fine_error = 0;    // |x − x̂|
};

// `values` must be is_unit (CHECK); each plane has kPlaneBytes.
RowScale code_row(const Embedding& values, std::uint8_t* coarse, std::uint8_t* fine);

// similarity() of the query and a row lies within, its rounding included and its ends of -1 and 1
// kept.
struct ScoreRange {
  double low = 0;
  double high = 0;
};

class QueryCode {
 public:
  explicit QueryCode(const Embedding& values);  // must be is_unit (CHECK)

  const std::int8_t* codes() const { return codes_.data(); }

  // From the product of a kernel with the coarse plane, and with both.
  ScoreRange coarse(const RowScale& row, std::int32_t coarse_dot) const {
    return range(row.scale, row.coarse_error, 16.0 * coarse_dot - kCoarseCentre * sum_);
  }
  ScoreRange fine(const RowScale& row, std::int32_t coarse_dot, std::int32_t fine_dot) const {
    return range(row.scale, row.fine_error, 16.0 * coarse_dot + fine_dot - kCentre * sum_);
  }

 private:
  static constexpr double kCentre = 128;
  static constexpr double kCoarseCentre = kCentre - 7.5;

  ScoreRange range(double row_scale, double row_error, double product) const {
    const double mid = scale_ * row_scale * product;
    const double error = own_error_ + length_ * row_error;
    // Vectors a little longer than 1 may score beyond the ends before similarity() cuts them.
    return {std::min(mid - error, 1.0), std::max(mid + error, -1.0)};
  }

  alignas(64) std::array<std::int8_t, kIndexDimensions> codes_;
  double scale_ = 0;
  double sum_ = 0;        // Σ codes
  double length_ = 0;     // |q̂|
  double own_error_ = 0;  // |q − q̂| · the longest x, and rounding
};

}  // namespace mq::vision
