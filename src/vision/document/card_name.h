// Whether a name was read for sure. A name is the one field that nothing else on the card vouches
// for, and rare characters are those that readers take for others or leave out.
//
// Three witnesses: the reader, a second reader that was trained on other pictures, and the likeness
// of the ink to characters as fonts draw them.
#pragma once

#include <functional>
#include <optional>

#include "vision/document/card_lines.h"
#include "vision/document/name_ink.h"
#include "vision/text/glyph_book.h"
#include "vision/text/recognise.h"

namespace mq::vision {

enum class NameDoubt {
  unlikely,         // see idcard::NameIssue
  unsure,           // a character that the reader is not sure of, and its ink does not vouch for
  readers_differ,   // the second reader read something else, and the ink does not vouch for the
                    // first
  character_lost,   // ink as wide as a character where none was read
  looks_otherwise,  // the ink is nearer to another character
};
BOOST_DESCRIBE_ENUM(NameDoubt, unlikely, unsure, readers_differ, character_lost, looks_otherwise)

// What the ink of one cell is like, in the style of type that the whole name is nearest to.
struct InkWitness {
  std::size_t after = 0;  // as in NameCell
  bool read = false;
  float score = -1;  // of the character that was read
  GlyphLikeness nearest;
};
std::vector<InkWitness> witnesses_of(const GlyphBook& book, const std::vector<NameCell>& cells,
                                     const Passage& name);

struct NameJudgement {
  std::string text;               // as read; where the ink clearly says otherwise, what it says
  std::vector<NameDoubt> doubts;  // none: sure
  bool vouched = false;           // the ink of every character is like the one read
};

// `again` is what the second reader makes of the same place; `knows` says which characters it can
// read. Pure.
NameJudgement judge_name(const Passage& name, const ReadLine& again,
                         const std::vector<InkWitness>& ink,
                         const std::function<bool(const std::string&)>& knows);

}  // namespace mq::vision
