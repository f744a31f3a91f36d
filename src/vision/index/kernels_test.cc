#include "vision/index/kernels.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "vision/index/index_test_support.h"
#include "vision/index/quantise.h"

namespace mq::vision {
namespace {

struct Work {
  std::vector<std::uint8_t> rows;
  std::vector<std::int8_t> query;
};

// By the definition in the header, in numbers that cannot overflow.
std::vector<std::int32_t> expected(const Work& work) {
  std::vector<std::int32_t> out;
  for (std::size_t at = 0; at < work.rows.size(); at += kPlaneBytes) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < kIndexDimensions; ++i) {
      const int byte = work.rows[at + i % kPlaneBytes];
      sum += (i < kPlaneBytes ? byte % 16 : byte / 16) * static_cast<std::int64_t>(work.query[i]);
    }
    out.push_back(static_cast<std::int32_t>(sum));
  }
  return out;
}

void expect_all_kernels(const Work& work) {
  const auto wanted = expected(work);
  for (const auto& kernel : dot_kernels()) {
    std::vector<std::int32_t> out(wanted.size(), -1);
    kernel.dots(work.rows.data(), out.size(), work.query.data(), out.data());
    EXPECT_EQ(out, wanted) << kernel.name;
  }
}

TEST(Kernels, EndWithPlainCode) { EXPECT_STREQ(dot_kernels().back().name, "scalar"); }

TEST(Kernels, AgreeOnRandomCodes) {
  std::mt19937_64 random(1);
  for (const std::size_t count : {0, 1, 2, 3, 17, 512}) {
    Work work{std::vector<std::uint8_t>(count * kPlaneBytes),
              std::vector<std::int8_t>(kIndexDimensions)};
    for (auto& byte : work.rows) byte = static_cast<std::uint8_t>(random());
    for (auto& code : work.query)
      code = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
    expect_all_kernels(work);
  }
}

TEST(Kernels, AgreeAtTheEndsOfTheRange) {
  for (const int code : {-kCodeMax, -1, 0, 1, kCodeMax}) {
    for (const int byte : {0x00, 0x0f, 0xf0, 0xff}) {
      Work work{std::vector<std::uint8_t>(3 * kPlaneBytes, static_cast<std::uint8_t>(byte)),
                std::vector<std::int8_t>(kIndexDimensions, static_cast<std::int8_t>(code))};
      expect_all_kernels(work);
      for (std::size_t i = 0; i < kIndexDimensions; i += 2) work.query[i] = kCodeMax;
      expect_all_kernels(work);
    }
  }
}

TEST(Kernels, TakeAnyAlignment) {
  std::mt19937_64 random(2);
  std::vector<std::uint8_t> rows(5 * kPlaneBytes + 64);
  std::vector<std::int8_t> query(kIndexDimensions + 64);
  for (auto& byte : rows) byte = static_cast<std::uint8_t>(random());
  for (auto& code : query) code = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
  for (const std::size_t shift : {1, 3, 31, 63}) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(shift);
    const auto code = query.begin() + static_cast<std::ptrdiff_t>(shift);
    const auto wanted = expected({{row, row + 5 * kPlaneBytes}, {code, code + kIndexDimensions}});
    for (const auto& kernel : dot_kernels()) {
      std::vector<std::int32_t> out(5);
      kernel.dots(&*row, out.size(), &*code, out.data());
      EXPECT_EQ(out, wanted) << kernel.name << " " << shift;
    }
  }
}

struct Coded {
  std::vector<std::uint8_t> coarse = std::vector<std::uint8_t>(kPlaneBytes);
  std::vector<std::uint8_t> fine = std::vector<std::uint8_t>(kPlaneBytes);
  RowScale scale;
  explicit Coded(const Embedding& values) { scale = code_row(values, coarse.data(), fine.data()); }
};

// Scores of every pair must lie within both bounds.
void expect_bounds(const std::vector<Embedding>& vectors) {
  const auto& kernel = dot_kernels().front();
  for (const auto& x : vectors) {
    const Coded row(x);
    for (const auto& q : vectors) {
      const QueryCode query(q);
      std::int32_t coarse = 0, fine = 0;
      kernel.dots(row.coarse.data(), 1, query.codes(), &coarse);
      kernel.dots(row.fine.data(), 1, query.codes(), &fine);
      const double score = similarity(x, q);
      for (const ScoreRange range :
           {query.coarse(row.scale, coarse), query.fine(row.scale, coarse, fine)}) {
        ASSERT_LE(range.low, score);
        ASSERT_GE(range.high, score);
      }
    }
  }
}

TEST(Quantise, BoundsHoldForRandomVectors) {
  std::mt19937_64 random(3);
  std::vector<Embedding> vectors;
  for (int i = 0; i < 100; ++i) vectors.push_back(testing::random_unit(random));
  expect_bounds(vectors);
}

TEST(Quantise, BoundsHoldForAdversarialVectors) {
  std::mt19937_64 random(4);
  expect_bounds(testing::adversarial(random));
}

// The error of a row, turned into a query, is the worst query for it: the bound must not be luck.
TEST(Quantise, BoundsHoldForTheWorstQueryOfARow) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 50; ++i) {
    const Embedding x = testing::random_unit(random);
    const Coded row(x);
    Embedding error;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const int shift = k < kPlaneBytes ? 0 : 4;
      const int code = row.coarse[k % kPlaneBytes] >> shift & 15;
      error[k] = x[k] - row.scale.scale * (16 * static_cast<float>(code) + 7.5F - 128);
    }
    const Embedding q = testing::unit(error);
    const QueryCode query(q);
    std::int32_t coarse = 0;
    dot_kernels().front().dots(row.coarse.data(), 1, query.codes(), &coarse);
    const ScoreRange range = query.coarse(row.scale, coarse);
    const double score = similarity(x, q);
    EXPECT_LE(range.low, score);
    EXPECT_GE(range.high, score);
    // The bound is about as tight as one for every query can be.
    EXPECT_LT(std::min(score - range.low, range.high - score), 0.1 * (range.high - range.low));
  }
}

TEST(Quantise, EvenVectorsHaveSmallErrors) {
  std::mt19937_64 random(6);
  const Coded row(testing::random_unit(random));
  EXPECT_LT(row.scale.coarse_error, 0.15F);
  EXPECT_LT(row.scale.fine_error, 0.01F);
}

TEST(Quantise, TellsUnitVectorsFromOthers) {
  std::mt19937_64 random(7);
  Embedding v = testing::random_unit(random);
  EXPECT_TRUE(is_unit(v));
  for (const float bad : {NAN, INFINITY, -INFINITY, 2.0F, 1e30F}) {
    Embedding broken = v;
    broken[77] = bad;
    EXPECT_FALSE(is_unit(broken)) << bad;
  }
  EXPECT_FALSE(is_unit(Embedding{}));
  for (float& x : v) x *= 1.01F;
  EXPECT_FALSE(is_unit(v));
}

}  // namespace
}  // namespace mq::vision
