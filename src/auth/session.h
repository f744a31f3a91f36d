// Sessions and the devices they are on. Part of auth.h, which others include.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace mq::auth {

using DeviceId = Id<struct DeviceTag>;

// A device on which somebody signs in to an account that has one already may not be used for
// matters of money before this, unless the owner says on another that it is theirs: time to read
// the notice by SMS.
inline constexpr std::int64_t kNewDeviceHoldSeconds = 24 * 60 * 60;
// Forgotten when not signed in on for so long: as long as a browser keeps a cookie at most.
inline constexpr std::int64_t kDeviceLifeSeconds = 400LL * 24 * 60 * 60;

// Where a sign-in comes from.
struct Origin {
  std::string address{};  // of the client, as HttpRequest::peer has it
  std::vector<std::string>
      devices{};         // tokens that the device was given at earlier sign-ins, of any account
  std::string client{};  // as client_of() gives it
  bool browser = false;  // its session is good only together with its device's token
};

struct NewSession {
  std::string token;  // 32 random bytes, base64url; only its keyed hash is stored
  Instant expires_at;
  SessionId id;
  DeviceId device;
  // Of that device at this account, to be sent with the next sign-in; the same as long as it is
  // sent. Form and keeping as of `token`.
  std::string device_token;
  std::string account_tag;  // the same for all sign-ins to the account: names the device's cookie
};

// What a browser's session goes on with: its cookie is to be set anew.
struct RenewedToken {
  std::string token;
  Instant expires_at;
};
// Whether a session's token may be replaced: only of a browser that sends it as a cookie.
enum class Renewal { never, by_cookie };

// All sessions of a kind, for the day on which tokens may have leaked.
enum class Everybody { borrowers, staff, everybody };
BOOST_DESCRIBE_ENUM(Everybody, borrowers, staff, everybody)

// A session that is alive, as its owner sees it.
struct SessionView {
  SessionId id;
  std::string client;  // client_of() at sign-in
  Instant created_at;
  Instant seen_at;  // to a minute
  Instant expires_at;
  std::optional<Instant> held_until;  // its device is too new for matters of money until then
  bool over = false;  // the last one of a device that is known but not signed in now
};

// What a User-Agent header stands for: "Chrome · Android", "" when it is none we know. Nothing of
// the header itself is kept.
std::string client_of(std::string_view user_agent);

}  // namespace mq::auth
