#include "crypto/totp.h"

#include <gtest/gtest.h>

#include <random>

namespace mq::crypto {
namespace {

const Bytes kSecret = to_bytes("12345678901234567890");

Instant at(std::int64_t seconds) { return {seconds * 1'000'000}; }

TEST(Totp, VectorsOfRfc6238) {
  // Appendix B, the rows of SHA1.
  const std::pair<std::int64_t, const char*> rows[] = {{59, "94287082"},
                                                       {1'111'111'109, "07081804"},
                                                       {1'111'111'111, "14050471"},
                                                       {1'234'567'890, "89005924"},
                                                       {2'000'000'000, "69279037"},
                                                       {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : rows)
    EXPECT_EQ(totp_code(kSecret, totp_step(at(seconds)), 8), code) << seconds;
  EXPECT_EQ(totp_step(at(59)), 1);
  EXPECT_EQ(totp_step(at(60)), 2);
  EXPECT_EQ(totp_step(at(20'000'000'000)), 0x27BC86AA);
}

TEST(Totp, VectorsOfRfc4226) {
  // Appendix D.
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t i = 0; i < 10; ++i) EXPECT_EQ(totp_code(kSecret, i), codes[i]) << i;
}

TEST(Base32, VectorsOfRfc4648) {
  // §10, without padding.
  const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                      {"f", "MY"},
                                                      {"fo", "MZXQ"},
                                                      {"foo", "MZXW6"},
                                                      {"foob", "MZXW6YQ"},
                                                      {"fooba", "MZXW6YTB"},
                                                      {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : rows) {
    EXPECT_EQ(base32(as_bytes(plain)), text);
    EXPECT_EQ(to_string(*unbase32(text)), plain);
  }
  for (const char* bad : {"M", "MZX", "MZXW6Y", "my", "MY======", "MZ", "M1", "MY ", "MZXW6YTBO"})
    EXPECT_FALSE(unbase32(bad).ok()) << bad;
}

TEST(Base32, ComesBackAtEveryLength) {
  std::mt19937 random(20261201);
  for (std::size_t size = 0; size < 64; ++size) {
    Bytes data(size);
    for (auto& byte : data) byte = static_cast<std::uint8_t>(random());
    EXPECT_EQ(*unbase32(base32(data)), data) << size;
  }
}

}  // namespace
}  // namespace mq::crypto
