#include "crypto/public_key.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "crypto/hash.h"
#include "crypto/public_key_testing.h"

namespace mq::crypto {
namespace {

const Bytes kMessage = to_bytes("什么都没有被改动");

Bytes changed(Bytes bytes, std::size_t bit) {
  bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  return bytes;
}

template <std::size_t N>
std::array<std::uint8_t, N> array_of(std::string_view text) {
  const auto bytes = unhex(text);
  std::array<std::uint8_t, N> out{};
  EXPECT_EQ(bytes->size(), N);
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// RFC 6979 A.2.5: P-256, SHA-256, message "sample".
TEST(PublicKey, P256OfTheRfc) {
  const P256PublicKey key{
      array_of<32>("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
      array_of<32>("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")};
  const Bytes signature = *unhex(
      "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d"
      "657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
  EXPECT_TRUE(valid(key));
  EXPECT_TRUE(p256_verify(key, as_bytes("sample"), signature));
  EXPECT_FALSE(p256_verify(key, as_bytes("test"), signature));
}

TEST(PublicKey, P256RefusesEveryChangedBit) {
  const auto signer = TestSigner::p256();
  const auto key = signer.p256_public();
  const Bytes signature = signer.sign(kMessage);
  ASSERT_TRUE(p256_verify(key, kMessage, signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    EXPECT_FALSE(p256_verify(key, kMessage, changed(signature, bit))) << bit;
  }
  for (std::size_t size = 0; size < signature.size(); ++size) {
    EXPECT_FALSE(p256_verify(key, kMessage, ByteView(signature).first(size))) << size;
  }
  Bytes longer = signature;
  longer.push_back(0);
  EXPECT_FALSE(p256_verify(key, kMessage, longer));
  EXPECT_FALSE(p256_verify(TestSigner::p256().p256_public(), kMessage, signature));
}

TEST(PublicKey, P256OutsideTheCurve) {
  auto key = TestSigner::p256().p256_public();
  EXPECT_TRUE(valid(key));
  key.y[31] ^= 1;
  EXPECT_FALSE(valid(key));
  EXPECT_FALSE(p256_verify(key, kMessage, TestSigner::p256().sign(kMessage)));
  EXPECT_FALSE(valid(P256PublicKey{}));
  // The point at x = 0, and the same with the field's prime in place of 0: a second spelling.
  key.x = {};
  key.y = array_of<32>("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
  EXPECT_TRUE(valid(key));
  key.x = array_of<32>("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  EXPECT_FALSE(valid(key));
}

TEST(PublicKey, RsaRefusesEveryChangedBit) {
  const auto signer = TestSigner::rsa(2048);
  const auto key = signer.rsa_public();
  const Bytes signature = signer.sign(kMessage);
  EXPECT_TRUE(valid(key));
  ASSERT_TRUE(rsa_verify(key, kMessage, signature));
  EXPECT_FALSE(rsa_verify(key, as_bytes("else"), signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    EXPECT_FALSE(rsa_verify(key, kMessage, changed(signature, bit))) << bit;
  }
  EXPECT_FALSE(rsa_verify(key, kMessage, ByteView(signature).first(255)));
  Bytes longer = signature;
  longer.insert(longer.begin(), 0);
  EXPECT_FALSE(rsa_verify(key, kMessage, longer));
}

TEST(PublicKey, RsaThatIsTooWeakOrOdd) {
  const auto signer = TestSigner::rsa(1024);
  EXPECT_FALSE(valid(signer.rsa_public()));
  EXPECT_FALSE(rsa_verify(signer.rsa_public(), kMessage, signer.sign(kMessage)));

  const RsaPublicKey good = TestSigner::rsa(2048, 3).rsa_public();
  EXPECT_TRUE(valid(good));
  const auto with_modulus = [&](Bytes modulus) { return RsaPublicKey{modulus, good.exponent}; };
  const auto with_exponent = [&](Bytes exponent) { return RsaPublicKey{good.modulus, exponent}; };
  Bytes modulus = good.modulus;
  modulus.front() &= 0x7F;
  EXPECT_FALSE(valid(with_modulus(modulus)));  // 2047 bits
  modulus = good.modulus;
  modulus.insert(modulus.begin(), 0);
  EXPECT_FALSE(valid(with_modulus(modulus)));
  modulus = good.modulus;
  modulus.back() &= 0xFE;
  EXPECT_FALSE(valid(with_modulus(modulus)));
  EXPECT_FALSE(valid(with_modulus({})));
  modulus.assign(512, 0xFF);
  EXPECT_TRUE(valid(with_modulus(modulus)));
  modulus.insert(modulus.begin(), 1);  // 4097 bits
  EXPECT_FALSE(valid(with_modulus(modulus)));

  for (const Bytes& exponent : {Bytes{}, Bytes{1}, Bytes{4}, Bytes{0, 3}, Bytes{1, 0, 0, 0, 0},
                                Bytes{1, 0, 0, 0, 1}, Bytes{0xFF, 0xFF, 0xFF, 0xFE}}) {
    EXPECT_FALSE(valid(with_exponent(exponent))) << hex(exponent);
  }
  EXPECT_TRUE(valid(with_exponent({0xFF, 0xFF, 0xFF, 0xFF})));
}

TEST(PublicKey, NothingIsLeftInTheQueueOfErrors) {
  ERR_clear_error();
  EXPECT_FALSE(p256_verify(P256PublicKey{}, kMessage, kMessage));
  EXPECT_FALSE(p256_verify(TestSigner::p256().p256_public(), kMessage, kMessage));
  EXPECT_FALSE(rsa_verify(TestSigner::rsa(2048).rsa_public(), kMessage, Bytes(256, 7)));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace mq::crypto
