// How roles lie in a column: "reviewer,risk". Private to auth/.
#pragma once

#include <string>
#include <vector>

#include "auth/auth.h"

namespace mq::auth {

// In the order of kAllRoles, each once.
std::string roles_text(const std::vector<Role>& roles);
// Words that are none are left out.
std::vector<Role> roles_of(const std::string& text);

}  // namespace mq::auth
