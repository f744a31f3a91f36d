// Protected templates: what the 1:N index holds instead of embeddings.
//
// A keyed orthogonal map of 512 dimensions: three rounds of a keyed permutation, keyed signs and
// the normalised Walsh-Hadamard transform (the structured rotation of Ailon and Chazelle, "The fast
// Johnson-Lindenstrauss transform", SIAM J. Comput. 39, 2009, without its projection). Permutation
// and signs of a round come from HKDF-SHA-256 of the key.
//
// What it gives
// - cosines, and with them every decision, stay what they were (to float rounding);
// - templates of two keys cannot be compared: the same face has a cosine near zero under them, so
// an index
//   can be revoked and made anew (re_transform) without a new photo, and two operators cannot join
//   theirs;
// - the energy of a vector is spread evenly over its dimensions, which int8 codes like.
// What it does not give: secrecy. It is linear, so who knows a few hundred embeddings with their
// protected forms can solve for it, and who has the key inverts it. Secrecy comes from the sealing
// (crypto/seal.h): store protected templates sealed.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/seal.h"
#include "vision/face/face.h"

namespace mq::vision {

enum class IndexErrc {
  other_space,       // a template of another embedding model, transform or generation
  invalid_template,  // a number that is not finite, or the length is not 1
  invalid_query,     // top_k, min_score or threads out of range
  no_room            // limits::kFaceIndexEntries are in it, or there is no memory for the change
};
BOOST_DESCRIBE_ENUM(IndexErrc, other_space, invalid_template, invalid_query, no_room)
constexpr std::string_view error_domain(IndexErrc) { return "face_index"; }

// Which templates may be compared: those of one space. The generation is that of the key
// (crypto::KeyRing::template_transform_key).
struct TemplateSpace {
  std::string model;            // such as kEmbeddingModel
  std::uint32_t transform = 1;  // version of the algorithm above
  std::uint32_t generation = 0;
  bool operator==(const TemplateSpace&) const = default;
};

// Still personal data: sealed at rest, never logged.
struct ProtectedTemplate {
  TemplateSpace space;
  Embedding values{};  // unit length, as the embedding it was made of
};

// Immutable, so thread-safe. Wipes what it derived from the key when it dies.
class TemplateTransform {
 public:
  // Deterministic for a key. `model` names the embeddings it will be given.
  TemplateTransform(const crypto::Key256& key, std::string model, std::uint32_t generation);
  ~TemplateTransform();
  TemplateTransform(const TemplateTransform&) = delete;
  TemplateTransform& operator=(const TemplateTransform&) = delete;

  const TemplateSpace& space() const { return space_; }

  // About 10 microseconds.
  ProtectedTemplate apply(const Embedding& embedding) const;

  // The same face under this key, from its template under `from`'s: rotation of the index without
  // the photos. Equals apply() of the embedding to float rounding. Error: face_index.other_space
  // (the template is not `from`'s, or the two are of different models).
  Result<ProtectedTemplate> re_transform(const ProtectedTemplate& old,
                                         const TemplateTransform& from) const;

 private:
  struct Round;
  TemplateSpace space_;
  std::vector<Round> rounds_;
};

}  // namespace mq::vision
