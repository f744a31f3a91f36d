// Where the card lies, from where its texts lie. Pure.
//
// Card pixels: a card of 85.6 × 54 mm (ISO/IEC 7810 ID-1) is 1012 × 638 of them, 300 an inch; (0,
// 0) is where it begins above, in reading order. Printers set texts up to a millimetre apart, so a
// place is good to about 20.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "vision/document/card_lines.h"

namespace mq::vision {

inline constexpr int kCardWidth = 1012, kCardHeight = 638;
using Quad = std::array<Point, 4>;  // from where the card begins above, clockwise as it is read

// Where fields are printed, labels left out, in card pixels.
inline const cv::Rect2f kNamePlace{170, 68, 440, 60}, kSexPlace{170, 155, 100, 52},
    kBirthPlace{170, 236, 440, 54}, kAddressPlace{170, 318, 470, 160},
    kNumberPlace{330, 530, 610, 58}, kPortraitPlace{655, 72, 310, 390},
    kAuthorityPlace{385, 455, 400, 56}, kValidityPlace{385, 528, 440, 54};

struct Anchor {
  Point card;
  Point picture;
};

// Of printed texts that every card has at the same place. `number`: the quadrangle around all its
// characters.
std::vector<Anchor> front_anchors(const CardLines& lines, const Quad* number);
std::vector<Anchor> back_anchors(const CardLines& lines);

// The card's corners by the map that fits the anchors best: affine where they are spread in both
// directions, otherwise a similarity. An anchor far from where the others want it is left out.
// Nothing for fewer than two.
std::optional<Quad> quad_of(std::vector<Anchor> anchors);

// From card pixels to the picture; its inverse leads back. `quad` has corners in convex position
// (CHECK).
cv::Matx33d to_picture(const Quad& quad);
Point at(const cv::Matx33d& map, Point p);
bool convex(const Quad& quad);
Point middle_of(const Quad& quad);
bool inside(const Quad& quad, Point p, float margin = 0);  // or so far beside it

// Mean of the upper and the lower side, pixels.
float width_of(const Quad& quad);

}  // namespace mq::vision
