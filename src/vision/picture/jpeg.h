// JPEG pixels straight from libjpeg-turbo: OpenCV's own way around it spends more time on reordering colours
// than the decoding takes.
#pragma once

#include <opencv2/core.hpp>

#include "base/bytes.h"

namespace mq::vision {

// BGR, as stored (orientation not applied), both sides divided by `by` (1, 2, 4 or 8). Empty when the
// library refuses it or the colours are CMYK, which it does not convert.
cv::Mat decode_jpeg(ByteView image, int by);

// The orientation (1..8, TIFF 6.0 tag 274) out of the payload of an APP1 segment; 1 when there is none.
int exif_orientation(ByteView payload);

// Brings stored pixels upright.
cv::Mat oriented(const cv::Mat& stored, int orientation);

}  // namespace mq::vision
