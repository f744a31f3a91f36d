// Checks that several answers share. Private to partners/.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace mq::partners {

// Channel references and reason codes: 1 to 64 visible ASCII characters.
bool is_reference(std::string_view text);

// "2026-11-22T08:00:00.123Z"; nothing else. Error: bad_answer.
Result<Instant> parse_instant(std::string_view iso);

}  // namespace mq::partners
