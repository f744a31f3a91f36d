#include "crypto/password.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace mq::crypto {
namespace {

TEST(Password, VerifiesOnlyTheRightOne) {
  SystemRandom random;
  const auto encoded = hash_password("正确的口令 1", random);
  ASSERT_TRUE(encoded.ok());
  EXPECT_TRUE(encoded->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(*verify_password(*encoded, "正确的口令 1"));
  EXPECT_FALSE(*verify_password(*encoded, "正确的口令 2"));
  EXPECT_FALSE(*verify_password(*encoded, ""));
  EXPECT_FALSE(password_needs_rehash(*encoded));
  EXPECT_NE(*hash_password("正确的口令 1", random), *encoded);
}

// Test vector of the Argon2 reference implementation: password "password", salt "somesalt".
TEST(Password, ReadsStringsOfTheReferenceImplementation) {
  const std::string encoded =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  EXPECT_TRUE(*verify_password(encoded, "password"));
  EXPECT_FALSE(*verify_password(encoded, "passwort"));
  EXPECT_TRUE(password_needs_rehash(encoded));
}

TEST(Password, RefusesForeignAndRuinousStrings) {
  for (const auto* bad :
       {"", "secret", "$2b$10$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=256,t=2,p=1$c29t$nf65",
        "$argon2id$v=19$m=4000000,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=4000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/"
        "4",
        "$argon2id$v=19$m=256,t=2,p=1$", "$argon2id$v=19$m=-1,t=2,p=1$c29tZXNhbHQ$nf65"}) {
    const auto verified = verify_password(bad, "password");
    ASSERT_FALSE(verified.ok()) << bad;
    EXPECT_TRUE(verified.error().is(CryptoErrc::malformed)) << bad;
  }
  EXPECT_TRUE(password_needs_rehash("secret"));
}

}  // namespace
}  // namespace mq::crypto
