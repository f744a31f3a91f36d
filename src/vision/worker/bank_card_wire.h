// The reading of a bank card between the server and its vision child (protocol.h). Every number of
// an answer is checked.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "vision/document/bank_card.h"

namespace mq::vision {

Bytes encode(const BankCardReading& reading);
// Nothing when the bytes are not exactly one reading within the limits.
std::optional<BankCardReading> decode_bank_card(ByteView body);

}  // namespace mq::vision
