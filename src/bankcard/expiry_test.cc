#include "bankcard/expiry.h"

#include <gtest/gtest.h>

namespace mq::bankcard {
namespace {

std::string text_of(const std::string& row) {
  const auto read = find_expiry(row);
  return read ? read->expiry.text() : "";
}

TEST(Expiry, IsAMonthAndAYear) {
  for (const auto* row : {"VALID THRU 05/29", "VALIDTHRU05/29", "有效期至 05/29", "05 / 29",
                          "MONTH/YEAR 05/29", "GOOD THRU：05／29"}) {
    EXPECT_EQ(text_of(row), "05/29") << row;
  }
  EXPECT_TRUE(find_expiry("VALID THRU 05/29")->labelled);
  EXPECT_TRUE(find_expiry("有效期限 05/29")->labelled);
  EXPECT_FALSE(find_expiry("05/29")->labelled);
}

TEST(Expiry, OtherDatesAndNumbersAreNone) {
  for (const auto* row : {"", "05/2029", "05/29/31", "2029/05", "13/29", "00/29", "5/29", "105/29",
                          "05-29", "/29", "05/", "\xFF 05/29"}) {
    EXPECT_EQ(text_of(row), "") << row;
  }
}

TEST(Expiry, OfTwoTheLaterCounts) {
  EXPECT_EQ(text_of("VALID FROM 12/21 THRU 03/31"), "03/31");
  EXPECT_EQ(text_of("11/29 12/29"), "12/29");
}

}  // namespace
}  // namespace mq::bankcard
