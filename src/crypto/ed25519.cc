#include "crypto/ed25519.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace mq::crypto {
namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Pkey private_key(const Key256& seed) {
  Pkey key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.view().data(), Key256::kSize),
      &EVP_PKEY_free);
  MQ_CHECK(key != nullptr);
  return key;
}

DigestContext digest_context() {
  DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  MQ_CHECK(context != nullptr);
  return context;
}

}  // namespace

Ed25519PublicKey ed25519_public_key(const Key256& seed) {
  Ed25519PublicKey out{};
  std::size_t size = out.size();
  MQ_CHECK(EVP_PKEY_get_raw_public_key(private_key(seed).get(), out.data(), &size) == 1);
  MQ_CHECK(size == out.size());
  return out;
}

Ed25519Signature ed25519_sign(const Key256& seed, ByteView message) {
  const auto key = private_key(seed);
  const auto context = digest_context();
  MQ_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  Ed25519Signature out{};
  std::size_t size = out.size();
  MQ_CHECK(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1);
  MQ_CHECK(size == out.size());
  return out;
}

bool ed25519_verify(const Ed25519PublicKey& key, ByteView message, ByteView signature) {
  if (signature.size() != sizeof(Ed25519Signature)) return false;
  const Pkey parsed(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()),
                    &EVP_PKEY_free);
  if (parsed == nullptr) return false;
  const auto context = digest_context();
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, parsed.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace mq::crypto
