// What the files on passkeys share. Private to auth/.
#pragma once

#include "auth/auth.h"
#include "auth/webauthn.h"

namespace mq::auth {

inline constexpr std::string_view kAddPasskeyWords = "添加通行密钥";

// Names the account to the authenticator without saying who it is.
Bytes user_handle(const crypto::KeyRing& ring, const PersonId& person);

}  // namespace mq::auth
