#include "vision/document/card_name.h"

#include <algorithm>

#include "idcard/idcard.h"

namespace mq::vision {
namespace {

// Chosen on the cards of tools/make-cards; what they cost and catch is in models/cards/text.md.
constexpr float kSure = 0.90F;         // of the reader alone
constexpr float kSureRare = 0.995F;    // and of a character that is not common
constexpr float kSureVouched = 0.40F;  // of the reader where the ink vouches for it
constexpr float kSureAgainstInk =
    0.95F;                      // of the reader where the ink is nearer to another (炯, 烔)
constexpr float kLead = 0.03F;  // of the nearest character before the next one, to vouch
// How like it is where the character is rare or the second reader says otherwise: what is less
// sharp is as like a rare character as its look-alikes.
constexpr float kVouchAt = 0.85F;
// To doubt a character, another one is this near and this much nearer than the one read and the
// next.
constexpr float kNear = 0.80F;
constexpr float kOtherwise = 0.05F;
constexpr float kOtherwiseThanSure = 0.10F;  // for one that the reader is sure of
constexpr float kVerySure = 0.97F;
// To be nearer to another one is a doubt, without saying which one it is: for ink as sharp as this
// by the lead that vouches, for fainter ink (kNear) by so much.
constexpr float kSharp = 0.90F;
constexpr float kApart = 0.08F;

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Glyph>& glyphs) {
  Texts out;
  for (const Glyph& glyph : glyphs) {
    if (glyph.text != " ") out.push_back(glyph.text);
  }
  return out;
}

// Whether the second reading can be the first one. A character that `open` names may be missing
// there or be any other.
bool agree(const Texts& first, const Texts& second, const std::vector<bool>& open) {
  std::vector<bool> reached(second.size() + 1);
  reached[0] = true;
  for (std::size_t i = 0; i < first.size(); ++i) {
    std::vector<bool> next(second.size() + 1);
    for (std::size_t j = 0; j <= second.size(); ++j) {
      if (!reached[j]) continue;
      if (open[i]) {
        next[j] = true;
        if (j < second.size()) next[j + 1] = true;
      } else if (j < second.size() && second[j] == first[i]) {
        next[j + 1] = true;
      }
    }
    reached = std::move(next);
  }
  return reached[second.size()];
}

bool vouches(const InkWitness& ink, const std::string& character) {
  return ink.nearest.best.text == character &&
         ink.nearest.best.score - ink.nearest.runner_up >= kLead;
}

bool vouches_strongly(const InkWitness& ink, const std::string& character) {
  return vouches(ink, character) && ink.nearest.best.score >= kVouchAt;
}

// `sharp`: the ink of another character of the name is plainly what was read. Blurred ones are all
// like characters of many strokes.
bool nearer_to_another(const InkWitness& ink, const std::string& character, bool sharp) {
  const float lead = ink.nearest.best.score - ink.score;
  return ink.nearest.best.text != character &&
         ((ink.nearest.best.score >= kSharp && lead >= kLead) ||
          (sharp && ink.nearest.best.score >= kNear && lead >= kApart));
}

// Whether the ink is one character and no other.
bool clearly(const GlyphLikeness& like) {
  return like.best.score >= kNear && like.best.score - like.runner_up >= kOtherwise;
}

bool dot(const std::string& character) {
  return character == "·" || character == "・" || character == "•";
}

// What the ink says of one character that was read.
struct Likeness {
  bool vouched = false;   // it is this one
  bool strongly = false;  // and no look-alike of it
  bool another = false;   // it is nearer to another one, by however little
};

Likeness likeness_of(const InkWitness& ink, const std::string& character) {
  return {vouches(ink, character), vouches_strongly(ink, character),
          ink.nearest.best.text != character && ink.nearest.best.score >= kNear};
}

// What the reader has to be sure of a character at least.
float least_sure(const std::string& character, bool surname, const Likeness& like) {
  const bool usual = surname || idcard::common_character(character);
  if (usual ? like.vouched : like.strongly) return kSureVouched;
  if (!usual) return kSureRare;
  return like.another ? kSureAgainstInk : kSure;
}

// 长孙 alone has most likely lost what follows it.
bool only_surname(const std::string& name) {
  const auto surname = idcard::surname_of(name + "一");
  return surname && surname->text == name;
}

void add(std::vector<NameDoubt>& doubts, NameDoubt doubt) {
  if (std::find(doubts.begin(), doubts.end(), doubt) == doubts.end()) doubts.push_back(doubt);
}

// What the ink of a name says beside its readers.
struct SeenInk {
  Texts texts;        // a character each as read, or what its ink plainly shows instead
  Texts lost_before;  // what stands before each, and after the last, and nobody read
  std::vector<Likeness> like;
};

SeenInk look_at_ink(const Passage& name, const std::vector<InkWitness>& ink,
                    std::vector<NameDoubt>& doubts) {
  SeenInk out{texts_of(name.glyphs), Texts(name.glyphs.size() + 1),
              std::vector<Likeness>(name.glyphs.size())};
  // A dot has too little ink to be like anything.
  const auto compared = [&](const InkWitness& one) {
    return one.read && !dot(name.glyphs[one.after].text);
  };
  for (const InkWitness& one : ink) {
    if (compared(one)) out.like[one.after] = likeness_of(one, out.texts[one.after]);
  }
  const bool sharp = std::any_of(out.like.begin(), out.like.end(),
                                 [](const Likeness& one) { return one.strongly; });
  for (const InkWitness& one : ink) {
    if (!one.read) {
      add(doubts, NameDoubt::character_lost);
      if (clearly(one.nearest)) out.lost_before[one.after] += one.nearest.best.text;
    } else if (compared(one)) {
      const Glyph& glyph = name.glyphs[one.after];
      if (nearer_to_another(one, glyph.text, sharp)) add(doubts, NameDoubt::looks_otherwise);
      const float margin = glyph.confidence < kVerySure ? kOtherwise : kOtherwiseThanSure;
      if (clearly(one.nearest) && one.nearest.best.score - one.score > margin) {
        add(doubts, NameDoubt::looks_otherwise);
        out.texts[one.after] = one.nearest.best.text;
      }
    }
  }
  return out;
}

// Whether the text is a name that people have. `certain`: there is no doubt about its characters.
void judge_kind(const SeenInk& seen, bool certain, NameJudgement& out) {
  idcard::NameFinding finding = idcard::inspect_name(out.text);
  // Names without a surname exist (Tibetan ones): where all of a longer name is certain, that alone
  // is no doubt. A shorter one may have lost its first character, and one that begins as the label
  // before it does may have kept some of that.
  if (certain && seen.texts.front() != "名")
    std::erase(finding.issues, idcard::NameIssue::surname_unknown);
  // A surname alone is a name only where no ink was left over and its own is plainly what was read.
  const bool plain = seen.texts.size() == 1 && out.doubts.empty() && seen.like.front().strongly;
  if (plain) std::erase(finding.issues, idcard::NameIssue::one_character);
  if (!finding.issues.empty() || (!plain && only_surname(out.text)))
    add(out.doubts, NameDoubt::unlikely);
  out.text = finding.name;
}

}  // namespace

