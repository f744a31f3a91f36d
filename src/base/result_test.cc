#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/pii.h"

namespace mq {
namespace {

enum class SampleErrc { refused, broken };
BOOST_DESCRIBE_ENUM(SampleErrc, refused, broken)
constexpr std::string_view error_domain(SampleErrc) { return "sample"; }
enum class OtherErrc { refused };
BOOST_DESCRIBE_ENUM(OtherErrc, refused)
constexpr std::string_view error_domain(OtherErrc) { return "other"; }

Result<int> half(int number) {
  if (number % 2 != 0) return Error(SampleErrc::refused, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  MQ_TRY(const int once, half(number));
  MQ_TRY(const int twice, half(once));
  return twice;
}
Status even(int number, int& calls) {
  ++calls;
  if (number % 2 != 0) return SampleErrc::broken;
  return ok();
}
Status all_even(int a, int b, int& calls) {
  MQ_REQUIRE(even(a, calls));
  MQ_REQUIRE(even(b, calls));
  return ok();
}

TEST(Result, TryHandsOutTheValueOrReturnsTheError) {
  EXPECT_EQ(*quarter(12), 3);
  const auto first = quarter(7), second = quarter(6);
  ASSERT_FALSE(first.ok());
  EXPECT_TRUE(first.error().is(SampleErrc::refused));
  EXPECT_EQ(second.error().detail(), "odd");
}

TEST(Result, TryMovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    MQ_TRY(auto owned, make());
    return *owned + 1;
  };
  EXPECT_EQ(*use(), 6);
}

TEST(Result, TryAssignsToWhatIsThere) {
  int target = 0;
  const auto run = [&](int number) -> Status {
    MQ_TRY(target, half(number));
    return ok();
  };
  EXPECT_TRUE(run(8).ok());
  EXPECT_EQ(target, 4);
  EXPECT_FALSE(run(3).ok());
  EXPECT_EQ(target, 4);
}

TEST(Result, RequireStopsAtTheFirstErrorAndEvaluatesOnce) {
  int calls = 0;
  EXPECT_TRUE(all_even(2, 4, calls).ok());
  EXPECT_EQ(calls, 2);
  calls = 0;
  EXPECT_TRUE(all_even(1, 4, calls).error().is(SampleErrc::broken));
  EXPECT_EQ(calls, 1);
}

TEST(Error, CarriesDomainAndCode) {
  const Error error(SampleErrc::refused, "why");
  EXPECT_EQ(error.code(), "sample.refused");
  EXPECT_EQ(error.detail(), "why");
  EXPECT_TRUE(error.is(SampleErrc::refused));
  EXPECT_FALSE(error.is(SampleErrc::broken));
  EXPECT_FALSE(error.is(OtherErrc::refused));
  const auto crossed = Error::from_text("other.refused", "");
  EXPECT_TRUE(crossed.is(OtherErrc::refused));
}

TEST(ResultDeathTest, TheWrongSideIsABug) {
  EXPECT_DEATH((void)half(3).value(), "CHECK failed");
  EXPECT_DEATH((void)half(4).error(), "CHECK failed");
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

// That personal data cannot slip into a log is a property of the type.
static_assert(!Printable<Pii<std::string>>);
static_assert(!Comparable<Pii<std::string>>);
static_assert(!std::is_convertible_v<Pii<std::string>, std::string>);
static_assert(!std::is_convertible_v<std::string, Pii<std::string>>);

TEST(Pii, ComesOutByNameOnly) { EXPECT_EQ(Pii<std::string>("张三").expose(), "张三"); }

}  // namespace
}  // namespace mq
