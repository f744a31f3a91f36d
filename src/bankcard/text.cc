#include "bankcard/text.h"

#include "runtime/text.h"

namespace mq::bankcard {

std::optional<std::u32string> decode(std::string_view text, std::size_t most) {
  if (text.size() > most || !runtime::valid_utf8(text)) return std::nullopt;
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t point = more == 0 ? lead : lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3FU);
    out.push_back(point >= 0xFF01 && point <= 0xFF5E ? point - 0xFF01 + '!' : point);
  }
  return out;
}

bool digit(char32_t point) { return point >= '0' && point <= '9'; }

bool between_groups(char32_t point) {
  static constexpr std::u32string_view kBetween = U" \t-–—·•・\u00A0\u2002\u2003\u2009\u3000";
  return kBetween.find(point) != std::u32string_view::npos;
}

int digit_of(char32_t point) {
  if (digit(point)) return static_cast<int>(point - '0');
  static constexpr struct {
    std::u32string_view like;
    int digit;
  } kLookAlikes[] = {{U"OoDQ〇○", 0}, {U"lI|!i]", 1}, {U"Zz", 2}, {U"A", 4}, {U"Ss", 5},
                     {U"Gb", 6},      {U"T?", 7},     {U"B", 8},  {U"gq", 9}};
  for (const auto& [like, value] : kLookAlikes) {
    if (like.find(point) != std::u32string_view::npos) return value;
  }
  return -1;
}

}  // namespace mq::bankcard
