#include "base/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "fakes.h"

namespace mq {
namespace {

static_assert(!std::is_convertible_v<LoanId, PersonId>);
static_assert(!std::is_constructible_v<LoanId, PersonId>);

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint8_t fill) : fill_(fill) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = fill_;
  }

 private:
  std::uint8_t fill_;
};

// The time of RFC 9562's example of version 7: 0x017F22E279B0 milliseconds.
TEST(Uuid, Version7HasTimeVersionAndVariant) {
  const Instant at{0x017F22E279B0 * 1000LL + 999};
  FixedRandom ones(0xff), zeros(0);
  EXPECT_EQ(Uuid::v7(at, ones).str(), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  EXPECT_EQ(Uuid::v7(at, zeros).str(), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(Uuid, LaterOnesSortLaterAndDiffer) {
  test::TestRandom random;
  Instant at{1'767'574'800'000'000};
  std::string previous;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    at = at.plus_ms(1);
    const auto id = Uuid::v7(at, random).str();
    EXPECT_LT(previous, id);
    EXPECT_TRUE(seen.insert(id).second);
    previous = id;
  }
  EXPECT_NE(Uuid::v7(at, random), Uuid::v7(at, random));
}

TEST(Uuid, ParsesBothCasesAndNothingElse) {
  const auto lower = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  const auto upper = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  ASSERT_TRUE(lower.ok());
  EXPECT_EQ(*lower, *upper);
  EXPECT_EQ(upper->str(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  for (const auto* bad :
       {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017f22e279b0-7cc3-98c4--dc0c0c07398f", "017g22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"}) {
    EXPECT_TRUE(Uuid::parse(bad).error().is(IdErrc::malformed)) << bad;
  }
}

TEST(Uuid, NilIsTheDefault) {
  EXPECT_TRUE(Uuid{}.is_nil());
  test::TestRandom random;
  EXPECT_FALSE(Uuid::v7({}, random).is_nil());
}

TEST(Id, RoundTripsThroughText) {
  test::TestRandom random;
  const auto id = LoanId::make({1'767'574'800'000'000}, random);
  const auto parsed = LoanId::parse(id.str());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, id);
  EXPECT_FALSE(LoanId::parse("loan").ok());
}

}  // namespace
}  // namespace mq