std::vector<InkWitness> witnesses_of(const GlyphBook& book, const std::vector<NameCell>& cells,
                                     const Passage& name) {
  std::size_t style = 0;
  float best = -1e9F;
  for (std::size_t one = 0; one < book.styles(); ++one) {
    float sum = 0;
    for (const NameCell& cell : cells) {
      if (cell.read) sum += book.score(cell.ink, name.glyphs[cell.after].text, one);
    }
    if (sum > best) {
      best = sum;
      style = one;
    }
  }
  std::vector<InkWitness> out;
  for (const NameCell& cell : cells) {
    const auto look_at = [&](const cv::Mat& ink) {
      InkWitness witness{cell.after, cell.read, -1, book.nearest(ink, style)};
      if (cell.read) witness.score = book.score(ink, name.glyphs[cell.after].text, style);
      return witness;
    };
    InkWitness witness = look_at(cell.ink);
    // Like nothing: cut at the wrong place, perhaps.
    if (witness.nearest.best.score < kVouchAt && !cell.even.empty()) {
      const InkWitness other = look_at(cell.even);
      if (other.nearest.best.score > witness.nearest.best.score) witness = other;
    }
    out.push_back(witness);
  }
  return out;
}

NameJudgement judge_name(const Passage& name, const ReadLine& again,
                         const std::vector<InkWitness>& ink,
                         const std::function<bool(const std::string&)>& knows) {
  NameJudgement out;
  const SeenInk seen = look_at_ink(name, ink, out.doubts);
  out.vouched = std::all_of(seen.like.begin(), seen.like.end(),
                            [](const Likeness& one) { return one.vouched; });
  const auto surname = idcard::surname_of(name.text);
  std::vector<bool> open;
  bool sure = true;  // of every character
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < name.glyphs.size(); ++i) {
    const Glyph& glyph = name.glyphs[i];
    const Likeness& like = seen.like[i];
    const bool in_surname = surname && bytes < surname->text.size();
    bytes += glyph.text.size();
    if (!dot(glyph.text) && glyph.confidence < least_sure(glyph.text, in_surname, like))
      add(out.doubts, NameDoubt::unsure);
    const bool certain = like.strongly && glyph.confidence >= kSure;
    open.push_back(certain || dot(glyph.text) || !knows(glyph.text));
    sure = sure && (like.vouched ||
                    (glyph.confidence >= kVerySure && idcard::common_character(glyph.text)));
    out.text += seen.lost_before[i] + seen.texts[i];
  }
  out.text += seen.lost_before.back();
  if (!agree(texts_of(name.glyphs), texts_of(again.glyphs), open))
    add(out.doubts, NameDoubt::readers_differ);
  const bool certain = (seen.texts.size() >= 3 && out.vouched) || (seen.texts.size() >= 4 && sure);
  judge_kind(seen, certain, out);
  return out;
}

}  // namespace mq::vision
