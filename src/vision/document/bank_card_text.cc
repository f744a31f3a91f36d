#include "vision/document/bank_card_text.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace mq::vision {
namespace {

// Groups of one number, in heights of the lower line.
constexpr float kGap = 4;         // digits stand a height apart at most, groups less than three
constexpr float kOverlap = 0.7F;  // boxes of neighbours may reach into each other
constexpr float kOffset = 0.45F;
constexpr float kHeightRatio = 1.6F;
// Groups stand 2.6 digits apart at most, from middle to middle: where it is more, digits were not
// read.
constexpr float kHole = 2.9F;
// Below these the least sure character is shown to the person; see card_fields.cc.
constexpr float kSureNumber = 0.80F;
constexpr float kSureExpiry = 0.80F;
// Lines lower than this, of cards under 300 pixels across, cannot be read for sure.
constexpr float kSmallestLine = 16;

struct Ends {
  Point begin, end;  // middle of each end, along the rows and across them
};

using Row = std::vector<const CardLine*>;

bool blank(const Glyph& glyph) { return glyph.text == " " || glyph.text == "\u3000"; }

Ends ends_of(const TextLine& line, float c, float s) {
  const auto turned = [&](Point a, Point b) {
    const Point p{(a.x + b.x) / 2, (a.y + b.y) / 2};
    return Point{p.x * c + p.y * s, p.y * c - p.x * s};
  };
  return {turned(line.corners[0], line.corners[3]), turned(line.corners[1], line.corners[2])};
}

// Lines that follow each other, from the left. Each line is in one row.
std::vector<Row> rows_of(const CardLines& card, float direction) {
  const double radians = direction * std::numbers::pi / 180;
  const auto c = static_cast<float>(std::cos(radians)), s = static_cast<float>(std::sin(radians));
  std::vector<const CardLine*> lines;
  for (const CardLine& one : card.lines) lines.push_back(&one);
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto* a, const auto* b) { return a->left < b->left; });
  const auto gap_between = [&](const CardLine& left,
                               const CardLine& right) -> std::optional<float> {
    const float lower = std::min(left.height, right.height);
    if (std::max(left.height, right.height) > kHeightRatio * lower) return std::nullopt;
    const Point from = ends_of(*left.line, c, s).end, to = ends_of(*right.line, c, s).begin;
    const float gap = to.x - from.x;
    if (gap < -kOverlap * lower || gap > kGap * lower || std::abs(to.y - from.y) > kOffset * lower)
      return std::nullopt;
    return gap;
  };
  std::vector<bool> taken(lines.size());
  std::vector<Row> out;
  for (std::size_t first = 0; first < lines.size(); ++first) {
    if (taken[first]) continue;
    Row row;
    for (std::size_t at = first; at < lines.size();) {
      taken[at] = true;
      row.push_back(lines[at]);
      std::size_t next = lines.size();
      float nearest = 0;
      for (std::size_t other = 0; other < lines.size(); ++other) {
        if (taken[other] || lines[other]->left <= lines[at]->left) continue;
        const auto gap = gap_between(*lines[at], *lines[other]);
        if (gap && (next == lines.size() || *gap < nearest)) {
          next = other;
          nearest = *gap;
        }
      }
      at = next;
    }
    out.push_back(std::move(row));
  }
  return out;
}

// The characters of a row from one index to another (not with it), blanks not counted.
Passage part_of(const Row& row, std::size_t first, std::size_t after) {
  Passage out;
  std::size_t index = 0;
  for (const CardLine* one : row) {
    const auto& glyphs = one->line->glyphs;
    std::size_t from = glyphs.size(), to = 0;
    for (std::size_t i = 0; i < glyphs.size(); ++i) {
      if (blank(glyphs[i])) continue;
      if (index >= first && index < after) {
        from = std::min(from, i);
        to = i + 1;
      }
      ++index;
    }
    if (from < to) append(out, passage_of(*one->line, from, to));
  }
  return out;
}

float height_of(const Row& row) {
  float out = 0;
  for (const CardLine* one : row) out = std::max(out, one->height);
  return out;
}

bool digit(const Glyph& glyph) {
  return glyph.text.size() == 1 && glyph.text[0] >= '0' && glyph.text[0] <= '9';
}

// Whether digits seem to be missing between those of a row, blanks not counted.
bool hole_in(const Row& row, std::size_t first, std::size_t after) {
  std::vector<float> steps;
  std::optional<Point> before;
  std::size_t index = 0;
  for (const CardLine* one : row) {
    const auto& c = one->line->corners;
    const Point begin{(c[0].x + c[3].x) / 2, (c[0].y + c[3].y) / 2};
    const Point end{(c[1].x + c[2].x) / 2, (c[1].y + c[2].y) / 2};
    for (const Glyph& glyph : one->line->glyphs) {
      if (blank(glyph)) continue;
      const bool counts = index >= first && index < after && digit(glyph);
      ++index;
      if (!counts) continue;
      const Point at{begin.x + (end.x - begin.x) * glyph.at,
                     begin.y + (end.y - begin.y) * glyph.at};
      if (before) steps.push_back(std::hypot(at.x - before->x, at.y - before->y));
      before = at;
    }
  }
  if (steps.size() < 2) return false;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *std::max_element(steps.begin(), steps.end()) > kHole * *middle;
}

