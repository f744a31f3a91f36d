// A page's reading on its way from the vision child to the server.
#pragma once

#include <optional>

#include "vision/document/page_reader.h"

namespace mq::vision {

Bytes encode(const PageReading& page);
// Nothing when the bytes are not exactly one reading within the limits.
std::optional<PageReading> decode_page(ByteView body);

}  // namespace mq::vision
