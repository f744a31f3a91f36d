#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace mq::crypto {
namespace {

// RFC 9162 splits at the largest power of two below count.
std::uint64_t left_part(std::uint64_t count) { return std::bit_floor(count - 1); }

// Hash of the leaves [begin, begin + count), where begin is a multiple of the smallest power of two
// that holds count, as it always is in the recursions below.
Result<Digest> range_hash(std::uint64_t begin, std::uint64_t count, const MerkleNodes& nodes) {
  if (std::has_single_bit(count)) {
    const int level = std::countr_zero(count);
    const auto stored = nodes({level, begin >> level});
    if (!stored) return CryptoErrc::missing_node;
    return *stored;
  }
  const auto left = left_part(count);
  MQ_TRY(const auto left_hash, range_hash(begin, left, nodes));
  MQ_TRY(const auto right_hash, range_hash(begin + left, count - left, nodes));
  return merkle_node_hash(left_hash, right_hash);
}

Status collect_path(std::uint64_t index, std::uint64_t begin, std::uint64_t count,
                    const MerkleNodes& nodes, std::vector<Digest>& path) {
  if (count == 1) return ok();
  const auto left = left_part(count);
  const bool goes_left = index < left;
  if (goes_left) {
    MQ_REQUIRE(collect_path(index, begin, left, nodes, path));
  } else {
    MQ_REQUIRE(collect_path(index - left, begin + left, count - left, nodes, path));
  }
  MQ_TRY(const auto sibling, goes_left ? range_hash(begin + left, count - left, nodes)
                                       : range_hash(begin, left, nodes));
  path.push_back(sibling);
  return ok();
}

// SUBPROOF of RFC 9162 §2.1.4.1; `whole` says that the old tree's root is known to the reader.
Status collect_consistency(std::uint64_t old_count, std::uint64_t begin, std::uint64_t count,
                           bool whole, const MerkleNodes& nodes, std::vector<Digest>& path) {
  if (old_count == count) {
    if (whole) return ok();
    MQ_TRY(const auto hash, range_hash(begin, count, nodes));
    path.push_back(hash);
    return ok();
  }
  const auto left = left_part(count);
  if (old_count <= left) {
    MQ_REQUIRE(collect_consistency(old_count, begin, left, whole, nodes, path));
    MQ_TRY(const auto hash, range_hash(begin + left, count - left, nodes));
    path.push_back(hash);
  } else {
    MQ_REQUIRE(
        collect_consistency(old_count - left, begin + left, count - left, false, nodes, path));
    MQ_TRY(const auto hash, range_hash(begin, left, nodes));
    path.push_back(hash);
  }
  return ok();
}

Digest fold(std::span<const Digest> peaks) {
  if (peaks.empty()) return sha256({});
  Digest hash = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) hash = merkle_node_hash(peaks[i - 1], hash);
  return hash;
}

}  // namespace

Digest merkle_leaf_hash(ByteView data) {
  Bytes prefixed;
  prefixed.reserve(1 + data.size());
  prefixed.push_back(0);
  prefixed.insert(prefixed.end(), data.begin(), data.end());
  return sha256(prefixed);
}

Digest merkle_node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 65> joined;
  joined[0] = 1;
  std::copy(left.begin(), left.end(), joined.begin() + 1);
  std::copy(right.begin(), right.end(), joined.begin() + 33);
  return sha256(joined);
}

std::vector<MerkleNode> merkle_peaks(std::uint64_t size) {
  std::vector<MerkleNode> peaks;
  std::uint64_t begin = 0;
  for (int level = 63; level >= 0; --level) {
    const auto count = std::uint64_t{1} << level;
    if ((size & count) == 0) continue;
    peaks.push_back({level, begin >> level});
    begin += count;
  }
  return peaks;
}

Result<Digest> merkle_root(std::uint64_t size, const MerkleNodes& nodes) {
  std::vector<Digest> hashes;
  for (const auto& peak : merkle_peaks(size)) {
    const auto stored = nodes(peak);
    if (!stored) return CryptoErrc::missing_node;
    hashes.push_back(*stored);
  }
  return fold(hashes);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const MerkleNodes& nodes) {
  MQ_CHECK(index < size);
  std::vector<Digest> path;
  MQ_REQUIRE(collect_path(index, 0, size, nodes, path));
  return path;
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                              const MerkleNodes& nodes) {
  MQ_CHECK(old_size > 0 && old_size <= new_size);
  std::vector<Digest> path;
  MQ_REQUIRE(collect_consistency(old_size, 0, new_size, true, nodes, path));
  return path;
}

bool verify_inclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  Digest hash = leaf_hash;
  for (const auto& sibling : proof) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      hash = merkle_node_hash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = merkle_node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

bool verify_consistency(std::uint64_t old_size, std::uint64_t new_size, const Digest& old_root,
                        const Digest& new_root, std::span<const Digest> proof) {
  if (old_size == 0 || old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  std::vector<Digest> path(proof.begin(), proof.end());
  if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
  if (path.empty()) return false;
  std::uint64_t fn = old_size - 1, sn = new_size - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  Digest old_hash = path[0], new_hash = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = merkle_node_hash(path[i], old_hash);
      new_hash = merkle_node_hash(path[i], new_hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = merkle_node_hash(new_hash, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && old_hash == old_root && new_hash == new_root;
}

MerkleBuilder::MerkleBuilder(std::uint64_t size, std::vector<Digest> peaks)
    : size_(size), peaks_(std::move(peaks)) {
  MQ_CHECK(static_cast<int>(peaks_.size()) == std::popcount(size_));
}

void MerkleBuilder::add(const Digest& leaf_hash, const Closed& closed) {
  Digest hash = leaf_hash;
  int level = 0;
  // Every trailing one bit of the size is a complete subtree that this leaf merges with.
  for (auto rest = size_; (rest & 1) != 0; rest >>= 1) {
    hash = merkle_node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    ++level;
    if (closed) closed({level, size_ >> level}, hash);
  }
  peaks_.push_back(hash);
  ++size_;
}

Digest MerkleBuilder::root() const { return fold(peaks_); }

}  // namespace mq::crypto
