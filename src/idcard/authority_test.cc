#include "idcard/authority.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mq::idcard {
namespace {

AuthorityPlace place(const char* authority, int region, int year = 2020) {
  return place_authority(authority, region, year).place;
}

TEST(Authority, OfTheNumbersOwnRegion) {
  using enum AuthorityPlace;
  EXPECT_EQ(place("定州市公安局", 130682), county);
  EXPECT_EQ(place("河北省定州市公安局", 130682), county);
  EXPECT_EQ(place("保定市定州市公安局", 130682), county);
  EXPECT_EQ(place("北京市公安局朝阳分局", 110105), county);
  EXPECT_EQ(place("北京市公安局 朝阳分局", 110105), county);
  EXPECT_EQ(place("南宁市公安局青秀分局", 450103), county);
  EXPECT_EQ(place("南宁市公安局新城分局", 450103, 2004), county) << "its name until 2004";
  EXPECT_EQ(place("杭州市公安局西湖区分局", 330106), county);
  EXPECT_EQ(place("通县公安局", 110223, 1996), county) << "two characters are not shortened";
  EXPECT_EQ(place("东莞市公安局", 441900), prefecture);
  EXPECT_EQ(place("仙桃市公安局", 429004), county);
}

TEST(Authority, OfWhatBecameOfTheRegion) {
  using enum AuthorityPlace;
  EXPECT_EQ(place("北京市公安局东城分局", 110103), county) << "崇文区 is a part of 东城区 now";
  EXPECT_EQ(place("天津市公安局宁河分局", 120221), county) << "宁河县 is 宁河区 now";
  EXPECT_EQ(place("北京市公安局崇文分局", 110103, 2008), county);
  EXPECT_EQ(place("重庆市公安局万州区分局", 511202), county) << "from Sichuan into Chongqing";
}

TEST(Authority, NearAndFar) {
  using enum AuthorityPlace;
  EXPECT_EQ(place("北京市公安局海淀分局", 110105), prefecture);
  EXPECT_EQ(place("保定市公安局", 130682), prefecture);
  EXPECT_EQ(place("涿州市公安局", 130682), prefecture);
  EXPECT_EQ(place("石家庄市公安局长安分局", 130682), province);
  EXPECT_EQ(place("河北省公安厅", 130682), province);
  EXPECT_EQ(place("北京市公安局朝阳分局", 130682), elsewhere);
  EXPECT_EQ(place("朝阳市公安局", 110105), elsewhere) << "the city in Liaoning";
  EXPECT_EQ(place("定洲市公安局", 130682), unknown);
  EXPECT_EQ(place("新疆生产建设兵团公安局", 650102), unknown);
  EXPECT_EQ(place("", 130682), unknown);
  EXPECT_EQ(place("定州市公安局", 0), elsewhere) << "no number read";
  EXPECT_EQ(place("定州市公安局", 999999), elsewhere);
}

TEST(Authority, IsPolice) {
  for (const auto* name : {"定州市公安局", "北京市公安局朝阳分局", "上海市某区公安分局"}) {
    EXPECT_TRUE(place_authority(name, 130682, 2020).police) << name;
  }
  for (const auto* name : {"定州市", "北京市朝阳分局", "定州市公安", "", "\xff"}) {
    EXPECT_FALSE(place_authority(name, 130682, 2020).police) << name;
  }
  EXPECT_FALSE(
      place_authority("定州市公安局" + std::string(limits::kCardFieldBytes, ' '), 130682, 2020)
          .police);
}

TEST(NearestAuthority, IsOfferedForAMisreadOne) {
  struct Vector {
    const char* read;
    const char* name;
    int region, distance;
  };
  for (const auto& [read, name, region, distance] :
       {Vector{"定洲市公安局", "定州市公安局", 130682, 1},
        Vector{"北京市公安局朝旧分局", "北京市公安局朝阳分局", 110105, 1},
        Vector{"北京帀公安局朝阳分同", "北京市公安局朝阳分局", 110105, 2},
        Vector{"青岛市公安局市南分局", "青岛市公安局市南分局", 370202, 0},
        Vector{"昆明市公安局五华分", "昆明市公安局五华分局", 530102, 1}}) {
    const auto found = nearest_authorities(read, region, 2020);
    ASSERT_FALSE(found.empty()) << read;
    EXPECT_EQ(found[0].name, name) << read;
    EXPECT_EQ(found[0].region, region) << read;
    EXPECT_EQ(found[0].distance, distance) << read;
  }
}

TEST(NearestAuthority, PrefersTheNumbersOwnRegion) {
  // 长安区公安局 is the name of two districts of that time, in Shijiazhuang and in Xi'an.
  for (const int region : {130102, 610116}) {
    const auto found = nearest_authorities("长安区公安局", region, 2020);
    ASSERT_GE(found.size(), 2u);
    EXPECT_EQ(found[0].region, region);
    EXPECT_EQ(found[1].distance, found[0].distance);
  }
  EXPECT_EQ(nearest_authorities("长安区公安局", 130102, 2020, 1).size(), 1u);
}

TEST(NearestAuthority, KnowsItsTime) {
  EXPECT_TRUE(nearest_authorities("北京市公安局崇文分局", 110103, 2008)[0].distance == 0);
  for (const auto& candidate : nearest_authorities("北京市公安局崇文分局", 110103, 2020)) {
    EXPECT_GT(candidate.distance, 0);
  }
}

TEST(NearestAuthority, IsNotMadeOfNonsense) {
  for (const auto* read : {"", "公", "公安局", "交通银行股份有限公司", "\xff", "abc"}) {
    EXPECT_TRUE(nearest_authorities(read, 130682, 2020).empty()) << read;
  }
  EXPECT_TRUE(nearest_authorities(std::string(limits::kCardFieldBytes + 1, 'a'), 0, 2020).empty());
}

}  // namespace
}  // namespace mq::idcard
