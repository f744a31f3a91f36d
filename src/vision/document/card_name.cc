#include "vision/document/card_name.h"

#include <algorithm>
#include <cmath>

#include "idcard/idcard.h"

namespace mq::vision {
namespace {

constexpr float kSure = 0.90F;
// Names are printed with even steps: a step this much longer than the shortest holds a lost character.
constexpr float kUneven = 1.6F;
// What lies before the first and behind the last character's middle, in steps.
constexpr float kMargin = 1.15F;

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Glyph>& glyphs) {
  Texts out;
  for (const Glyph& glyph : glyphs) {
    if (glyph.text != " ") out.push_back(glyph.text);
  }
  return out;
}

// Whether the second reading can be the first one: a character that the second reader does not know may be
// missing there or be any other.
bool agree(const Texts& first, const Texts& second, const std::function<bool(const std::string&)>& knows) {
  std::vector<bool> reached(second.size() + 1);
  reached[0] = true;
  for (const std::string& character : first) {
    std::vector<bool> next(second.size() + 1);
    for (std::size_t j = 0; j <= second.size(); ++j) {
      if (!reached[j]) continue;
      if (!knows(character)) {
        next[j] = true;
        if (j < second.size()) next[j + 1] = true;
      } else if (j < second.size() && second[j] == character) {
        next[j + 1] = true;
      }
    }
    reached = std::move(next);
  }
  return reached[second.size()];
}

// Of a name in one place only. The glyphs' places are those in their line, so steps are compared, not lengths.
bool room_left(const Passage& name) {
  if (name.places.size() != 1 || name.glyphs.size() < 2) return false;
  std::vector<float> steps;
  for (std::size_t i = 1; i < name.glyphs.size(); ++i) {
    if (name.glyphs[i].text == "·" || name.glyphs[i - 1].text == "·") continue;
    steps.push_back(name.glyphs[i].at - name.glyphs[i - 1].at);
  }
  if (steps.empty()) return false;
  const auto [shortest, longest] = std::minmax_element(steps.begin(), steps.end());
  if (*shortest <= 0 || *longest > kUneven * *shortest) return true;
  const float end = 1 - name.glyphs.back().at;
  return name.glyphs.back().at < 1 && end > kMargin * *longest;
}

}  // namespace

std::vector<NameDoubt> doubts_of_name(const Passage& name, const ReadLine& again,
                                      const std::function<bool(const std::string&)>& knows) {
  std::vector<NameDoubt> out;
  const idcard::NameFinding finding = idcard::inspect_name(name.text);
  if (!finding.issues.empty()) out.push_back(NameDoubt::unlikely);
  if (name.least < kSure) out.push_back(NameDoubt::unsure);
  if (!agree(texts_of(name.glyphs), texts_of(again.glyphs), knows)) out.push_back(NameDoubt::readers_differ);
  if (room_left(name)) out.push_back(NameDoubt::room_left);
  return out;
}

}  // namespace mq::vision
