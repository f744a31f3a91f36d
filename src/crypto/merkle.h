// The Merkle tree of a transparency log: RFC 9162 §2.1 (the same tree as RFC 6962), SHA-256. Pure.
//
// The store keeps the hash of every *complete* subtree: level 0 are leaf hashes, and node (level,
// index) covers the leaves [index · 2^level, (index + 1) · 2^level). Roots and proofs of any size
// follow from them, with O(log n) look-ups for each hash asked.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "crypto/hash.h"

namespace mq::crypto {

Digest merkle_leaf_hash(ByteView data);                            // SHA-256(0x00 · data)
Digest merkle_node_hash(const Digest& left, const Digest& right);  // SHA-256(0x01 · left · right)

struct MerkleNode {
  int level = 0;
  std::uint64_t index = 0;
  auto operator<=>(const MerkleNode&) const = default;
};
// The stored hash of a complete subtree; nothing if the store lacks it.
using MerkleNodes = std::function<std::optional<Digest>(MerkleNode)>;

// The complete subtrees that make up a tree of `size` leaves, left to right (one for each set bit).
std::vector<MerkleNode> merkle_peaks(std::uint64_t size);

// Root of the first `size` leaves; SHA-256 of nothing for 0. Error: crypto.missing_node.
Result<Digest> merkle_root(std::uint64_t size, const MerkleNodes& nodes);
// Audit path of leaf `index` in the tree of `size` leaves, index < size (CHECK), lowest level
// first.
Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const MerkleNodes& nodes);
// Proof that the tree of `old_size` is a prefix of that of `new_size`; 0 < old_size <= new_size
// (CHECK).
Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                              const MerkleNodes& nodes);

// RFC 9162 §2.1.3.2. False for anything out of range.
bool verify_inclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root);
// RFC 9162 §2.1.4.2; sizes that are equal need equal roots and an empty proof, old_size 0 is
// refused.
bool verify_consistency(std::uint64_t old_size, std::uint64_t new_size, const Digest& old_root,
                        const Digest& new_root, std::span<const Digest> proof);

// Grows a tree leaf by leaf in O(log n) memory and reports each complete subtree as it closes.
class MerkleBuilder {
 public:
  using Closed = std::function<void(MerkleNode, const Digest&)>;
  MerkleBuilder() = default;
  // Continues a tree of `size` leaves whose peaks are given left to right (CHECKs their number).
  MerkleBuilder(std::uint64_t size, std::vector<Digest> peaks);

  // Calls `closed` for the subtrees of level 1 and above that this leaf completes.
  void add(const Digest& leaf_hash, const Closed& closed = {});
  std::uint64_t size() const { return size_; }
  Digest root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
};

}  // namespace mq::crypto
