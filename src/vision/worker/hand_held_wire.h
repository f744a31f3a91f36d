// The answer of a child about a hand-held photo. Every number, text and code of it is checked.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "vision/document/hand_held.h"

namespace mq::vision {

Bytes encode(const HandHeldReading& reading);
// Nothing when the bytes are not exactly one reading within the limits.
std::optional<HandHeldReading> decode_hand_held(ByteView body);

}  // namespace mq::vision
