// How enums, roles and devices lie in columns. Private to auth/.
#pragma once

#include <string>
#include <vector>

#include "auth/auth.h"

namespace mq::auth {

// By its name, which only this program writes.
template <class Enum>
Enum enum_at(const storage::Row& row, std::size_t column) {
  Enum value{};
  MQ_CHECK(boost::describe::enum_from_string(row.text(column).c_str(), value));
  return value;
}

// "reviewer,risk": in the order of kAllRoles, each once.
std::string roles_text(const std::vector<Role>& roles);
// Words that are none are left out.
std::vector<Role> roles_of(const std::string& text);

// What client_of() made, to be put behind a noun: "（Chrome · Android）", "" when unknown.
std::string in_brackets(const std::string& client);

}  // namespace mq::auth
