// Random tokens that stand for a session, a device, a sign-in under way or an invitation. Private
// to auth/.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "crypto/crypto.h"

namespace mq::auth {

// 32 random bytes, base64url.
std::string new_token(Random& random);
// Whether it may be one, before anything is computed of it.
bool plausible_token(std::string_view token);
// What is kept of it.
Bytes token_hash(const crypto::KeyRing& ring, std::string_view token);

}  // namespace mq::auth
