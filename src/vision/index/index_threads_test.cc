// Searches beside a writer: every answer is the brute-force answer of one state the index went
// through.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "vision/index/index.h"
#include "vision/index/index_test_support.h"
#include "vision/index/segment.h"

namespace mq::vision {
namespace {

using testing::id_of;
using testing::random_unit;

const TemplateSpace kSpace{std::string(kEmbeddingModel), 1, 1};

struct Change {
  bool adds = true;
  Uuid id;
  Embedding values{};
};

// Adds, replacements and removals of single ids, so that each state differs from the one before.
std::vector<Change> make_history(std::size_t length, std::mt19937_64& random) {
  std::vector<Change> out;
  std::map<Uuid, bool> there;
  while (out.size() < length) {
    const Uuid id = id_of(static_cast<std::uint32_t>(random() % 100));
    const bool removes = there[id] && random() % 2 == 0;
    out.push_back({!removes, id, random_unit(random)});
    there[id] = !removes;
  }
  return out;
}

using Answer = std::vector<Candidate>;

// The answer to `query` after each change; number 0 before the first.
std::vector<Answer> answers(const std::vector<Change>& history, const Embedding& query,
                            const SearchOptions& options) {
  std::map<Uuid, Embedding> model;
  std::vector<Answer> out = {testing::brute_force(model, query, options)};
  for (const Change& change : history) {
    if (change.adds) {
      model[change.id] = change.values;
    } else {
      model.erase(change.id);
    }
    out.push_back(testing::brute_force(model, query, options));
  }
  return out;
}

struct Seen {
  std::size_t from = 0;  // changes that were done for certain before the search
  std::size_t to = 0;    // changes that may have been done before it ended
  Answer answer;
};

TEST(FaceIndexThreads, EveryAnswerIsThatOfAStateInBetween) {
  std::mt19937_64 random(1);
  const auto history = make_history(400, random);
  const Embedding query = random_unit(random);
  const SearchOptions options{150, -1, 2};
  const auto expected = answers(history, query, options);

  FaceIndex index(kSpace);
  std::atomic<std::size_t> begun{0}, done{0};
  std::vector<std::vector<Seen>> seen(3);
  std::vector<std::thread> readers;
  for (auto& mine : seen) {
    readers.emplace_back([&] {
      do {
        Seen one;
        one.from = done;
        one.answer = index.search({kSpace, query}, options).value();
        one.to = begun;
        mine.push_back(std::move(one));
      } while (done < history.size());
    });
  }
  for (const Change& change : history) {
    ++begun;
    const bool changed = change.adds ? index.add(change.id, {kSpace, change.values}).ok()
                                     : index.remove(std::vector{change.id}).value() == 1;
    EXPECT_TRUE(changed);
    ++done;
  }
  for (auto& reader : readers) reader.join();

  for (const auto& mine : seen) {
    for (const Seen& one : mine) {
      const auto first = expected.begin() + static_cast<std::ptrdiff_t>(one.from);
      const auto last = expected.begin() + static_cast<std::ptrdiff_t>(one.to) + 1;
      EXPECT_NE(std::find(first, last, one.answer), last)
          << "an answer of " << one.answer.size() << " candidates between the states " << one.from
          << " and " << one.to;
    }
  }
  EXPECT_EQ(index.search({kSpace, query}, options).value(), expected.back());
}

TEST(FaceIndexThreads, WritersDoNotLoseEachOthersEntries) {
  FaceIndex index(kSpace);
  std::vector<std::thread> writers;
  for (std::uint32_t writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&index, writer] {
      std::mt19937_64 random(writer);
      for (std::uint32_t i = 0; i < 300; ++i) {
        ASSERT_TRUE(index.add(id_of(1000 * writer + i), {kSpace, random_unit(random)}).ok());
      }
      for (std::uint32_t i = 0; i < 300; i += 100) {
        EXPECT_EQ(index.remove(std::vector{id_of(1000 * writer + i)}).value(), 1);
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(index.size(), 3 * 297);
}

TEST(FaceIndexThreads, ARebuildIsSeenWholeOrNotAtAll) {
  std::mt19937_64 random(2);
  std::vector<IndexEntry> first, second;
  for (std::uint32_t i = 0; i < 300; ++i) first.push_back({id_of(i), random_unit(random)});
  for (std::uint32_t i = 1000; i < 1200; ++i) second.push_back({id_of(i), random_unit(random)});
  FaceIndex index(kSpace);
  ASSERT_TRUE(index.rebuild(kSpace, first).ok());
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 100; ++i)
      EXPECT_TRUE(index.rebuild(kSpace, i % 2 == 0 ? second : first).ok());
    stop = true;
  });
  while (!stop) {
    const auto found = index.search({kSpace, first[0].values}, {1000, -1, 1}).value();
    const bool is_first = found.front().id == first[0].id;
    ASSERT_EQ(found.size(), is_first ? first.size() : second.size());
  }
  writer.join();
}

}  // namespace
}  // namespace mq::vision
