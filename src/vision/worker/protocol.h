// What the server and its vision child say to each other (frame.h). Every number of an answer is
// checked.
#pragma once

#include <optional>

#include "vision/vision.h"
#include "vision/worker/frame.h"

namespace mq::vision {

enum class Kind : std::uint8_t {
  ready = kReadyFrame,
  error = kErrorFrame,
  analyze = 3,
  portrait = 4,
  analysis = 5,
  jpeg = 6,
  read_card = 7,
  card = 8,
  // 9 to 14 are bank cards, pages and cards in hands.
  measure = 15,
  size = 16
};
inline constexpr Kind kLastKind = Kind::size;

struct Frame {
  Kind kind = Kind::error;
  Bytes body;
};

// A request holds one picture; a portrait or sixteen faces are far smaller.
inline constexpr std::size_t kFrameBytes = limits::kHttpPhotoBodyBytes + 64;

// As those of frame.h; `closed` also for a frame that is too long or of no known kind.
IoState write_frame(int fd, Kind kind, ByteView body, std::int64_t until_ms);
IoState read_frame(int fd, Frame& out, std::int64_t until_ms);

Bytes encode(const Analysis& analysis);
// Nothing when the bytes are not exactly one analysis within the limits.
std::optional<Analysis> decode_analysis(ByteView body);

}  // namespace mq::vision
