#include "crypto/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace mq::crypto {
namespace {

class KeyRingFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mq-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/master.keys";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string content() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const {
    std::ofstream(path_, std::ios::trunc) << text;
    ::chmod(path_.c_str(), 0600);
  }

  SystemRandom random_;
  std::string folder_, path_;
};

std::string text_of(const Key256& key) { return hex(key.view()); }

TEST_F(KeyRingFile, CreatedPrivateAndLoadedEqual) {
  const auto made = KeyRing::create(path_, random_);
  ASSERT_TRUE(made.ok());
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  const auto loaded = KeyRing::load(path_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->current_version(), 1U);
  EXPECT_EQ(text_of(loaded->lookup_key()), text_of(made->lookup_key()));
  EXPECT_EQ(text_of(loaded->audit_signing_seed()), text_of(made->audit_signing_seed()));
  const auto data_key = Key256::generate(random_);
  const auto opened = loaded->unwrap(made->wrap(data_key, as_bytes("p"), random_), as_bytes("p"));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(text_of(*opened), text_of(data_key));
}

TEST_F(KeyRingFile, NeverReplacesAFile) {
  ASSERT_TRUE(KeyRing::create(path_, random_).ok());
  const auto before = content();
  EXPECT_TRUE(KeyRing::create(path_, random_).error().is(CryptoErrc::key_file_exists));
  EXPECT_EQ(content(), before);
  EXPECT_TRUE(
      KeyRing::create(folder_ + "/no/such", random_).error().is(CryptoErrc::key_file_unwritable));
}

TEST_F(KeyRingFile, RefusesAFileOpenToOthers) {
  ASSERT_TRUE(KeyRing::create(path_, random_).ok());
  for (const mode_t mode : {0640, 0604, 0660, 0620, 0602, 0610}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_TRUE(KeyRing::load(path_).error().is(CryptoErrc::key_file_permissions)) << mode;
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_TRUE(KeyRing::load(path_).ok());
}

TEST_F(KeyRingFile, MissingFileHasItsOwnError) {
  EXPECT_TRUE(KeyRing::load(path_).error().is(CryptoErrc::key_file_missing));
}

TEST_F(KeyRingFile, RefusesDamagedFilesWithoutShowingThem) {
  ASSERT_TRUE(KeyRing::create(path_, random_).ok());
  const auto good = content();
  const auto secret = good.substr(good.find("derivation ") + 11, 44);
  const auto without_last_line = good.substr(0, good.rfind("audit-signing"));
  for (const auto& bad :
       {std::string(), std::string("mianqian-keys 2\n"), "x" + good, good + "derivation AAAA\n",
        good + "unknown line\n", without_last_line, good.substr(0, good.size() - 1),
        good + good.substr(good.find('\n') + 1), good.substr(0, good.size() - 3) + "\n"}) {
    write(bad);
    const auto loaded = KeyRing::load(path_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_TRUE(loaded.error().is(CryptoErrc::malformed));
    EXPECT_EQ(loaded.error().detail().find(secret), std::string::npos);
  }
}

TEST_F(KeyRingFile, RotationKeepsOldKeysAndSubKeys) {
  const auto first = KeyRing::create(path_, random_);
  ASSERT_TRUE(first.ok());
  const auto data_key = Key256::generate(random_);
  const auto old_wrap = first->wrap(data_key, as_bytes("p"), random_);
  const auto second = KeyRing::rotate(path_, random_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->current_version(), 2U);
  const auto reloaded = KeyRing::load(path_);
  ASSERT_TRUE(reloaded.ok());
  EXPECT_EQ(text_of(*reloaded->unwrap(old_wrap, as_bytes("p"))), text_of(data_key));
  EXPECT_EQ(*KeyRing::wrapped_version(old_wrap), 1U);
  const auto new_wrap = reloaded->wrap(data_key, as_bytes("p"), random_);
  EXPECT_EQ(*KeyRing::wrapped_version(new_wrap), 2U);
  EXPECT_TRUE(first->unwrap(new_wrap, as_bytes("p")).error().is(CryptoErrc::unknown_key_version));
  EXPECT_EQ(text_of(reloaded->lookup_key()), text_of(first->lookup_key()));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(KeyRingFile, RotationOfAMissingFileLeavesNothing) {
  EXPECT_TRUE(KeyRing::rotate(path_, random_).error().is(CryptoErrc::key_file_missing));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(KeyRingFile, RotationWaitsForNoOtherRotation) {
  ASSERT_TRUE(KeyRing::create(path_, random_).ok());
  std::ofstream(path_ + ".new") << "another rotation at work";
  EXPECT_TRUE(KeyRing::rotate(path_, random_).error().is(CryptoErrc::key_file_unwritable));
  EXPECT_EQ(KeyRing::load(path_)->current_version(), 1U);
}

TEST_F(KeyRingFile, WrappedKeysAreBoundToPlaceAndVersion) {
  const auto ring = KeyRing::create(path_, random_);
  ASSERT_TRUE(ring.ok());
  const auto wrapped = ring->wrap(Key256::generate(random_), as_bytes("person/1"), random_);
  EXPECT_TRUE(
      ring->unwrap(wrapped, as_bytes("person/2")).error().is(CryptoErrc::wrong_key_or_tampered));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    auto changed = wrapped;
    changed[i] ^= 1;
    EXPECT_FALSE(ring->unwrap(changed, as_bytes("person/1")).ok()) << i;
  }
  EXPECT_TRUE(ring->unwrap(ByteView(wrapped).first(wrapped.size() - 1), as_bytes("person/1"))
                  .error()
                  .is(CryptoErrc::malformed));
}

TEST_F(KeyRingFile, SubKeysDifferFromEachOther) {
  const auto ring = KeyRing::create(path_, random_);
  ASSERT_TRUE(ring.ok());
  const std::set<std::string> keys{text_of(ring->lookup_key()),
                                   text_of(ring->session_hash_key()),
                                   text_of(ring->code_hash_key()),
                                   text_of(ring->template_transform_key(1)),
                                   text_of(ring->template_transform_key(2)),
                                   text_of(ring->derive("other")),
                                   text_of(ring->audit_signing_seed())};
  EXPECT_EQ(keys.size(), 7U);
}

}  // namespace
}  // namespace mq::crypto
