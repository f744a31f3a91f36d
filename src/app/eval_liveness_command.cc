#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include "app/eval_clips.h"
#include "app/eval_commands.h"
#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kBonaFide = "bona_fide";
// Presentation attack detection is reported as in ISO/IEC 30107-3: a share a kind, never pooled.
constexpr std::string_view kAnimationNote =
    "These animations are made from the same photo as the attacks. They show that the judgement "
    "can be satisfied, not how often living people pass, and a software animation of this kind "
    "passes the active challenge: against it stand the capture channel, the colour flash, the "
    "passive score and a reviewer.";

struct Options {
  bool json = false;
  std::string models;
  std::string list;
  std::string root;
  std::string sequences;
  std::string synthesize;
  std::size_t count = 20;
  std::uint64_t seed = 1;
  int threads = 1;
};

struct Kind {
  std::uint64_t presented = 0;
  std::uint64_t passed = 0;
};
using Kinds = std::map<std::string, Kind>;

json::object share(std::uint64_t count, std::uint64_t of) {
  const vision::Interval limits = vision::clopper_pearson(count, of);
  json::object out = {{"count", count}, {"of", of}};
  out["rate"] = of == 0 ? json::value(nullptr)
                        : json::value(static_cast<double>(count) / static_cast<double>(of));
  out["low_95"] = rounded(limits.low, 4);
  out["high_95"] = rounded(limits.high, 4);
  return out;
}

// apcer by kind and bpcer, with counts and 95 % limits beside them.
void put_rates(const Kinds& kinds, json::object& out) {
  json::object apcer, limits;
  out["bpcer"] = nullptr;
  for (const auto& [name, kind] : kinds) {
    const bool living = name == kBonaFide;
    json::object one = share(living ? kind.presented - kind.passed : kind.passed, kind.presented);
    if (living) {
      out["bpcer"] = one["rate"];
    } else {
      apcer[name] = one["rate"];
    }
    limits[name] = std::move(one);
  }
  out["apcer"] = std::move(apcer);
  out["counts"] = std::move(limits);
}

// The passive score's curve on this set and the threshold that sends the same share to another try.
json::object calibration(std::vector<float> scores) {
  std::sort(scores.begin(), scores.end());
  json::array curve;
  for (const double at : {0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 0.9}) {
    if (scores.empty()) break;
    const auto place = static_cast<std::size_t>(at * static_cast<double>(scores.size() - 1));
    curve.push_back({{"share", at}, {"score", rounded(scores[place], 4)}});
  }
  const auto retried = std::count_if(scores.begin(), scores.end(),
                                     [](float s) { return !vision::passive_liveness(s).passed; });
  return {{"photos", scores.size()},
          {"intended_retry_share", rounded(vision::kPassiveRetryShare, 4)},
          {"threshold", rounded(vision::passive_threshold(), 4)},
          {"retried", share(static_cast<std::uint64_t>(retried), scores.size())},
          {"curve", std::move(curve)}};
}

struct Listed {
  std::string file;
  std::string kind;
};

Result<std::vector<Listed>> read_list(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) return Error(FileErrc::unreadable, path);
  const auto cells_of = [](std::string text) {
    if (!text.empty() && text.back() == '\r') text.pop_back();
    std::vector<std::string> out;
    std::istringstream cells(text);
    for (std::string cell; std::getline(cells, cell, ',');) out.push_back(cell);
    return out;
  };
  const auto header = cells_of(line);
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const std::size_t file = column("file"), kind = column("kind");
  if (std::max(file, kind) >= header.size()) {
    return Error(FileErrc::invalid, path + ": the first line must name the columns file,kind");
  }
  std::vector<Listed> out;
  for (int number = 2; std::getline(in, line); ++number) {
    const auto cells = cells_of(line);
    if (cells.empty()) continue;
    if (cells.size() <= std::max(file, kind) || cells[kind].empty()) {
      return Error(FileErrc::invalid, path + ": line " + std::to_string(number));
    }
    out.push_back({cells[file], cells[kind]});
  }
  return out;
}

