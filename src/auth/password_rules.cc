#include "auth/password_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "auth/auth.h"
#include "runtime/text.h"

namespace mq::auth {
namespace {

constexpr std::size_t kStaffLeast = 10, kBorrowerLeast = 8;  // characters
constexpr std::size_t kUsernameMin = 2, kUsernameMax = 40;

bool is_common(std::string_view small) {
  static const std::set<std::string_view> kCommon = [] {
    std::set<std::string_view> all;
    for (const auto line : runtime::split(shipped_common_passwords(), '\n'))
      if (!line.empty() && line[0] != '#') all.insert(line);
    return all;
  }();
  const auto digest = crypto::hex(crypto::sha256(as_bytes(small)));
  return kCommon.contains(std::string_view(digest).substr(0, 16));
}

// Of well-formed UTF-8: bytes that begin one.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Status check_password(std::string_view password, std::size_t least, std::string_view own_word) {
  if (password.size() > kPasswordMaxBytes || !runtime::valid_utf8(password))
    return AuthErrc::weak_password;
  auto rest = runtime::lower(password);
  if (characters(rest) < least || is_common(rest)) return AuthErrc::weak_password;
  for (const std::string_view word :
       {own_word, std::string_view("mianqian"), std::string_view("面签")}) {
    const auto at = word.empty() ? std::string::npos : rest.find(word);
    if (at != std::string::npos) rest.erase(at, word.size());
  }
  return characters(rest) < least ? Status(AuthErrc::weak_password) : ok();
}

}  // namespace

Status check_username(std::string_view username) {
  const bool fits =
      username.size() >= kUsernameMin && username.size() <= kUsernameMax &&
      std::all_of(username.begin(), username.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      });
  return fits ? ok() : Status(AuthErrc::bad_username);
}

Status check_staff_password(std::string_view username, std::string_view password) {
  return check_password(password, kStaffLeast, username);
}

Status check_borrower_password(std::string_view phone, std::string_view password) {
  return check_password(password, kBorrowerLeast, phone);
}

Result<bool> password_fits(const std::optional<std::string>& hash, std::string_view password) {
  static const std::string kNobody = [] {
    crypto::SystemRandom random;
    auto made = crypto::hash_password("no such account", random);
    MQ_CHECK(made.ok());
    return *made;
  }();
  if (password.size() > kPasswordMaxBytes) return false;
  MQ_TRY(const bool same, crypto::verify_password(hash.value_or(kNobody), password));
  return hash && same;
}

}  // namespace mq::auth
