#include "idcard/nation.h"

#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"

namespace mq::idcard {
namespace {

TEST(Nations, AreFiftySixDifferentOnes) {
  const std::set<std::string_view> all(nations().begin(), nations().end());
  EXPECT_EQ(all.size(), 56u);
  EXPECT_EQ(nations()[0], "汉");
  EXPECT_EQ(nations()[4], "维吾尔");
  EXPECT_EQ(nations()[55], "基诺");
}

TEST(Nations, AreFoundAsPrinted) {
  int code = 0;
  for (const auto name : nations()) {
    const auto match = match_nation(name);
    ASSERT_TRUE(match) << name;
    EXPECT_EQ(match->kind, NationKind::nation);
    EXPECT_EQ(match->name, name);
    EXPECT_EQ(match->code, ++code);
    EXPECT_TRUE(match->exact);
    EXPECT_EQ(match->distance, 0);
  }
  EXPECT_TRUE(match_nation(" 维 吾尔\n")->exact);
}

TEST(Nations, AndWhatElseMayStandThere) {
  for (const auto* people : {"穿青人", "革家人", "僜人", "夏尔巴人"}) {
    const auto match = match_nation(people);
    ASSERT_TRUE(match) << people;
    EXPECT_EQ(match->kind, NationKind::people);
    EXPECT_TRUE(match->exact);
    EXPECT_EQ(match->code, 0);
  }
  EXPECT_EQ(match_nation("其他")->kind, NationKind::other);
  for (const auto* text : {"纳西(摩梭)", "纳西（摩梭）"}) {
    const auto match = match_nation(text);
    ASSERT_TRUE(match) << text;
    EXPECT_EQ(match->kind, NationKind::annotated);
    EXPECT_EQ(match->name, "纳西");
    EXPECT_EQ(match->code, 27);
  }
  const auto naturalised = match_nation("乌克兰(入籍)");
  ASSERT_TRUE(naturalised);
  EXPECT_EQ(naturalised->kind, NationKind::naturalised);
  EXPECT_EQ(naturalised->name, "乌克兰");
}

TEST(Nations, ANearReadingIsNeverTakenSilently) {
  struct Vector {
    const char* read;
    const char* name;
  };
  for (const auto& [read, name] :
       {Vector{"汉族", "汉"}, Vector{"维吾尓", "维吾尔"}, Vector{"维吾", "维吾尔"},
        Vector{"漢", "汉"}, Vector{"囬", "回"}, Vector{"壯", "壮"}, Vector{"蒙占", "蒙古"},
        Vector{"土冢", "土家"}, Vector{"柯尔克攻", "柯尔克孜"}, Vector{"穿責人", "穿青人"},
        Vector{"士家", "土家"}}) {
    const auto match = match_nation(read);
    ASSERT_TRUE(match) << read;
    EXPECT_EQ(match->name, name) << read;
    EXPECT_FALSE(match->exact) << read;
    EXPECT_GT(match->distance, 0) << read;
  }
}

TEST(Nations, NothingIsNearNonsense) {
  for (const auto* read :
       {"", " ", "族", "中", "仡乡", "日本", "x", "(", "()", "(入籍)", "汉(", "汉()", "a(入籍)",
        "\xff", "汉\xff", "尔", "塔尔塔", "一二三四五六七八九十"}) {
    EXPECT_FALSE(match_nation(read)) << read;
  }
  EXPECT_FALSE(match_nation(std::string(limits::kCardFieldBytes + 1, ' ')));
}

}  // namespace
}  // namespace mq::idcard
