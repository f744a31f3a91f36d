// The signature header shared by requests, answers and notifications. Private to partners/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mq::partners {

// How far `t` may be from our clock: covers clock drift and a slow network, bounds replays.
inline constexpr std::int64_t kSignatureWindowSeconds = 300;

// "t=<unix>,v1=<hex>" over "<t>.<parts>".
std::string make_signature(std::string_view secret, Instant now, std::string_view parts);

// True when `header` has exactly that form, is fresh, and its HMAC is right (constant time).
bool check_signature(std::string_view header, std::string_view secret, Instant now,
                     std::string_view parts);

}  // namespace mq::partners
