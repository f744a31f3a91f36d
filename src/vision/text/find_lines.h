// From the map "how likely is this pixel text" to lines, and from pairs of boxes to whole lines.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/text/text.h"

namespace mq::vision {

// A box that lies along a line of text. `angle` in degrees, clockwise in the picture, of the longer side:
// −90 < angle <= 90.
struct LineBox {
  Point middle;
  float length = 0;
  float height = 0;
  float angle = 0;
  float score = 0;  // mean likelihood inside
};

// `likely` is 0..1 (CV_32F). Answers in its pixels, in no order; at most `most` of the surest. The numbers
// are those the detector was trained for: pixels above 0.3, boxes above 0.6, grown by 1.5·area/perimeter.
std::vector<LineBox> lines_of(const cv::Mat& likely, std::size_t most);

// The detector cuts some lines in two, and the character at the cut would be read twice. Without `squares`, two boxes
// that are about as high as long stay apart: nothing says whether they stand beside or below each other.
std::vector<LineBox> joined(std::vector<LineBox> boxes, bool squares);

}  // namespace mq::vision
