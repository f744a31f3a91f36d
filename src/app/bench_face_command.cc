#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

#include "app/bench_commands.h"
#include "app/bench_support.h"
#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kWarmUps = 3;
constexpr int kPoolRounds = 2;

struct Options {
  bool json = false;
  std::string models;
  std::string photos;
  std::string save;
  int n = 200;
};

// What is measured, made of the same photos.
struct Pictures {
  std::vector<Bytes> selfies;  // 640x480, the face 0.55 of the height
  std::vector<Bytes> photos;   // 250x250, the face 0.45 of the height
};

Result<Pictures> make_pictures(const vision::Engine& engine, const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (is_picture_name(entry.path().string())) paths.push_back(entry.path());
  }
  if (failed) return Error(FileErrc::unreadable, folder);
  std::sort(paths.begin(), paths.end());
  Pictures out;
  for (const auto& path : paths) {
    MQ_TRY(const Bytes photo, read_picture(path));
    auto selfie = vision::framed_face(engine, photo, 640, 480, 0.55F);
    auto small = vision::framed_face(engine, photo, 250, 250, 0.45F);
    if (!selfie.ok() || !small.ok()) {
      std::cerr << path << ": " << (selfie.ok() ? small : selfie).error().code() << '\n';
      continue;
    }
    out.selfies.push_back(*std::move(selfie));
    out.photos.push_back(*std::move(small));
  }
  if (out.selfies.empty()) return Error(FileErrc::invalid, folder + " holds no photo with a face");
  return out;
}

Status save_pictures(const Pictures& pictures, const std::string& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const auto save = [&](const std::vector<Bytes>& all, const std::string& name) -> Status {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const fs::path path = fs::path(folder) / (name + std::to_string(i + 1) + ".jpg");
      std::ofstream out(path, std::ios::binary);
      out.write(reinterpret_cast<const char*>(all[i].data()),
                static_cast<std::streamsize>(all[i].size()));
      if (!out.flush()) return Error(FileErrc::unreadable, path.string());
    }
    return ok();
  };
  MQ_REQUIRE(save(pictures.selfies, "selfie"));
  return save(pictures.photos, "photo");
}

// One thread in this process, each picture in turn; beside the harness's figures the processor time
// of single calls, which other work on the machine moves less than the wall time.
json::object measure_in_process(int n, const std::vector<Bytes>& pictures,
                                const std::function<void(const Bytes&)>& work) {
  for (int i = 0; i < kWarmUps; ++i) work(pictures.front());
  std::vector<double> cpu_ms;
  const BenchFigures figures = measure(n, 1, [&](std::int64_t i) {
    const double before = thread_cpu_ms();
    work(pictures[static_cast<std::size_t>(i) % pictures.size()]);
    cpu_ms.push_back(thread_cpu_ms() - before);
  });
  std::sort(cpu_ms.begin(), cpu_ms.end());
  json::object out = figures_json(figures);
  out["cpu_p50_ms"] = rounded(cpu_ms[cpu_ms.size() / 2], 3);
  out["cpu_p99_ms"] = rounded(cpu_ms[(cpu_ms.size() * 99 + 99) / 100 - 1], 3);
  return out;
}

// Selfies a second by a pool of so many children, each with a next picture waiting.
Result<double> pool_rate(const Options& options, const Pictures& pictures, int children) {
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  config.children = children;
  MQ_TRY(const auto pool, vision::WorkerPool::start(std::move(config)));
  std::atomic<int> refused{0};
  const auto work = [&](std::int64_t i) {
    const auto& selfie = pictures.selfies[static_cast<std::size_t>(i) % pictures.selfies.size()];
    if (!pool->analyze(selfie).ok()) ++refused;
  };
  measure(8 * children, 2 * children, work);
  const BenchFigures figures = measure(options.n, 2 * children, work);
  if (refused > 0)
    return Error(FileErrc::invalid, std::to_string(refused) + " selfies were not analysed");
  return figures.per_s;
}

// Turn about, so that a change of the machine's load does not fall on one of them only; the better
// round.
Result<json::object> measure_pools(const Options& options, const Pictures& pictures) {
  double one = 0, two = 0;
  for (int round = 0; round < kPoolRounds; ++round) {
    MQ_TRY(const double single, pool_rate(options, pictures, 1));
    MQ_TRY(const double both, pool_rate(options, pictures, 2));
    one = std::max(one, single);
    two = std::max(two, both);
  }
  return json::object{{"one_per_s", rounded(one, 2)},
                      {"two_per_s", rounded(two, 2)},
                      {"ratio", rounded(two / one, 3)}};
}

Status bench_face(const Options& options) {
  const std::string models = find_models_dir(options.models);
  const std::string folder = options.photos.empty()
                                 ? (fs::path(models).parent_path() / "demo-photos").string()
                                 : options.photos;
  MQ_TRY(const auto engine, vision::Engine::load(models));
  MQ_TRY(const Pictures pictures, make_pictures(*engine, folder));
  if (!options.save.empty()) MQ_REQUIRE(save_pictures(pictures, options.save));
  MQ_TRY(vision::BareNetworks bare, vision::BareNetworks::load(models));

  json::object out = {{"name", "face"}};
  const json::object whole =
      measure_in_process(options.n, pictures.selfies,
                         [&](const Bytes& selfie) { (void)engine->analyze(selfie).ok(); });
  out.insert(whole.begin(), whole.end());
  out["photos"] = pictures.selfies.size();
  out["embed_250"] = measure_in_process(
      options.n, pictures.photos, [&](const Bytes& photo) { (void)engine->embed(photo).ok(); });
  out["yardstick"] = measure_in_process(options.n, {Bytes{}}, [&](const Bytes&) { bare.run(); });
  MQ_TRY(const auto stages, vision::profile_stages(models, pictures.selfies.front(), options.n));
  json::object times;
  for (const auto& stage : stages) times[stage.name] = rounded(stage.cpu_ms, 3);
  out["stages_cpu_ms"] = std::move(times);
  MQ_TRY(out["workers"], measure_pools(options, pictures));
  out["calibration"] = calibrate(1);
  print_report(out, options.json);
  return ok();
}

}  // namespace

void add_bench_face_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* bench = subcommand(app, "bench", "Measure this machine beside a plain yardstick");
  auto* face =
      bench->add_subcommand("face", "Analyses of selfies, embeddings, where the time goes");
  face->add_option("--photos", options->photos,
                   "Folder of photos to make the selfies of (the demo's)");
  face->add_option("--save", options->save, "Folder for the pictures that were measured");
  face->add_option("--n", options->n, "Calls of each kind")->check(CLI::Range(10, 100'000));
  face->add_flag("--json", options->json, "Print one JSON object");
  face->add_option("--models", options->models, "Folder with the model files");
  face->callback([options, &exit_code] {
    exit_code = 1;
    if (!vision::start_again_as_a_child()) return;  // what the server's children do is measured
    const Status status = bench_face(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
