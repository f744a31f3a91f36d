#include "bankcard/number.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mq::bankcard {
namespace {

const std::string kNumber = "6222023965724952057";  // invented, of a known prefix and length

std::vector<std::string> numbers_in(const std::string& row) {
  std::vector<std::string> out;
  for (const auto& found : find_card_numbers(row)) out.push_back(found.number);
  return out;
}

TEST(Number, NeedsItsLuhnDigitAndALengthOfCards) {
  for (const auto* good :
       {"6225880123456783", "622588012345676", "6225880123456789017", "4111111111111111"}) {
    EXPECT_TRUE(plausible_number(good)) << good;
  }
  for (const auto* bad :
       {"", "0", "6225880123456784", "6225880123456738", "62258801234567", "62258801234567890178",
        "6225880123456783 ", " 6225880123456783", "6225-8801-2345-6783", "622588012345678x",
        "６２２５８８０１２３４５６７８３"}) {
    EXPECT_FALSE(plausible_number(bad)) << bad;
  }
}

TEST(Number, EveryWrongDigitAndEverySwapOfUnequalNeighboursIsSeen) {
  const std::string good = "6225880123456783";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto typed = good;
      typed[i] = digit;
      EXPECT_EQ(plausible_number(typed), typed == good) << typed;
    }
    if (i == 0) continue;
    auto swapped = good;
    std::swap(swapped[i - 1], swapped[i]);
    // Luhn cannot tell 09 from 90; this number holds no such pair.
    EXPECT_EQ(plausible_number(swapped), swapped == good) << swapped;
  }
}

TEST(Number, OnCardsTheFirstDigitsAreThoseOfCards) {
  EXPECT_TRUE(printed_number(kNumber));
  EXPECT_TRUE(printed_number("4111111111111111"));
  for (const auto* bad :
       {"1111111111111117", "7111111111111114", "9111111111111110", "0000000000000000"}) {
    EXPECT_TRUE(plausible_number(bad)) << bad;
    EXPECT_FALSE(printed_number(bad)) << bad;
  }
}

TEST(Number, OtherThan62OnlyKnownPrefixesBeginWith6) {
  EXPECT_TRUE(printed_number("60142800000000006"));
  EXPECT_TRUE(plausible_number("6999990000000002"));
  EXPECT_FALSE(printed_number("6999990000000002"));
}

TEST(Number, GroupsAndLabelsDoNotMatter) {
  for (const auto* row :
       {"6222 0239 6572 4952 057", "6222-0239-6572-4952-057", "622202 3965724952057",
        "卡号:6222 0239 6572 4952 057", "６２２２ ０２３９ ６５７２ ４９５２ ０５７",
        "CARD No. 6222·0239·6572·4952·057 DEBIT"}) {
    const auto found = find_card_numbers(row);
    ASSERT_EQ(found.size(), 1U) << row;
    EXPECT_EQ(found[0].number, kNumber) << row;
    EXPECT_TRUE(found[0].alone) << row;
    EXPECT_EQ(found[0].repairs, 0) << row;
  }
}

TEST(Number, SaysWhereItStands) {
  const auto found = find_card_numbers("卡号 6222 0239 6572 4952 057元");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].first, 3U);
  EXPECT_EQ(found[0].after, 26U);
}

TEST(Number, LookAlikesAreReplacedAndCounted) {
  const auto found = find_card_numbers("6222O2396S72495205T");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].number, kNumber);
  EXPECT_EQ(found[0].repairs, 3);
  EXPECT_TRUE(numbers_in("6Z22O2396S7Z49S205T").empty()) << "six of them are no reading";
}

TEST(Number, AWrongDigitIsNeverMended) {
  EXPECT_TRUE(numbers_in("6222 0239 6572 4952 058").empty());
  EXPECT_EQ(longest_digits("6222 0239 6572 4952 058"), "6222023965724952058");
}

TEST(Number, APartOfWhatMayBeAWholeNumberIsNone) {
  // The first sixteen of these nineteen digits pass the check.
  const std::string digits = "6216612628344565624";
  EXPECT_TRUE(printed_number(digits.substr(0, 16)));
  EXPECT_TRUE(numbers_in(digits).empty());
}

TEST(Number, OfALongerRunAPartMayBeOneButSaysSo) {
  const auto found = find_card_numbers("00" + kNumber);
  ASSERT_FALSE(found.empty());
  bool seen = false;
  for (const auto& one : found) {
    EXPECT_FALSE(one.alone);
    seen = seen || one.number == kNumber;
  }
  EXPECT_TRUE(seen);
}

TEST(Number, TheSurerOneComesFirst) {
  const auto found = find_card_numbers("411111111111111l 卡 " + kNumber);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].number, kNumber);
  EXPECT_EQ(numbers_in(kNumber + "/" + kNumber).size(), 1U);
}

TEST(Number, ShortRunsAreNotWorthShowing) {
  EXPECT_EQ(longest_digits("TEL 95588 02/33"), "");
  EXPECT_EQ(longest_digits("6222 0239 6572"), "622202396572");
}

TEST(Number, NothingComesOfBrokenOrEndlessText) {
  EXPECT_TRUE(find_card_numbers("\xC3(" + kNumber).empty());
  const std::string endless = std::string(limits::kCardTextBytes, '6') + kNumber;
  EXPECT_TRUE(find_card_numbers(endless).empty());
  EXPECT_EQ(longest_digits(endless), "");
  EXPECT_TRUE(find_card_numbers("").empty());
}

}  // namespace
}  // namespace mq::bankcard
