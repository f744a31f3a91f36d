#include "vision/document/card_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/document/card_test_support.h"

namespace mq::vision {
namespace {

using ::testing::Contains;
using testing::drawn_card;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::on_table;

const Quad kCard{Point{200, 180}, Point{1180, 190}, Point{1172, 806}, Point{194, 798}};

// All that drawn_card() says, read without a doubt.
CardReading reading() {
  CardReading out;
  const cv::Matx33d map = to_picture(kCard);
  const auto read = [&](const cv::Rect& r) {
    CardField field;
    field.text = "?";
    field.confidence = 0.99F;
    field.state = FieldState::read;
    const auto x = static_cast<float>(r.x), y = static_cast<float>(r.y);
    const auto w = static_cast<float>(r.width), h = static_cast<float>(r.height);
    field.places = {
        {at(map, {x, y}), at(map, {x + w, y}), at(map, {x + w, y + h}), at(map, {x, y + h})}};
    return field;
  };
  out.name = read(testing::kNameText);
  out.address = read(testing::kAddressText);
  out.number = read(testing::kNumberText);
  out.sex = out.birth = read({180, 160, 80, 30});
  out.sex.places.clear();
  out.birth.places.clear();
  out.card = kCard;
  return out;
}

struct Judged {
  CardState state;
  CardReading reading;
};

Judged judged(const cv::Mat& card, double sigma = 0.6) {
  Judged out{CardState::read, reading()};
  cv::Mat picture = on_table(card, kCard);
  cv::GaussianBlur(picture, picture, {}, sigma);
  out.state = judge_photo(picture, out.reading);
  return out;
}

TEST(CardQuality, AGoodPhotoHasNoProblemAndKnowsItsEdges) {
  const Judged good = judged(drawn_card());
  EXPECT_EQ(good.state, CardState::read);
  EXPECT_THAT(good.reading.problems, IsEmpty());
  EXPECT_NEAR(good.reading.width, 980, 8);
  ASSERT_TRUE(good.reading.portrait);
  EXPECT_GT((*good.reading.portrait)[0].x, 700);
}

TEST(CardQuality, BlurAsksForDoubtAndThenForAnotherPhoto) {
  EXPECT_EQ(judged(drawn_card(), 1.5).state, CardState::read);
  const Judged lost = judged(drawn_card(), 5);
  EXPECT_EQ(lost.state, CardState::retake);
  EXPECT_THAT(lost.reading.problems, ElementsAre(CardProblem::blurred));
}

TEST(CardQuality, AReflectionOnTheNumberLosesItBesideTheFieldsOnlyDoubts) {
  cv::Mat card = drawn_card();
  cv::ellipse(card, {600, 556}, {80, 40}, 0, 0, 360, {255, 255, 255}, cv::FILLED);
  const Judged on_number = judged(card);
  EXPECT_EQ(on_number.state, CardState::retake);
  EXPECT_THAT(on_number.reading.problems, Contains(CardProblem::glare));
  EXPECT_EQ(on_number.reading.number.state, FieldState::confirm);
  EXPECT_EQ(on_number.reading.name.state, FieldState::read);
  card = drawn_card();
  cv::ellipse(card, {560, 430}, {60, 30}, 0, 0, 360, {255, 255, 255}, cv::FILLED);
  const Judged beside = judged(card);  // where an address may go on
  EXPECT_EQ(beside.state, CardState::confirm);
  EXPECT_EQ(beside.reading.address.state, FieldState::confirm);
}

TEST(CardQuality, AFingerOnTheNumberCoversIt) {
  cv::Mat card = drawn_card();
  cv::ellipse(card, {620, 610}, {55, 100}, 0, 0, 360, {160, 190, 226}, cv::FILLED);
  const Judged covered = judged(card);
  EXPECT_EQ(covered.state, CardState::retake);
  EXPECT_THAT(covered.reading.problems, Contains(CardProblem::covered));
  EXPECT_EQ(covered.reading.number.state, FieldState::confirm);
}

TEST(CardQuality, CopiesAndDarkPhotosAreToBeConfirmed) {
  cv::Mat grey;
  cv::cvtColor(drawn_card(), grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
  const Judged copy = judged(grey);
  EXPECT_EQ(copy.state, CardState::confirm);
  EXPECT_THAT(copy.reading.problems, ElementsAre(CardProblem::copy));
  const Judged dark = judged(drawn_card() * 0.14);
  EXPECT_EQ(dark.state, CardState::confirm);
  EXPECT_THAT(dark.reading.problems, Contains(CardProblem::dark));
}

TEST(CardQuality, ACardThatLeavesThePictureIsCutOff) {
  CardReading out = reading();
  const cv::Mat picture = on_table(drawn_card(), kCard)(cv::Rect(0, 0, 1090, 1000));
  EXPECT_EQ(judge_photo(picture, out), CardState::retake);  // the number touches the border
  EXPECT_THAT(out.problems, Contains(CardProblem::cut_off));
}

TEST(CardQuality, WithoutACardThereIsNothingToJudge) {
  CardReading out;
  EXPECT_EQ(judge_photo(drawn_card(), out), CardState::read);
  EXPECT_THAT(out.problems, IsEmpty());
  out.card = Quad{};  // all corners in one place
  EXPECT_EQ(judge_photo(drawn_card(), out), CardState::read);
}

TextLine line(const std::string& text, float y, float confidence = 0.95F) {
  TextLine out;
  out.corners = {Point{50, y}, Point{350, y}, Point{350, y + 30}, Point{50, y + 30}};
  out.text = text;
  out.confidence = confidence;
  const bool latin = static_cast<unsigned char>(text[0]) < 0x80;
  for (std::size_t i = 0; i < text.size(); i += latin ? 1 : 3)
    out.glyphs.push_back({text.substr(i, latin ? 1 : 3), confidence, 0.5F});
  return out;
}

TEST(CardQuality, TwoCardsAreLabelsTwiceOrOfBothSides) {
  const auto two = [](const std::vector<TextLine>& lines) {
    return shows_two_cards(card_lines(lines, 0));
  };
  EXPECT_FALSE(two({line("姓名", 0), line("性别", 40), line("住址", 80), line("居民身份证", 120)}));
  EXPECT_TRUE(
      two({line("姓名", 0), line("性别", 40), line("签发机关", 80), line("有效期限", 120)}));
  EXPECT_TRUE(two({line("姓名", 0), line("性别", 40), line("姓名", 80), line("性别", 120)}));
  EXPECT_FALSE(two({line("签发机关", 0), line("有效期限", 40), line("居民身份证", 80)}));
}

TEST(CardQuality, OtherDocumentsAreKnownByNameOrByHavingMuchText) {
  EXPECT_TRUE(names_other_document(std::vector{line("中华人民共和国机动车驾驶证", 0)}));
  EXPECT_FALSE(
      names_other_document(std::vector{line("中华人民共和国", 0), line("居民身份证", 40)}));
  const std::vector card = {line("REPUBLIC", 0), line("SURNAME", 40), line("HOLVAREN", 80),
                            line("AB123456", 120)};
  EXPECT_TRUE(much_text(card));
  EXPECT_FALSE(much_text(std::vector(card.begin(), card.begin() + 3)));
  EXPECT_FALSE(much_text(std::vector(6, line("WWWWWWWWW", 0, 0.6F))));
}

TEST(CardQuality, OnlyDoubtsLetACardBeConfirmed) {
  for (const CardProblem p :
       {CardProblem::no_card, CardProblem::wrong_side, CardProblem::two_cards,
        CardProblem::mirrored, CardProblem::foreign, CardProblem::too_small}) {
    EXPECT_EQ(allowed_with(p), CardState::retake);
  }
  for (const CardProblem p :
       {CardProblem::copy, CardProblem::screen, CardProblem::glare, CardProblem::dark}) {
    EXPECT_EQ(allowed_with(p), CardState::confirm);
  }
}

}  // namespace
}  // namespace mq::vision
