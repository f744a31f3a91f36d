#include "vision/document/card_reader.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>

#include "vision/document/card_fields.h"
#include "vision/document/card_name.h"
#include "vision/document/card_places.h"
#include "vision/document/card_quality.h"
#include "vision/document/name_ink.h"
#include "vision/document/picture_cut.h"
#include "vision/document/two_looks.h"
#include "vision/network/model.h"
#include "vision/picture/decode.h"
#include "vision/text/reader.h"

namespace mq::vision {
namespace {

// A front has six labels, a back four texts.
constexpr int kFrontLabels = 2;
constexpr int kBackLabels = 1;
// Below this many pixels across, the card's text is too small to be read for sure.
constexpr float kSmallestCard = 300;
constexpr float kUnreadableCard = 270;  // whatever was read of it

// A second look brings the text to this width of the card, as far as the picture has the pixels.
constexpr double kSecondLookWidth = 1100;
constexpr double kAround = 0.35;  // of the text's extent, on each side
constexpr int kLongestCut = 2000;
constexpr int kHeldSide =
    1280;  // in which text is sought when the card is only a part of the picture
constexpr double kHeldMargin = 0.12;  // of the card, around it in its cut-out
// Labels and short values are read as well with less padding than in training, in less time.
constexpr TextSettings kCardText{.least_width = 128};

struct Readers {
  std::shared_ptr<const TextReader> text;
  GlyphBook book;
};

Cut cut_around(const cv::Mat& bgr, const PageText& page) {
  Extent extent = extent_of(page);
  extent.grow((extent.right - extent.left) * kAround, (extent.bottom - extent.top) * kAround);
  const double scale = std::clamp(kSecondLookWidth / (extent.right - extent.left), 0.25, 3.0);
  return cut_out(bgr, extent, scale, kLongestCut);
}

template <typename Change>
void for_each_place(CardReading& reading, Change change) {
  for (CardField* field : all_fields(reading)) {
    for (auto& place : field->places) {
      for (Point& p : place) p = change(p);
    }
  }
  for (auto* quad : {&reading.card, &reading.portrait}) {
    if (*quad) {
      for (Point& p : **quad) p = change(p);
    }
  }
}

void read_name(const Readers& readers, const cv::Mat& bgr, const Passage& name, CardLook& look) {
  if (name.empty()) return;
  ReadLine again;
  for (const auto& place : name.places) {
    ReadLine part = readers.text->reread(bgr, place, kCardText.least_width);
    again.glyphs.insert(again.glyphs.end(), part.glyphs.begin(), part.glyphs.end());
  }
  const auto ink = witnesses_of(readers.book, cells_of_name(bgr, name), name);
  look.name = judge_name(name, again, ink,
                         [&](const std::string& c) { return readers.text->knows_second(c); });
  look.card.name.text = look.name->text;
  look.card.name.state = look.name->doubts.empty() ? FieldState::read : FieldState::confirm;
}

// Short lines of the name are read again as wide as in training: in a narrower picture the places
// of their characters are less exact, and the ink is compared by them. `wide` says which lines
// were; one that gives nothing so stays as it was. True when one changed.
bool read_name_wide(const TextReader& text, const cv::Mat& bgr, const Passage& name,
                    std::vector<TextLine>& lines, std::vector<bool>& wide) {
  bool out = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    TextLine& line = lines[i];
    if (wide[i] || line.length() * kLineHeight >= kTrainedWidth * line.height() ||
        std::none_of(name.places.begin(), name.places.end(),
                     [&](const Quad& place) { return inside(line.corners, middle_of(place)); })) {
      continue;
    }
    wide[i] = true;
    TextLine again = text.read_line(bgr, line.corners);
    if (again.text.empty() || again.confidence < kCardText.least_confidence) continue;
    line = std::move(again);
    out = true;
  }
  return out;
}

// `bgr` as `page` was read from it, any way up.
CardLook read_card(const Readers& readers, const cv::Mat& bgr, PageText page) {
  CardLines lines = card_lines(page.lines, page.direction);
  FrontText front = read_front(lines);
  // Read so, another line may turn out to be the name.
  std::vector<bool> wide(page.lines.size());
  while (read_name_wide(*readers.text, bgr, front.name, page.lines, wide)) {
    lines = card_lines(page.lines, page.direction);
    front = read_front(lines);
  }
  const BackText back = read_back(lines);
  CardLook look;
  CardReading& out = look.card;
  if (front.labels >= kFrontLabels || front.valid_number) {
    if (front.sex_row && (front.sex.empty() || front.nation.empty())) {
      read_sex_row(readers.text->read_line(bgr, *front.sex_row), front);
    }
    if (front.birth_row && !idcard::parse_birth(front.birth.text)) {
      read_birth_row(readers.text->read_line(bgr, *front.birth_row), front);
    }
    fill_front(front, out);
    read_name(readers, bgr, front.name, look);
    if (out.address.state == FieldState::read && character_lost_between(bgr, front.address))
      out.address.state = FieldState::confirm;
    if (front.numbers > 1) out.problems.push_back(CardProblem::two_cards);
    // Around the digits alone, without a label that may stand in the same line.
    const bool whole = front.valid_number && front.number.places.size() == 1;
    out.card = quad_of(front_anchors(lines, whole ? &front.number.places.front() : nullptr));
  } else if (back.labels >= kBackLabels) {
    fill_back(back, out);
    out.card = quad_of(back_anchors(lines));
  } else {
    out.problems.push_back(much_text(page.lines) ? CardProblem::foreign : CardProblem::no_card);
  }
  if (shows_two_cards(lines) && out.problems.empty())
    out.problems.push_back(CardProblem::two_cards);
  if (names_other_document(page.lines))
    out.problems.insert(out.problems.begin(), CardProblem::foreign);
  out.state = state_of(out);
  return look;
}

bool no_card(const CardReading& reading) {
  return !reading.problems.empty() && (reading.problems.front() == CardProblem::no_card ||
                                       reading.problems.front() == CardProblem::foreign);
}

bool nothing_read(const CardReading& reading) { return no_card(reading) && worth(reading) == 0; }

// A front camera's picture reads as a card only the other way round.
CardReading read_mirrored(const Readers& readers, const cv::Mat& bgr, CardReading as_it_is) {
  cv::Mat other;
  cv::flip(bgr, other, 1);
  CardReading out = read_card(readers, other, readers.text->read(other, kCardText)).card;
  if (no_card(out)) return as_it_is;
  for_each_place(out, [&](Point p) { return Point{static_cast<float>(bgr.cols) - p.x, p.y}; });
  out.card.reset();  // judged as it is, it would be no convex quadrangle in reading order
  out.portrait.reset();
  out.problems.insert(out.problems.begin(), CardProblem::mirrored);
  return out;
}

}  // namespace

