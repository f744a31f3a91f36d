#include "crypto/hash.h"

#include <gtest/gtest.h>

namespace mq::crypto {
namespace {

Bytes bytes_of(std::string_view hex_text) {
  auto parsed = unhex(hex_text);
  EXPECT_TRUE(parsed.ok());
  return *parsed;
}

TEST(Hash, Sha256KnownAnswers) {
  EXPECT_EQ(hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, HmacRfc4231Case2) {
  EXPECT_EQ(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hash, HkdfRfc5869Case1) {
  const Bytes secret(22, 0x0b);
  const auto salt = bytes_of("000102030405060708090a0b0c");
  const auto info = bytes_of("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(hex(hkdf_sha256(secret, salt, as_text(info), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST(Hash, HkdfRfc5869Case3WithoutSaltAndInfo) {
  EXPECT_EQ(hex(hkdf_sha256(Bytes(22, 0x0b), {}, "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hash, HexReadsBothCasesAndRefusesTheRest) {
  EXPECT_EQ(hex(bytes_of("00fFaB")), "00ffab");
  for (const auto* bad : {"0", "0g", " 0", "0x"}) {
    EXPECT_FALSE(unhex(bad).ok()) << bad;
  }
}

TEST(Hash, Base64KnownAnswersRfc4648) {
  const std::pair<const char*, const char*> known[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : known) {
    EXPECT_EQ(base64(as_bytes(plain)), encoded);
    const auto back = unbase64(encoded);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(as_text(*back), plain);
  }
}

TEST(Hash, Base64HasOneSpellingOnly) {
  // Missing or needless padding, white space, bits after the end, the other alphabet.
  for (const auto* bad : {"Zg", "Zg=", "Zg===", "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Zm 9v",
                          "Zm9v\n", "====", "=", "Z===", "_-_-"}) {
    EXPECT_FALSE(unbase64(bad).ok()) << bad;
  }
}

TEST(Hash, Base64UrlRoundTripWithoutPadding) {
  const Bytes data{0xfb, 0xff, 0xfe, 0x01};
  EXPECT_EQ(base64url(data), "-__-AQ");
  EXPECT_EQ(*unbase64url("-__-AQ"), data);
  EXPECT_FALSE(unbase64url("-__-AQ==").ok());
  EXPECT_FALSE(unbase64url("+//+AQ").ok());
  EXPECT_FALSE(unbase64url("A").ok());
}

TEST(Hash, EncodingsRoundTripAtEveryLength) {
  SystemRandom random;
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes data(size);
    random.fill(data);
    EXPECT_EQ(*unhex(hex(data)), data);
    EXPECT_EQ(*unbase64(base64(data)), data);
    EXPECT_EQ(*unbase64url(base64url(data)), data);
  }
}

TEST(Hash, ConstantTimeEqual) {
  EXPECT_TRUE(constant_time_equal(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("sane")));
  EXPECT_FALSE(constant_time_equal(as_bytes("same"), as_bytes("sam")));
  EXPECT_TRUE(constant_time_equal({}, {}));
}

TEST(Hash, SystemRandomFillsAndDiffers) {
  SystemRandom random;
  Digest a{}, b{};
  random.fill(a);
  random.fill(b);
  EXPECT_NE(a, b);
  EXPECT_NE(a, Digest{});
}

TEST(Hash, ToDigestWantsExactly32Bytes) {
  EXPECT_TRUE(to_digest(Bytes(32)).ok());
  EXPECT_TRUE(to_digest(Bytes(31)).error().is(CryptoErrc::malformed));
  EXPECT_FALSE(to_digest(Bytes(33)).ok());
}

}  // namespace
}  // namespace mq::crypto
