#include "vision/document/hand_held.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/document/card_outline.h"
#include "vision/document/card_quality.h"
#include "vision/face/quality.h"
#include "vision/match/match.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

// The portrait with some of the card around it, in card pixels.
const cv::Rect kPortraitCut{590, 20, 422, 500};

// A face is about 15 cm wide, a card 8.6; a card close to the camera looks larger, arms are some 70
// cm long.
constexpr float kArms = 7;              // widths of the face from its middle to that of the card
constexpr float kWidestCard = 6;        // widths of the face
constexpr float kOnCardMargin = 0.02F;  // of the card's width

Point middle_of(const Face& face) {
  return {face.box.x + face.box.width / 2, face.box.y + face.box.height / 2};
}

// The place of a face of the cut-out in the picture.
void move_to_picture(Face& face, const cv::Matx33d& map) {
  const auto there = [&](float x, float y) {
    return at(map, {x + kPortraitCut.x, y + kPortraitCut.y});
  };
  const Box box = face.box;
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Point p :
       {there(box.x, box.y), there(box.x + box.width, box.y), there(box.x, box.y + box.height),
        there(box.x + box.width, box.y + box.height)}) {
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  face.box = {left, top, right - left, bottom - top};
  for (Point& p : face.landmarks) p = there(p.x, p.y);
}

float eye_distance(const Face& face) {
  Point right, left;
  for (std::size_t i = 0; i < 6; ++i) {
    right = {right.x + face.landmarks[36 + i].x / 6, right.y + face.landmarks[36 + i].y / 6};
    left = {left.x + face.landmarks[42 + i].x / 6, left.y + face.landmarks[42 + i].y / 6};
  }
  return std::hypot(right.x - left.x, right.y - left.y);
}

// Cut out along the card's edges, which turns and enlarges it.
std::optional<Face> find_portrait(const Engine& engine, const cv::Mat& bgr, const Quad& card) {
  const cv::Mat cut = card_picture(bgr, card)(kPortraitCut);
  Bytes file;
  if (!cv::imencode(".png", cut, file, {cv::IMWRITE_PNG_COMPRESSION, 1})) return std::nullopt;
  auto analysis = engine.analyze(file);
  if (!analysis.ok() || analysis->faces.empty()) return std::nullopt;
  Face out = std::move(analysis->faces.front());
  move_to_picture(out, to_picture(card));
  return out;
}

bool apart(const Face& person, const CardReading& card) {
  if (!card.card) return false;
  const Point a = middle_of(person), b = middle_of(*card.card);
  return std::hypot(a.x - b.x, a.y - b.y) > kArms * person.box.width ||
         card.width > kWidestCard * person.box.width;
}

std::optional<FaceMatch> compare(const Face* a, const Face* b) {
  if (a == nullptr || b == nullptr) return std::nullopt;
  FaceMatch out;
  out.similarity = similarity(a->face_template(), b->face_template());
  out.false_match_rate = false_match_rate(out.similarity);
  out.match = out.similarity >= threshold_for(kDefaultFalseMatchRate);
  return out;
}

HeldMatches match_all(const Face* person, const Face* portrait, const Face* live) {
  HeldMatches out;
  out.person_portrait = compare(person, portrait);
  out.live_person = compare(live, person);
  out.live_portrait = compare(live, portrait);
  return out;
}

}  // namespace

HeldMatches match_held(const HandHeldReading& held, const Face* live) {
  return match_all(held.person ? &*held.person : nullptr, held.portrait ? &*held.portrait : nullptr,
                   live);
}

HeldMatches fair_matches(const HandHeldReading& held, const Face* live) {
  const bool person = held.person && held.people == 1 && held.person->box.width >= kComparableFace;
  const bool portrait = held.portrait && held.portrait_eyes >= kComparableEyes;
  return match_all(person ? &*held.person : nullptr, portrait ? &*held.portrait : nullptr, live);
}

void judge_held(std::span<const Face> faces, HandHeldReading& held) {
  const CardReading& card = held.card;
  for (const Face& face : faces) {
    if (card.card && inside(*card.card, middle_of(face), kOnCardMargin * card.width)) continue;
    if (!held.person) held.person = face;
    if (face.box.width >= kBystanderShare * held.person->box.width) ++held.people;
  }
  const bool none = has(card, CardProblem::no_card) || has(card, CardProblem::foreign);
  const bool mirrored = has(card, CardProblem::mirrored),
             other_side = has(card, CardProblem::wrong_side);
  const bool front = !none && !other_side;
  const auto say = [&](bool is, HeldProblem problem) {
    if (is) held.problems.push_back(problem);
  };
  say(none, HeldProblem::no_card);
  say(other_side, HeldProblem::wrong_side);
  say(mirrored, HeldProblem::mirrored);
  say(!held.person, HeldProblem::no_face);
  say(held.people > 1, HeldProblem::several_people);
  say(front && !mirrored && !held.portrait, HeldProblem::card_face_missing);
  say(front && (card.number.state == FieldState::missing ||
                (has(card, CardProblem::covered) && card.number.state != FieldState::read)),
      HeldProblem::number_covered);
  say(held.person && apart(*held.person, card), HeldProblem::card_apart);
}

Result<HandHeldReading> read_hand_held(const Engine& engine, const CardReader& cards,
                                       ByteView picture) {
  HandHeldReading out;
  MQ_TRY(const Analysis analysis, engine.analyze(picture));
  MQ_TRY(out.card, cards.read_held(picture));
  if (out.card.card && out.card.side == CardSide::front) {
    MQ_TRY(const Picture decoded, decode(picture));
    Quad card = *out.card.card;
    for (Point& p : card) p = {p.x / decoded.scale, p.y / decoded.scale};
    if (convex(card)) out.portrait = find_portrait(engine, decoded.bgr, card);
    if (out.portrait) {
      Face& face = *out.portrait;
      face.box = {face.box.x * decoded.scale, face.box.y * decoded.scale,
                  face.box.width * decoded.scale, face.box.height * decoded.scale};
      for (Point& p : face.landmarks) p = {p.x * decoded.scale, p.y * decoded.scale};
      out.portrait_eyes = eye_distance(face);
    }
  }
  judge_held(analysis.faces, out);
  return out;
}

}  // namespace mq::vision
