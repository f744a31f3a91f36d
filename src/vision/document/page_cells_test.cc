#include "vision/document/page_cells.h"

#include <gtest/gtest.h>

namespace mq::vision {
namespace {

constexpr float kEm = 20;

// Characters set side by side with gaps (in widths of a Chinese character) where `|` stands; the
// line begins at 100, 50.
struct Set {
  TextLine line;
  std::vector<float> begins;  // of each part, pixels
};

Set set(const std::vector<std::string>& parts, float gap) {
  Set out;
  float at = 0;
  std::vector<float> middles;
  for (const std::string& part : parts) {
    if (at > 0) at += gap * kEm;
    out.begins.push_back(100 + at);
    for (std::size_t i = 0; i < part.size();) {
      const auto first = static_cast<unsigned char>(part[i]);
      const std::size_t bytes = first >= 0xE0 ? 3 : 1;
      const std::string character = part.substr(i, bytes);
      const float wide = kEm * (bytes == 3                             ? 1.0F
                                : character == "." || character == "," ? 0.3F
                                                                       : 0.56F);
      Glyph glyph;
      glyph.text = character;
      glyph.confidence = character == "7" ? 0.6F : 0.99F;
      middles.push_back(at + wide / 2);
      out.line.glyphs.push_back(glyph);
      out.line.text += character;
      at += wide;
      i += bytes;
    }
  }
  for (std::size_t i = 0; i < middles.size(); ++i) out.line.glyphs[i].at = middles[i] / at;
  out.line.corners = {Point{100, 50}, Point{100 + at, 50}, Point{100 + at, 76}, Point{100, 76}};
  return out;
}

std::vector<std::string> texts(const std::vector<TextLine>& lines) {
  std::vector<std::string> out;
  for (const TextLine& line : lines) out.push_back(line.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(PageCells, WordsOfOneTextStayTogether) {
  EXPECT_EQ(texts(cells_of(set({"2025-01-03", "09:12:11"}, 0.3F).line)),
            Texts{"2025-01-0309:12:11"});
  EXPECT_EQ(texts(cells_of(set({"海川银行", "账户流水"}, 0.5F).line)), Texts{"海川银行账户流水"});
}

TEST(PageCells, ColumnsComeApart) {
  const Set row = set({"20250103", "快捷支付", "12,345.60"}, 1.2F);
  const auto cells = cells_of(row.line);
  ASSERT_EQ(texts(cells), (Texts{"20250103", "快捷支付", "12,345.60"}));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    EXPECT_NEAR(cells[i].corners[0].x, row.begins[i], 3);
    EXPECT_FLOAT_EQ(cells[i].corners[0].y, 50);
    EXPECT_GE(cells[i].glyphs.front().at, 0);
    EXPECT_LE(cells[i].glyphs.back().at, 1);
  }
  EXPECT_LT(cells[0].corners[1].x, cells[1].corners[0].x);
  EXPECT_FLOAT_EQ(cells[2].corners[1].x, row.line.corners[1].x);
}

TEST(PageCells, TextCloseToAnAmountIsAnotherCell) {
  EXPECT_EQ(texts(cells_of(set({"10,888.43", "快捷支付"}, 0.6F).line)),
            (Texts{"10,888.43", "快捷支付"}));
}

TEST(PageCells, APartIsAsSureAsItsLeastSureCharacter) {
  const auto cells = cells_of(set({"20250107", "100.00"}, 1.5F).line);
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_FLOAT_EQ(cells[0].confidence, 0.6F);
  EXPECT_FLOAT_EQ(cells[1].confidence, 0.99F);
}

TEST(PageCells, BlanksAloneAreNothing) {
  EXPECT_TRUE(cells_of(TextLine{}).empty());
  TextLine blank;
  blank.glyphs = {{" ", 0.9F, 0.5F}};
  EXPECT_TRUE(cells_of(blank).empty());
}

TEST(PageCells, HostileGlyphsStayWithinTheLine) {
  Set row = set({"20250103", "100.00"}, 2);
  for (Glyph& glyph : row.line.glyphs) glyph.at = 1 - glyph.at;  // backwards
  for (const TextLine& cell : cells_of(row.line)) {
    for (const Glyph& glyph : cell.glyphs) {
      EXPECT_GE(glyph.at, 0);
      EXPECT_LE(glyph.at, 1);
    }
  }
}

}  // namespace
}  // namespace mq::vision
