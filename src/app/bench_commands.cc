#include "app/bench_commands.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "app/bench_support.h"
#include "app/face_support.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using vision::Embedding;

constexpr std::size_t kDimensions = std::tuple_size_v<Embedding>;
constexpr std::size_t kTopK = 10;
// Each person that is searched for is in the index with this many other photos, so similar to the
// query.
constexpr std::array<float, 3> kDuplicates = {0.85F, 0.65F, 0.50F};

struct Options {
  bool json = false;
  std::int64_t n = 1'000'000;
  int threads = 2;
  int queries = 20;
};

// Faces made up: coordinate i has the variance exp(-i/36), which gives strangers' scores the
// standard deviation 0.118, the one of the embedding's impostor scores (1e-3 of them above 0.333,
// 1e-5 above 0.471; vision/match/match.h). Equal variances would make strangers too easy to tell
// apart.
class People {
 public:
  People() {
    for (std::size_t i = 0; i < kDimensions; ++i) {
      deviation_[i] = std::exp(-static_cast<float>(i) / 72.0F);
    }
  }

  Embedding person(std::uint64_t number) const {
    std::mt19937_64 random(number * 0x9e3779b97f4a7c15 + 1);
    std::normal_distribution<float> normal;
    Embedding out;
    for (std::size_t i = 0; i < kDimensions; ++i) out[i] = normal(random) * deviation_[i];
    return unit(out);
  }

  // Another photo of `a`: `share` of it and the rest of `b`.
  static Embedding mixed(const Embedding& a, const Embedding& b, float share) {
    Embedding out;
    const float rest = std::sqrt(1 - share * share);
    for (std::size_t i = 0; i < kDimensions; ++i) out[i] = share * a[i] + rest * b[i];
    return unit(out);
  }

 private:
  static Embedding unit(const Embedding& v) {
    double squares = 0;
    for (const float x : v) squares += static_cast<double>(x) * x;
    Embedding out;
    const auto factor = static_cast<float>(1 / std::sqrt(squares));
    for (std::size_t i = 0; i < kDimensions; ++i) out[i] = v[i] * factor;
    return out;
  }

  std::array<float, kDimensions> deviation_;
};

struct Population {
  vision::TemplateSpace space;
  std::vector<Embedding> rows;  // protected
  std::vector<vision::ProtectedTemplate> queries;
};

Population make_population(const Options& options) {
  const People people;
  const auto key = crypto::Key256::from_bytes(crypto::sha256(as_bytes("bench search"))).value();
  const vision::TemplateTransform transform(key, std::string(vision::kEmbeddingModel), 1);
  const auto n = static_cast<std::size_t>(options.n);
  const auto searched = static_cast<std::size_t>(options.queries);
  const std::size_t step = std::max<std::size_t>(1, n / (searched * kDuplicates.size()));
  Population out{transform.space(), std::vector<Embedding>(n), {}};
  const auto fill = [&](std::size_t first) {
    for (std::size_t i = first; i < n; i += static_cast<std::size_t>(options.threads)) {
      Embedding face = people.person(i);
      const std::size_t planted = i / step;
      if (i % step == 0 && planted < searched * kDuplicates.size()) {
        face = People::mixed(people.person(n + planted % searched), face,
                             kDuplicates[planted / searched]);
      }
      out.rows[i] = transform.apply(face).values;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options.threads; ++i) threads.emplace_back(fill, i);
  fill(0);
  for (auto& one : threads) one.join();
  for (std::size_t i = 0; i < searched; ++i) {
    out.queries.push_back(transform.apply(people.person(n + i)));
  }
  return out;
}

Uuid id_of(std::size_t row) {
  Uuid id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(row >> (8 * i));
  return id;
}

// The yardstick: every float of every row, sixteen at a time where the processor can.
using Floats = float __attribute__((vector_size(64), aligned(4)));

#define MQ_BENCH_DOT(name, target_name)                                             \
  __attribute__((target(target_name))) float name(const float* a, const float* b) { \
    Floats sums[4] = {};                                                            \
    for (std::size_t i = 0; i < kDimensions; i += 64) {                             \
      for (std::size_t k = 0; k < 4; ++k) {                                         \
        sums[k] += *reinterpret_cast<const Floats*>(a + i + 16 * k) *               \
                   *reinterpret_cast<const Floats*>(b + i + 16 * k);                \
      }                                                                             \
    }                                                                               \
    const Floats sum = sums[0] + sums[1] + (sums[2] + sums[3]);                     \
    float out = 0;                                                                  \
    for (std::size_t k = 0; k < 16; ++k) out += sum[k];                             \
    return out;                                                                     \
  }
MQ_BENCH_DOT(dot_avx512, "avx512f")
MQ_BENCH_DOT(dot_avx2, "avx2,fma")
MQ_BENCH_DOT(dot_baseline, "sse2")

using Scored = std::pair<float, std::size_t>;

std::vector<Scored> brute_force(const Population& population, const Embedding& query, int threads) {
  const bool wide = __builtin_cpu_supports("avx512f") != 0;
  const bool half = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const auto dot = wide ? dot_avx512 : half ? dot_avx2 : dot_baseline;
  const auto worse = [](const Scored& a, const Scored& b) { return a.first > b.first; };
  const auto keep = [&](std::vector<Scored>& best, const Scored& one) {
    if (best.size() == kTopK && one.first <= best.front().first) return;
    best.push_back(one);
    std::push_heap(best.begin(), best.end(), worse);
    if (best.size() > kTopK) {
      std::pop_heap(best.begin(), best.end(), worse);
      best.pop_back();
    }
  };
  std::vector<std::vector<Scored>> best(static_cast<std::size_t>(threads));
  const std::size_t share = population.rows.size() / best.size() + 1;
  const auto scan = [&](std::size_t number) {
    const std::size_t end = std::min(population.rows.size(), (number + 1) * share);
    std::vector<Scored> mine;
    for (std::size_t row = number * share; row < end; ++row) {
      keep(mine, {dot(query.data(), population.rows[row].data()), row});
    }
    best[number] = std::move(mine);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < best.size(); ++i) others.emplace_back(scan, i);
  scan(0);
  for (auto& other : others) other.join();
  for (std::size_t i = 1; i < best.size(); ++i) {
    for (const Scored& one : best[i]) keep(best[0], one);
  }
  return best[0];
}

double share_found(const std::vector<Scored>& expected,
                   const std::vector<vision::Candidate>& found) {
  const auto known = std::count_if(expected.begin(), expected.end(), [&](const Scored& one) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& candidate) { return candidate.id == id_of(one.second); });
  });
  return static_cast<double>(known) / static_cast<double>(expected.size());
}

