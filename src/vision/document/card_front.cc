#include "vision/document/card_front.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace mq::vision {
namespace {

// The portrait begins at this share of the way from the labels to the end of the number.
constexpr float kPortraitFrom = 0.645F;
constexpr float kRowTolerance = 0.55F;      // of the median height
constexpr std::size_t kNumberAtLeast = 15;  // characters of a line that could be a number
constexpr float kNowhere = std::numeric_limits<float>::max();

enum Label { kName, kSex, kNation, kBirth, kAddress, kNumber, kLabels };
constexpr std::string_view kPrinted[kLabels] = {"姓名", "性别", "民族",
                                                "出生", "住址", "公民身份号码"};

struct Found {
  const CardLine* line = nullptr;
  std::size_t first = 0;  // character of the line
  std::size_t after = 0;  // the first one that is not the label's
};
using Labels = std::array<Found, kLabels>;

bool digit(const Glyph& glyph) {
  return glyph.text.size() == 1 && glyph.text[0] >= '0' && glyph.text[0] <= '9';
}

// Characters from `first` on that make up `count` printed ones.
std::size_t skip(const TextLine& line, std::size_t first, std::size_t count) {
  while (first < line.glyphs.size() && count > 0) {
    if (line.glyphs[first].text != " ") --count;
    ++first;
  }
  return first;
}

std::size_t count_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

Labels exact_labels(const CardLines& card) {
  Labels out;
  for (const CardLine& line : card.lines) {
    for (int l = 0; l < kLabels; ++l) {
      const auto at = find_in(*line.line, kPrinted[l]);
      // 民族 follows the sex in the same row; the others begin their line.
      if (!at || out[l].line != nullptr || (*at != 0 && l != kNation && l != kNumber)) continue;
      out[l] = {&line, *at, skip(*line.line, *at, count_of(kPrinted[l]))};
    }
  }
  return out;
}

// A label of which one character was misread: the line begins in the column of the labels and one
// character of the two is right at its place.
void add_misread_labels(const CardLines& card, float left, Labels& labels) {
  for (const CardLine& line : card.lines) {
    if (std::abs(line.left - left) > card.height || line.line->glyphs.size() < 2) continue;
    for (const Label l : {kName, kSex, kBirth, kAddress}) {
      if (labels[l].line != nullptr) continue;
      const std::string_view printed = kPrinted[l];
      const std::string_view one = printed.substr(0, 3), two = printed.substr(3);
      if (line.line->glyphs[0].text == one || line.line->glyphs[1].text == two)
        labels[l] = {&line, 0, 2};
    }
  }
}

float column_of(const Labels& labels) {
  std::vector<float> lefts;
  for (const Label l : {kName, kSex, kBirth, kAddress, kNumber}) {
    if (labels[l].line != nullptr && labels[l].first == 0) lefts.push_back(labels[l].line->left);
  }
  if (lefts.empty()) return kNowhere;
  std::nth_element(lefts.begin(), lefts.begin() + static_cast<std::ptrdiff_t>(lefts.size() / 2),
                   lefts.end());
  return lefts[lefts.size() / 2];
}

// What stands behind a label: in its line up to the next label, then to the right of it.
Passage value_of(const CardLines& card, const Labels& labels, Label label, float until) {
  const Found& found = labels[label];
  if (found.line == nullptr) return {};
  std::size_t last = SIZE_MAX;
  for (const Found& other : labels) {
    if (other.line == found.line && other.first >= found.after) last = std::min(last, other.first);
  }
  Passage out = passage_of(*found.line->line, found.after, last);
  if (last != SIZE_MAX) return out;
  for (const Found& other :
       labels) {  // the nation's label may stand in a line of its own, in the row of the sex
    if (other.line != nullptr && other.line != found.line &&
        other.line->left > found.line->right - card.height &&
        std::abs(other.line->row - found.line->row) < kRowTolerance * card.height) {
      until = std::min(until, other.line->left);
    }
  }
  append(out, right_of(card, *found.line, until));
  return out;
}

void read_number(const CardLines& card, const Labels& labels, FrontText& out) {
  std::set<std::string> seen;
  float best = -1;
  for (const CardLine& line : card.lines) {
    const std::size_t first = labels[kNumber].line == &line ? labels[kNumber].after : 0;
    const Passage passage = passage_of(*line.line, first);
    for (const auto& reading : idcard::find_id_numbers(passage.text)) {
      seen.insert(reading.number);
      // Larger letters first: a second card in the background is smaller.
      const float worth = line.height * (reading.alone ? 1 : 0.5F) * passage.least;
      if (worth <= best) continue;
      best = worth;
      out.valid_number = reading;
      out.number = passage;
      out.number_line = line.line;
    }
  }
  out.numbers = static_cast<int>(seen.size());
  if (out.valid_number) return;
  std::size_t most = kNumberAtLeast - 1;
  for (const CardLine& line : card.lines) {
    const std::size_t first = labels[kNumber].line == &line ? labels[kNumber].after : 0;
    const auto& glyphs = line.line->glyphs;
    const auto digits =
        static_cast<std::size_t>(std::count_if(glyphs.begin(), glyphs.end(), digit));
    if (digits <= most) continue;
    most = digits;
    out.number = passage_of(*line.line, first);
    out.number_line = line.line;
  }
}

const CardLine* line_of(const CardLines& card, const TextLine* text) {
  for (const CardLine& line : card.lines) {
    if (line.line == text) return &line;
  }
  return nullptr;
}

// The rows between the birth and the number, from the label's column to the portrait.
Passage read_address(const CardLines& card, const Labels& labels, float left, float until,
                     const CardLine* number) {
  const Found& label = labels[kAddress];
  float from = -kNowhere;
  if (label.line != nullptr) {
    from = label.line->row;
  } else if (labels[kBirth].line != nullptr) {
    from = labels[kBirth].line->row + card.height;
  } else {
    return {};
  }
  float last = kNowhere;
  if (labels[kNumber].line != nullptr) last = labels[kNumber].line->row;
  if (number != nullptr) last = std::min(last, number->row);
  Passage out = label.line == nullptr ? Passage{} : value_of(card, labels, kAddress, until);
  // An address has three rows at most, less than two heights apart.
  float row = from;
  for (const CardLine& line : card.lines) {
    if (line.line->glyphs.empty() || line.row <= from + kRowTolerance * card.height) continue;
    if (line.row >= last - kRowTolerance * card.height || line.row > row + 2.5F * card.height)
      continue;
    if (line.left >= until || (left != kNowhere && line.left < left - card.height)) continue;
    append(out, passage_of(*line.line));
    row = line.row;
  }
  return out;
}

// Above the sex, where its label was not read.
Passage name_above_sex(const CardLines& card, const Labels& labels, float until) {
  if (labels[kSex].line == nullptr) return {};
  const float sex = labels[kSex].line->row;
  const CardLine* nearest = nullptr;
  for (const CardLine& line : card.lines) {
    if (line.row >= sex - kRowTolerance * card.height || line.row < sex - 3 * card.height ||
        line.left >= until)
      continue;
    if (nearest == nullptr || line.row > nearest->row) nearest = &line;
  }
  if (nearest == nullptr) return {};
  return passage_of(*nearest->line);
}

// Where its label was not read: what stands in one row and is a date with its characters.
Passage birth_without_label(const CardLines& card, const CardLine* number, float until) {
  for (const CardLine& line : card.lines) {
    if (&line == number || line.left >= until) continue;
    const auto& glyphs = line.line->glyphs;
    const auto first = std::find_if(glyphs.begin(), glyphs.end(), digit);
    if (first == glyphs.end()) continue;
    Passage out = passage_of(*line.line, static_cast<std::size_t>(first - glyphs.begin()));
    append(out, right_of(card, line, until));
    if (out.text.find("年") != std::string::npos && idcard::parse_birth(out.text)) return out;
  }
  return {};
}

// The row of a line, from one place along the rows to another.
std::array<Point, 4> row_of(const CardLine& line, float from, float to) {
  const auto& c = line.line->corners;
  const float length = std::max(1.0F, line.line->length());
  const Point along{(c[1].x - c[0].x) / length, (c[1].y - c[0].y) / length};
  const auto moved = [&](Point p, float by) {
    return Point{p.x + by * along.x, p.y + by * along.y};
  };
  return {moved(c[0], from - line.left), moved(c[0], to - line.left), moved(c[3], to - line.left),
          moved(c[3], from - line.left)};
}

// At most this many rows' heights, should the portrait not be where it is expected.
constexpr float kLongestRow = 24;

std::optional<std::array<Point, 4>> row_with(std::initializer_list<Label> any,
                                             const CardLines& card, const Labels& labels,
                                             float left, float until) {
  for (const Label l : any) {
    const CardLine* line = labels[l].line;
    if (line == nullptr || left == kNowhere) continue;
    return row_of(*line, left - 0.3F * card.height,
                  std::min(until, left + kLongestRow * line->height));
  }
  return std::nullopt;
}

}  // namespace

