// What a file is, by its first bytes; whoever decodes it decides the rest. Private to documents/.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "documents/uploads.h"

namespace mq::documents {

// Nothing for anything but the four kinds that are taken.
std::optional<Media> media_of(ByteView file);

}  // namespace mq::documents
