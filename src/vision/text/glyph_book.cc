#include "vision/text/glyph_book.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "vision/errors.h"

namespace mq::vision {
namespace {

struct FontFile {
  const char* path;
  long face;  // in a collection; the one with the forms of the mainland
};
// Of Debian's fonts-noto-cjk and fonts-arphic-ukai. Cards are set in a sans serif.
constexpr FontFile kFonts[] = {{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2},
                               {"/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2},
                               {"/usr/share/fonts/truetype/arphic/ukai.ttc", 0}};

struct Block {
  char32_t first, last;
};
constexpr Block kIdeographs[] = {{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0x20000, 0x323AF}};

constexpr int kSide = 20;   // of a compared picture
constexpr int kDrawn = 40;  // em in pixels
constexpr int kValues = kSide * kSide;
constexpr float kScale = 127;
using Picture = std::array<std::int8_t, kValues>;

// Cut to its ink, the longer side filling the square; brightness and contrast taken out. `trim` is
// what is cut off (or added) around the ink, in fortieths of the longer side.
bool normalise(const cv::Mat& ink, int trim, Picture& out) {
  const cv::Rect box = cv::boundingRect(ink > 96);
  if (box.width < 2 || box.height < 2) return false;
  const int side = std::max(box.width, box.height), margin = side / 40 + 2;
  cv::Mat square = cv::Mat::zeros(side + 2 * margin, side + 2 * margin, CV_8U);
  ink(box).copyTo(square(cv::Rect((square.cols - box.width) / 2, (square.rows - box.height) / 2,
                                  box.width, box.height)));
  const int from = margin + trim * std::max(1, (side + 20) / 40);
  square = square(cv::Range(from, square.rows - from), cv::Range(from, square.cols - from));
  cv::Mat small, values;
  cv::resize(square, small, {kSide, kSide}, 0, 0,
             square.cols > kSide ? cv::INTER_AREA : cv::INTER_LINEAR);
  small.convertTo(values, CV_32F);
  cv::GaussianBlur(values, values, {3, 3}, 0.7, 0.7, cv::BORDER_CONSTANT);
  values -= cv::mean(values)[0];
  const double norm = cv::norm(values);
  if (norm < 1) return false;
  // Values of one picture have a root mean square of 1 / kSide.
  values.convertTo(values, CV_32F, kScale * kSide / 6 / norm);
  for (int i = 0; i < kValues; ++i) {
    out[static_cast<std::size_t>(i)] =
        static_cast<std::int8_t>(std::clamp(std::lround(values.ptr<float>()[i]), -127L, 127L));
  }
  return true;
}

std::int32_t dot(const Picture& a, const Picture& b) {
  std::int32_t sum = 0;
  for (int i = 0; i < kValues; ++i) {
    sum +=
        static_cast<std::int32_t>(a[static_cast<std::size_t>(i)]) * b[static_cast<std::size_t>(i)];
  }
  return sum;
}

float norm_of(const Picture& picture) {
  return std::sqrt(static_cast<float>(dot(picture, picture)));
}

// Printed ink with its edge taken in three ways: blur moves it by a pixel, which for thin strokes
// is much.
struct Printed {
  std::array<Picture, 3> pictures;
  std::array<float, 3> norms;
  float apart = 0;  // of the first from the others, as vectors of length 1

  // Of the best of the three. Scores below `least` may come out lower than they are.
  float score(const Picture& other, float norm, float least = -1) const {
    float best = one(0, other, norm);
    // Vectors of length 1 that are so far apart differ by no more in any product with a third.
    if (best + apart < least) return best;
    for (std::size_t i = 1; i < pictures.size(); ++i) best = std::max(best, one(i, other, norm));
    return best;
  }

  float one(std::size_t i, const Picture& other, float norm) const {
    return static_cast<float>(dot(pictures[i], other)) / (norms[i] * norm);
  }
};

std::optional<Printed> printed(const cv::Mat& ink) {
  constexpr int kTrims[] = {0, -1, 1};
  constexpr float kRounding = 1e-3F;
  Printed out;
  for (std::size_t i = 0; i < out.pictures.size(); ++i) {
    if (!normalise(ink, kTrims[i], out.pictures[i])) return std::nullopt;
    out.norms[i] = norm_of(out.pictures[i]);
    const float alike = out.one(i, out.pictures[0], out.norms[0]);
    out.apart = std::max(out.apart, std::sqrt(std::max(0.0F, 2 - 2 * alike)) + kRounding);
  }
  return out;
}

std::string utf8(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  const auto next = [&](int shift) { return byte(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x10000) return {byte(0xE0 | c >> 12), next(6), next(0)};
  return {byte(0xF0 | c >> 18), next(12), next(6), next(0)};
}

// The code point when the text is one character of the blocks above.
std::optional<char32_t> one_ideograph(const std::string& text) {
  const auto part = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<std::uint8_t>(text[i]));
  };
  char32_t c = 0;
  if (text.size() == 3) c = (part(0) & 0x0F) << 12 | (part(1) & 0x3F) << 6 | (part(2) & 0x3F);
  if (text.size() == 4)
    c = (part(0) & 0x07) << 18 | (part(1) & 0x3F) << 12 | (part(2) & 0x3F) << 6 | (part(3) & 0x3F);
  for (const Block& block : kIdeographs) {
    if (c >= block.first && c <= block.last && utf8(c) == text) return c;
  }
  return std::nullopt;
}

class Font {
 public:
  static std::unique_ptr<Font> open(FT_Library library, const FontFile& file) {
    auto out = std::make_unique<Font>();
    if (FT_New_Face(library, file.path, file.face, &out->face_) != 0) return nullptr;
    FT_Set_Pixel_Sizes(out->face_, 0, kDrawn);
    return out;
  }
  ~Font() { FT_Done_Face(face_); }
  Font() = default;
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  // −1 for a character that the font does not have.
  float score(const Printed& ink, char32_t character) {
    Picture drawn;
    const std::lock_guard lock(drawing_);
    return draw(character, drawn) ? ink.score(drawn, norm_of(drawn)) : -1;
  }

