// What a name and a password of staff must be. Private to auth/.
#pragma once

#include <string_view>

#include "base/result.h"

namespace mq::auth {

// 2 to 40 of a-z, 0-9, '.', '_', '-': nothing that looks like another. Error: bad_username.
Status check_username(std::string_view username);
// 10 to 200 bytes, none of those that are tried first and not the name with something around it.
// Error: weak_password.
Status check_staff_password(std::string_view username, std::string_view password);

// src/auth/common_passwords.txt.
std::string_view shipped_common_passwords();

}  // namespace mq::auth