Result<json::object> evaluate_stills(const vision::Engine& engine, const Options& options) {
  MQ_TRY(const auto listed, read_list(options.list));
  Kinds kinds;
  std::vector<float> living;
  std::uint64_t without_face = 0;
  json::array files;
  for (const Listed& one : listed) {
    MQ_TRY(const Bytes picture, read_picture((fs::path(options.root) / one.file).string()));
    const auto analysis = engine.analyze(picture);
    json::object row = {{"file", one.file}, {"kind", one.kind}};
    Kind& kind = kinds[one.kind];
    ++kind.presented;
    // What shows no face passes nothing: caught if it is an attack, sent back if it is a person.
    if (!analysis.ok() || analysis->faces.empty()) {
      ++without_face;
      row["error"] = analysis.ok() ? "vision.no_face" : analysis.error().code();
      row["passed"] = false;
    } else {
      const auto liveness = vision::passive_liveness(analysis->faces.front().liveness.score);
      kind.passed += liveness.passed ? 1 : 0;
      if (one.kind == kBonaFide) living.push_back(liveness.score);
      row["score"] = rounded(liveness.score, 5);
      row["rarity"] = rounded(liveness.rarity, 4);
      row["passed"] = liveness.passed;
    }
    files.push_back(std::move(row));
  }
  json::object out;
  put_rates(kinds, out);
  out["without_face"] = without_face;
  out["passive"] = calibration(std::move(living));
  out["files"] = std::move(files);
  return out;
}

json::array names_of(const std::vector<vision::LivenessReason>& reasons) {
  json::array out;
  for (const auto reason : reasons) out.push_back(boost::describe::enum_to_string(reason, ""));
  return out;
}

Result<json::object> evaluate_clips(const vision::Engine& engine, const Options& options) {
  MQ_TRY(const auto clips, read_clips(options.sequences));
  Kinds kinds;
  json::array rows;
  for (const Clip& clip : clips) {
    MQ_TRY(const auto judgement, judge_clip(engine, clip));
    Kind& kind = kinds[clip.kind];
    ++kind.presented;
    kind.passed += judgement.passed ? 1 : 0;
    json::array steps;
    for (const vision::StepResult& step : judgement.steps) {
      steps.push_back({{"action", boost::describe::enum_to_string(step.action, "")},
                       {"done", step.done},
                       {"began_ms", step.began_ms},
                       {"peak", rounded(step.peak, 3)}});
    }
    const vision::LivenessMetrics& m = judgement.metrics;
    rows.push_back({{"file", fs::path(clip.path).filename().string()},
                    {"kind", clip.kind},
                    {"passed", judgement.passed},
                    {"reasons", names_of(judgement.reasons)},
                    {"steps", std::move(steps)},
                    {"best_frame", judgement.best_frame ? json::value(*judgement.best_frame)
                                                        : json::value(nullptr)},
                    {"frames", m.frames},
                    {"frames_per_second", rounded(m.frames_per_second, 1)},
                    {"least_similarity", rounded(m.least_similarity, 3)},
                    {"median_passive", rounded(m.median_passive, 4)}});
  }
  json::object out;
  put_rates(kinds, out);
  out["clips"] = std::move(rows);
  return out;
}

Result<std::vector<fs::path>> photos_in(const Options& options) {
  std::error_code failed;
  if (fs::is_regular_file(options.synthesize, failed))
    return std::vector<fs::path>{options.synthesize};
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(options.synthesize, failed)) {
    if (is_picture_name(entry.path().string())) out.push_back(entry.path());
  }
  if (failed) return Error(FileErrc::unreadable, options.synthesize);
  std::sort(out.begin(), out.end());
  return out;
}

// The neutral state of a challenge: whoever is not that in the photo could not begin one.
bool can_begin(const vision::Analysis& analysis) {
  const auto face = vision::principal_face(analysis);
  if (!face.ok()) return false;
  constexpr float kAngle = 12, kOpen = 0.5F, kMouth = 0.15F;
  const vision::Face& f = *face;
  return std::max({std::abs(f.pose.yaw), std::abs(f.pose.pitch), std::abs(f.pose.roll)}) <=
             kAngle &&
         std::min(f.right_eye_open, f.left_eye_open) >= kOpen && f.mouth_open <= kMouth;
}

json::object tally_row(const vision::SynthesisTally& tally, std::size_t photos) {
  json::object reasons;
  for (const auto& [reason, count] : tally.reasons) {
    reasons[boost::describe::enum_to_string(reason, "")] = count;
  }
  json::object actions;
  for (int a = 0; a < vision::kActions; ++a) {
    actions[boost::describe::enum_to_string(static_cast<vision::Action>(a), "")] =
        tally.photos_done[static_cast<std::size_t>(a)];
  }
  return {{"tries", share(tally.passed, tally.tries)},
          {"photos", share(tally.photos_passed, photos)},
          {"photos_with_action_done", std::move(actions)},
          {"reasons", std::move(reasons)}};
}

struct Neutral {
  std::vector<Bytes> photos;
  std::size_t left_out = 0;
};

Result<Neutral> neutral_photos(const vision::Engine& engine, const Options& options) {
  MQ_TRY(const auto paths, photos_in(options));
  Neutral out;
  std::string folder;
  for (const fs::path& path : paths) {
    if (out.photos.size() >= options.count) break;
    // One photo a person where the folder names the person.
    if (paths.size() > options.count && path.parent_path() == folder) continue;
    MQ_TRY(Bytes photo, read_picture(path.string()));
    const auto analysis = engine.analyze(photo);
    if (!analysis.ok() || !can_begin(*analysis)) {
      ++out.left_out;
      continue;
    }
    folder = path.parent_path().string();
    out.photos.push_back(std::move(photo));
  }
  return out;
}

