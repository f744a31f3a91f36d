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
  int numbers = 0;  // different valid ones in the picture
  int labels = 0;   // printed labels of the front that were found, of six
  const TextLine* number_line = nullptr;
  float label_left = 0;  // along the rows; of the column of labels
  // The whole row of sex and nation up to the portrait, where one of its labels was found.
  std::optional<std::array<Point, 4>> sex_row;
  std::optional<std::array<Point, 4>> birth_row;  // the same of the birth
};

FrontText read_front(const CardLines& card);

// Fills sex and nation, where they are missing, from that row read in one piece: the finder of
// lines misses single characters.
void read_birth_row(const TextLine& row, FrontText& front);
void read_sex_row(const TextLine& row, FrontText& front);

}  // namespace mq::vision
