#include "vision/document/card_reader.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "vision/document/card_fields.h"
#include "vision/document/card_name.h"
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

// A second look brings the text to this width of the card, as far as the picture has the pixels.
constexpr float kSecondLookWidth = 1100;
constexpr float kAround = 0.35F;  // of the text's extent, on each side

// How much was read: fields that are sure count twice, the number most.
int worth(const CardReading& reading) {
  const auto of = [](const CardField& field) {
    return field.state == FieldState::read ? 2 : field.state == FieldState::confirm ? 1 : 0;
  };
  int out = 0;
  for (const CardField* field : {&reading.name, &reading.sex, &reading.nation, &reading.birth, &reading.address,
                                 &reading.number, &reading.number, &reading.authority, &reading.valid_from}) {
    out += of(*field);
  }
  return out;
}

// The picture turned so that its text runs along the rows, cut out around the text and brought to the size in
// which it is read best; `to_picture` leads back.
struct Cut {
  cv::Mat bgr;
  cv::Matx23d to_picture;
};

Cut cut_around(const cv::Mat& bgr, const PageText& page) {
  const double radians = page.direction * std::numbers::pi / 180;
  const double c = std::cos(radians), s = std::sin(radians);
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  for (const TextLine& line : page.lines) {
    for (const Point& p : line.corners) {
      const double u = p.x * c + p.y * s, v = p.y * c - p.x * s;
      left = std::min(left, u);
      right = std::max(right, u);
      top = std::min(top, v);
      bottom = std::max(bottom, v);
    }
  }
  const double wide = (right - left) * (1 + 2 * kAround), high = (bottom - top) * (1 + 2 * kAround);
  const double scale = std::clamp(kSecondLookWidth / wide, 0.25, 3.0);
  left -= (right - left) * kAround;
  top -= (bottom - top) * kAround;
  // Cut (x, y) → turned (left + x / scale, top + y / scale) → picture.
  Cut out;
  out.to_picture = {c / scale, -s / scale, left * c - top * s, s / scale, c / scale, left * s + top * c};
  const cv::Size size(std::clamp(cvRound(wide * scale), 32, 2000), std::clamp(cvRound(high * scale), 32, 2000));
  cv::warpAffine(bgr, out.bgr, out.to_picture, size, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  return out;
}

template <typename Change>
void for_each_place(CardReading& reading, Change change) {
  for (CardField* field : {&reading.name, &reading.sex, &reading.nation, &reading.birth, &reading.address,
                           &reading.number, &reading.authority, &reading.valid_from, &reading.valid_to}) {
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

void judge_name(const TextReader& reader, const cv::Mat& bgr, const Passage& name, CardReading& out) {
  if (name.empty()) return;
  const idcard::NameFinding finding = idcard::inspect_name(name.text);
  out.name.text = finding.name;
  ReadLine again;
  for (const auto& place : name.places) {
    ReadLine part = reader.reread(bgr, place);
    again.glyphs.insert(again.glyphs.end(), part.glyphs.begin(), part.glyphs.end());
  }
  const auto doubts = doubts_of_name(name, again, [&](const std::string& c) { return reader.knows_second(c); });
  out.name.state = doubts.empty() ? FieldState::read : FieldState::confirm;
}

// A similarity that the line of the number fixes: it runs from 338 to 944 of 1012 at 558 of 638.
void place_card(const TextLine& number, CardReading& out) {
  constexpr float kFrom = 338, kTo = 944, kRow = 558, kWidth = 1012, kHeight = 638;
  const Point a{(number.corners[0].x + number.corners[3].x) / 2, (number.corners[0].y + number.corners[3].y) / 2};
  const Point b{(number.corners[1].x + number.corners[2].x) / 2, (number.corners[1].y + number.corners[2].y) / 2};
  const Point across{(b.x - a.x) / (kTo - kFrom), (b.y - a.y) / (kTo - kFrom)};
  const auto at = [&](float x, float y) {
    const float u = x - kFrom, v = y - kRow;
    return Point{a.x + u * across.x - v * across.y, a.y + u * across.y + v * across.x};
  };
  const auto rect = [&](float left, float top, float right, float bottom) {
    return std::array<Point, 4>{at(left, top), at(right, top), at(right, bottom), at(left, bottom)};
  };
  out.card = rect(0, 0, kWidth, kHeight);
  out.portrait = rect(640, 80, 960, 490);
  out.width = kWidth * std::hypot(across.x, across.y);
}

// `bgr` as `page` was read from it, any way up.
CardReading read_card(const TextReader& text, const cv::Mat& bgr, const PageText& page) {
  const CardLines lines = card_lines(page.lines, page.direction);
  const FrontText front = read_front(lines);
  const BackText back = read_back(lines);
  CardReading out;
  if (front.labels >= kFrontLabels || front.valid_number) {
    fill_front(front, out);
    judge_name(text, bgr, front.name, out);
    if (front.numbers > 1) out.problems.push_back(CardProblem::two_cards);
    // Around the digits alone, without a label that may stand in the same line.
    if (front.number_line != nullptr && !front.number.places.empty()) {
      TextLine digits = *front.number_line;
      digits.corners = front.number.places.front();
      place_card(digits, out);
    }
  } else if (back.labels >= kBackLabels) {
    fill_back(back, out);
  } else {
    out.problems.push_back(CardProblem::no_card);
  }
  out.state = state_of(out);
  return out;
}

}  // namespace

struct CardReader::Impl {
  std::shared_ptr<const TextReader> text;
};

CardReader::CardReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CardReader::CardReader(CardReader&&) noexcept = default;
CardReader& CardReader::operator=(CardReader&&) noexcept = default;
CardReader::~CardReader() = default;

Result<CardReader> CardReader::load(const std::string& models_dir) {
  MQ_TRY(TextReader text, TextReader::load(models_dir));
  return over(std::make_shared<const TextReader>(std::move(text)));
}

CardReader CardReader::over(std::shared_ptr<const TextReader> text) {
  MQ_CHECK(text != nullptr);
  return CardReader(std::make_unique<Impl>(Impl{std::move(text)}));
}

Result<CardReading> CardReader::read(ByteView image, std::optional<CardSide> side) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const TextReader& text = *impl_->text;
  const PageText page = text.read(picture.bgr);
  CardReading out = read_card(text, picture.bgr, page);
  if (out.state != CardState::read && !page.lines.empty()) {
    const Cut cut = cut_around(picture.bgr, page);
    CardReading again = read_card(text, cut.bgr, text.read(cut.bgr));
    if (worth(again) > worth(out)) {
      const cv::Matx23d& m = cut.to_picture;
      for_each_place(again, [&](Point p) {
        return Point{static_cast<float>(m(0, 0) * p.x + m(0, 1) * p.y + m(0, 2)),
                     static_cast<float>(m(1, 0) * p.x + m(1, 1) * p.y + m(1, 2))};
      });
      again.width *= static_cast<float>(std::hypot(m(0, 0), m(1, 0)));
      out = std::move(again);
    }
  }
  for_each_place(out, [&](Point p) { return Point{p.x * picture.scale, p.y * picture.scale}; });
  out.width *= picture.scale;
  const bool nothing = !out.problems.empty() && out.problems.front() == CardProblem::no_card;
  if (side && !nothing && *side != out.side) out.problems.insert(out.problems.begin(), CardProblem::wrong_side);
  if (out.width > 0 && out.width < kSmallestCard && out.state != CardState::read) {
    out.problems.push_back(CardProblem::too_small);
  }
  out.state = state_of(out);
  return out;
}

}  // namespace mq::vision
