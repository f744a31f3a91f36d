// The lines of one card in the card's own directions, and what can be taken out of them. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/text/text.h"

namespace mq::vision {

// One line of text in a frame whose rows run along the text; units are pixels of the picture.
struct CardLine {
  const TextLine* line = nullptr;
  float left = 0, right = 0;  // along the rows
  float row = 0;              // across them, downwards
  float height = 0;
};

struct CardLines {
  std::vector<CardLine> lines;  // by row, then from the left
  float height = 0;             // median of the heights of lines of three characters or more
};

// `direction` as PageText gives it. Lines that only say that the card is a specimen are left out.
CardLines card_lines(std::span<const TextLine> lines, float direction);

// A run of characters out of one or several lines, in reading order.
struct Passage {
  std::string text;  // without spaces
  std::vector<Glyph> glyphs;
  std::vector<Point> middles;                // of the characters, in pixels of the picture
  std::vector<std::array<Point, 4>> places;  // a quadrangle a line
  float least = 1;                           // confidence of the least sure character
  bool empty() const { return glyphs.empty(); }
};

// The characters from `first` on, up to `last` (not with it); spaces are dropped.
Passage passage_of(const TextLine& line, std::size_t first = 0, std::size_t last = SIZE_MAX);
void append(Passage& to, const Passage& more);

// The index of the character at which `part` begins, spaces skipped; nothing when it is not in the
// line.
std::optional<std::size_t> find_in(const TextLine& line, std::string_view part);

// The lines of the same row to the right of `from`, from the left, up to `until` along the row.
Passage right_of(const CardLines& card, const CardLine& from, float until);

}  // namespace mq::vision
