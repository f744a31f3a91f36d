// From foreign bytes to pixels. Everything about the file is decided from its header before decoding.
#pragma once

#include <opencv2/core.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/errors.h"

namespace mq::vision {

enum class Format { jpeg, png, webp };

struct Header {
  Format format = Format::jpeg;
  int width = 0;   // as stored, before EXIF orientation
  int height = 0;
  int orientation = 1;  // of a JPEG: 1..8, from its EXIF data
  std::size_t end = 0;  // bytes of the picture proper; what follows is never given to a decoder
};

// Errors: not_an_image, unsupported_format. A cut-off JPEG is not_an_image here, because its decoder would
// silently fill the missing part with grey; PNG and WebP decoders refuse by themselves.
Result<Header> read_header(ByteView image);

struct Picture {
  cv::Mat bgr;  // 8-bit, upright, possibly reduced
  int width = 0;   // of the upright original
  int height = 0;
  float scale = 1;  // original pixels per pixel of `bgr`
};

// Pictures whose long side stays at or above this after halving are decoded at half (quarter, eighth) size.
inline constexpr int kWorkingSide = 1600;

// `working_side` is that side, for what needs finer pixels. Errors: the picture errors of VisionErrc.
Result<Picture> decode(ByteView image, int working_side = kWorkingSide);

}  // namespace mq::vision
