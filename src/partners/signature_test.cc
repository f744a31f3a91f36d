#include "partners/signature.h"

#include <gtest/gtest.h>

namespace mq::partners {
namespace {

constexpr std::string_view kSecret = "a secret of the test";
constexpr Instant kNow{1'795'000'000'000'000};

TEST(Signature, IsHmacSha256InHex) {
  const std::string expected =
      "t=1,v1=fc4913c41a7bf793267e2a384f3261c9436ec2cd097bd745e7b0d99113f510ec";
  EXPECT_EQ(make_signature("key", Instant{1'000'000}, "x"), expected);
  EXPECT_TRUE(check_signature(expected, "key", Instant{1'000'000}, "x"));
}

TEST(Signature, HoldsInsideTheWindowOnly) {
  const auto header = make_signature(kSecret, kNow, "x");
  for (const int s : {0, 300, -300}) {
    EXPECT_TRUE(check_signature(header, kSecret, kNow.plus_seconds(s), "x")) << s;
  }
  for (const int s : {301, -301}) {
    EXPECT_FALSE(check_signature(header, kSecret, kNow.plus_seconds(s), "x")) << s;
  }
}

TEST(Signature, NeedsTheSecretAndTheMessage) {
  const auto header = make_signature(kSecret, kNow, "x");
  EXPECT_FALSE(check_signature(header, "another", kNow, "x"));
  EXPECT_FALSE(check_signature(header, kSecret, kNow, "y"));
  EXPECT_FALSE(check_signature(make_signature("", kNow, "x"), "", kNow, "x"));
}

TEST(Signature, HasOneSpelling) {
  const auto good = make_signature(kSecret, kNow, "x");
  for (const auto& header :
       {std::string(), std::string("t="), std::string("v1=00"), good.substr(0, 12),
        good.substr(0, good.size() - 1), good.substr(0, good.size() - 2), good + "00", good + " ",
        " " + good, good + ",v1=00", "t=+" + good.substr(2), std::string("t=-1,v1=00"),
        std::string("t=9999999999999999999999,v1=00"), "x" + good}) {
    EXPECT_FALSE(check_signature(header, kSecret, kNow, "x")) << header;
  }
}

}  // namespace
}  // namespace mq::partners
