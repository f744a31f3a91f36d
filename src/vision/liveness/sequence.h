// Recorded clips as frames with times: a folder of pictures, raw YUV4MPEG2 video, or JPEGs one after the
// other. Everything about the bytes is pure; only read_sequence() touches files.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

enum class SequenceErrc {
  unreadable,   // no such file or folder
  unsupported,  // neither a folder of pictures nor .y4m nor .mjpeg, or a kind of y4m that is not read
  malformed,    // cut off, or not what its name says
  too_large,    // over the limits of bytes, pixels or frames
  too_long,     // over limits::kSequenceMs
  no_frames
};
BOOST_DESCRIBE_ENUM(SequenceErrc, unreadable, unsupported, malformed, too_large, too_long, no_frames)
constexpr std::string_view error_domain(SequenceErrc) { return "sequence"; }

struct SequenceFrame {
  std::int64_t time_ms = 0;
  Bytes picture;  // JPEG, or what the folder holds
};

// Frames in the order of their times, at most limits::kSequenceFrames. A folder's pictures go by name;
// names that are all numbers are times in milliseconds, else `frames_per_second` (above 0) gives them, as
// for a stream of JPEGs. Raw video has its own rate and is compressed as a browser would.
Result<std::vector<SequenceFrame>> read_sequence(const std::string& path, double frames_per_second);

// The JPEGs in the stream, from start of image to end of image, with nothing between them. Errors:
// malformed, too_large (a frame, or the number of frames), no_frames.
Result<std::vector<ByteView>> split_mjpeg(ByteView stream);

// 8-bit 4:2:0 with even sides.
struct Y4mHeader {
  int width = 0;
  int height = 0;
  double frames_per_second = 0;
  std::size_t bytes = 0;        // of the header, with its line end
  std::size_t frame_bytes = 0;  // of the pixels of one frame
};
// Errors: malformed, unsupported, too_large.
Result<Y4mHeader> parse_y4m_header(ByteView file);

struct Y4mFrame {
  ByteView pixels;        // Y, then U, then V; header.frame_bytes of them
  std::size_t bytes = 0;  // of the frame with its own header
};
// The frame at the start of `rest`; nothing when `rest` is empty. Errors: malformed.
Result<std::optional<Y4mFrame>> parse_y4m_frame(const Y4mHeader& header, ByteView rest);

}  // namespace mq::vision
