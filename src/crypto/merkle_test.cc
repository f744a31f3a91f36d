#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include <map>

namespace mq::crypto {
namespace {

// A log in memory that keeps the hashes of complete subtrees.
class MemoryLog {
 public:
  void add(ByteView data) {
    const auto leaf = merkle_leaf_hash(data);
    nodes_[{0, builder_.size()}] = leaf;
    leaves_.push_back(leaf);
    builder_.add(leaf, [&](MerkleNode node, const Digest& hash) { nodes_[node] = hash; });
  }
  MerkleNodes nodes() const {
    return [this](MerkleNode node) -> std::optional<Digest> {
      const auto found = nodes_.find(node);
      if (found == nodes_.end()) return std::nullopt;
      return found->second;
    };
  }
  Digest root(std::uint64_t size) const { return *merkle_root(size, nodes()); }
  const MerkleBuilder& builder() const { return builder_; }
  const Digest& leaf(std::size_t i) const { return leaves_[i]; }
  std::size_t stored() const { return nodes_.size(); }
  void forget(MerkleNode node) { nodes_.erase(node); }

 private:
  MerkleBuilder builder_;
  std::vector<Digest> leaves_;
  std::map<MerkleNode, Digest> nodes_;
};

MemoryLog log_of(int size) {
  MemoryLog log;
  for (int i = 0; i < size; ++i) log.add(as_bytes("leaf " + std::to_string(i)));
  return log;
}

// MTH of RFC 9162 §2.1.1, straight from the definition.
Digest by_definition(const MemoryLog& log, std::size_t begin, std::size_t end) {
  if (begin == end) return sha256({});
  if (end - begin == 1) return log.leaf(begin);
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return merkle_node_hash(by_definition(log, begin, begin + split),
                          by_definition(log, begin + split, end));
}

// The eight leaves and roots used by the reference tests of Certificate Transparency.
TEST(Merkle, KnownAnswers) {
  const char* leaves[] = {"",
                          "00",
                          "10",
                          "2021",
                          "3031",
                          "40414243",
                          "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MemoryLog log;
  EXPECT_EQ(hex(log.root(0)), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < 8; ++i) {
    log.add(*unhex(leaves[i]));
    EXPECT_EQ(hex(log.root(i + 1)), roots[i]);
    EXPECT_EQ(hex(log.builder().root()), roots[i]);
  }
}

// The paths the same reference tests expect.
TEST(Merkle, KnownInclusionPath) {
  MemoryLog log;
  for (const auto* leaf : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                           "606162636465666768696a6b6c6d6e6f"}) {
    log.add(*unhex(leaf));
  }
  const auto path = inclusion_proof(5, 8, log.nodes());
  ASSERT_TRUE(path.ok());
  ASSERT_EQ(path->size(), 3U);
  EXPECT_EQ(hex((*path)[0]), "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
  EXPECT_EQ(hex((*path)[1]), "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
  EXPECT_EQ(hex((*path)[2]), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
}

TEST(Merkle, RootsFollowTheDefinition) {
  const auto log = log_of(70);
  for (std::size_t size = 0; size <= 70; ++size) {
    EXPECT_EQ(log.root(size), by_definition(log, 0, size)) << size;
  }
}

TEST(Merkle, EveryInclusionProofVerifiesAndOnlyInItsPlace) {
  const auto log = log_of(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    const auto root = log.root(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion_proof(index, size, log.nodes());
      ASSERT_TRUE(path.ok());
      const auto& leaf = log.leaf(index);
      ASSERT_TRUE(verify_inclusion(leaf, index, size, *path, root)) << index << "/" << size;
      EXPECT_FALSE(verify_inclusion(leaf, index + 1, size, *path, root));
      EXPECT_FALSE(verify_inclusion(log.leaf((index + 1) % 70), index, size, *path, root));
      EXPECT_FALSE(verify_inclusion(leaf, index, size, *path, log.root(size - 1)));
      auto longer = *path;
      longer.push_back(root);
      EXPECT_FALSE(verify_inclusion(leaf, index, size, longer, root));
      for (std::size_t i = 0; i < path->size(); ++i) {
        auto changed = *path;
        changed[i][7] ^= 1;
        EXPECT_FALSE(verify_inclusion(leaf, index, size, changed, root));
      }
      if (path->empty()) continue;
      auto shorter = *path;
      shorter.pop_back();
      EXPECT_FALSE(verify_inclusion(leaf, index, size, shorter, root));
    }
  }
}

TEST(Merkle, EveryConsistencyProofVerifies) {
  const auto log = log_of(70);
  for (std::uint64_t size = 1; size <= 70; ++size) {
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      const auto path = consistency_proof(old_size, size, log.nodes());
      ASSERT_TRUE(path.ok());
      const auto old_root = log.root(old_size), root = log.root(size);
      ASSERT_TRUE(verify_consistency(old_size, size, old_root, root, *path))
          << old_size << "/" << size;
      auto wrong = old_root;
      wrong[0] ^= 1;
      EXPECT_FALSE(verify_consistency(old_size, size, wrong, root, *path));
      EXPECT_FALSE(verify_consistency(old_size, size, old_root, wrong, *path));
      auto longer = *path;
      longer.push_back(root);
      EXPECT_FALSE(verify_consistency(old_size, size, old_root, root, longer));
      for (std::size_t i = 0; i < path->size(); ++i) {
        auto changed = *path;
        changed[i][31] ^= 0x80;
        EXPECT_FALSE(verify_consistency(old_size, size, old_root, root, changed));
      }
    }
  }
}

TEST(Merkle, RewrittenHistoryHasNoConsistencyProof) {
  const auto honest = log_of(20);
  MemoryLog forged;
  for (int i = 0; i < 30; ++i) {
    forged.add(as_bytes(i == 3 ? "another leaf" : "leaf " + std::to_string(i)));
  }
  const auto path = consistency_proof(20, 30, forged.nodes());
  ASSERT_TRUE(path.ok());
  EXPECT_FALSE(verify_consistency(20, 30, honest.root(20), forged.root(30), *path));
}

TEST(Merkle, OutOfRangeIsRefused) {
  const auto log = log_of(4);
  EXPECT_FALSE(verify_inclusion(log.leaf(0), 0, 0, {}, log.root(0)));
  EXPECT_FALSE(verify_inclusion(log.leaf(0), 4, 4, {}, log.root(4)));
  EXPECT_FALSE(verify_consistency(0, 4, log.root(0), log.root(4), {}));
  EXPECT_FALSE(verify_consistency(5, 4, log.root(4), log.root(4), {}));
  EXPECT_FALSE(verify_consistency(3, 4, log.root(3), log.root(4), {}));
}

TEST(Merkle, AMissingNodeIsReported) {
  auto log = log_of(8);
  log.forget({2, 0});
  EXPECT_TRUE(inclusion_proof(7, 8, log.nodes()).error().is(CryptoErrc::missing_node));
  EXPECT_TRUE(merkle_root(6, log.nodes()).error().is(CryptoErrc::missing_node));
  EXPECT_TRUE(consistency_proof(6, 7, log.nodes()).error().is(CryptoErrc::missing_node));
}

TEST(Merkle, ABuilderContinuesFromPeaks) {
  for (std::uint64_t start = 0; start <= 40; ++start) {
    const auto log = log_of(static_cast<int>(start));
    std::vector<Digest> peaks;
    for (const auto& peak : merkle_peaks(start)) peaks.push_back(*log.nodes()(peak));
    MerkleBuilder builder(start, peaks);
    const auto whole = log_of(static_cast<int>(start) + 9);
    for (std::size_t i = start; i < start + 9; ++i) builder.add(whole.leaf(i));
    EXPECT_EQ(builder.root(), whole.root(start + 9)) << start;
  }
}

}  // namespace
}  // namespace mq::crypto
