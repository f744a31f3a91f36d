// The edges of a card in a picture, and the card cut out along them. Pure.
#pragma once

#include "vision/document/card_places.h"

namespace mq::vision {

enum CardEdge { kTopEdge, kRightEdge, kBottomEdge, kLeftEdge, kCardEdges };

struct Outline {
  Quad quad;  // in pixels of the picture, as `expected` where no edge was seen
  std::array<bool, kCardEdges> seen{};
  float outside = 0;  // the corner farthest outside of the picture is, in card pixels
};

// `expected` may be off by 7 % of the width outwards and 5 % inwards. Edges of the picture are not
// taken for those of the card, unless the card fills the picture. `bgr` has 8 bits.
Outline find_outline(const cv::Mat& bgr, const Quad& expected);

// 1012 × 638, upright, black where the card lies outside of the picture. `quad` is convex (CHECK).
cv::Mat card_picture(const cv::Mat& bgr, const Quad& quad);

}  // namespace mq::vision
