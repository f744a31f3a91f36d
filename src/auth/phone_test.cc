#include "auth/phone.h"

#include <gtest/gtest.h>

namespace mq::auth {
namespace {

TEST(Phone, HasOneSpelling) {
  for (const auto* text : {"13800000000", " 138 0000 0000 ", "138-0000-0000", "+8613800000000",
                           "+86 138-0000-0000"}) {
    EXPECT_EQ(normal_phone(text), "13800000000") << text;
  }
  EXPECT_EQ(normal_phone("19999999999"), "19999999999");
}

TEST(Phone, AnythingElseIsNone) {
  for (const auto* text :
       {"", "1380000000", "138000000000", "12800000000", "23800000000", "1380000000a", "８13800000000",
        "8613800000000", "008613800000000", "+85213800000", "+8613800000000+86", "13800000000;",
        "1 3 8 0 0 0 0 0 0 0 0 0 0 0 0"}) {
    EXPECT_EQ(normal_phone(text), std::nullopt) << text;
  }
  EXPECT_EQ(normal_phone(std::string_view("1380000000\0", 11)), std::nullopt);
  EXPECT_EQ(normal_phone(std::string(1000, ' ') + "13800000000"), std::nullopt);
}

}  // namespace
}  // namespace mq::auth
