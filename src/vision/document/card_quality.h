// What is wrong with the photo of a card that was read, or of something that is no card. Pure.
#pragma once

#include <opencv2/core.hpp>
#include <span>

#include "vision/document/card.h"
#include "vision/document/card_lines.h"

namespace mq::vision {

// The best state that a photo with this problem allows. Where glare, blur, a finger or the edge of
// the picture took a field, judge_photo() allows less.
CardState allowed_with(CardProblem problem);

// Looks at the photo around `reading.card`, which it replaces by the card's edges where it sees
// them (with `portrait` and `width`), appends problems and takes certainty from fields that a
// problem touches. Answers the best state that all this allows. `bgr` is what the places of
// `reading` are in pixels of.
CardState judge_photo(const cv::Mat& bgr, CardReading& reading);

bool has(const CardReading& reading, CardProblem problem);

// Labels of a front or a back stand there twice, or those of both sides.
bool shows_two_cards(const CardLines& lines);

// As much text as a card has, of a document that is no resident's card: by its name, or by having
// no label of one.
bool names_other_document(std::span<const TextLine> lines);
bool much_text(std::span<const TextLine> lines);

}  // namespace mq::vision
