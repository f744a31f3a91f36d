// What a name of staff and a password must be. Private to auth/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mq::auth {

// 2 to 40 of a-z, 0-9, '.', '_', '-': nothing that looks like another. Error: bad_username.
Status check_username(std::string_view username);

// Of staff 10 characters at least: it stands at a door that is open to everybody. Of borrowers 8:
// theirs is good on a known device only, or beside a code. At most 200 bytes; none of those that
// are tried first (common_passwords.txt); without the account's name or phone number and the
// product's name still as long. Any characters; no rules of composition (OWASP ASVS 5.0, V6.2).
// Error: weak_password.
Status check_staff_password(std::string_view username, std::string_view password);
Status check_borrower_password(std::string_view phone, std::string_view password);

inline constexpr std::size_t kPasswordMaxBytes = 200;

// Whether it is the one of that hash. Where there is none it takes as long.
Result<bool> password_fits(const std::optional<std::string>& hash, std::string_view password);

// src/auth/common_passwords.txt.
std::string_view shipped_common_passwords();

}  // namespace mq::auth