// The photos do not depend on each other, and the order in which threads add them changes no sum.
Result<vision::SynthesisTrial> try_all(const vision::Engine& engine,
                                       const std::vector<Bytes>& photos, const Options& options) {
  vision::SynthesisTrial sum;
  Status failed = ok();
  std::size_t next = 0;
  std::mutex mutex;
  const auto work = [&] {
    std::unique_lock lock(mutex);
    while (next < photos.size() && failed.ok()) {
      const std::size_t mine = next++;
      lock.unlock();
      vision::SynthesisTrial trial;
      const Status added =
          vision::add_to_trial(engine, photos[mine], options.seed + mine, {}, trial);
      lock.lock();
      if (!added.ok()) failed = added;
      sum += trial;
      std::cerr << sum.photos << '/' << photos.size() << '\n';
    }
  };
  {
    std::vector<std::jthread> crew;
    for (int i = 0; i < options.threads; ++i) crew.emplace_back(work);
  }
  MQ_REQUIRE(failed);
  return sum;
}

Result<json::object> evaluate_synthesis(const vision::Engine& engine, const Options& options) {
  MQ_TRY(const Neutral neutral, neutral_photos(engine, options));
  if (neutral.photos.empty()) {
    return Error(vision::VisionErrc::no_face,
                 "a neutral one from the front, in " + options.synthesize);
  }
  MQ_TRY(const vision::SynthesisTrial trial, try_all(engine, neutral.photos, options));
  json::object attacks, animated;
  for (int k = 0; k < vision::kSyntheses; ++k) {
    const auto kind = static_cast<vision::Synthesis>(k);
    const json::object row = tally_row(trial.kinds[static_cast<std::size_t>(k)], trial.photos);
    attacks[boost::describe::enum_to_string(kind, "")] = row;
    if (kind == vision::Synthesis::animated) animated = row;
  }
  return json::object{
      {"photos", trial.photos},
      {"left_out_not_neutral", neutral.left_out},
      {"challenges_per_photo", trial.challenges},
      {"attacks", std::move(attacks)},
      {"state_machine", {{"animated", std::move(animated)}, {"note", kAnimationNote}}},
      {"genuine_pass_rate", "not measured"}};
}

Status evaluate(const Options& options) {
  MQ_TRY(const auto engine, vision::Engine::load(find_models_dir(options.models)));
  json::object out;
  if (!options.list.empty()) {
    MQ_TRY(out, evaluate_stills(*engine, options));
  } else if (!options.sequences.empty()) {
    MQ_TRY(out, evaluate_clips(*engine, options));
  } else {
    MQ_TRY(out, evaluate_synthesis(*engine, options));
  }
  if (options.json) {
    std::cout << json::serialize(out) << '\n';
    return ok();
  }
  for (const auto& [name, value] : out) {
    if (value.is_array()) {
      for (const json::value& row : value.as_array()) {
        std::cout << std::string_view(name) << ": " << row << '\n';
      }
    } else if (value.is_object()) {
      for (const auto& [key, inner] : value.as_object()) {
        std::cout << std::string_view(name) << '.' << std::string_view(key) << ": " << inner
                  << '\n';
      }
    } else {
      std::cout << std::string_view(name) << ": " << value << '\n';
    }
  }
  return ok();
}

}  // namespace

void add_eval_liveness_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* command = eval->add_subcommand("liveness", "What passes as a living person");
  auto* list = command->add_option("--list", options->list,
                                   "Stills: CSV file,kind (bona_fide or an attack)");
  command->add_option("--root", options->root, "Folder the paths of the list start from")
      ->needs(list);
  auto* sequences = command->add_option("--sequences", options->sequences,
                                        "Folder with clips and a JSON beside each");
  auto* synthesize = command->add_option("--synthesize", options->synthesize,
                                         "Photo or folder of photos to make attack sequences from");
  command->add_option("--count", options->count, "Photos to use of the folder")->needs(synthesize);
  command->add_option("--seed", options->seed, "Of angles, bends and noise")->needs(synthesize);
  command->add_option("--threads", options->threads, "Photos tried at once")
      ->needs(synthesize)
      ->check(CLI::Range(1, 64));
  list->excludes(sequences)->excludes(synthesize);
  sequences->excludes(synthesize);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
  command->parse_complete_callback([options] {
    if (options->list.empty() && options->sequences.empty() && options->synthesize.empty()) {
      throw CLI::RequiredError("--list, --sequences or --synthesize");
    }
  });
}

}  // namespace mq::app
