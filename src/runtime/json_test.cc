#include "runtime/json.h"

#include <gtest/gtest.h>

namespace mq::runtime {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Inner {
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (count))

struct Sample {
  std::string name;
  Money amount;
  Rate rate;
  BusinessDate due;
  Colour colour = Colour::red;
  bool agreed = false;
  std::vector<Inner> parts;
  std::optional<int> note;
  Pii<std::string> phone;
  PersonId person;
};
BOOST_DESCRIBE_STRUCT(Sample, (),
                      (name, amount, rate, due, colour, agreed, parts, note, phone, person))

const std::string kSample =
    R"({"name":"张三","amount":"10000.00","rate":"0.072","due":"2026-11-22","colour":"green",)"
    R"("agreed":true,"parts":[{"count":1},{"count":-2}],"note":null,"phone":"13800138000",)"
    R"("person":"0190b8a0-0000-7000-8000-000000000001"})";

std::string changed(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string detail_of(const std::string& text) {
  const auto parsed = from_json<Sample>(text);
  return parsed.ok() ? "accepted" : parsed.error().code() + ": " + parsed.error().detail();
}

TEST(Json, ReadsAndWritesEveryFieldType) {
  const auto sample = from_json<Sample>(kSample);
  ASSERT_TRUE(sample.ok()) << detail_of(kSample);
  EXPECT_EQ(sample->name, "张三");
  EXPECT_EQ(sample->amount.minor(), 1'000'000);
  EXPECT_EQ(sample->rate.nano(), 72'000'000);
  EXPECT_EQ(sample->due, BusinessDate::from_ymd(2026, 11, 22));
  EXPECT_EQ(sample->colour, Colour::green);
  EXPECT_EQ(sample->parts.at(1).count, -2);
  EXPECT_FALSE(sample->note.has_value());
  EXPECT_EQ(sample->phone.expose(), "13800138000");
  EXPECT_EQ(to_json(*sample), kSample);
}

TEST(Json, OptionalFieldsMayBeAbsentOthersNot) {
  EXPECT_EQ(detail_of(changed(kSample, R"("note":null,)", "")), "accepted");
  EXPECT_EQ(detail_of(changed(kSample, R"("agreed":true,)", "")),
            "json.invalid: agreed is missing");
}

TEST(Json, NamesThePathOfWhatIsWrong) {
  EXPECT_EQ(detail_of(changed(kSample, R"({"count":-2})", R"({"count":"2"})")),
            "json.invalid: parts[1].count a whole number is expected");
  EXPECT_EQ(detail_of(changed(kSample, R"({"count":-2})", R"({"count":2,"x":1})")),
            "json.invalid: parts[1] holds an unknown field");
  EXPECT_EQ(detail_of(changed(kSample, "green", "blue")),
            "json.invalid: colour is none of the allowed values");
  EXPECT_EQ(detail_of("[]"), "json.invalid: the document an object is expected");
}

TEST(Json, NumbersAreNotMoneyAndFractionsAreNotCounts) {
  EXPECT_NE(detail_of(changed(kSample, R"("10000.00")", "10000.00")), "accepted");
  EXPECT_NE(detail_of(changed(kSample, R"("10000.00")", R"("10000.001")")), "accepted");
  EXPECT_NE(detail_of(changed(kSample, "-2", "2.0")), "accepted");
  EXPECT_NE(detail_of(changed(kSample, "-2", "1e30")), "accepted");
  EXPECT_NE(detail_of(changed(kSample, "-2", "9223372036854775808")), "accepted");
}

TEST(Json, EnumNamesWithAnEmbeddedNulAreRefused) {
  EXPECT_NE(detail_of(changed(kSample, "green", "green\\u0000x")), "accepted");
}

TEST(Json, DuplicateKeysAreRefusedAtAnyDepth) {
  for (const auto* text : {R"({"a":1,"a":1})", R"([{"b":{"a":1,"c":2,"a":3}}])",
                           R"({"a":1,"\u0061":2})"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_TRUE(parsed.error().is(JsonErrc::malformed));
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":2}})").ok());
}

TEST(Json, MalformedTextIsRefused) {
  for (const std::string text : {"", " ", "{", "{}}", "{} x", "nul", "01", "'a'", "[1,]", "\"\xff\"",
                                 "\"\xed\xa0\x80\"", "\"\\ud800\"", "/**/1", "NaN", "\"\n\""}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_TRUE(parsed.error().is(JsonErrc::malformed));
  }
  EXPECT_TRUE(parse_json(" {\"a\" : [1, 2]} \r\n").ok());
}

TEST(Json, DepthIsLimited) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(limits::kJsonDepth)).ok());
  EXPECT_FALSE(parse_json(nested(limits::kJsonDepth + 1)).ok());
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')).ok());
}

TEST(Json, LongStringsAndKeysSurvive) {
  const std::string key(5000, 'k'), text(50'000, 't');
  const auto parsed = parse_json("{\"" + key + "\":\"" + text + "\"}");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->at(key).as_string(), text);
}

}  // namespace
}  // namespace mq::runtime
