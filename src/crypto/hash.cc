#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace mq::crypto {
namespace {

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(ByteView data, const char* alphabet, bool pad) {
  std::string text;
  text.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t group = static_cast<std::uint32_t>(data[i]) << 16;
    if (count > 1) group |= static_cast<std::uint32_t>(data[i + 1]) << 8;
    if (count > 2) group |= data[i + 2];
    for (std::size_t k = 0; k <= count; ++k) text.push_back(alphabet[(group >> (18 - 6 * k)) & 63]);
    if (pad) text.append(3 - count, '=');
  }
  return text;
}

int value64(char c, const char* alphabet) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == alphabet[62]) return 62;
  if (c == alphabet[63]) return 63;
  return -1;
}

// `text` without padding.
Result<Bytes> decode64(std::string_view text, const char* alphabet) {
  if (text.size() % 4 == 1) return CryptoErrc::malformed;
  Bytes data;
  data.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = value64(c, alphabet);
    if (value < 0) return CryptoErrc::malformed;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      data.push_back(static_cast<std::uint8_t>(bits >> held));
      bits &= (1U << held) - 1;
    }
  }
  if (bits != 0) return CryptoErrc::malformed;
  return data;
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Digest sha256(ByteView data) {
  Digest digest;
  MQ_CHECK(SHA256(data.data(), data.size(), digest.data()) != nullptr);
  return digest;
}

Digest hmac_sha256(ByteView key, ByteView data) {
  Digest digest;
  unsigned int size = 0;
  MQ_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
                digest.data(), &size) != nullptr);
  MQ_CHECK(size == digest.size());
  return digest;
}

Bytes hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, std::size_t length) {
  MQ_CHECK(length > 0 && length <= 255 * sizeof(Digest));
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free);
  MQ_CHECK(kdf != nullptr);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      EVP_KDF_CTX_new(kdf.get()), &EVP_KDF_CTX_free);
  MQ_CHECK(context != nullptr);
  // RFC 5869 §2.2: no salt means zeros; OpenSSL wants them said.
  static constexpr Digest kNoSalt{};
  if (salt.empty()) salt = kNoSalt;
  // OpenSSL's parameter list is not const, though it only reads.
  const auto octets = [](const char* name, const void* data, std::size_t size) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(data), size);
  };
  char digest_name[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest_name, 0),
      octets(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
      octets(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
      octets(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end(),
  };
  Bytes out(length);
  MQ_CHECK(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1);
  return out;
}

std::string hex(ByteView data) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const auto byte : data) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

Result<Bytes> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return CryptoErrc::malformed;
  Bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = nibble(text[i]), low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return CryptoErrc::malformed;
    data.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return data;
}

std::string base64(ByteView data) { return encode64(data, kStandard, true); }

Result<Bytes> unbase64(std::string_view text) {
  if (text.size() % 4 != 0) return CryptoErrc::malformed;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return decode64(text, kStandard);
}

std::string base64url(ByteView data) { return encode64(data, kUrlSafe, false); }

Result<Bytes> unbase64url(std::string_view text) { return decode64(text, kUrlSafe); }

Result<Digest> to_digest(ByteView data) {
  Digest digest;
  if (data.size() != digest.size()) return CryptoErrc::malformed;
  std::copy(data.begin(), data.end(), digest.begin());
  return digest;
}

bool constant_time_equal(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  MQ_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace mq::crypto
