#include "crypto/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <climits>
#include <memory>
#include <span>

#include "base/check.h"

namespace mq::crypto {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kHeaderSize = 1 + kNonceSize;

// One context a thread: making one costs more than sealing a short field.
EVP_CIPHER_CTX* context() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> held(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  MQ_CHECK(held != nullptr);
  return held.get();
}

const EVP_CIPHER* cipher() {
  static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  MQ_CHECK(fetched != nullptr);
  return fetched;
}

// The context outlives the call, its copy of the key must not.
class ContextUse {
 public:
  ContextUse() : context_(context()) {}
  ~ContextUse() { EVP_CIPHER_CTX_reset(context_); }
  ContextUse(const ContextUse&) = delete;
  ContextUse& operator=(const ContextUse&) = delete;
  EVP_CIPHER_CTX* get() const { return context_; }

 private:
  EVP_CIPHER_CTX* context_;
};

int size_of(ByteView bytes) {
  MQ_CHECK(bytes.size() <= INT_MAX);
  return static_cast<int>(bytes.size());
}

}  // namespace

Key256 Key256::generate(Random& random) {
  Key256 key;
  random.fill(key.bytes_);
  return key;
}

Result<Key256> Key256::from_bytes(ByteView bytes) {
  if (bytes.size() != kSize) return CryptoErrc::malformed;
  Key256 key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

Key256::~Key256() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Bytes seal(const Key256& key, ByteView plain, ByteView aad, Random& random) {
  Bytes blob(kSealOverheadBytes + plain.size());
  blob[0] = kFormat;
  const std::span<std::uint8_t> nonce(blob.data() + 1, kNonceSize);
  random.fill(nonce);
  const ContextUse use;
  auto* const c = use.get();
  int written = 0;
  MQ_CHECK(EVP_EncryptInit_ex2(c, cipher(), key.view().data(), nonce.data(), nullptr) == 1);
  MQ_CHECK(EVP_EncryptUpdate(c, nullptr, &written, &kFormat, 1) == 1);
  if (!aad.empty()) {
    MQ_CHECK(EVP_EncryptUpdate(c, nullptr, &written, aad.data(), size_of(aad)) == 1);
  }
  std::uint8_t* out = blob.data() + kHeaderSize;
  if (!plain.empty()) {
    MQ_CHECK(EVP_EncryptUpdate(c, out, &written, plain.data(), size_of(plain)) == 1);
    out += written;
  }
  MQ_CHECK(EVP_EncryptFinal_ex(c, out, &written) == 1);
  MQ_CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kTagSize, out) == 1);
  return blob;
}

Result<Bytes> open(const Key256& key, ByteView blob, ByteView aad) {
  if (blob.size() < kSealOverheadBytes || blob[0] != kFormat) return CryptoErrc::malformed;
  if (blob.size() > INT_MAX || aad.size() > INT_MAX) return CryptoErrc::malformed;
  const auto nonce = blob.subspan(1, kNonceSize);
  const auto hidden = blob.subspan(kHeaderSize, blob.size() - kSealOverheadBytes);
  Bytes tag(blob.end() - kTagSize, blob.end());
  Bytes plain(hidden.size());
  const ContextUse use;
  auto* const c = use.get();
  int written = 0;
  MQ_CHECK(EVP_DecryptInit_ex2(c, cipher(), key.view().data(), nonce.data(), nullptr) == 1);
  MQ_CHECK(EVP_DecryptUpdate(c, nullptr, &written, &kFormat, 1) == 1);
  if (!aad.empty()) {
    MQ_CHECK(EVP_DecryptUpdate(c, nullptr, &written, aad.data(), size_of(aad)) == 1);
  }
  if (!hidden.empty()) {
    MQ_CHECK(EVP_DecryptUpdate(c, plain.data(), &written, hidden.data(), size_of(hidden)) == 1);
  }
  MQ_CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1);
  std::uint8_t none[kTagSize];
  if (EVP_DecryptFinal_ex(c, none, &written) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return CryptoErrc::wrong_key_or_tampered;
  }
  return plain;
}

}  // namespace mq::crypto
