#include "vision/index/index.h"

#include <gtest/gtest.h>

#include <map>

#include "base/limits.h"
#include "vision/index/index_test_support.h"
#include "vision/index/search.h"

namespace mq::vision {
namespace {

using testing::adversarial;
using testing::brute_force;
using testing::id_of;
using testing::near;
using testing::random_unit;

const TemplateSpace kSpace{std::string(kEmbeddingModel), 1, 7};

using Model = std::map<Uuid, Embedding>;

ProtectedTemplate held(const Embedding& values) { return {kSpace, values}; }

std::vector<IndexEntry> entries_of(const Model& model) {
  std::vector<IndexEntry> out;
  for (const auto& [id, values] : model) out.push_back({id, values});
  return out;
}

// The part of a whole ranking that these options ask for.
std::vector<Candidate> first_of(std::vector<Candidate> all, const SearchOptions& options) {
  std::erase_if(all, [&](const Candidate& one) { return one.score < options.min_score; });
  if (all.size() > options.top_k) all.resize(options.top_k);
  return all;
}

void expect_like_brute_force(const Model& model, const std::vector<Embedding>& queries) {
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.rebuild(kSpace, entries_of(model)).ok());
  for (const auto& query : queries) {
    const auto all = brute_force(model, query, {model.size(), -1, 1});
    for (const SearchOptions& options :
         {SearchOptions{1, -1, 1}, SearchOptions{10, -1, 1}, SearchOptions{150, -1, 1},
          SearchOptions{10, -1, 3}, SearchOptions{10, 0.408F, 1}, SearchOptions{150, 0.1F, 2},
          SearchOptions{10, 1, 1}}) {
      const auto wanted = first_of(all, options);
      const auto found = index.search(held(query), options);
      ASSERT_TRUE(found.ok()) << found.error().code();
      EXPECT_EQ(*found, wanted) << "top " << options.top_k << " from " << options.min_score
                                << " of " << model.size();
    }
  }
}

TEST(FaceIndex, EqualsBruteForceOnStrangers) {
  std::mt19937_64 random(1);
  Model model;
  for (std::uint32_t i = 0; i < 5000; ++i) model[id_of(i)] = random_unit(random);
  std::vector<Embedding> queries;
  for (int i = 0; i < 3; ++i) queries.push_back(random_unit(random));
  queries.push_back(near(model.begin()->second, 0.5F, random));
  expect_like_brute_force(model, queries);
}

TEST(FaceIndex, EqualsBruteForceOnClusters) {
  std::mt19937_64 random(2);
  Model model;
  std::vector<Embedding> centres;
  for (int i = 0; i < 5; ++i) centres.push_back(random_unit(random));
  for (std::uint32_t i = 0; i < 5000; ++i) {
    // From twins that differ in the sixth digit to cousins.
    const float spread = std::pow(10.0F, -static_cast<float>(i % 7));
    model[id_of(i)] = near(centres[i % centres.size()], spread, random);
  }
  expect_like_brute_force(model, {centres[0], near(centres[1], 0.3F, random), random_unit(random)});
}

TEST(FaceIndex, EqualsBruteForceOnAdversarialVectors) {
  std::mt19937_64 random(3);
  const auto vectors = adversarial(random);
  Model model;
  for (std::uint32_t i = 0; i < 40 * vectors.size(); ++i) {
    const auto& vector = vectors[i % vectors.size()];
    model[id_of(i)] = i < vectors.size() ? vector : near(vector, 0.2F, random);
  }
  expect_like_brute_force(model, vectors);
}

TEST(FaceIndex, OrdersEqualScoresById) {
  std::mt19937_64 random(4);
  const Embedding face = random_unit(random);
  Model model;
  for (std::uint32_t i = 0; i < 4200; ++i) model[id_of(i)] = face;
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.rebuild(kSpace, entries_of(model)).ok());
  const auto found = index.search(held(face), {100, -1, 2}).value();
  ASSERT_EQ(found.size(), 100);
  auto wanted = model.begin();
  for (const auto& candidate : found) EXPECT_EQ(candidate.id, (wanted++)->first);
}

