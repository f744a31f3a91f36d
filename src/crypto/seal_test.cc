#include "crypto/seal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "crypto/hash.h"

namespace mq::crypto {
namespace {

class Seal : public testing::Test {
 protected:
  SystemRandom random_;
  Key256 key_ = Key256::generate(random_);
};

TEST_F(Seal, OpensWhatItSealed) {
  for (const std::size_t size : {0, 1, 15, 16, 17, 1000, 100'000}) {
    Bytes plain(size);
    random_.fill(plain);
    const auto blob = seal(key_, plain, as_bytes("person/7"), random_);
    EXPECT_EQ(blob.size(), size + kSealOverheadBytes);
    const auto opened = open(key_, blob, as_bytes("person/7"));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plain);
  }
}

// Made with another implementation of AES-256-GCM: the stored form may never change unnoticed.
TEST_F(Seal, OpensAKnownBlob) {
  Bytes raw(32);
  std::iota(raw.begin(), raw.end(), 0);
  const auto key = Key256::from_bytes(raw);
  ASSERT_TRUE(key.ok());
  const auto blob =
      unhex("016465666768696a6b6c6d6e6fa1867c81d45776ed5b03338dbe4ff65c32ecca31bc0e4cf9d3f2679382");
  ASSERT_TRUE(blob.ok());
  const auto plain = open(*key, *blob, as_bytes("person/7"));
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(as_text(*plain), "面签 sealed");
}

TEST_F(Seal, EveryChangedBitIsNoticed) {
  const auto blob = seal(key_, as_bytes("13800000000"), as_bytes("a"), random_);
  for (std::size_t i = 0; i < blob.size() * 8; ++i) {
    auto changed = blob;
    changed[i / 8] ^= static_cast<std::uint8_t>(1U << (i % 8));
    EXPECT_FALSE(open(key_, changed, as_bytes("a")).ok()) << "bit " << i;
  }
}

TEST_F(Seal, EveryTruncationIsNoticed) {
  const auto blob = seal(key_, as_bytes("13800000000"), as_bytes("a"), random_);
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_FALSE(open(key_, ByteView(blob).first(size), as_bytes("a")).ok()) << size;
  }
  auto longer = blob;
  longer.push_back(0);
  EXPECT_TRUE(open(key_, longer, as_bytes("a")).error().is(CryptoErrc::wrong_key_or_tampered));
  EXPECT_TRUE(open(key_, {}, {}).error().is(CryptoErrc::malformed));
}

TEST_F(Seal, WrongPlaceOrKeyIsNoticed) {
  const auto blob = seal(key_, as_bytes("x"), as_bytes("person/7"), random_);
  EXPECT_TRUE(open(key_, blob, as_bytes("person/8")).error().is(CryptoErrc::wrong_key_or_tampered));
  EXPECT_TRUE(open(key_, blob, {}).error().is(CryptoErrc::wrong_key_or_tampered));
  const auto other = Key256::generate(random_);
  EXPECT_TRUE(
      open(other, blob, as_bytes("person/7")).error().is(CryptoErrc::wrong_key_or_tampered));
}

TEST_F(Seal, TheSameTextNeverSealsToTheSameBlob) {
  EXPECT_NE(seal(key_, as_bytes("x"), {}, random_), seal(key_, as_bytes("x"), {}, random_));
}

TEST_F(Seal, KeysHave32Bytes) {
  EXPECT_TRUE(Key256::from_bytes(Bytes(31)).error().is(CryptoErrc::malformed));
  EXPECT_TRUE(Key256::from_bytes(Bytes(33)).error().is(CryptoErrc::malformed));
}

TEST_F(Seal, ManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string plain(static_cast<std::size_t>(t) * 100, 'x');
      for (int i = 0; i < 200; ++i) {
        const auto blob = seal(key_, as_bytes(plain), as_bytes("t"), random_);
        const auto opened = open(key_, blob, as_bytes("t"));
        if (!opened.ok() || as_text(*opened) != plain) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace mq::crypto
