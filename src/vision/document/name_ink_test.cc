#include "vision/document/name_ink.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

constexpr float kSize = 36, kPitch = 42, kLeft = 60, kTop = 40;

// Shapes as dense as characters on paper that gets darker to the right, with a fine pattern.
cv::Mat paper_with(int characters) {
  cv::Mat out(120, 420, CV_8UC3);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const int light = 235 - x / 6 - ((x + 2 * y) % 14 == 0 ? 22 : 0);
      out.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(light));
    }
  }
  for (int i = 0; i < characters; ++i) {
    const int x = static_cast<int>(kLeft + kPitch * static_cast<float>(i)),
              y = static_cast<int>(kTop);
    const int s = static_cast<int>(kSize);
    for (const int row : {0, s / 2, s - 3})
      cv::line(out, {x, y + row}, {x + s - 3, y + row}, {25, 25, 25}, 3);
    for (const int column : {0, s / 2, s - 3})
      cv::line(out, {x + column, y}, {x + column, y + s - 3}, {25, 25, 25}, 3);
  }
  return out;
}

// Characters read at these indices of those that are printed; the place reaches from the first to
// the last one read.
Passage read_at(std::initializer_list<int> indices) {
  Passage out;
  for (const int i : indices) {
    out.glyphs.push_back({"字", 0.99F, 0});
    out.text += "字";
    out.middles.push_back({kLeft + kPitch * static_cast<float>(i) + kSize / 2, kTop + kSize / 2});
  }
  const float left = out.middles.front().x - kSize / 2 - 6,
              right = out.middles.back().x + kSize / 2 + 6;
  out.places.push_back({Point{left, kTop - 6}, Point{right, kTop - 6},
                        Point{right, kTop + kSize + 6}, Point{left, kTop + kSize + 6}});
  return out;
}

std::string shape(const std::vector<NameCell>& cells) {
  std::string out;
  for (const NameCell& cell : cells) out += cell.read ? static_cast<char>('0' + cell.after) : '?';
  return out;
}

TEST(CellsOfName, OneACharacter) {
  const auto cells = cells_of_name(paper_with(3), read_at({0, 1, 2}));
  EXPECT_EQ(shape(cells), "012");
  for (const NameCell& cell : cells) {
    const cv::Rect box = cv::boundingRect(cell.ink > 128);
    EXPECT_NEAR(static_cast<float>(box.width), static_cast<float>(box.height), 3)
        << "one shape, not cut";
  }
}

TEST(CellsOfName, FindsACharacterThatWasNotRead) {
  EXPECT_EQ(shape(cells_of_name(paper_with(3), read_at({0, 2}))), "0?1");
  EXPECT_EQ(shape(cells_of_name(paper_with(3), read_at({0, 1}))), "01?") << "behind the place";
}

TEST(CellsOfName, FindsALostFirstCharacterInsideThePlace) {
  Passage name = read_at({1, 2});
  for (const std::size_t corner : {0, 3}) name.places[0][corner].x -= kPitch;
  EXPECT_EQ(shape(cells_of_name(paper_with(3), name)), "?01");
}

TEST(CellsOfName, AnInkBlotIsNoCharacter) {
  cv::Mat picture = paper_with(2);
  cv::circle(picture, {static_cast<int>(kLeft + 2 * kPitch + 12), static_cast<int>(kTop) + 18}, 3,
             {30, 30, 30}, cv::FILLED);
  EXPECT_EQ(shape(cells_of_name(picture, read_at({0, 1}))), "01");
}

TEST(CellsOfName, WorksAlongTheNameInATurnedPicture) {
  Passage name = read_at({0, 2});
  const auto turned = [](Point p) { return Point{119 - p.y, p.x}; };  // a quarter clockwise
  for (Point& p : name.middles) p = turned(p);
  for (Point& p : name.places[0]) p = turned(p);
  cv::Mat picture;
  cv::rotate(paper_with(3), picture, cv::ROTATE_90_CLOCKWISE);
  EXPECT_EQ(shape(cells_of_name(picture, name)), "0?1");
}

TEST(CellsOfName, EvenCutsHoldWhatTheGapsInACharacterCutApart) {
  cv::Mat picture = paper_with(3);
  // The last shape in two parts: the widest gap of the row lies in it, and it is read too far
  // right.
  cv::rectangle(picture, cv::Rect(static_cast<int>(kLeft + 2 * kPitch) + 10, 30, 16, 60),
                cv::Scalar::all(180), cv::FILLED);
  Passage name = read_at({0, 1, 2});
  name.middles[2].x += 12;
  const auto cells = cells_of_name(picture, name);
  ASSERT_EQ(shape(cells), "012");
  for (const NameCell& cell : cells) {
    ASSERT_FALSE(cell.even.empty());
    EXPECT_NEAR(cv::boundingRect(cell.even > 128).width, kSize, 3);
  }
}

TEST(CellsOfName, NoEvenCutsWhereACharacterIsLost) {
  for (const NameCell& cell : cells_of_name(paper_with(3), read_at({0, 2})))
    EXPECT_TRUE(cell.even.empty());
}

// Read as digits, half as wide as other characters.
Passage digits_at(std::initializer_list<int> indices) {
  Passage out = read_at(indices);
  for (std::size_t i = 0; i < out.glyphs.size(); ++i) out.glyphs[i].text = "4";
  return out;
}

TEST(CharacterLostBetween, OnlyWhereInkIsLeftOver) {
  EXPECT_FALSE(character_lost_between(paper_with(4), read_at({0, 1, 2, 3})));
  EXPECT_TRUE(character_lost_between(paper_with(4), read_at({0, 1, 3})));
  EXPECT_FALSE(character_lost_between(paper_with(4), read_at({1, 2}))) << "at an end of the row";
  EXPECT_TRUE(character_lost_between(paper_with(4), digits_at({0, 2, 3})));
  EXPECT_FALSE(character_lost_between(paper_with(0), read_at({0, 1, 3}))) << "nothing but paper";
}

TEST(CellsOfName, SurvivesAPlaceInWhichNoCharacterStands) {
  Passage name = read_at({0, 1});
  name.places.push_back({Point{60, 90}, Point{160, 90}, Point{160, 110}, Point{60, 110}});
  EXPECT_EQ(shape(cells_of_name(paper_with(2), name)), "01?")
      << "what is darkest there, the pattern of the paper, is a doubt";
  EXPECT_FALSE(character_lost_between(paper_with(2), name));
}

TEST(CellsOfName, SurvivesPlacesOutsideOfThePicture) {
  Passage name = read_at({0, 1});
  for (Point& p : name.places[0]) p.x += 5000;
  for (Point& p : name.middles) p.x += 5000;
  EXPECT_EQ(cells_of_name(paper_with(2), name).size(), 2U);
}

}  // namespace
}  // namespace mq::vision
