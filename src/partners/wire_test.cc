#include "partners/wire.h"

#include <gtest/gtest.h>

#include <string>

namespace mq::partners {
namespace {

TEST(Wire, InstantsComeBackAsTheyWereWritten) {
  for (const auto us : {0LL, 1'767'574'800'123'000LL, 951'782'399'999'000LL}) {
    const auto read = parse_instant(Instant{us}.iso());
    ASSERT_TRUE(read.ok()) << us;
    EXPECT_EQ(read->us, us);
  }
}

TEST(Wire, OtherInstantsAreRefused) {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T08:00:00Z", "2026-11-22T08:00:00.123+",
        "2026-02-30T08:00:00.123Z", "2026-11-22T24:00:00.123Z", "2026-11-22T08:60:00.123Z",
        "2026-11-22T08:00:60.123Z", "2026-11-22 08:00:00.123Z", "2026-11-22T0x:00:00.123Z",
        "2026-11-22T08:00:00.12 Z"}) {
    EXPECT_FALSE(parse_instant(text).ok()) << text;
  }
}

TEST(Wire, ReferencesAreShortAndVisible) {
  EXPECT_TRUE(is_reference("SBX-1"));
  EXPECT_TRUE(is_reference(std::string(64, 'x')));
  EXPECT_FALSE(is_reference(""));
  EXPECT_FALSE(is_reference(std::string(65, 'x')));
  EXPECT_FALSE(is_reference("a b"));
  EXPECT_FALSE(is_reference("a\n"));
  EXPECT_FALSE(is_reference("参考"));
}

}  // namespace
}  // namespace mq::partners
