#include "vision/text/glyph_book.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// A character as a camera sees it: of another size than in the book, soft, with paper around it.
cv::Mat drawn(char32_t c, int em) {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  EXPECT_EQ(FT_Init_FreeType(&library), 0);
  EXPECT_EQ(
      FT_New_Face(library, "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, &face), 0);
  FT_Set_Pixel_Sizes(face, 0, static_cast<FT_UInt>(em));
  EXPECT_EQ(FT_Load_Char(face, c, FT_LOAD_RENDER), 0);
  const FT_Bitmap& bitmap = face->glyph->bitmap;
  cv::Mat out;
  cv::copyMakeBorder(cv::Mat(static_cast<int>(bitmap.rows), static_cast<int>(bitmap.width), CV_8U,
                             bitmap.buffer, static_cast<std::size_t>(bitmap.pitch)),
                     out, 5, 9, 7, 3, cv::BORDER_CONSTANT, 0);
  cv::GaussianBlur(out, out, {5, 5}, em / 40.0);
  FT_Done_Face(face);
  FT_Done_FreeType(library);
  return out;
}

class GlyphBookTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { book_ = new GlyphBook(*GlyphBook::load()); }
  static void TearDownTestSuite() { delete book_; }
  static GlyphBook* book_;
};
GlyphBook* GlyphBookTest::book_ = nullptr;

TEST_F(GlyphBookTest, FindsACharacterAmongAllOfAFont) {
  const std::pair<char32_t, std::string> characters[] = {
      {U'王', "王"}, {U'赟', "赟"}, {U'翀', "翀"}, {U'䴘', "䴘"}, {U'𬒈', "𬒈"}};
  for (const auto& [c, text] : characters) {
    for (const int em : {28, 64}) {
      const GlyphLikeness like = book_->nearest(drawn(c, em), 0);
      EXPECT_EQ(like.best.text, text) << em;
      EXPECT_GT(like.best.score, like.runner_up);
      EXPECT_FLOAT_EQ(book_->score(drawn(c, em), text, 0), like.best.score);
    }
  }
}

TEST_F(GlyphBookTest, TellsLookAlikesApart) {
  const cv::Mat ink = drawn(U'暧', 40);
  EXPECT_GT(book_->score(ink, "暧", 0), book_->score(ink, "暖", 0) + 0.05F);
}

TEST_F(GlyphBookTest, AStyleOfItsOwnFitsBest) {
  const cv::Mat ink = drawn(U'璠', 40);
  for (std::size_t style = 1; style < book_->styles(); ++style) {
    EXPECT_GT(book_->score(ink, "璠", 0), book_->score(ink, "璠", style)) << style;
  }
}

TEST_F(GlyphBookTest, NothingIsLikeAnEmptyPlaceOrAnUnknownCharacter) {
  const cv::Mat empty = cv::Mat::zeros(40, 40, CV_8U);
  EXPECT_EQ(book_->score(empty, "王", 0), -1);
  EXPECT_TRUE(book_->nearest(empty, 0).best.text.empty());
  EXPECT_EQ(book_->score(drawn(U'王', 40), "A", 0), -1);
  EXPECT_EQ(book_->score(drawn(U'王', 40), "", 0), -1);
  EXPECT_EQ(book_->score(drawn(U'王', 40), "王王", 0), -1);
}

}  // namespace
}  // namespace mq::vision
