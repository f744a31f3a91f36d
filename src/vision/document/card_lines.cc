#include "vision/document/card_lines.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace mq::vision {
namespace {

// Of the median height: lines whose middles are nearer stand in one row.
constexpr float kRowTolerance = 0.55F;

bool blank(const Glyph& glyph) { return glyph.text == " " || glyph.text == "\u3000"; }

std::string without_blanks(const TextLine& line) {
  std::string out;
  for (const Glyph& glyph : line.glyphs) {
    if (!blank(glyph)) out += glyph.text;
  }
  return out;
}

bool only_specimen(const TextLine& line) {
  std::string text = without_blanks(line);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text.find("SPECIMEN") != std::string::npos || text.find("SPECI") != std::string::npos ||
         text == "样本";
}

Point between(Point a, Point b, float share) {
  return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

// The part of a line from one share of its length to another.
std::array<Point, 4> part_of(const TextLine& line, float from, float to) {
  const auto& c = line.corners;
  return {between(c[0], c[1], from), between(c[0], c[1], to), between(c[3], c[2], to),
          between(c[3], c[2], from)};
}

}  // namespace

CardLines card_lines(std::span<const TextLine> lines, float direction) {
  CardLines out;
  const double radians = direction * std::numbers::pi / 180;
  const auto c = static_cast<float>(std::cos(radians)), s = static_cast<float>(std::sin(radians));
  const auto along = [&](Point p) { return p.x * c + p.y * s; };
  std::vector<float> heights;
  for (const TextLine& line : lines) {
    if (only_specimen(line)) continue;
    CardLine one;
    one.line = &line;
    one.left = (along(line.corners[0]) + along(line.corners[3])) / 2;
    one.right = (along(line.corners[1]) + along(line.corners[2])) / 2;
    const Point middle = line.middle();
    one.row = middle.y * c - middle.x * s;
    one.height = line.height();
    out.lines.push_back(one);
    if (line.glyphs.size() >= 3) heights.push_back(one.height);
  }
  if (!heights.empty()) {
    std::nth_element(heights.begin(),
                     heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2),
                     heights.end());
    out.height = heights[heights.size() / 2];
  }
  std::sort(out.lines.begin(), out.lines.end(), [](const CardLine& a, const CardLine& b) {
    return a.row != b.row ? a.row < b.row : a.left < b.left;
  });
  return out;
}

Passage passage_of(const TextLine& line, std::size_t first, std::size_t last) {
  Passage out;
  last = std::min(last, line.glyphs.size());
  while (first < last && blank(line.glyphs[first])) ++first;
  while (last > first && blank(line.glyphs[last - 1])) --last;
  if (first >= last) return out;
  for (std::size_t i = first; i < last; ++i) {
    const Glyph& glyph = line.glyphs[i];
    if (blank(glyph)) continue;
    out.text += glyph.text;
    out.least = std::min(out.least, glyph.confidence);
    out.glyphs.push_back(glyph);
    const auto& c = line.corners;
    out.middles.push_back(
        between(between(c[0], c[1], glyph.at), between(c[3], c[2], glyph.at), 0.5F));
  }
  const float from = first == 0 ? 0 : (line.glyphs[first - 1].at + line.glyphs[first].at) / 2;
  const float to =
      last == line.glyphs.size() ? 1 : (line.glyphs[last - 1].at + line.glyphs[last].at) / 2;
  out.places.push_back(part_of(line, from, to));
  return out;
}

void append(Passage& to, const Passage& more) {
  to.text += more.text;
  to.glyphs.insert(to.glyphs.end(), more.glyphs.begin(), more.glyphs.end());
  to.middles.insert(to.middles.end(), more.middles.begin(), more.middles.end());
  to.places.insert(to.places.end(), more.places.begin(), more.places.end());
  to.least = std::min(to.least, more.least);
}

std::optional<std::size_t> find_in(const TextLine& line, std::string_view part) {
  const std::string text = without_blanks(line);
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return std::nullopt;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < line.glyphs.size(); ++i) {
    if (blank(line.glyphs[i])) continue;
    if (bytes == at) return i;
    bytes += line.glyphs[i].text.size();
  }
  return std::nullopt;
}

Passage right_of(const CardLines& card, const CardLine& from, float until) {
  std::vector<const CardLine*> row;
  for (const CardLine& one : card.lines) {
    if (one.line == from.line || one.left < from.right - card.height || one.left >= until) continue;
    if (std::abs(one.row - from.row) <= kRowTolerance * card.height) row.push_back(&one);
  }
  std::sort(row.begin(), row.end(),
            [](const CardLine* a, const CardLine* b) { return a->left < b->left; });
  Passage out;
  for (const CardLine* one : row) append(out, passage_of(*one->line));
  return out;
}

}  // namespace mq::vision
