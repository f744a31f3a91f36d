// Keys for tests that make what public_key.h checks.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "crypto/public_key.h"

namespace mq::crypto {

class TestSigner {
 public:
  static TestSigner p256() { return TestSigner(EVP_EC_gen("P-256")); }
  static TestSigner rsa(unsigned bits, unsigned exponent = 65537) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), &EVP_PKEY_CTX_free);
    MQ_CHECK(EVP_PKEY_keygen_init(context.get()) == 1);
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_BITS, &bits),
                               OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_E, &exponent),
                               OSSL_PARAM_construct_end()};
    MQ_CHECK(EVP_PKEY_CTX_set_params(context.get(), parameters) == 1);
    EVP_PKEY* key = nullptr;
    MQ_CHECK(EVP_PKEY_generate(context.get(), &key) == 1);
    return TestSigner(key);
  }

  P256PublicKey p256_public() const {
    const auto x = number(OSSL_PKEY_PARAM_EC_PUB_X), y = number(OSSL_PKEY_PARAM_EC_PUB_Y);
    P256PublicKey out;
    std::copy(x.begin(), x.end(), out.x.end() - static_cast<std::ptrdiff_t>(x.size()));
    std::copy(y.begin(), y.end(), out.y.end() - static_cast<std::ptrdiff_t>(y.size()));
    return out;
  }
  RsaPublicKey rsa_public() const {
    return {number(OSSL_PKEY_PARAM_RSA_N), number(OSSL_PKEY_PARAM_RSA_E)};
  }
  Bytes sign(ByteView message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    MQ_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
    Bytes out(1024);
    std::size_t size = out.size();
    MQ_CHECK(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1);
    out.resize(size);
    return out;
  }

 private:
  explicit TestSigner(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) { MQ_CHECK(key != nullptr); }
  Bytes number(const char* name) const {
    BIGNUM* raw = nullptr;
    MQ_CHECK(EVP_PKEY_get_bn_param(key_.get(), name, &raw) == 1);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> value(raw, &BN_free);
    Bytes out(static_cast<std::size_t>(BN_num_bytes(value.get())));
    BN_bn2bin(value.get(), out.data());
    return out;
  }

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace mq::crypto
