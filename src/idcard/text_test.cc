#include "idcard/text.h"

#include <gtest/gtest.h>

#include "runtime/text.h"

namespace mq::idcard {
namespace {

TEST(CodePoints, ComeBackAsTheyWere) {
  for (const auto* text : {"", "a", "é", "张", "𠮷", "张三·李四 x"}) {
    const auto points = decode(text, 100);
    ASSERT_TRUE(points) << text;
    EXPECT_EQ(encode(*points), text);
  }
  EXPECT_EQ(decode("张𠮷", 100)->size(), 2u);
  for (const auto* text : {"\xff", "\xe5\xbc", "\xc1\x81", "\xed\xa0\x80"}) {
    EXPECT_FALSE(decode(text, 100)) << "not UTF-8";
  }
  EXPECT_FALSE(decode("张三", 5));
  EXPECT_TRUE(decode("张三", 6));
}

TEST(CodePoints, AreSqueezed) {
  EXPECT_EQ(squeezed(U" １２\u3000３\tＸ\n"), U"123X");
  EXPECT_EQ(squeezed(U"\u200b\ufeff\u00a0"), U"");
}

TEST(EditDistance, CountsCharacters) {
  EXPECT_EQ(edit_distance(U"定州市", U"定州市", 3), 0);
  EXPECT_EQ(edit_distance(U"定洲市", U"定州市", 3), 1);
  EXPECT_EQ(edit_distance(U"定市", U"定州市", 3), 1);
  EXPECT_EQ(edit_distance(U"", U"定州市", 3), 3);
  EXPECT_EQ(edit_distance(U"abc", U"xyz", 3), 3);
  EXPECT_EQ(edit_distance(U"abc", U"xyz", 1), 2) << "more than the limit";
  EXPECT_EQ(edit_distance(U"kitten", U"sitting", 9), 3);
}

TEST(LookAlikes, OfDigits) {
  for (char32_t c = '0'; c <= '9'; ++c) EXPECT_EQ(digit_of(c), static_cast<int>(c - '0'));
  EXPECT_EQ(digit_of(U'O'), 0);
  EXPECT_EQ(digit_of(U'l'), 1);
  EXPECT_EQ(digit_of(U'Z'), 2);
  EXPECT_EQ(digit_of(U'B'), 8);
  EXPECT_EQ(digit_of(U'X'), -1);
  EXPECT_EQ(digit_of(U'张'), -1);
}

}  // namespace
}  // namespace mq::idcard