Status bench_search(const Options& options) {
  const Population population = make_population(options);
  vision::FaceIndex index(population.space);
  const auto begun = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < population.rows.size(); ++i) {
    MQ_REQUIRE(index.add(id_of(i), {population.space, population.rows[i]}));
  }
  const std::chrono::duration<double> build = std::chrono::steady_clock::now() - begun;

  std::vector<std::vector<vision::Candidate>> found(population.queries.size());
  const auto search_all = [&](float min_score) {
    const auto one = [&](std::int64_t i) {
      const vision::SearchOptions wanted{kTopK, min_score, options.threads};
      found[i] = index.search(population.queries[i], wanted).value();
    };
    one(0);
    return measure(options.queries, 1, one);
  };
  const auto report = [&](const BenchFigures& figures) {
    json::object out = figures_json(figures);
    out["n"] = options.n;
    out["queries"] = figures.n;
    return out;
  };
  const float threshold = vision::threshold_for(vision::kDefaultFalseMatchRate, vision::kEmbeddingModel);
  json::object thresholded = report(search_all(threshold));
  thresholded["min_score"] = threshold;
  const json::object figures = report(search_all(-1));
  json::object out = {{"name", "search"}};
  out.insert(figures.begin(), figures.end());

  double recall = 0;
  const int checked = std::min(options.queries, 20);
  const auto yardstick = measure(checked, 1, [&](std::int64_t i) {
    recall += share_found(brute_force(population, population.queries[i].values, options.threads),
                          found[i]);
  });
  out["recall"] = recall / checked;
  out["dim"] = kDimensions;
  out["top_k"] = kTopK;
  out["threads"] = options.threads;
  out["kernel"] = vision::FaceIndex::kernel();
  out["adds_per_s"] = rounded(static_cast<double>(options.n) / build.count(), 0);
  out["with_min_score"] = thresholded;
  out["calibration"] = calibrate(options.threads);
  out["yardstick"] = report(yardstick);
  out["yardstick"].as_object()["name"] = "float scan of every row";
  print_report(out, options.json);
  return ok();
}

}  // namespace

void add_bench_search_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* bench = subcommand(app, "bench", "Measure this machine beside a plain yardstick");
  auto* search = bench->add_subcommand("search", "Exact 1:N search of made-up faces");
  search->add_flag("--json", options->json, "Print one JSON object");
  search->add_option("--n", options->n, "Entries; each takes 5 kB of memory here")
      ->check(CLI::Range(std::int64_t{100}, static_cast<std::int64_t>(limits::kFaceIndexEntries)));
  search->add_option("--threads", options->threads, "Threads of one search")
      ->check(CLI::Range(1, limits::kFaceSearchThreads));
  search->add_option("--queries", options->queries, "Searches")->check(CLI::Range(1, 1'000));
  search->callback([options, &exit_code] {
    const Status status = bench_search(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
