#include "vision/index/transform.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "crypto/hash.h"
#include "vision/index/index_test_support.h"

namespace mq::vision {
namespace {

using testing::near;
using testing::random_unit;

crypto::Key256 key(std::string_view name) {
  return crypto::Key256::from_bytes(crypto::sha256(as_bytes(name))).value();
}

TemplateTransform make(std::string_view name, std::uint32_t generation = 1,
                       std::string_view model = kEmbeddingModel) {
  return TemplateTransform(key(name), std::string(model), generation);
}

float largest_difference(const Embedding& a, const Embedding& b) {
  float out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) out = std::max(out, std::abs(a[i] - b[i]));
  return out;
}

TEST(TemplateTransform, KeepsCosines) {
  std::mt19937_64 random(1);
  const auto transform = make("a");
  std::vector<Embedding> faces = testing::adversarial(random);
  for (int i = 0; i < 20; ++i) faces.push_back(random_unit(random));
  for (int i = 0; i < 20; ++i)
    faces.push_back(near(faces.back(), 0.1F * static_cast<float>(i), random));
  for (const auto& a : faces) {
    for (const auto& b : faces) {
      EXPECT_NEAR(similarity(transform.apply(a).values, transform.apply(b).values),
                  similarity(a, b), 1e-5);
    }
  }
}

TEST(TemplateTransform, IsDeterministicForAKey) {
  std::mt19937_64 random(2);
  const Embedding face = random_unit(random);
  EXPECT_EQ(make("a").apply(face).values, make("a").apply(face).values);
}

// Stored templates stay comparable only while the transform of a key never changes.
TEST(TemplateTransform, StaysTheSameOverReleases) {
  Embedding face{};
  face[0] = 0.6F;
  face[511] = -0.8F;
  const auto out = make("a").apply(face).values;
  const std::array<float, 4> wanted = {-0.0136726F, 0.0124296F, -0.0520663F, 0.0187825F};
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(out[i], wanted[i], 1e-6) << i;
}

TEST(TemplateTransform, SpreadsTheEnergy) {
  Embedding face{};
  face[3] = 1;
  const auto spread = make("a").apply(face).values;
  const float largest = std::abs(*std::max_element(
      spread.begin(), spread.end(), [](float a, float b) { return std::abs(a) < std::abs(b); }));
  EXPECT_LT(largest, 0.25F);
}

TEST(TemplateTransform, MakesTemplatesOfTwoKeysUnlinkable) {
  std::mt19937_64 random(3);
  double squares = 0;
  constexpr int kFaces = 400;
  const auto a = make("a"), b = make("b");
  for (int i = 0; i < kFaces; ++i) {
    const Embedding face = random_unit(random);
    const double score = similarity(a.apply(face).values, b.apply(face).values);
    EXPECT_LT(std::abs(score), 0.25);
    EXPECT_LT(std::abs(similarity(a.apply(face).values, face)), 0.25);
    squares += score * score;
  }
  // As for independent directions in 512 dimensions: a standard deviation of 1/√512 = 0.044.
  EXPECT_NEAR(std::sqrt(squares / kFaces), 0.044, 0.006);
}

TEST(TemplateTransform, ReTransformEqualsAFreshOne) {
  std::mt19937_64 random(4);
  const auto first = make("a", 1), second = make("b", 2);
  for (int i = 0; i < 20; ++i) {
    const Embedding face = random_unit(random);
    const auto moved = second.re_transform(first.apply(face), first);
    ASSERT_TRUE(moved.ok());
    EXPECT_EQ(moved->space, second.space());
    EXPECT_LT(largest_difference(moved->values, second.apply(face).values), 1e-6F);
  }
}

TEST(TemplateTransform, ManyRotationsDoNotWearATemplate) {
  std::mt19937_64 random(5);
  const Embedding face = random_unit(random);
  auto current = std::make_unique<TemplateTransform>(key("0"), std::string(kEmbeddingModel), 0);
  auto held = current->apply(face);
  for (std::uint32_t generation = 1; generation <= 50; ++generation) {
    auto next = std::make_unique<TemplateTransform>(key(std::to_string(generation)),
                                                    std::string(kEmbeddingModel), generation);
    held = next->re_transform(held, *current).value();
    current = std::move(next);
  }
  EXPECT_GT(similarity(held.values, current->apply(face).values), 0.999999F);
}

TEST(TemplateTransform, RefusesTemplatesOfAnotherSpace) {
  std::mt19937_64 random(6);
  const auto first = make("a", 1), second = make("b", 2), other_model = make("c", 3, "another");
  const auto held = first.apply(random_unit(random));
  EXPECT_TRUE(first.re_transform(held, second).error().is(IndexErrc::other_space));
  EXPECT_TRUE(other_model.re_transform(held, first).error().is(IndexErrc::other_space));
  auto newer = held;
  ++newer.space.transform;
  EXPECT_TRUE(second.re_transform(newer, first).error().is(IndexErrc::other_space));
}

}  // namespace
}  // namespace mq::vision
