// A page's picture without what lies behind its text: shadows, the paper's colour, pale watermarks.
#pragma once

#include <opencv2/core.hpp>

namespace mq::vision {

// BGR, of the same size: each pixel in shares of the paper's light around it, so that paper is
// white. What is hardly darker than its surroundings becomes white too: finding lines takes the
// letters of a watermark for text, and loses the text that is printed over them.
cv::Mat evened_page(const cv::Mat& bgr);

}  // namespace mq::vision
