#include "auth/tokens.h"

#include <algorithm>

namespace mq::auth {
namespace {
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 43;  // of those bytes in base64url
}  // namespace

std::string new_token(Random& random) {
  Bytes raw(kTokenBytes);
  random.fill(raw);
  return crypto::base64url(raw);
}

bool plausible_token(std::string_view token) {
  return token.size() == kTokenLength && std::all_of(token.begin(), token.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

Bytes token_hash(const crypto::KeyRing& ring, std::string_view token) {
  const auto digest = crypto::hmac_sha256(ring.session_hash_key().view(), as_bytes(token));
  return {digest.begin(), digest.end()};
}

}  // namespace mq::auth
