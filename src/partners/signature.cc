#include "partners/signature.h"

#include <charconv>

#include "crypto/hash.h"

namespace mq::partners {
namespace {

crypto::Digest digest_of(std::string_view secret, std::string_view unix_seconds,
                         std::string_view parts) {
  std::string message(unix_seconds);
  message += '.';
  message += parts;
  return crypto::hmac_sha256(as_bytes(secret), as_bytes(message));
}

}  // namespace

std::string make_signature(std::string_view secret, Instant now, std::string_view parts) {
  const auto at = std::to_string(now.us / 1'000'000);
  return "t=" + at + ",v1=" + crypto::hex(digest_of(secret, at, parts));
}

bool check_signature(std::string_view header, std::string_view secret, Instant now,
                     std::string_view parts) {
  constexpr std::string_view kTime = "t=", kHmac = ",v1=";
  constexpr std::size_t kMaxTimeDigits = 12;
  const auto comma = header.find(',');
  if (secret.empty() || !header.starts_with(kTime) || comma == std::string_view::npos) return false;
  const auto at = header.substr(kTime.size(), comma - kTime.size());
  if (at.empty() || at.size() > kMaxTimeDigits) return false;
  std::int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(at.data(), at.data() + at.size(), seconds);
  if (failed != std::errc() || end != at.data() + at.size() || seconds < 0) return false;
  const auto rest = header.substr(comma);
  if (!rest.starts_with(kHmac)) return false;
  const auto claimed = crypto::unhex(rest.substr(kHmac.size()));
  if (!claimed.ok()) return false;
  // The HMAC comes before the window: an attacker learns nothing from which of the two failed.
  const bool authentic = crypto::constant_time_equal(*claimed, digest_of(secret, at, parts));
  const auto age = now.us / 1'000'000 - seconds;
  return authentic && age <= kSignatureWindowSeconds && age >= -kSignatureWindowSeconds;
}

}  // namespace mq::partners
