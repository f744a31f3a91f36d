// The front of a resident identity card: which text belongs to which field. Pure.
#pragma once

#include "idcard/idcard.h"
#include "vision/document/card_lines.h"

namespace mq::vision {

struct FrontText {
  // As printed, labels left out; empty where nothing was found.
  Passage name, sex, nation, birth, address, number;
  // The number when its date and check character are right.
  std::optional<idcard::NumberReading> valid_number;
  int numbers = 0;          // different valid ones in the picture
  int labels = 0;           // printed labels of the front that were found, of six
  const TextLine* number_line = nullptr;
  float label_left = 0;     // along the rows; of the column of labels
};

FrontText read_front(const CardLines& card);

}  // namespace mq::vision
