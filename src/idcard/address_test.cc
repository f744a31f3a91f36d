#include "idcard/address.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace mq::idcard {
namespace {

using enum AddressPlace;

TEST(Address, BeginsAsTheRegionOfTheNumberIsWritten) {
  EXPECT_EQ(place_address("河北省定州市龙泉镇石桥村8组184号", 130682), known);
  EXPECT_EQ(place_address("河北省保定市定州市龙泉镇", 130682), known);
  EXPECT_EQ(place_address("北京市朝阳区建国路88号", 110105), known);
  EXPECT_EQ(place_address("北京市 朝阳区 建国路88号", 110105), known);
  EXPECT_EQ(place_address("内蒙古呼和浩特市新城区海拉尔路1号", 150102), known);
  EXPECT_EQ(place_address("内蒙古自治区呼和浩特市新城区", 150102), known);
  EXPECT_EQ(place_address("广东省东莞市长安镇", 441900), known);
  EXPECT_EQ(place_address("湖北省神农架林区松柏镇", 429021), known);
}

TEST(Address, MayBeOlderThanTheNamesOfToday) {
  EXPECT_EQ(place_address("北京市崇文区永外大街1号", 110103), known);
  EXPECT_EQ(place_address("北京市通县张家湾", 110112), known);
  EXPECT_EQ(place_address("广西南宁市新城区民主路", 450103), known) << "its name until 2004";
}

TEST(Address, OfAnotherPlaceIsNoDoubt) {
  EXPECT_EQ(place_address("四川省成都市锦江区春熙路1号", 130682), known);
  EXPECT_EQ(place_address("四川省西昌市航天路1号", 130682), known);
  EXPECT_EQ(place_address("哈尔滨市南岗区花园街1号", 130682), known);
  EXPECT_EQ(place_address("定州市龙泉镇", 441900), known);
  EXPECT_EQ(place_address("河北省定州市龙泉镇", 0), known) << "no number was read";
}

TEST(Address, OfADevelopmentZoneIsKnownByItsCity) {
  EXPECT_EQ(place_address("陕西省西安市经济技术开发区凤城路", 610113), known);
}

TEST(Address, WithACharacterMisreadLostOrAddedIsNearlyAPlace) {
  EXPECT_EQ(place_address("河北省定洲市龙泉镇石桥村", 130682), nearly);
  EXPECT_EQ(place_address("河北省定州龙泉镇石桥村", 130682), nearly);
  EXPECT_EQ(place_address("湖北省定州市龙泉镇石桥村", 130682), nearly);
  EXPECT_EQ(place_address("北京市朝区建国路88号", 110105), nearly);
  EXPECT_EQ(place_address("广东省广州市天可区体育路1号", 440106), nearly);
  EXPECT_EQ(place_address("广东省广卅市天河区体育路1号", 440106), nearly);
  EXPECT_EQ(place_address("广东省广州市天可区体育路1号", 130682), nearly)
      << "a county of the city that is named";
  EXPECT_EQ(place_address("浙江省杭州市下城区中山路1号", 330102), nearly)
      << "a place of its own, but 上城区 is where the number is from";
  EXPECT_EQ(place_address("浙江省杭州市下城区中山路1号", 130682), known);
}

TEST(Address, ThatContradictsItselfIsOfNoPlace) {
  EXPECT_EQ(place_address("四川省定州市龙泉镇", 510104), unknown);
  EXPECT_EQ(place_address("广东省天河区体育路1号", 130682), unknown) << "its city is lost";
  EXPECT_EQ(place_address("天河区体育路1号", 130682), unknown);
  EXPECT_EQ(place_address("广东省体育路1号", 440106), unknown);
  EXPECT_EQ(place_address("龙泉镇石桥村8组184号", 130682), unknown);
  EXPECT_EQ(place_address("", 130682), unknown);
  EXPECT_EQ(place_address("\xff", 130682), unknown);
  EXPECT_EQ(place_address(std::string(limits::kCardFieldBytes + 1, 'x'), 130682), unknown);
  EXPECT_EQ(place_address("", 999999), unknown);
}

}  // namespace
}  // namespace mq::idcard
