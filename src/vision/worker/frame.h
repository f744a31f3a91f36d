// Frames over the socket pair between the server and a locked child: of the vision and of the PDF
// reader. Both sides treat the other's bytes as hostile: every length and count is bounded before
// it is used.
//
// A frame is a 32-bit little-endian length and that many bytes; the first byte says the kind.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

struct RawFrame {
  std::uint8_t kind = 0;
  Bytes body;
};

// These two kinds mean the same in every child.
inline constexpr std::uint8_t kReadyFrame = 1;
inline constexpr std::uint8_t kErrorFrame = 2;

enum class IoState { done, closed, late };

// Blocking; `until_ms` is a steady-clock time in milliseconds, negative waits for ever.
IoState write_frame(int fd, std::uint8_t kind, ByteView body, std::int64_t until_ms);
// `late` when the time is over; `closed` also for a frame of more than `most` bytes.
IoState read_frame(int fd, RawFrame& out, std::size_t most, std::int64_t until_ms);
std::int64_t steady_ms();

Bytes encode(const Error& error);
// Only errors of VisionErrc come through; nothing otherwise. The detail is cut to 200 printable
// characters.
std::optional<Error> decode_error(ByteView body);

}  // namespace mq::vision
