// The back of a resident identity card. Pure.
#pragma once

#include "vision/document/card_lines.h"

namespace mq::vision {

struct BackText {
  Passage authority, validity;
  int labels = 0;  // printed texts of the back that were found, of four
};

BackText read_back(const CardLines& card);

}  // namespace mq::vision
