// Text in pictures: where lines stand and what they say, with how sure each character is.
//
// Three networks (models/cards/text.md): one finds lines, one says whether a line stands on its head, one
// reads it. A fourth reads single lines again where it matters that nothing is silently wrong.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "vision/face/face.h"

namespace mq::vision {

// One character as read.
struct Glyph {
  std::string text;      // UTF-8, one code point
  float confidence = 0;  // 0..1
  float at = 0;          // its middle along the line: 0 at the beginning, 1 at the end
};

struct TextLine {
  // Corners in reading order: where the line begins above, where it ends above, below, where it begins
  // below. In pixels of the picture.
  std::array<Point, 4> corners;
  std::string text;      // UTF-8
  float confidence = 0;  // mean of its characters
  std::vector<Glyph> glyphs;

  float length() const;  // along the line
  float height() const;
  Point middle() const;
};

}  // namespace mq::vision