TEST(FaceIndex, EveryKernelGivesTheSameAnswer) {
  std::mt19937_64 random(5);
  auto segment = Segment::make();
  ASSERT_NE(segment, nullptr);
  for (std::uint32_t i = 0; i < 1500; ++i) segment->append(id_of(i), random_unit(random));
  const Snapshot snapshot{kSpace, {{segment, segment->size()}}, segment->size()};
  const Embedding query = near(segment->values(700), 0.8F, random);
  const auto wanted = search_snapshot(snapshot, query, {}, dot_kernels().back());
  EXPECT_EQ(wanted.front().id, id_of(700));
  for (const auto& kernel : dot_kernels()) {
    EXPECT_EQ(search_snapshot(snapshot, query, {}, kernel), wanted) << kernel.name;
  }
}

// A long random life against a map: adds, replacements, removals and rebuilds over several
// segments.
TEST(FaceIndex, FollowsAModelThroughARandomHistory) {
  std::mt19937_64 random(6);
  Model model;
  FaceIndex index(kSpace);
  for (std::uint32_t i = 0; i < 4500; ++i) model[id_of(i)] = random_unit(random);
  ASSERT_TRUE(index.rebuild(kSpace, entries_of(model)).ok());
  for (int step = 0; step < 300; ++step) {
    const auto some_id = [&] { return id_of(static_cast<std::uint32_t>(random() % 6'000)); };
    const auto kind = random() % 100;
    if (kind < 85) {
      const Uuid id = some_id();
      const Embedding face = random_unit(random);
      ASSERT_TRUE(index.add(id, held(face)).ok());
      model[id] = face;
    } else if (kind < 99) {
      std::vector<Uuid> ids;
      for (auto left = random() % 100; left > 0; --left) ids.push_back(some_id());
      std::size_t there = 0;
      for (const Uuid& id : ids) there += model.erase(id);
      EXPECT_EQ(index.remove(ids).value(), there);
    } else {
      model.erase(model.begin(),
                  std::next(model.begin(), static_cast<std::ptrdiff_t>(model.size() / 2)));
      ASSERT_TRUE(index.rebuild(kSpace, entries_of(model)).ok());
    }
    ASSERT_EQ(index.size(), model.size());
    if (step % 20 != 0) continue;
    const Embedding query = random_unit(random);
    EXPECT_EQ(index.search(held(query), {10, -1, 2}).value(),
              brute_force(model, query, {10, -1, 2}));
  }
}

TEST(FaceIndex, EmptiesAndFillsAgain) {
  std::mt19937_64 random(7);
  FaceIndex index(kSpace);
  EXPECT_TRUE(index.search(held(random_unit(random)))->empty());
  std::vector<Uuid> ids;
  for (std::uint32_t i = 0; i < 4100; ++i) {
    ids.push_back(id_of(i));
    ASSERT_TRUE(index.add(ids.back(), held(random_unit(random))).ok());
  }
  EXPECT_EQ(index.remove(ids).value(), 4100);
  EXPECT_EQ(index.remove(ids).value(), 0);
  EXPECT_EQ(index.size(), 0);
  EXPECT_TRUE(index.search(held(random_unit(random)))->empty());
  const Embedding face = random_unit(random);
  ASSERT_TRUE(index.add(id_of(1), held(face)).ok());
  const auto found = index.search(held(face)).value();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].id, id_of(1));
  EXPECT_NEAR(found[0].score, 1, 1e-6);
}

TEST(FaceIndex, RemovesAnIdNamedTwiceOnce) {
  std::mt19937_64 random(8);
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.add(id_of(1), held(random_unit(random))).ok());
  ASSERT_TRUE(index.add(id_of(2), held(random_unit(random))).ok());
  const std::vector<Uuid> twice = {id_of(1), id_of(1), id_of(3)};
  EXPECT_EQ(index.remove(twice).value(), 1);
  EXPECT_EQ(index.size(), 1);
}

TEST(FaceIndex, ReplacesATemplateAndRepeatsHarmlessly) {
  std::mt19937_64 random(9);
  const Embedding before = random_unit(random), after = random_unit(random);
  FaceIndex index(kSpace);
  for (const auto& face : {before, before, after, after}) {
    ASSERT_TRUE(index.add(id_of(1), held(face)).ok());
    EXPECT_EQ(index.size(), 1);
  }
  EXPECT_EQ(index.search(held(after))->front().score, similarity(after, after));
  EXPECT_TRUE(index.search(held(before), {10, 0.9F, 1})->empty());
}

TEST(FaceIndex, RebuildKeepsTheLastOfEqualIds) {
  std::mt19937_64 random(10);
  const Embedding first = random_unit(random), last = random_unit(random);
  FaceIndex index(kSpace);
  ASSERT_TRUE(
      index.rebuild(kSpace, std::vector<IndexEntry>{{id_of(1), first}, {id_of(1), last}}).ok());
  EXPECT_EQ(index.size(), 1);
  EXPECT_EQ(index.search(held(last))->front().score, similarity(last, last));
}

