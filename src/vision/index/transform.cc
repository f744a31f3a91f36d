#include "vision/index/transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "crypto/hash.h"

namespace mq::vision {
namespace {

constexpr std::size_t kDimensions = std::tuple_size_v<Embedding>;
constexpr int kRounds = 3;
using Vector = std::array<double, kDimensions>;

// Its own inverse: the matrix is symmetric and orthogonal.
void walsh_hadamard(Vector& v) {
  for (std::size_t half = 1; half < kDimensions; half *= 2) {
    for (std::size_t block = 0; block < kDimensions; block += 2 * half) {
      for (std::size_t i = block; i < block + half; ++i) {
        const double a = v[i], b = v[i + half];
        v[i] = a + b;
        v[i + half] = a - b;
      }
    }
  }
  static const double kScale = 1 / std::sqrt(static_cast<double>(kDimensions));
  for (double& x : v) x *= kScale;
}

Vector widen(const Embedding& from) {
  Vector out;
  std::copy(from.begin(), from.end(), out.begin());
  return out;
}

Embedding narrow(const Vector& from) {
  Embedding out;
  std::transform(from.begin(), from.end(), out.begin(),
                 [](double x) { return static_cast<float>(x); });
  return out;
}

}  // namespace

// out[i] = sign[i] · in[source[i]], then Walsh-Hadamard.
struct TemplateTransform::Round {
  std::array<std::uint16_t, kDimensions> source;
  std::array<double, kDimensions> sign;

  Round(const crypto::Key256& key, std::uint32_t version, int number) {
    // 64 bits a draw leave a bias below 2^-54 in the permutation.
    constexpr std::size_t kSignBytes = kDimensions / 8;
    constexpr std::size_t kDrawBytes = sizeof(std::uint64_t);
    const std::string label =
        "face-template-transform/" + std::to_string(version) + "/" + std::to_string(number);
    Bytes stream =
        crypto::hkdf_sha256(key.view(), {}, label, kSignBytes + (kDimensions - 1) * kDrawBytes);
    for (std::size_t i = 0; i < kDimensions; ++i) sign[i] = (stream[i / 8] >> (i % 8) & 1) ? -1 : 1;
    std::iota(source.begin(), source.end(), std::uint16_t{0});
    const std::uint8_t* at = stream.data() + kSignBytes;
    for (std::size_t left = kDimensions; left > 1; --left, at += kDrawBytes) {
      std::uint64_t draw = 0;
      for (std::size_t k = 0; k < kDrawBytes; ++k) draw = draw << 8 | at[k];
      std::swap(source[left - 1], source[draw % left]);
    }
    explicit_bzero(stream.data(), stream.size());
  }

  void forward(Vector& v) const {
    Vector mixed;
    for (std::size_t i = 0; i < kDimensions; ++i) mixed[i] = sign[i] * v[source[i]];
    walsh_hadamard(mixed);
    v = mixed;
  }

  void backward(Vector& v) const {
    walsh_hadamard(v);
    const Vector mixed = v;
    for (std::size_t i = 0; i < kDimensions; ++i) v[source[i]] = sign[i] * mixed[i];
  }
};

TemplateTransform::TemplateTransform(const crypto::Key256& key, std::string model,
                                     std::uint32_t generation) {
  space_.model = std::move(model);
  space_.generation = generation;
  rounds_.reserve(kRounds);
  for (int i = 0; i < kRounds; ++i) rounds_.emplace_back(key, space_.transform, i);
}

TemplateTransform::~TemplateTransform() {
  explicit_bzero(rounds_.data(), rounds_.size() * sizeof(Round));
}

ProtectedTemplate TemplateTransform::apply(const Embedding& embedding) const {
  Vector v = widen(embedding);
  for (const Round& round : rounds_) round.forward(v);
  return ProtectedTemplate{space_, narrow(v)};
}

Result<ProtectedTemplate> TemplateTransform::re_transform(const ProtectedTemplate& old,
                                                          const TemplateTransform& from) const {
  if (old.space != from.space_ || from.space_.model != space_.model) return IndexErrc::other_space;
  Vector v = widen(old.values);
  for (auto round = from.rounds_.rbegin(); round != from.rounds_.rend(); ++round)
    round->backward(v);
  for (const Round& round : rounds_) round.forward(v);
  return ProtectedTemplate{space_, narrow(v)};
}

}  // namespace mq::vision
