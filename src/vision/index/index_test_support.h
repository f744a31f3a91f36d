// Seeded vectors for the tests of the index.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "vision/index/index.h"
#include "vision/match/match.h"

namespace mq::vision::testing {

inline Embedding unit(const Embedding& v) {
  double squares = 0;
  for (const float x : v) squares += static_cast<double>(x) * x;
  const double length = std::sqrt(squares);
  Embedding out;
  std::transform(v.begin(), v.end(), out.begin(),
                 [&](float x) { return static_cast<float>(x / length); });
  return out;
}

inline Embedding random_unit(std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  Embedding out;
  std::generate(out.begin(), out.end(), [&] { return normal(random); });
  return unit(out);
}

// So near `centre` that its cosine is about 1 / √(1 + spread²).
inline Embedding near(const Embedding& centre, float spread, std::mt19937_64& random) {
  Embedding out = random_unit(random);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = centre[i] + spread * out[i];
  return unit(out);
}

// Vectors that short codes handle badly: one large coordinate beside small ones, equal coordinates,
// steps half way between two codes, copies, opposites, and vectors that differ in the last bit
// only.
inline std::vector<Embedding> adversarial(std::mt19937_64& random) {
  std::vector<Embedding> out;
  for (const float peak : {0.1F, 0.5F, 0.9F, 0.999F}) {
    Embedding v = random_unit(random);
    for (float& x : v) x *= std::sqrt(1 - peak * peak);
    v[random() % v.size()] = peak;
    out.push_back(unit(v));
  }
  Embedding one_hot{};
  one_hot[511] = -1;
  out.push_back(one_hot);
  Embedding flat;
  flat.fill(1);
  out.push_back(unit(flat));
  Embedding halves;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const float step = (i % 2 == 0 ? 15.5F : 16.5F) + static_cast<float>(i % 7 * 16);
    halves[i] = (i % 3 == 0 ? -step : step) / 127;
  }
  halves[0] = 1;
  out.push_back(unit(halves));
  Embedding tiny = one_hot;
  for (std::size_t i = 0; i < 511; ++i) tiny[i] = 1e-30F;
  out.push_back(tiny);
  const std::size_t count = out.size();
  for (std::size_t i = 0; i < count; ++i) {
    Embedding opposite = out[i], nudged = out[i], longer = out[i], shorter = out[i];
    for (float& x : opposite) x *= -1.0009F;
    for (float& x : nudged) x = std::nextafter(x, 2.0F);
    for (float& x : longer) x *= 1.0009F;
    for (float& x : shorter) x *= 0.9991F;
    out.insert(out.end(), {opposite, nudged, longer, shorter, out[i]});
  }
  return out;
}

inline Uuid id_of(std::uint32_t number) {
  Uuid id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[i] =
        static_cast<std::uint8_t>(number * 2654435761U >> (8 * i));  // no order of insertion
    id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return id;
}

// What FaceIndex::search promises, said in the plainest way.
template <class Entries>
std::vector<Candidate> brute_force(const Entries& entries, const Embedding& query,
                                   const SearchOptions& options) {
  std::vector<Candidate> out;
  for (const auto& [id, values] : entries) {
    const float score = similarity(query, values);
    if (score >= options.min_score) out.push_back({id, score});
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  if (out.size() > options.top_k) out.resize(options.top_k);
  return out;
}

}  // namespace mq::vision::testing
