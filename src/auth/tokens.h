// Random tokens that stand for a session, a device, a sign-in under way or an invitation. Private
// to auth/.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "crypto/crypto.h"

namespace mq::auth {

// 32 random bytes, base64url.
std::string new_token(Random& random);
// Whether it may be one, before anything is computed of it.
bool plausible_token(std::string_view token);
// What is kept of it.
Bytes token_hash(const crypto::KeyRing& ring, std::string_view token);

// A browser's token is replaced by another after so long, and after a step-up. The one before stays
// good for two minutes and until the new one has arrived. After that, whoever comes with it has a
// copy.
inline constexpr std::int64_t kTokenSeconds = 15 * 60;

struct TokenUse {
  bool replaced = false;  // it is the one before
  Instant renewed_at;
  bool renewed_seen = false;  // the new one has come back
  bool may_renew = false;     // of a browser that sends it as a cookie
};
enum class TokenVerdict { good, renew, copied };
BOOST_DESCRIBE_ENUM(TokenVerdict, good, renew, copied)
// Pure.
TokenVerdict judge(const TokenUse& use, Instant now);

}  // namespace mq::auth
