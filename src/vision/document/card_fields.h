// From what stands on a card to fields with states. Pure.
#pragma once

#include "vision/document/card.h"
#include "vision/document/card_back.h"
#include "vision/document/card_front.h"

namespace mq::vision {

// The name is judged apart, with the picture at hand: see card_name.h.
void fill_front(const FrontText& text, CardReading& out);
void fill_back(const BackText& text, CardReading& out);

// From the states of the fields of its side.
CardState state_of(const CardReading& reading);

CardField field_of(const Passage& passage);

}  // namespace mq::vision
