// What a name and a password of staff must be. Private to auth/.
#pragma once

#include <string_view>

#include "base/result.h"

namespace mq::auth {

// 2 to 40 of a-z, 0-9, '.', '_', '-': nothing that looks like another. Error: bad_username.
Status check_username(std::string_view username);
// 10 to 200 bytes. Error: weak_password.
Status check_staff_password(std::string_view password);

}  // namespace mq::auth