TEST(FaceIndex, RefusesTemplatesOfAnotherSpace) {
  std::mt19937_64 random(11);
  const Embedding face = random_unit(random);
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.add(id_of(1), held(face)).ok());
  for (const TemplateSpace& other :
       {TemplateSpace{"another", 1, 7}, TemplateSpace{kSpace.model, 2, 7},
        TemplateSpace{kSpace.model, 1, 8}}) {
    EXPECT_TRUE(index.add(id_of(2), {other, face}).error().is(IndexErrc::other_space));
    EXPECT_TRUE(index.search({other, face}).error().is(IndexErrc::other_space));
  }
  EXPECT_EQ(index.size(), 1);

  const TemplateSpace next{kSpace.model, 1, 8};
  ASSERT_TRUE(index.rebuild(next, std::vector<IndexEntry>{{id_of(1), face}}).ok());
  EXPECT_EQ(index.space(), next);
  EXPECT_TRUE(index.search({next, face}).ok());
  EXPECT_TRUE(index.search(held(face)).error().is(IndexErrc::other_space));
}

TEST(FaceIndex, RefusesWhatIsNotAUnitVector) {
  std::mt19937_64 random(12);
  const Embedding face = random_unit(random);
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.add(id_of(1), held(face)).ok());
  Embedding bad = face;
  bad[5] = NAN;
  for (const auto& broken : {bad, Embedding{}}) {
    EXPECT_TRUE(index.add(id_of(2), held(broken)).error().is(IndexErrc::invalid_template));
    EXPECT_TRUE(index.search(held(broken)).error().is(IndexErrc::invalid_template));
    const std::vector<IndexEntry> mixed = {{id_of(3), face}, {id_of(4), broken}};
    EXPECT_TRUE(index.rebuild(kSpace, mixed).error().is(IndexErrc::invalid_template));
  }
  EXPECT_EQ(index.size(), 1);
  EXPECT_EQ(index.search(held(face))->front().id, id_of(1));
}

TEST(FaceIndex, RefusesQueriesOutOfRange) {
  std::mt19937_64 random(13);
  const auto query = held(random_unit(random));
  const FaceIndex index(kSpace);
  for (const SearchOptions& bad :
       {SearchOptions{0, -1, 1}, SearchOptions{limits::kFaceSearchTop + 1, -1, 1},
        SearchOptions{10, NAN, 1}, SearchOptions{10, 1.5F, 1}, SearchOptions{10, -1.5F, 1},
        SearchOptions{10, -1, 0}, SearchOptions{10, -1, limits::kFaceSearchThreads + 1}}) {
    EXPECT_TRUE(index.search(query, bad).error().is(IndexErrc::invalid_query));
  }
  EXPECT_TRUE(index.search(query, {limits::kFaceSearchTop, 1, limits::kFaceSearchThreads}).ok());
}

TEST(FaceIndex, FindsTransformedFacesAndSurvivesARotation) {
  std::mt19937_64 random(14);
  const auto key = [](std::uint8_t fill) {
    return crypto::Key256::from_bytes(Bytes(32, fill)).value();
  };
  const TemplateTransform first(key(1), kSpace.model, 1), second(key(2), kSpace.model, 2);
  Model faces;
  for (std::uint32_t i = 0; i < 500; ++i) faces[id_of(i)] = random_unit(random);
  FaceIndex index(first.space());
  for (const auto& [id, face] : faces) ASSERT_TRUE(index.add(id, first.apply(face)).ok());
  const Embedding query = near(faces[id_of(77)], 0.7F, random);
  EXPECT_EQ(index.search(first.apply(query))->front().id, id_of(77));

  std::vector<IndexEntry> moved;
  for (const auto& [id, face] : faces) {
    moved.push_back({id, second.re_transform(first.apply(face), first)->values});
  }
  ASSERT_TRUE(index.rebuild(second.space(), moved).ok());
  const auto found = index.search(second.apply(query)).value();
  EXPECT_EQ(found.front().id, id_of(77));
  EXPECT_NEAR(found.front().score, similarity(query, faces[id_of(77)]), 1e-5);
  EXPECT_TRUE(index.add(id_of(1000), first.apply(query)).error().is(IndexErrc::other_space));
}

}  // namespace
}  // namespace mq::vision
