#include "vision/document/card_back.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mq::vision {
namespace {

constexpr float kNowhere = std::numeric_limits<float>::max();

bool has(const CardLine& line, std::string_view part) { return find_in(*line.line, part).has_value(); }

std::size_t digits_of(const TextLine& line) {
  return static_cast<std::size_t>(std::count_if(line.glyphs.begin(), line.glyphs.end(), [](const Glyph& glyph) {
    return glyph.text.size() == 1 && glyph.text[0] >= '0' && glyph.text[0] <= '9';
  }));
}

// What follows the label in its line and to the right.
Passage behind(const CardLines& card, const CardLine& line, std::string_view label, std::size_t characters) {
  const auto at = find_in(*line.line, label);
  std::size_t after = *at;
  while (after < line.line->glyphs.size() && characters > 0) {
    if (line.line->glyphs[after].text != " ") --characters;
    ++after;
  }
  Passage out = passage_of(*line.line, after);
  append(out, right_of(card, line, kNowhere));
  return out;
}

}  // namespace

BackText read_back(const CardLines& card) {
  BackText out;
  for (const CardLine& line : card.lines) {
    if (has(line, "居民身份证") || has(line, "民身份证")) ++out.labels;
    if (has(line, "人民共和国") || has(line, "中华人民")) ++out.labels;
    if (out.authority.empty()) {
      if (has(line, "签发机关")) {
        out.authority = behind(card, line, "签发机关", 4);
        ++out.labels;
      } else if (has(line, "机关")) {
        out.authority = behind(card, line, "机关", 2);
        ++out.labels;
      }
    }
    if (out.validity.empty()) {
      if (has(line, "有效期限")) {
        out.validity = behind(card, line, "有效期限", 4);
        ++out.labels;
      } else if (has(line, "期限")) {
        out.validity = behind(card, line, "期限", 2);
        ++out.labels;
      }
    }
  }
  // A label that was not read at all: the authority ends in 局, the validity has dates.
  for (const CardLine& line : card.lines) {
    if (out.authority.empty() && (has(line, "公安局") || has(line, "分局"))) out.authority = passage_of(*line.line);
    if (out.validity.empty() && digits_of(*line.line) >= 8) out.validity = passage_of(*line.line);
  }
  return out;
}

}  // namespace mq::vision
