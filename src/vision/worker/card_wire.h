// Identity cards and sizes of pictures on the wire between the server and its vision child
// (protocol.h).
#pragma once

#include <optional>

#include "vision/document/card.h"
#include "vision/worker/pool.h"

namespace mq::vision {

// A byte that says which side is wanted, then the picture.
struct CardRequest {
  std::optional<CardSide> side;
  ByteView picture;  // within the body
};
Bytes encode_card_request(ByteView picture, std::optional<CardSide> side);
std::optional<CardRequest> decode_card_request(ByteView body);

Bytes encode(const CardReading& reading);
// Nothing when the bytes are not exactly one reading within the limits: texts are UTF-8 of at most
// limits::kCardFieldBytes without control characters, confidences 0 to 1, places near the picture.
std::optional<CardReading> decode_card(ByteView body);

Bytes encode(const PictureSize& size);
std::optional<PictureSize> decode_size(ByteView body);

}  // namespace mq::vision
