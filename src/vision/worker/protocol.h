// What parent and child say to each other over the socket pair. Both sides treat the other's bytes as
// hostile: every length and count is bounded before it is used, every number is checked.
//
// A frame is a 32-bit little-endian length and that many bytes; the first byte says the kind.
#pragma once

#include <optional>
#include <string>

#include "vision/vision.h"

namespace mq::vision {

enum class Kind : std::uint8_t { ready = 1, analyze = 2, portrait = 3, analysis = 4, jpeg = 5, error = 6 };

struct Frame {
  Kind kind = Kind::error;
  Bytes body;
};

// A request holds one picture; a portrait or sixteen faces are far smaller.
inline constexpr std::size_t kFrameBytes = limits::kHttpPhotoBodyBytes + 64;

enum class IoState { done, closed, late };

// Blocking; `until_ms` is a steady-clock time in milliseconds, negative waits for ever.
IoState write_frame(int fd, Kind kind, ByteView body, std::int64_t until_ms);
// `late` when the time is over; `closed` also for a frame that is too long or of no known kind.
IoState read_frame(int fd, Frame& out, std::int64_t until_ms);
std::int64_t steady_ms();

Bytes encode(const Analysis& analysis);
// Nothing when the bytes are not exactly one analysis within the limits.
std::optional<Analysis> decode_analysis(ByteView body);

Bytes encode(const Error& error);
// Only errors of VisionErrc come through; nothing otherwise. The detail is cut to 200 printable characters.
std::optional<Error> decode_error(ByteView body);

}  // namespace mq::vision
