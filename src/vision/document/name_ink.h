// The ink of a name, or of another text, character by character, found without reading it.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/document/card_lines.h"

namespace mq::vision {

struct NameCell {
  cv::Mat ink;  // CV_8U: 0 paper, 255 full ink; as high as its line
  // The same character where all of the row are taken for equally wide: the other cut follows gaps
  // in the ink, which some characters have inside. Empty where that cannot be said.
  cv::Mat even;
  std::size_t after = 0;  // read characters that stand before it
  bool read = false;      // the reader gave a character here: the one with index `after`
};

// In reading order. A cell that is not `read` holds ink as wide as a character in a place for which
// the reader gave none. Places of the name on several rows are looked at one by one.
std::vector<NameCell> cells_of_name(const cv::Mat& bgr, const Passage& name);

// Whether ink as wide as a character lies between two read ones of the same row.
bool character_lost_between(const cv::Mat& bgr, const Passage& text);

}  // namespace mq::vision