void look_for_number(const Row& row, const std::string& text, std::set<std::string>& issued,
                     float& best, BankCardText& out) {
  for (const auto& reading : bankcard::find_card_numbers(text)) {
    const auto issuer = bankcard::find_issuer(reading.number);
    if (issuer && issuer->length_fits && reading.alone) issued.insert(reading.number);
    // An issuer that knows the length says more than all the rest; then what stands alone, in large
    // characters.
    const float worth = height_of(row) * (reading.alone ? 4.0F : 1.0F) *
                        (!issuer               ? 1.0F
                         : issuer->length_fits ? 16.0F
                                               : 4.0F);
    if (worth <= best) continue;
    best = worth;
    out.valid = reading;
    out.number = part_of(row, reading.first, reading.after);
    out.hole = hole_in(row, reading.first, reading.after);
    out.height = height_of(row);
  }
}

FieldState known(bool is) { return is ? FieldState::read : FieldState::confirm; }

CardField field_of_passage(const Passage& passage, std::string text) {
  CardField out;
  out.text = std::move(text);
  out.confidence = passage.empty() ? 0 : passage.least;
  out.places = passage.places;
  out.state = FieldState::confirm;
  return out;
}

// Of the digits and slashes of a row: its label may be read as it likes.
float least_of_date(const Passage& row) {
  float out = 1;
  for (const Glyph& glyph : row.glyphs) {
    if (glyph.text == "/" || digit(glyph)) out = std::min(out, glyph.confidence);
  }
  return out;
}

}  // namespace

BankCardText read_bank_card(const CardLines& card, float direction) {
  BankCardText out;
  std::set<std::string> issued;
  float best = 0;
  std::string all;
  for (const Row& row : rows_of(card, direction)) {
    const Passage whole = part_of(row, 0, SIZE_MAX);
    if (whole.empty()) continue;
    all += whole.text + "\n";
    look_for_number(row, whole.text, issued, best, out);
    if (!idcard::find_id_numbers(whole.text).empty()) out.id_number = true;
    const auto expiry = bankcard::find_expiry(whole.text);
    if (expiry && (!out.expiry || expiry->expiry > out.expiry->expiry)) {
      out.expiry = expiry;
      out.expiry_place = whole;
    }
    if (out.valid) continue;
    const std::string digits = bankcard::longest_digits(whole.text);
    if (digits.size() <= out.digits.size()) continue;
    out.digits = digits;
    out.number = whole;
    out.hole = hole_in(row, 0, SIZE_MAX);
    out.height = height_of(row);
  }
  if (out.valid) out.digits.clear();
  out.numbers = static_cast<int>(issued.size());
  out.named = bankcard::banks_named(all);
  return out;
}

void fill_bank_card(const BankCardText& text, BankCardReading& out) {
  const auto issuer = text.valid ? bankcard::find_issuer(text.valid->number) : std::nullopt;
  if (text.valid) {
    out.number = field_of_passage(text.number, text.valid->number);
    out.number.state = known(text.valid->alone && issuer && issuer->length_fits &&
                             text.numbers == 1 && text.number.least >= kSureNumber);
  } else if (!text.digits.empty()) {
    out.number = field_of_passage(text.number, text.digits);
  }
  if (issuer) {
    out.issuer = field_of_passage(text.number, std::string(issuer->bank.name_zh));
    const bool contradicted =
        !text.named.empty() &&
        std::none_of(text.named.begin(), text.named.end(),
                     [&](const auto& bank) { return bank.code == issuer->bank.code; });
    out.issuer.state = known(out.number.state == FieldState::read && !contradicted);
    if (issuer->length_fits) out.kind = issuer->kind;
  }
  if (text.expiry) {
    out.expiry = field_of_passage(text.expiry_place, text.expiry->expiry.text());
    out.expiry.confidence = least_of_date(text.expiry_place);
    // Of two cards it may be the other one's.
    out.expiry.state =
        known(text.expiry->labelled && text.numbers < 2 && out.expiry.confidence >= kSureExpiry);
  }
  if (text.id_number && !issuer) {
    out.problems.push_back(CardProblem::foreign);
  } else if (!text.valid && text.digits.empty()) {
    out.problems.push_back(CardProblem::no_card);
  } else if (text.numbers > 1) {
    out.problems.push_back(CardProblem::two_cards);
  } else if (text.hole && !(issuer && issuer->length_fits)) {
    out.problems.push_back(CardProblem::covered);
  } else if (out.number.state != FieldState::read && text.height < kSmallestLine) {
    out.problems.push_back(CardProblem::too_small);
  }
  out.state = state_of(out);
}

CardState state_of(const BankCardReading& reading) {
  if (!reading.problems.empty() || reading.number.state == FieldState::missing)
    return CardState::retake;
  // Digits that cannot be a number: another photo is less work than finding out which are wrong.
  if (!bankcard::printed_number(reading.number.text)) return CardState::retake;
  const bool sure =
      reading.number.state == FieldState::read && reading.issuer.state == FieldState::read;
  return sure ? CardState::read : CardState::confirm;
}

}  // namespace mq::vision
