#include "vision/document/page_cells.h"

#include <algorithm>

namespace mq::vision {
namespace {

// Characters are this many heights of a found line wide when it holds too few to tell by itself.
constexpr float kUsualEm = 0.75F;
constexpr float kLeastEm = 0.5F, kMostEm = 1.1F;
// A gap between two cells, in widths of a Chinese character: a blank is about a quarter of one. An
// amount set to the right of its column may stand close to the text of the next one.
constexpr float kCellGap = 0.8F;
constexpr float kAmountGap = 0.45F;

// How wide a character is set, in widths of a Chinese one.
float set_width(const std::string& character) {
  if (character.size() >= 3) return 1;
  static constexpr std::string_view kNarrow = ".,:;'|!ilI()[]/";
  if (character.size() == 1 && kNarrow.find(character[0]) != std::string_view::npos) return 0.3F;
  return 0.56F;
}

bool is_digit(const Glyph& glyph) {
  return glyph.text.size() == 1 && glyph.text[0] >= '0' && glyph.text[0] <= '9';
}

bool is_blank(const Glyph& glyph) { return glyph.text == " " || glyph.text == "\u3000"; }

// Pixels of a Chinese character: what most neighbours say.
float em_of(const std::vector<Glyph>& glyphs, float length, float height) {
  std::vector<float> ems;
  for (std::size_t i = 1; i < glyphs.size(); ++i) {
    const float units = (set_width(glyphs[i - 1].text) + set_width(glyphs[i].text)) / 2;
    ems.push_back((glyphs[i].at - glyphs[i - 1].at) * length / units);
  }
  constexpr std::size_t kEnough = 4;
  if (ems.size() < kEnough) return height * kUsualEm;
  const auto middle = ems.begin() + static_cast<std::ptrdiff_t>(ems.size() * 2 / 5);
  std::nth_element(ems.begin(), middle, ems.end());
  return std::clamp(*middle, height * kLeastEm, height * kMostEm);
}

Point between(Point a, Point b, float share) {
  return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

// The part of the line from `from` to `to` of its length, which holds these of its characters.
TextLine part_of(const TextLine& line, float from, float to, std::span<const Glyph> glyphs) {
  TextLine out;
  const auto& c = line.corners;
  out.corners = {between(c[0], c[1], from), between(c[0], c[1], to), between(c[3], c[2], to),
                 between(c[3], c[2], from)};
  out.confidence = 1;
  for (const Glyph& glyph : glyphs) {
    Glyph own = glyph;
    own.at = std::clamp((glyph.at - from) / (to - from), 0.0F, 1.0F);
    out.text += own.text;
    if (!is_blank(own)) out.confidence = std::min(out.confidence, own.confidence);
    out.glyphs.push_back(std::move(own));
  }
  return out;
}

}  // namespace

std::vector<TextLine> cells_of(const TextLine& line) {
  std::vector<Glyph> glyphs;
  for (const Glyph& glyph : line.glyphs) {
    if (!is_blank(glyph)) glyphs.push_back(glyph);
  }
  if (glyphs.empty()) return {};
  const float length = std::max(line.length(), 1.0F);
  const float em = em_of(glyphs, length, line.height());
  const auto half = [&](std::size_t i) { return set_width(glyphs[i].text) * em / (2 * length); };
  std::vector<TextLine> out;
  float from = 0;
  auto first = line.glyphs.begin();
  for (std::size_t i = 1; i < glyphs.size(); ++i) {
    const float end = glyphs[i - 1].at + half(i - 1), begin = glyphs[i].at - half(i);
    // Their number is often misread, which leaves gaps.
    if (glyphs[i - 1].text == "*" && glyphs[i].text == "*") continue;
    const bool after_amount = is_digit(glyphs[i - 1]) && glyphs[i].text.size() >= 3;
    if ((begin - end) * length < (after_amount ? kAmountGap : kCellGap) * em) continue;
    const auto next = std::find_if(first, line.glyphs.end(),
                                   [&](const Glyph& g) { return g.at >= glyphs[i].at; });
    out.push_back(part_of(line, from, end, {first, next}));
    from = begin;
    first = next;
  }
  out.push_back(part_of(line, from, 1, {first, line.glyphs.end()}));
  return out;
}

}  // namespace mq::vision
