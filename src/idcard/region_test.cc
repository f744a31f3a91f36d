#include "idcard/region.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "runtime/text.h"

namespace mq::idcard {
namespace {

BusinessDate day(const char* iso) { return *BusinessDate::parse(iso); }

RegionCheck check(int code, const char* birth, const char* issue = nullptr) {
  return check_region(code, day(birth), issue ? std::optional(day(issue)) : std::nullopt);
}

std::string full(const RegionNames& names) {
  return std::string(names.province) + "/" + std::string(names.prefecture) + "/" +
         std::string(names.county);
}

TEST(Regions, AreInOrderAndMakeSense) {
  std::set<int> codes;
  const Region* before = nullptr;
  for (const Region& region : regions()) {
    codes.insert(region.code);
    EXPECT_TRUE(region.code >= 110000 && region.code <= 829999) << region.code;
    EXPECT_TRUE(region.first_year >= 1980 && region.first_year <= 2026) << region.code;
    EXPECT_TRUE(runtime::valid_utf8(region.name) && region.name.size() >= 6) << region.code;
    if (region.last_year) {
      EXPECT_TRUE(*region.last_year >= region.first_year && *region.last_year <= 2026)
          << region.code;
    }
    if (region.successor != 0) {
      EXPECT_TRUE(region.last_year) << region.code << " is in force and has a successor";
      EXPECT_FALSE(regions_of(region.successor).empty()) << region.code;
      EXPECT_NE(region.successor, region.code);
    }
    if (before && before->code == region.code) {
      ASSERT_TRUE(before->last_year) << region.code;
      EXPECT_LE(*before->last_year, region.first_year) << region.code;
    } else if (before) {
      EXPECT_LT(before->code, region.code);
    }
    before = &region;
  }
  EXPECT_GT(codes.size(), 6000u);
}

// How many county-level divisions there were at a year's end is public. What ended in a year is not
// among them; the table may differ by a few, which lists count in different months.
TEST(Regions, AreAsManyAsThereWere) {
  struct Count {
    int year, provinces, counties;
  };
  for (const auto& [year, provinces, counties] :
       {Count{1985, 29, 2826}, Count{1990, 30, 2833}, Count{1995, 30, 2849}, Count{2005, 34, 2862},
        Count{2015, 34, 2850}, Count{2025, 34, 2846}}) {
    std::set<int> of_province, of_county;
    for (const Region& region : regions()) {
      if (!region.in_force(year + 1, year)) continue;
      (region.code % 10000 == 0 ? of_province : of_county).insert(region.code);
    }
    std::erase_if(of_county, [](int code) { return code % 100 == 0; });
    EXPECT_EQ(of_province.size(), static_cast<std::size_t>(provinces)) << year;
    EXPECT_NEAR(static_cast<double>(of_county.size()), counties, 10) << year;
  }
}

TEST(Regions, HaveTheNamesOfTheirTime) {
  EXPECT_EQ(full(region_names(130682, 2020)), "河北省/保定市/定州市");
  EXPECT_EQ(full(region_names(110102, 1990)), "北京市//西城区");
  EXPECT_EQ(full(region_names(440305, 2012)), "广东省/深圳市/南山区");
  EXPECT_EQ(full(region_names(450103, 2000)), "广西壮族自治区/南宁市/新城区");
  EXPECT_EQ(full(region_names(450103, 2010)), "广西壮族自治区/南宁市/青秀区");
  EXPECT_EQ(full(region_names(500101, 2010)), "重庆市//万州区");
  EXPECT_EQ(full(region_names(429004, 2010)), "湖北省//仙桃市");
  EXPECT_EQ(full(region_names(441900, 2010)), "广东省/东莞市/");
  EXPECT_EQ(full(region_names(999999, 2010)), "//");
}

TEST(Regions, BeginAndEnd) {
  EXPECT_EQ(region_in(110103, 2009)->name, "崇文区");
  EXPECT_TRUE(region_in(110103, 2010)) << "the year it ended in";
  EXPECT_FALSE(region_in(110103, 2011));
  EXPECT_EQ(region_in(110103, 2009)->successor, 110101);
  EXPECT_FALSE(region_in(130682, 1980));
  EXPECT_TRUE(region_in(130682, 2000));
  EXPECT_EQ(region_in(120221, 2015)->successor, 120117);
  EXPECT_EQ(region_in(310230, 2016)->successor, 310151);
}

TEST(RegionCheck, KnowsWhatWasInForceBetweenBirthAndIssue) {
  for (const int code : {130682, 211002, 450103, 110105, 350203, 370202, 530102, 440305, 110102}) {
    EXPECT_EQ(check(code, "1973-11-13", "2023-04-21").state, RegionState::known) << code;
  }
  EXPECT_EQ(check(110103, "1970-01-01", "2020-01-01").state, RegionState::known)
      << "who was born earlier keeps the number";
  EXPECT_EQ(check(110103, "2009-06-01", "2025-01-01").state, RegionState::known);
  EXPECT_EQ(check(500101, "1960-01-01", "2005-01-01").state, RegionState::known)
      << "Chongqing became a municipality long after the birth, before the issue";
}

TEST(RegionCheck, NumbersGoBackTo1984) {
  // 222121 was 榆树县 until 1983; people born in 1950 got their numbers in 1984 and later.
  EXPECT_EQ(region_in(222121, 1982)->name, "榆树县");
  EXPECT_EQ(check(222121, "1950-01-01").state, RegionState::known)
      << "registers follow within a year";
  const auto rows = regions();
  const auto gone = std::find_if(rows.begin(), rows.end(), [](const Region& r) {
    return r.last_year && *r.last_year == 1982 && regions_of(r.code).size() == 1;
  });
  ASSERT_NE(gone, rows.end());
  EXPECT_EQ(check(gone->code, "1950-01-01").state, RegionState::abolished);
}

TEST(RegionCheck, NoticesWhatCannotBe) {
  const auto abolished = check(110103, "2012-01-01", "2020-01-01");
  EXPECT_EQ(abolished.state, RegionState::abolished);
  EXPECT_EQ(abolished.last_year, 2010);
  EXPECT_EQ(abolished.successor, 110101);
  EXPECT_EQ(full(abolished.names), "北京市//崇文区");

  const auto early = check(310151, "1980-01-01", "2014-06-01");  // a district since 2016
  EXPECT_EQ(early.state, RegionState::not_yet);
  EXPECT_EQ(early.first_year, 2016);
  EXPECT_EQ(check(310151, "1980-01-01").state, RegionState::known) << "nothing is too late";
  EXPECT_EQ(check(310151, "1980-01-01", "2017-06-01").state, RegionState::known);

  for (const int code : {0, 1, 110199, 199999, 770101, 110000, 999, 100000, -1, 1000000}) {
    EXPECT_EQ(check(code, "1980-01-01").state, RegionState::unknown) << code;
  }
}

TEST(RegionCheck, KnowsOtherDocuments) {
  for (const int code : {810000, 820000, 830000}) {
    EXPECT_EQ(check(code, "1980-01-01").state, RegionState::residence_permit);
  }
  EXPECT_EQ(check(911156, "1980-01-01").state, RegionState::foreign_permanent);
}

TEST(RegionCheck, TakesThePrefecturesOwnCodes) {
  EXPECT_EQ(check(441900, "1980-01-01").state, RegionState::known) << "a city without counties";
  const auto urban = check(350201, "1980-01-01");
  EXPECT_EQ(urban.state, RegionState::known) << "01: the urban districts together";
  EXPECT_EQ(full(urban.names), "福建省/厦门市/");
}

}  // namespace
}  // namespace mq::idcard
