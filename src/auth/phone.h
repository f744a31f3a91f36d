// Mainland mobile numbers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mq::auth {

// Eleven digits, 13–19 at the front, after taking off blanks, hyphens and a leading +86; nothing if
// it is no such number.
std::optional<std::string> normal_phone(std::string_view text);

}  // namespace mq::auth
