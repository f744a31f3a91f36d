#include "crypto/password.h"

#include <argon2.h>

#include <array>
#include <charconv>

#include "base/check.h"

namespace mq::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kEncodedBytes = 256;
constexpr std::uint32_t kCostFactor = 4;  // a stored hash may be this much dearer than today's

struct Cost {
  std::uint32_t memory_kib = 0, passes = 0, lanes = 0;
};

// Reads "$argon2id$v=19$m=…,t=…,p=…$".
Result<Cost> parse_cost(std::string_view encoded) {
  if (encoded.size() >= kEncodedBytes || encoded.find('\0') != std::string_view::npos) {
    return CryptoErrc::malformed;
  }
  Cost cost;
  const auto take = [&](std::string_view prefix, std::uint32_t* number) {
    if (!encoded.starts_with(prefix)) return false;
    encoded.remove_prefix(prefix.size());
    if (number == nullptr) return true;
    const auto [end, failed] =
        std::from_chars(encoded.data(), encoded.data() + encoded.size(), *number);
    if (failed != std::errc{}) return false;
    encoded.remove_prefix(static_cast<std::size_t>(end - encoded.data()));
    return true;
  };
  if (!take("$argon2id$v=19$", nullptr) || !take("m=", &cost.memory_kib) ||
      !take(",t=", &cost.passes) || !take(",p=", &cost.lanes) || !take("$", nullptr)) {
    return CryptoErrc::malformed;
  }
  return cost;
}

}  // namespace

Result<std::string> hash_password(std::string_view password, Random& random) {
  std::array<std::uint8_t, kSaltBytes> salt;
  random.fill(salt);
  std::array<char, kEncodedBytes> encoded{};
  const int outcome = argon2id_hash_encoded(
      kArgon2Passes, kArgon2MemoryKib, kArgon2Lanes, password.data(), password.size(), salt.data(),
      salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR) return CryptoErrc::password_hash_failed;
  MQ_CHECK(outcome == ARGON2_OK);
  return std::string(encoded.data());
}

Result<bool> verify_password(std::string_view encoded, std::string_view password) {
  MQ_TRY(const auto cost, parse_cost(encoded));
  if (cost.memory_kib > kCostFactor * kArgon2MemoryKib ||
      cost.passes > kCostFactor * kArgon2Passes || cost.lanes > kCostFactor * kArgon2Lanes) {
    return CryptoErrc::malformed;
  }
  const int outcome =
      argon2id_verify(std::string(encoded).c_str(), password.data(), password.size());
  if (outcome == ARGON2_OK) return true;
  if (outcome == ARGON2_VERIFY_MISMATCH) return false;
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR) return CryptoErrc::password_hash_failed;
  return CryptoErrc::malformed;
}

bool password_needs_rehash(std::string_view encoded) {
  const auto cost = parse_cost(encoded);
  return !cost.ok() || cost->memory_kib != kArgon2MemoryKib || cost->passes != kArgon2Passes ||
         cost->lanes != kArgon2Lanes;
}

}  // namespace mq::crypto
