// How a flat page lies in its picture, told by its own lines of text: turned, in perspective.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "vision/text/text.h"

namespace mq::vision {

// The upright page: its rows run along x, its columns along y.
struct PageShape {
  cv::Matx33d to_page = cv::Matx33d::eye();  // pixels of the picture to those of the page
  int width = 0;                             // of the page: the picture's, turned by quarters
  int height = 0;
};

// `lines` run in `direction` (degrees clockwise from the picture's rows). The page keeps the scale that the picture
// has in its middle. Rows are set by where lines point, columns by where most lines begin and end; of a page with few
// lines only what they prove.
PageShape page_shape(const std::vector<TextLine>& lines, float direction, cv::Size picture);

Point mapped(const cv::Matx33d& how, Point p);

}  // namespace mq::vision
