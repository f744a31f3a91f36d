#include "vision/index/search.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <system_error>
#include <thread>

#include "base/check.h"
#include "vision/match/match.h"

namespace mq::vision {
namespace {

constexpr std::uint32_t kBlockRows = 512;  // their products stay in the first-level cache

// The score that a row must be able to reach: the wanted least one, or the k-th best of the scores
// that rows seen so far have at least.
class Floor {
 public:
  Floor(std::size_t top_k, double min_score) : top_k_(top_k), value_(min_score) {}

  double value() const { return value_; }
  const std::vector<double>& best() const { return best_; }

  void saw_at_least(double score) {
    if (score <= value_) return;
    best_.push_back(score);
    std::push_heap(best_.begin(), best_.end(), std::greater<>());
    if (best_.size() > top_k_) {
      std::pop_heap(best_.begin(), best_.end(), std::greater<>());
      best_.pop_back();
    }
    if (best_.size() == top_k_) value_ = std::max(value_, best_.front());
  }

 private:
  std::size_t top_k_;
  double value_;
  std::vector<double> best_;  // the least first
};

struct Survivor {
  double upper = 0;  // its score is not above this
  std::uint32_t part = 0;
  std::uint32_t row = 0;
};

class Scanner {
 public:
  Scanner(const Snapshot& snapshot, const QueryCode& query, const SearchOptions& options,
          const DotKernel& kernel)
      : snapshot_(snapshot),
        query_(query),
        kernel_(kernel),
        floor_(options.top_k, options.min_score) {}

  // Takes the next part until there is none.
  void run(std::atomic<std::size_t>& next) {
    for (std::size_t part = next++; part < snapshot_.parts.size(); part = next++) scan(part);
  }

  const Floor& floor() const { return floor_; }
  const std::vector<Survivor>& survivors() const { return survivors_; }

 private:
  void scan(std::size_t part) {
    const auto& [rows, count] = snapshot_.parts[part];
    for (std::uint32_t begin = 0; begin < count; begin += kBlockRows) {
      const std::uint32_t size = std::min(kBlockRows, count - begin);
      kernel_.dots(rows->coarse(begin), size, query_.codes(), dots_.data());
      const std::size_t kept = sift(*rows, begin, size);
      for (std::size_t i = 0; i < kept; ++i) look_closer(*rows, part, begin, kept_[i]);
    }
  }

  // By the coarse plane: which rows of the block can reach the floor.
  std::size_t sift(const Segment& rows, std::uint32_t begin, std::uint32_t size) {
    const double floor = floor_.value();
    std::size_t kept = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      const ScoreRange range = query_.coarse(rows.scale(begin + i), dots_[i]);
      if (range.high < floor) continue;
      // They lie far apart: fetch all while the first are worked on.
      for (std::size_t at = 0; at < kPlaneBytes; at += 64) {
        __builtin_prefetch(rows.fine(begin + i) + at);
      }
      kept_[kept++] = i;
    }
    return kept;
  }

  void look_closer(const Segment& rows, std::size_t part, std::uint32_t begin, std::uint32_t i) {
    const std::uint32_t row = begin + i;
    std::int32_t fine_dot = 0;
    kernel_.dots(rows.fine(row), 1, query_.codes(), &fine_dot);
    const ScoreRange range = query_.fine(rows.scale(row), dots_[i], fine_dot);
    if (range.high < floor_.value()) return;
    survivors_.push_back({range.high, static_cast<std::uint32_t>(part), row});
    floor_.saw_at_least(range.low);
  }

  const Snapshot& snapshot_;
  const QueryCode& query_;
  const DotKernel& kernel_;
  Floor floor_;
  std::vector<Survivor> survivors_;
  std::array<std::int32_t, kBlockRows> dots_{};
  std::array<std::uint32_t, kBlockRows> kept_{};
};

bool better(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score > b.score : a.id < b.id;
}

// All scanners' survivors that can still be among the best, the most promising first.
std::vector<Survivor> merge(const std::vector<Scanner>& scanners, const SearchOptions& options) {
  Floor floor(options.top_k, options.min_score);
  for (const auto& one : scanners) {
    for (const double score : one.floor().best()) floor.saw_at_least(score);
  }
  std::vector<Survivor> out;
  for (const auto& one : scanners) {
    std::copy_if(one.survivors().begin(), one.survivors().end(), std::back_inserter(out),
                 [&](const Survivor& s) { return s.upper >= floor.value(); });
  }
  std::sort(out.begin(), out.end(),
            [](const Survivor& a, const Survivor& b) { return a.upper > b.upper; });
  return out;
}

// In full precision. `best` is a heap with the worst candidate first.
std::vector<Candidate> score(const Snapshot& snapshot, const Embedding& query,
                             const std::vector<Survivor>& survivors, const SearchOptions& options) {
  std::vector<Candidate> best;
  for (const Survivor& s : survivors) {
    // Strictly: one that may tie can still win by its id.
    if (best.size() == options.top_k && s.upper < best.front().score) break;
    const Segment& rows = *snapshot.parts[s.part].rows;
    const Candidate one{rows.id(s.row), similarity(query, rows.values(s.row))};
    if (one.score < options.min_score) continue;
    best.push_back(one);
    std::push_heap(best.begin(), best.end(), better);
    if (best.size() > options.top_k) {
      std::pop_heap(best.begin(), best.end(), better);
      best.pop_back();
    }
  }
  std::sort_heap(best.begin(), best.end(), better);
  return best;
}

}  // namespace

std::vector<Candidate> search_snapshot(const Snapshot& snapshot, const Embedding& query,
                                       const SearchOptions& options, const DotKernel& kernel) {
  MQ_CHECK(options.top_k >= 1 && options.threads >= 1);
  const QueryCode code(query);
  const auto workers =
      std::clamp<std::size_t>(snapshot.parts.size(), 1, static_cast<std::size_t>(options.threads));
  std::vector<Scanner> scanners(workers, Scanner(snapshot, code, options, kernel));
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> helpers;
  try {
    for (std::size_t i = 1; i < workers; ++i) {
      helpers.emplace_back([&scanner = scanners[i], &next] { scanner.run(next); });
    }
  } catch (const std::system_error&) {
    // The system has no thread to give: those there are take the parts among them.
  }
  scanners[0].run(next);
  for (auto& helper : helpers) helper.join();
  return score(snapshot, query, merge(scanners, options), options);
}

}  // namespace mq::vision
