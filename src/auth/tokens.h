// Random tokens that stand for a session or a device. Private to auth/.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"

namespace mq::auth {

// 32 random bytes, base64url.
std::string new_token(Random& random);
// Whether it may be one, before anything is computed of it.
bool plausible_token(std::string_view token);

}  // namespace mq::auth