struct CardReader::Impl {
  Readers readers;

  Result<CardReading> read(ByteView image, std::optional<CardSide> side, bool held) const;
};

CardReader::CardReader(std::shared_ptr<const TextReader> text, GlyphBook book)
    : impl_(std::make_unique<Impl>(Impl{{std::move(text), std::move(book)}})) {}
CardReader::CardReader(CardReader&&) noexcept = default;
CardReader& CardReader::operator=(CardReader&&) noexcept = default;
CardReader::~CardReader() = default;

Result<CardReader> CardReader::load(const std::string& models_dir) {
  MQ_TRY(TextReader text, TextReader::load(models_dir));
  MQ_TRY(GlyphBook book, GlyphBook::load());
  return CardReader(std::make_shared<const TextReader>(std::move(text)), std::move(book));
}

Result<CardReading> CardReader::Impl::read(ByteView image, std::optional<CardSide> side,
                                           bool held) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const TextReader& text = *readers.text;
  TextSettings settings = kCardText;
  if (held) settings.long_side = kHeldSide;
  const PageText page = text.read(picture.bgr, settings);
  CardLook first = read_card(readers, picture.bgr, page);
  CardReading& out = first.card;
  if (out.state != CardState::read && !page.lines.empty()) {
    const Cut cut = held && out.card ? cut_along(picture.bgr, *out.card, kHeldMargin, kHeldSide)
                                     : cut_around(picture.bgr, page);
    CardLook again = read_card(readers, cut.bgr, text.read(cut.bgr, kCardText));
    const bool better = worth(again.card) > worth(out);
    doubt_differences(better ? again : first, better ? first : again);
    if (better) {
      for_each_place(again.card, [&](Point p) { return cut.back(p); });
      first = std::move(again);
    }
  }
  if (nothing_read(out) && !page.lines.empty())
    out = read_mirrored(readers, picture.bgr, std::move(out));
  const CardState allowed = judge_photo(picture.bgr, out);
  if (has(out, CardProblem::blurred)) first.doubt_name_unless_vouched();
  for_each_place(out, [&](Point p) { return Point{p.x * picture.scale, p.y * picture.scale}; });
  out.width *= picture.scale;
  if (side && !no_card(out) && *side != out.side)
    out.problems.insert(out.problems.begin(), CardProblem::wrong_side);
  if (out.width > 0 &&
      out.width < (state_of(out) == CardState::read ? kUnreadableCard : kSmallestCard)) {
    out.problems.push_back(CardProblem::too_small);
  }
  out.state = std::max(state_of(out), allowed);
  for (const CardProblem problem : out.problems)
    out.state = std::max(out.state, allowed_with(problem));
  return std::move(out);
}

Result<CardReading> CardReader::read(ByteView image, std::optional<CardSide> side) const {
  return impl_->read(image, side, false);
}

Result<CardReading> CardReader::read_held(ByteView image) const {
  return impl_->read(image, CardSide::front, true);
}

}  // namespace mq::vision
