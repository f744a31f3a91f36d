#include "crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/check.h"

namespace mq::crypto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

std::int64_t totp_step(Instant at) { return at.us / 1'000'000 / kTotpStepSeconds; }

std::string totp_code(ByteView secret, std::int64_t step, int digits) {
  MQ_CHECK(digits >= 6 && digits <= 8);
  std::array<std::uint8_t, 8> counter;
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<std::uint8_t, 20> mac;
  unsigned int size = 0;
  MQ_CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
                counter.size(), mac.data(), &size) != nullptr &&
           size == mac.size());
  // RFC 4226 §5.3: the last four bits say where the 31 bits lie.
  const std::size_t at = mac[19] & 0x0f;
  const std::uint32_t bits = (static_cast<std::uint32_t>(mac[at]) & 0x7f) << 24 |
                             static_cast<std::uint32_t>(mac[at + 1]) << 16 |
                             static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  auto text = std::to_string(bits % modulus);
  return std::string(static_cast<std::size_t>(digits) - text.size(), '0') + text;
}

std::string base32(ByteView data) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto byte : data) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 5; held -= 5) text.push_back(kAlphabet[(bits >> (held - 5)) & 31]);
    bits &= 0xff;
  }
  if (held > 0) text.push_back(kAlphabet[(bits << (5 - held)) & 31]);
  return text;
}

Result<Bytes> unbase32(std::string_view text) {
  Bytes data;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return CryptoErrc::malformed;
    bits = bits << 5 | static_cast<std::uint32_t>(value);
    held += 5;
    if (held < 8) continue;
    held -= 8;
    data.push_back(static_cast<std::uint8_t>(bits >> held));
    bits &= (1U << held) - 1;
  }
  // No spare character, and no bit in what is left over.
  if (held >= 5 || bits != 0) return CryptoErrc::malformed;
  return data;
}

}  // namespace mq::crypto