void read_sex_row(const TextLine& row, FrontText& front) {
  const auto label = find_in(row, kPrinted[kSex]);
  const auto is_sex = [](const Glyph& glyph) { return glyph.text == "男" || glyph.text == "女"; };
  const std::size_t first = label ? skip(row, *label, 2) : 0;
  const auto sex = std::find_if(row.glyphs.begin() + static_cast<std::ptrdiff_t>(first),
                                row.glyphs.end(), is_sex);
  const std::size_t at =
      sex == row.glyphs.end() ? first : static_cast<std::size_t>(sex - row.glyphs.begin());
  if (front.sex.empty() && sex != row.glyphs.end()) front.sex = passage_of(row, at, at + 1);
  if (!front.nation.empty()) return;
  // The label before the nation is often misread here, the nations are few: the longest end of the
  // row that is one.
  for (std::size_t from = at; from < row.glyphs.size() && front.nation.empty(); ++from) {
    const Passage end = passage_of(row, from);
    const auto nation = idcard::match_nation(end.text);
    if (nation && nation->exact && nation->kind == idcard::NationKind::nation) front.nation = end;
  }
}

void read_birth_row(const TextLine& row, FrontText& front) {
  const auto label = find_in(row, kPrinted[kBirth]);
  Passage birth = passage_of(row, label ? skip(row, *label, 2) : 0);
  if (idcard::parse_birth(birth.text)) front.birth = std::move(birth);
}

FrontText read_front(const CardLines& card) {
  FrontText out;
  Labels labels = exact_labels(card);
  read_number(card, labels, out);
  float left = column_of(labels);
  if (left != kNowhere) add_misread_labels(card, left, labels);
  const CardLine* number = line_of(card, out.number_line);
  float until = kNowhere;
  if (left != kNowhere && number != nullptr) until = left + kPortraitFrom * (number->right - left);
  out.label_left = left == kNowhere ? 0 : left;
  out.sex_row = row_with({kSex, kNation}, card, labels, left, until);
  out.birth_row = row_with({kBirth}, card, labels, left, until);
  for (const Found& label : labels) out.labels += label.line != nullptr ? 1 : 0;

  out.name = value_of(card, labels, kName, until);
  if (out.name.empty() && labels[kName].line == nullptr)
    out.name = name_above_sex(card, labels, until);
  out.sex = value_of(card, labels, kSex, until);
  out.nation = value_of(card, labels, kNation, until);
  out.birth = value_of(card, labels, kBirth, until);
  if (labels[kBirth].line == nullptr) out.birth = birth_without_label(card, number, until);
  out.address = read_address(card, labels, left, until, number);
  return out;
}

}  // namespace mq::vision
