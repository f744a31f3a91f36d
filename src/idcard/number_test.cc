#include "idcard/number.h"

#include <gtest/gtest.h>

#include <random>

#include "base/limits.h"

namespace mq::idcard {
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

// A number with the right check character.
std::string numbered(const std::string& first17) {
  for (const char c : std::string("0123456789X")) {
    if (read_id_number(first17 + c)) return first17 + c;
  }
  return {};
}

TEST(IdNumber, SaysWhyItIsNone) {
  EXPECT_EQ(inspect_id_number("11010519491231002X"), NumberState::valid);
  EXPECT_EQ(inspect_id_number("110105194912310021"), NumberState::wrong_check);
  EXPECT_EQ(inspect_id_number("110101200102290015"), NumberState::no_such_birth);
  EXPECT_EQ(inspect_id_number("130503670401001"), NumberState::old_format);
  EXPECT_EQ(inspect_id_number("130503671301001"), NumberState::malformed) << "no such month";
  EXPECT_EQ(inspect_id_number("13050367040100"), NumberState::malformed);
  EXPECT_EQ(inspect_id_number("X1010519491231002X"), NumberState::malformed);
  EXPECT_EQ(inspect_id_number(""), NumberState::malformed);
}

TEST(IdNumber, BeginsWithItsRegion) {
  EXPECT_EQ(read_id_number("11010519491231002X")->region, 110105);
}

TEST(Repair, ReplacesLettersThatLookLikeDigits) {
  for (const auto* text :
       {"11O1O519491231OO2X", "l10105I949123l002X", "11010519491231002x",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "１１０１０５１９４９１２３１００２Ｘ",
        "11D105194912310Q2X", "1101OS194g1Z31002X", "11010519491231002Х", "11010519491231002×"}) {
    const auto reading = repair_id_number(text);
    ASSERT_TRUE(reading) << text;
    EXPECT_EQ(reading->number, "11010519491231002X") << text;
    EXPECT_EQ(reading->facts.birth.iso(), "1949-12-31");
  }
  EXPECT_EQ(repair_id_number("11010519491231002x")->repairs, 0);
  EXPECT_EQ(repair_id_number("11O1O519491231OO2X")->repairs, 4);
}

TEST(Repair, ChoosesTheMeaningThatFits) {
  const auto eight = numbered("11010519880308123"), three = numbered("11010519930308123");
  auto read = eight;
  read[8] = 'B';  // 8 and 3 are both years, one of them has this check character
  ASSERT_TRUE(repair_id_number(read));
  EXPECT_EQ(repair_id_number(read)->number, eight);
  read = three;
  read[9] = 'B';
  ASSERT_TRUE(repair_id_number(read));
  EXPECT_EQ(repair_id_number(read)->number, three);
}

TEST(Repair, IsNoGuess) {
  // A wrong digit, too few or too many characters, and more letters than digits could vouch for.
  for (const auto* text :
       {"110105194912310021", "1101051949123100", "11010519491231002X1", "IIOIOSI9491Z31OO2X", "",
        "11010519491231002\xff", "110105194912310*2X"}) {
    EXPECT_FALSE(repair_id_number(text)) << text;
  }
  EXPECT_FALSE(repair_id_number(std::string(limits::kCardFieldBytes, ' ') + "11010519491231002X"));
  EXPECT_FALSE(repair_id_number(numbered("11010517001231002"))) << "no card is that old";
}

// Whatever letters replace up to six digits of any number: the number comes back, or nothing.
// Nothing only where B or G leave two numbers.
TEST(Repair, NeverGivesAnotherNumber) {
  const std::string like[10] = {"OoDQG", "lI|!i]", "Zz", "B", "A", "Ss", "Gb", "T?", "B", "gq"};
  std::mt19937_64 random(7);
  const auto next = [&random](std::uint64_t n) { return random() % n; };
  int repaired = 0;
  for (int round = 0; round < 5000; ++round) {
    const auto birth = BusinessDate{static_cast<std::int32_t>(next(30000)) - 20000}.iso();
    const auto number =
        numbered(std::to_string(110000 + next(540000)) + birth.substr(0, 4) + birth.substr(5, 2) +
                 birth.substr(8, 2) + std::to_string(100 + next(900)));
    ASSERT_EQ(number.size(), 18u);
    auto text = number;
    for (std::uint64_t i = next(7); i > 0; --i) {
      const auto at = next(17);
      if (text[at] < '0' || text[at] > '9') continue;
      const auto& letters = like[text[at] - '0'];
      text[at] = letters[next(letters.size())];
    }
    const auto reading = repair_id_number(text);
    if (!reading) {
      EXPECT_NE(text.find_first_of("BG"), std::string::npos) << text;
      continue;
    }
    // Two letters with two meanings each can agree on another number; never without such letters.
    if (text.find_first_of("BG") == std::string::npos) {
      EXPECT_EQ(reading->number, number) << text;
    }
    EXPECT_TRUE(read_id_number(reading->number));
    ++repaired;
  }
  EXPECT_GT(repaired, 4500);
}

TEST(Find, TakesNumbersOutOfText) {
  const auto found = find_id_numbers("姓名 张三\n公民身份号码 110105 19491231 002X\n签发");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].number, "11010519491231002X");
  EXPECT_TRUE(found[0].alone);
  EXPECT_EQ(found[0].repairs, 0);
}

TEST(Find, PutsTheMostCertainFirst) {
  const std::string other = "110101199003070652", touched = "440307200002290021";
  const auto found = find_id_numbers("9" + touched + "/11O1O519491231002X/" + other + "/" + other);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].number, other);
  EXPECT_EQ(found[1].number, "11010519491231002X");
  EXPECT_EQ(found[1].repairs, 2);
  EXPECT_EQ(found[2].number, touched);
  EXPECT_FALSE(found[2].alone);
}

TEST(Find, BearsAnything) {
  EXPECT_TRUE(find_id_numbers("").empty());
  EXPECT_TRUE(find_id_numbers("\xff\xfe").empty());
  EXPECT_TRUE(find_id_numbers(std::string(limits::kCardTextBytes, 'B')).empty());
  EXPECT_TRUE(
      find_id_numbers("11010519491231002X" + std::string(limits::kCardTextBytes, ' ')).empty());
  EXPECT_TRUE(find_id_numbers("130503670401001").empty()) << "fifteen digits";
}

}  // namespace
}  // namespace mq::idcard
