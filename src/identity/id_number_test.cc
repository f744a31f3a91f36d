#include "identity/id_number.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mq::identity {
namespace {

TEST(IdNumber, TellsBirthAndSex) {
  struct Vector {
    const char* number;
    const char* birth;
    bool male;
  };
  for (const auto& [number, birth, male] :
       {Vector{"11010519491231002X", "1949-12-31", false},  // the standard's own example
        Vector{"440307200002290021", "2000-02-29", false},
        Vector{"110101199003070652", "1990-03-07", true},
        Vector{"310115200611220037", "2006-11-22", true},
        Vector{"11010519491231002x", "1949-12-31", false}}) {
    const auto read = read_id_number(number);
    ASSERT_TRUE(read.has_value()) << number;
    EXPECT_EQ(read->birth.iso(), birth);
    EXPECT_EQ(read->male, male) << number;
  }
}

TEST(IdNumber, OnlyOneCheckCharacterFits) {
  for (const std::string number : {"110101199003070652", "11010519491231002X"}) {
    int fitting = 0;
    for (const char c : std::string("0123456789X")) {
      fitting += read_id_number(number.substr(0, 17) + c).has_value() ? 1 : 0;
    }
    EXPECT_EQ(fitting, 1);
  }
}

TEST(IdNumber, EveryWrongDigitAndEverySwapOfNeighboursIsNoticed) {
  const std::string number = "110101199003070652";
  for (std::size_t i = 0; i < number.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      auto typo = number;
      typo[i] = c;
      EXPECT_EQ(read_id_number(typo).has_value(), c == number[i]) << typo;
    }
    if (i + 1 < number.size() && number[i] != number[i + 1]) {
      auto swapped = number;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(read_id_number(swapped).has_value()) << swapped;
    }
  }
}

TEST(IdNumber, TheBirthDateExists) {
  for (const auto* number : {"110101200102290015", "110101190013010011", "110101199004310013"}) {
    EXPECT_FALSE(read_id_number(number).has_value()) << number << " has the right check character";
  }
}

TEST(IdNumber, NothingElseIsANumber) {
  for (const auto* text :
       {"", "110101900307065", "11010119900307065", "1101011990030706520", "11010519491231002Y",
        "X10105194912310020", "1101011990 3070652", "１10101199003070652", "-10101199003070652"}) {
    EXPECT_FALSE(read_id_number(text).has_value()) << text;
  }
  EXPECT_FALSE(read_id_number(std::string(18, '\0')).has_value());
  EXPECT_FALSE(read_id_number(std::string(100'000, '1')).has_value());
}

TEST(Age, IsCompletedYears) {
  const auto age = [](const char* birth, const char* day) {
    return age_on(*BusinessDate::parse(birth), *BusinessDate::parse(day));
  };
  EXPECT_EQ(age("2008-01-05", "2026-01-04"), 17);
  EXPECT_EQ(age("2008-01-05", "2026-01-05"), 18);
  EXPECT_EQ(age("2008-01-05", "2026-12-31"), 18);
  EXPECT_EQ(age("2008-12-31", "2026-01-01"), 17);
  EXPECT_EQ(age("2008-02-29", "2026-02-28"), 17);
  EXPECT_EQ(age("2008-02-29", "2026-03-01"), 18);
  EXPECT_EQ(age("2008-02-29", "2028-02-29"), 20);
  EXPECT_EQ(age("2030-01-01", "2026-01-01"), -4);
}

TEST(Name, IsWrittenInLetters) {
  for (const auto* name : {"张三", "欧阳修", "阿卜杜拉·买买提", "Li", "John Smith", "O", "㐀", "𠮷田",
                           "〇一"}) {
    EXPECT_TRUE(plausible_name(name)) << name;
  }
  EXPECT_TRUE(plausible_name(std::string(limits::kNameBytes, 'a')));
}

TEST(Name, AnythingElseIsNone) {
  for (const auto* name :
       {"", " ", "·", "张三1", "张三·", "·张三", "张··三", " 张三", "张三 ", "张\n三", "<b>", "张三；",
        "a'b", "😀", "\xe5\xbc", "\xff", "\xc1\x81", "\xed\xa0\x80", "张\xe2\x80\xae三"}) {
    EXPECT_FALSE(plausible_name(name)) << name;
  }
  EXPECT_FALSE(plausible_name(std::string_view("a\0b", 3)));
  EXPECT_FALSE(plausible_name(std::string(limits::kNameBytes + 1, 'a')));
}

}  // namespace
}  // namespace mq::identity