  GlyphLikeness nearest(const Printed& ink) {
    draw_all();
    GlyphLikeness out;
    char32_t best = 0;
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      const float score = ink.score(pictures_[i], norms_[i], out.runner_up);
      if (score > out.best.score) {
        out.runner_up = out.best.score;
        out.best.score = score;
        best = characters_[i];
      } else if (score > out.runner_up) {
        out.runner_up = score;
      }
    }
    if (best != 0) out.best.text = utf8(best);
    return out;
  }

 private:
  bool draw(char32_t c, Picture& out) {
    const FT_UInt glyph = FT_Get_Char_Index(face_, c);
    if (glyph == 0 || FT_Load_Glyph(face_, glyph, FT_LOAD_NO_HINTING | FT_LOAD_RENDER) != 0)
      return false;
    const FT_Bitmap& bitmap = face_->glyph->bitmap;
    if (bitmap.pixel_mode != FT_PIXEL_MODE_GRAY || bitmap.width == 0 || bitmap.rows == 0)
      return false;
    return normalise(cv::Mat(static_cast<int>(bitmap.rows), static_cast<int>(bitmap.width), CV_8U,
                             bitmap.buffer, static_cast<std::size_t>(bitmap.pitch)),
                     0, out);
  }

  void draw_all() {
    const std::lock_guard lock(drawing_);
    if (!pictures_.empty()) return;
    for (const Block& block : kIdeographs) {
      for (char32_t c = block.first; c <= block.last; ++c) {
        Picture picture;
        if (!draw(c, picture)) continue;
        characters_.push_back(c);
        norms_.push_back(norm_of(picture));
        pictures_.push_back(picture);
      }
    }
  }

  std::mutex drawing_;  // a face draws one glyph at a time
  FT_Face face_ = nullptr;
  std::vector<char32_t> characters_;
  std::vector<float> norms_;
  std::vector<Picture> pictures_;
};

}  // namespace

struct GlyphBook::Impl {
  ~Impl() {
    fonts.clear();
    FT_Done_FreeType(library);
  }
  FT_Library library = nullptr;
  std::vector<std::unique_ptr<Font>> fonts;
};

GlyphBook::GlyphBook(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GlyphBook::GlyphBook(GlyphBook&&) noexcept = default;
GlyphBook& GlyphBook::operator=(GlyphBook&&) noexcept = default;
GlyphBook::~GlyphBook() = default;

Result<GlyphBook> GlyphBook::load() {
  auto impl = std::make_unique<Impl>();
  MQ_CHECK(FT_Init_FreeType(&impl->library) == 0);
  for (const FontFile& file : kFonts) {
    auto font = Font::open(impl->library, file);
    if (!font) {
      return Error(VisionErrc::models_missing,
                   std::string(file.path) + " cannot be read; run tools/install-deps");
    }
    impl->fonts.push_back(std::move(font));
  }
  return GlyphBook(std::move(impl));
}

std::size_t GlyphBook::styles() const { return impl_->fonts.size(); }

float GlyphBook::score(const cv::Mat& ink, const std::string& character, std::size_t style) const {
  MQ_CHECK(style < impl_->fonts.size());
  const auto c = one_ideograph(character);
  const auto print = printed(ink);
  return c && print ? impl_->fonts[style]->score(*print, *c) : -1;
}

GlyphLikeness GlyphBook::nearest(const cv::Mat& ink, std::size_t style) const {
  MQ_CHECK(style < impl_->fonts.size());
  const auto print = printed(ink);
  return print ? impl_->fonts[style]->nearest(*print) : GlyphLikeness{};
}

}  // namespace mq::vision
