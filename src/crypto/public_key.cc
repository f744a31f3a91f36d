#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "base/check.h"

namespace mq::crypto {
namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Parameters = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;

// A refused key or signature leaves errors in the thread's queue, where TLS would take them for its
// own.
struct ErrorsKeptOut {
  ErrorsKeptOut() { ERR_set_mark(); }
  ~ErrorsKeptOut() { ERR_pop_to_mark(); }
  ErrorsKeptOut(const ErrorsKeptOut&) = delete;
  ErrorsKeptOut& operator=(const ErrorsKeptOut&) = delete;
};

// Nothing when OpenSSL refuses the key.
Pkey from_parameters(const char* type, OSSL_PARAM* parameters) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), &EVP_PKEY_CTX_free);
  MQ_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) key = nullptr;
  return {key, &EVP_PKEY_free};
}

// Reading the uncompressed form is where OpenSSL looks whether the point lies on the curve.
Pkey parsed(const P256PublicKey& key) {
  std::array<std::uint8_t, 65> point{4};
  std::copy(key.x.begin(), key.x.end(), point.begin() + 1);
  std::copy(key.y.begin(), key.y.end(), point.begin() + 33);
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return from_parameters("EC", parameters);
}

Number number(const Bytes& bytes) {
  Number out(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), &BN_free);
  MQ_CHECK(out != nullptr);
  return out;
}

Pkey parsed(const RsaPublicKey& key) {
  const Number modulus = number(key.modulus), exponent = number(key.exponent);
  const Builder builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  MQ_CHECK(builder != nullptr);
  MQ_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1);
  MQ_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1);
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()), &OSSL_PARAM_free);
  MQ_CHECK(parameters != nullptr);
  return from_parameters("RSA", parameters.get());
}

bool verify(const Pkey& key, ByteView message, ByteView signature) {
  if (key == nullptr) return false;
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  MQ_CHECK(context != nullptr);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool odd(const Bytes& number) { return (number.back() & 1) == 1; }

}  // namespace

bool valid(const P256PublicKey& key) {
  const ErrorsKeptOut kept;
  return parsed(key) != nullptr;
}

bool valid(const RsaPublicKey& key) {
  const Bytes &n = key.modulus, &e = key.exponent;
  if (n.empty() || n.front() == 0 || !odd(n) || n.size() > kRsaMaxBits / 8) return false;
  if (static_cast<int>(n.size()) * 8 - std::countl_zero(n.front()) < kRsaMinBits) return false;
  // Four bytes: 2^32 itself is even.
  return !e.empty() && e.size() <= 4 && e.front() != 0 && odd(e) && e != Bytes{1};
}

bool p256_verify(const P256PublicKey& key, ByteView message, ByteView signature) {
  const ErrorsKeptOut kept;
  return verify(parsed(key), message, signature);
}

bool rsa_verify(const RsaPublicKey& key, ByteView message, ByteView signature) {
  if (!valid(key) || signature.size() != key.modulus.size()) return false;
  const ErrorsKeptOut kept;
  return verify(parsed(key), message, signature);
}

}  // namespace mq::crypto
