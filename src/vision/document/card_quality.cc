#include "vision/document/card_quality.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/document/card_look.h"
#include "vision/document/card_outline.h"

namespace mq::vision {
namespace {

// Chosen on 250 pictures of tools/make-cards (seed 501) and the sets of models/cards/text.md; the
// figures are the measures there.
constexpr float kDoubtfulBlur = 2.95F;  // sigma, card pixels; a card 240 pixels wide has up to 2.8
constexpr float kLostBlur = 3.85F;      // sets blur4 and blur5 begin at 4.0, blur3 ends at 3.6
constexpr float kDarkPaper = 40;        // luminance, 0..255; low light has 71 and more
constexpr float kGreyCard =
    0.03F;  // spread of colours in shares of the luminance; cards have 0.05 and more
constexpr float kScreenWaves = 3.6F;  // decimal logarithm over the median; cards have up to 3.57
constexpr float kCameraPixels = 500;  // a card this wide shows the waves of a screen
// Shares of a field's text: worth a look, and so much that a character is gone; and of the place
// where the field may go on, unread.
struct Spot {
  float touched, lost, beside;
};
constexpr Spot kGlare{0.01F, 0.12F, 0.05F};
constexpr Spot kFinger{0.08F, 0.15F, 0.12F};  // paper in warm light has up to 0.07 and 0.09
constexpr float kOutside = 60;  // card pixels: what an edge that was not seen may be off
constexpr float kBeside = 45;  // card pixels: about a character, which may be missing beside a text

struct FieldAt {
  CardField* field;
  cv::Rect2f printed;
};

std::vector<FieldAt> fields_of(CardReading& reading) {
  if (reading.side == CardSide::back) {
    return {{&reading.authority, kAuthorityPlace},
            {&reading.valid_from, kValidityPlace},
            {&reading.valid_to, kValidityPlace}};
  }
  return {{&reading.name, kNamePlace},
          {&reading.sex, kSexPlace},
          {&reading.birth, kBirthPlace},
          {&reading.address, kAddressPlace},
          {&reading.number, kNumberPlace}};
}

cv::Rect2f around(std::span<const Quad> places, const cv::Matx33d& to_card) {
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Quad& place : places) {
    for (const Point& corner : place) {
      const Point p = at(to_card, corner);
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
  }
  return {left, top, right - left, bottom - top};
}

// Where the field's text is, or should be. Text ends early where its last character is hidden.
cv::Rect place_of(const FieldAt& one, const cv::Matx33d& to_card) {
  if (one.field->places.empty()) return one.printed;
  const cv::Rect2f text = around(one.field->places, to_card);
  const cv::Rect2f grown(text.x - kBeside / 3, text.y, text.width + kBeside * 4 / 3, text.height);
  return cv::Rect(grown & cv::Rect2f(0, 0, kCardWidth, kCardHeight));
}

void add(CardReading& reading, CardProblem problem) {
  if (!has(reading, problem)) reading.problems.push_back(problem);
}

CardState worse(CardState a, CardState b) { return std::max(a, b); }

struct Seen {
  cv::Mat flat;
  cv::Matx33d to_card;
  cv::Rect portrait;  // card pixels; empty on a back
};

// A spot that takes from fields: of each, whether it is touched or lost.
CardState judge_spots(const Seen& seen, const cv::Mat& mask, CardProblem problem, Spot limit,
                      CardReading& reading) {
  CardState out = CardState::read;
  for (const FieldAt& one : fields_of(reading)) {
    const cv::Rect place = place_of(one, seen.to_card);
    const float share = covered_share(mask, place);
    if (share < limit.touched && covered_share(mask, one.printed) < limit.beside) continue;
    add(reading, problem);
    const bool lost = share >= limit.lost || one.field->state == FieldState::missing;
    one.field->state = std::max(one.field->state, FieldState::confirm);
    out = worse(out, lost ? CardState::retake : CardState::confirm);
  }
  return out;
}

CardState judge_blur(const Seen& seen, CardReading& reading) {
  std::vector<cv::Rect> places;
  for (const FieldAt& one : fields_of(reading)) {
    if (!one.field->places.empty()) places.push_back(around(one.field->places, seen.to_card));
  }
  const auto blur = blur_of(seen.flat, places);
  if (!blur || *blur < kDoubtfulBlur) return CardState::read;
  add(reading, CardProblem::blurred);
  return *blur >= kLostBlur ? CardState::retake : CardState::confirm;
}

CardState judge_cut(const cv::Mat& bgr, const Outline& outline, CardReading& reading) {
  bool lost = false, touches = false;
  const auto w = static_cast<float>(bgr.cols), h = static_cast<float>(bgr.rows);
  const auto to_map = to_picture(outline.quad);
  for (const FieldAt& one : fields_of(reading)) {
    for (const Quad& place : one.field->places) {
      for (const Point& p : place)
        touches = touches || p.x < 1 || p.y < 1 || p.x > w - 2 || p.y > h - 2;
    }
    if (one.field->state != FieldState::missing) continue;
    for (const Point corner : {Point{one.printed.x, one.printed.y},
                               Point{one.printed.x + one.printed.width, one.printed.y},
                               Point{one.printed.x, one.printed.y + one.printed.height}}) {
      const Point p = at(to_map, corner);
      lost = lost || p.x < 0 || p.y < 0 || p.x > w || p.y > h;
    }
  }
  // Of a back, the texts alone do not tell where its edges are.
  const bool away = outline.outside > kOutside && reading.side == CardSide::front;
  if (!away && !touches && !lost) return CardState::read;
  add(reading, CardProblem::cut_off);
  return touches || lost ? CardState::retake : CardState::confirm;
}

float waves_of(const cv::Mat& bgr, const Quad& quad) {
  const cv::Matx33d map = to_picture(quad);
  std::vector<cv::Point> middles;
  for (const Point p :
       {Point{180, 180}, Point{400, 420}, Point{780, 500}, Point{250, 500}, Point{560, 140}}) {
    const Point q = at(map, p);
    middles.emplace_back(cvRound(q.x), cvRound(q.y));
  }
  return fine_waves(bgr, middles);
}

}  // namespace

CardState allowed_with(CardProblem problem) {
  switch (problem) {
    case CardProblem::blurred:
    case CardProblem::glare:
    case CardProblem::dark:
    case CardProblem::cut_off:
    case CardProblem::covered:
    case CardProblem::copy:
    case CardProblem::screen:
      return CardState::confirm;
    default:
      return CardState::retake;
  }
}

bool has(const CardReading& reading, CardProblem problem) {
  return std::find(reading.problems.begin(), reading.problems.end(), problem) !=
         reading.problems.end();
}

CardState judge_photo(const cv::Mat& bgr, CardReading& reading) {
  if (!reading.card || !convex(*reading.card)) return CardState::read;
  const Outline outline = find_outline(bgr, *reading.card);
  reading.card = outline.quad;
  reading.width = width_of(outline.quad);
  const cv::Matx33d map = to_picture(outline.quad);
  Seen seen;
  seen.to_card = map.inv();
  if (reading.side == CardSide::front) {
    seen.portrait = kPortraitPlace;
    const auto& r = kPortraitPlace;
    reading.portrait =
        Quad{at(map, {r.x, r.y}), at(map, {r.x + r.width, r.y}),
             at(map, {r.x + r.width, r.y + r.height}), at(map, {r.x, r.y + r.height})};
  }
  seen.flat = card_picture(bgr, outline.quad);
  CardState out = judge_cut(bgr, outline, reading);
  out = worse(out, judge_blur(seen, reading));
  out = worse(out, judge_spots(seen, blown_out(seen.flat, seen.portrait), CardProblem::glare,
                               kGlare, reading));
  out = worse(out, judge_spots(seen, skin(seen.flat, seen.portrait), CardProblem::covered, kFinger,
                               reading));
  const Tone tone = tone_of(seen.flat);
  if (tone.paper < kDarkPaper) add(reading, CardProblem::dark);
  if (tone.colour < kGreyCard) add(reading, CardProblem::copy);
  if (reading.width >= kCameraPixels && waves_of(bgr, outline.quad) > kScreenWaves)
    add(reading, CardProblem::screen);
  for (const CardProblem problem : reading.problems) out = worse(out, allowed_with(problem));
  return out;
}

bool shows_two_cards(const CardLines& lines) {
  const auto count = [&](std::string_view label) {
    return std::count_if(lines.lines.begin(), lines.lines.end(), [&](const CardLine& line) {
      const auto found = find_in(*line.line, label);
      return found && *found == 0;
    });
  };
  const std::array front{count("姓名"), count("性别"), count("出生"), count("住址"),
                         count("公民身份")};
  const std::array back{count("居民身份证"), count("签发机关"), count("有效期限")};
  const auto at_least = [](const auto& counts, std::ptrdiff_t least) {
    return std::count_if(counts.begin(), counts.end(), [&](auto n) { return n >= least; });
  };
  return at_least(front, 2) >= 2 || at_least(back, 2) >= 2 ||
         (at_least(front, 1) >= 2 && at_least(back, 1) >= 2);
}

bool names_other_document(std::span<const TextLine> lines) {
  constexpr std::string_view kOthers[] = {"驾驶证", "行驶证",   "准驾车型", "居住证", "居留身份证",
                                          "通行证", "社会保障", "护照",     "军官证", "士兵证",
                                          "学生证", "工作证",   "营业执照", "户口"};
  return std::any_of(lines.begin(), lines.end(), [&](const TextLine& line) {
    return std::any_of(std::begin(kOthers), std::end(kOthers),
                       [&](std::string_view other) { return find_in(line, other).has_value(); });
  });
}

bool much_text(std::span<const TextLine> lines) {
  constexpr std::size_t kLines = 4, kCharacters = 24;
  constexpr float kSure = 0.8F;
  std::size_t sure = 0, characters = 0;
  for (const TextLine& line : lines) {
    if (line.confidence < kSure || line.glyphs.size() < 3) continue;
    ++sure;
    characters += line.glyphs.size();
  }
  return sure >= kLines && characters >= kCharacters;
}

}  // namespace mq::vision
