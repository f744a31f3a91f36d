#include "app/face_commands.h"

#include <algorithm>
#include <cmath>
#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using vision::VisionErrc;

enum class FileErrc { unreadable, invalid };
BOOST_DESCRIBE_ENUM(FileErrc, unreadable, invalid)
constexpr std::string_view error_domain(FileErrc) { return "file"; }

struct Options {
  bool json = false;
  std::string models;
  std::string first;
  std::string second;
  std::string pairs;
  std::string root;
  bool all_pairs = false;
  int fd = 3;
  bool self_test_lock = false;
};

std::string title_of(const Error& error) {
  static const std::map<std::string, std::string, std::less<>> titles = {
      {"vision.not_an_image", "This is not a readable JPEG, PNG or WebP picture"},
      {"vision.unsupported_format", "Pictures of this kind are not accepted"},
      {"vision.too_many_bytes", "The file is too large"},
      {"vision.too_many_pixels", "The picture has too many pixels"},
      {"vision.image_too_small", "The picture is too small"},
      {"vision.no_face", "There is no face in the picture"},
      {"vision.several_faces", "There is more than one person in the picture"},
      {"vision.face_too_small", "The face is too small to compare"},
      {"vision.models_missing", "The models are not installed"},
      {"file.unreadable", "The file cannot be read"},
      {"file.invalid", "The file is not as expected"}};
  const auto found = titles.find(error.code());
  return found == titles.end() ? "The picture could not be analysed" : found->second;
}

int report(const Error& error, bool as_json) {
  if (as_json) {
    const json::object problem = {
        {"code", error.code()}, {"title", title_of(error)}, {"detail", error.detail()}};
    std::cout << json::serialize(problem) << '\n';
  } else {
    std::cerr << title_of(error) << " (" << error.code() << ")";
    if (!error.detail().empty()) std::cerr << ": " << error.detail();
    std::cerr << '\n';
  }
  return 1;
}

Result<Bytes> read_picture(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path);
  // One byte over the limit is enough for the decoder to refuse it.
  Bytes out(std::min<std::uintmax_t>(fs::file_size(path, failed), limits::kHttpPhotoBodyBytes + 1));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (in.gcount() != static_cast<std::streamsize>(out.size())) return Error(FileErrc::unreadable, path);
  return out;
}

double rounded(double value, int digits) {
  const double factor = std::pow(10.0, digits);
  return std::round(value * factor) / factor;
}

json::array point_json(vision::Point p) { return {rounded(p.x, 1), rounded(p.y, 1)}; }

json::object face_json(const vision::Face& face) {
  json::array landmarks;
  for (const auto& p : face.landmarks) landmarks.push_back(point_json(p));
  json::array advice;
  for (const auto a : face.advice) advice.push_back(boost::describe::enum_to_string(a, "?"));
  return {{"box",
           {{"x", rounded(face.box.x, 1)},
            {"y", rounded(face.box.y, 1)},
            {"width", rounded(face.box.width, 1)},
            {"height", rounded(face.box.height, 1)}}},
          {"score", face.score},
          {"landmarks", landmarks},
          {"pose", {{"yaw", face.pose.yaw}, {"pitch", face.pose.pitch}, {"roll", face.pose.roll}}},
          {"quality",
           {{"sharpness", face.quality.sharpness},
            {"luminance", face.quality.luminance},
            {"inter_eye", face.quality.inter_eye},
            {"eyes_open", face.quality.eyes_open}}},
          {"liveness", {{"score", face.liveness.score}, {"passed", face.liveness.passed}}},
          {"usable", face.usable},
          {"advice", advice}};
}

Result<std::unique_ptr<vision::WorkerPool>> start_worker(const Options& options) {
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  return vision::WorkerPool::start(std::move(config));
}

void print_face(const vision::Face& face) {
  std::cout << "face at " << std::lround(face.box.x) << "," << std::lround(face.box.y) << " "
            << std::lround(face.box.width) << "x" << std::lround(face.box.height) << "  yaw "
            << std::lround(face.pose.yaw) << " pitch " << std::lround(face.pose.pitch) << " roll "
            << std::lround(face.pose.roll) << "  sharpness " << std::lround(face.quality.sharpness)
            << " luminance " << std::lround(face.quality.luminance) << "  liveness "
            << rounded(face.liveness.score, 3) << "  " << (face.usable ? "usable" : "not usable");
  for (const auto a : face.advice) std::cout << "  " << boost::describe::enum_to_string(a, "?");
  std::cout << '\n';
}

Status analyze(const Options& options) {
  MQ_TRY(const Bytes picture, read_picture(options.first));
  MQ_TRY(const auto pool, start_worker(options));
  MQ_TRY(const auto analysis, pool->analyze(picture));
  if (!options.json) {
    if (analysis.faces.empty()) std::cout << "no face\n";
    for (const auto& face : analysis.faces) print_face(face);
    return ok();
  }
  json::array faces;
  for (const auto& face : analysis.faces) faces.push_back(face_json(face));
  const json::object out = {{"width", analysis.width},
                            {"height", analysis.height},
                            {"face_count", analysis.face_count},
                            {"faces", faces}};
  std::cout << json::serialize(out) << '\n';
  return ok();
}

Status compare(const Options& options) {
  MQ_TRY(const auto pool, start_worker(options));
  std::vector<vision::Face> faces;
  for (const auto& path : {options.first, options.second}) {
    MQ_TRY(const Bytes picture, read_picture(path));
    MQ_TRY(const auto analysis, pool->analyze(picture));
    auto face = vision::principal_face(analysis);
    if (!face.ok()) return Error::from_text(face.error().code(), path);
    faces.push_back(std::move(face).value());
  }
  const float score = vision::similarity(faces[0].embedding, faces[1].embedding);
  const float threshold = vision::threshold_for(vision::kDefaultFalseMatchRate);
  const double rate = vision::false_match_rate(score);
  const bool match = score >= threshold;
  if (options.json) {
    const json::object out = {{"similarity", score},
                              {"match", match},
                              {"false_match_rate", rate},
                              {"threshold", threshold},
                              {"model", vision::kEmbeddingModel}};
    std::cout << json::serialize(out) << '\n';
  } else {
    std::cout << (match ? "match" : "no match") << "  similarity " << rounded(score, 4)
              << " (threshold " << rounded(threshold, 4) << ")  false match rate " << rate << "  model "
              << vision::kEmbeddingModel << '\n';
  }
  return ok();
}

// Photos by their place in `photos`, groups by theirs in `groups`.
struct Pair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  bool same = false;
  std::int32_t group = -1;
};

struct Trial {
  std::vector<std::string> photos;
  std::vector<std::string> groups;
  std::vector<Pair> pairs;
};

std::vector<std::string> split(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) out.push_back(cell);
  return out;
}

// Numbers names in the order of their first use.
class Numbering {
 public:
  explicit Numbering(std::vector<std::string>& names) : names_(names) {}
  std::uint32_t number(const std::string& name) {
    const auto [at, fresh] = known_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (fresh) names_.push_back(name);
    return at->second;
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::uint32_t> known_;
};

Result<Trial> read_pairs(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) return Error(FileErrc::unreadable, path);
  const auto header = split(line);
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  const auto a = column("a"), b = column("b"), same = column("same"), group = column("group");
  if (std::max({a, b, same}) >= header.size()) {
    return Error(FileErrc::invalid, path + ": the first line must name the columns a,b,same[,group]");
  }
  Trial out;
  Numbering photos(out.photos), groups(out.groups);
  for (int number = 2; std::getline(in, line); ++number) {
    const auto cells = split(line);
    if (cells.empty()) continue;
    if (cells.size() <= std::max({a, b, same}) || (cells[same] != "0" && cells[same] != "1")) {
      return Error(FileErrc::invalid, path + ": line " + std::to_string(number));
    }
    const bool grouped = group < cells.size() && !cells[group].empty();
    out.pairs.push_back({photos.number(cells[a]), photos.number(cells[b]), cells[same] == "1",
                         grouped ? static_cast<std::int32_t>(groups.number(cells[group])) : -1});
  }
  return out;
}

bool is_picture_name(const fs::path& path) {
  std::string extension = path.extension();
  std::transform(extension.begin(), extension.end(), extension.begin(), ::tolower);
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".webp";
}

Result<Trial> collect(const Options& options) {
  Trial out;
  if (!options.pairs.empty()) {
    MQ_TRY(out, read_pairs(options.pairs));
  } else {
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(options.root, failed)) {
      if (is_picture_name(entry.path())) {
        out.photos.push_back(entry.path().lexically_relative(options.root));
      }
    }
    if (failed) return Error(FileErrc::unreadable, options.root);
  }
  if (!options.all_pairs) return out;
  out.pairs.clear();
  std::vector<std::string> folders;
  Numbering people(folders);
  std::vector<std::uint32_t> person;
  for (const auto& photo : out.photos) person.push_back(people.number(fs::path(photo).parent_path()));
  for (std::uint32_t i = 0; i < person.size(); ++i) {
    for (std::uint32_t j = i + 1; j < person.size(); ++j) {
      out.pairs.push_back({i, j, person[i] == person[j]});
    }
  }
  return out;
}

double thread_cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Enrolled {
  std::vector<std::optional<vision::Embedding>> templates;  // one a photo
  std::int64_t failed = 0;
  double cpu_ms = 0;
};

Result<Enrolled> enroll(const Trial& trial, const Options& options) {
  MQ_TRY(const auto engine, vision::Engine::load(find_models_dir(options.models)));
  Enrolled out;
  for (const std::string& photo : trial.photos) {
    MQ_TRY(const Bytes picture, read_picture((fs::path(options.root) / photo).string()));
    const double before = thread_cpu_ms();
    auto embedding = engine->embed(picture);
    out.cpu_ms += thread_cpu_ms() - before;
    if (embedding.ok()) {
      out.templates.emplace_back(*embedding);
    } else {
      out.templates.emplace_back();
      ++out.failed;
      std::cerr << photo << ": " << embedding.error().code() << '\n';
    }
  }
  return out;
}

json::value number_or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

Status evaluate(const Options& options) {
  MQ_TRY(const Trial trial, collect(options));
  MQ_TRY(const Enrolled enrolled, enroll(trial, options));
  std::vector<vision::ScoredPair> scored;
  scored.reserve(trial.pairs.size());
  std::vector<std::vector<vision::ScoredPair>> by_group(trial.groups.size());
  for (const Pair& p : trial.pairs) {
    const auto& a = enrolled.templates[p.a];
    const auto& b = enrolled.templates[p.b];
    // A photo without a template matches nothing: its genuine pairs count as refused.
    scored.push_back({a && b ? vision::similarity(*a, *b) : -1.0F, p.same});
    if (p.group >= 0) by_group[p.group].push_back(scored.back());
  }
  const float threshold = vision::threshold_for(vision::kDefaultFalseMatchRate);
  json::object groups;
  for (std::size_t i = 0; i < by_group.size(); ++i) {
    groups[trial.groups[i]] = {
        {"pairs", by_group[i].size()},
        {"wrong_at_default", vision::wrong_at(by_group[i], threshold)},
        {"auc", number_or_null(vision::verification_errors(by_group[i]).auc)}};
  }
  const auto errors = vision::verification_errors(scored);
  const auto photos = static_cast<double>(std::max<std::size_t>(1, trial.photos.size()));
  const json::object out = {{"pairs", scored.size()},
                            {"genuine_pairs", errors.genuine_pairs},
                            {"impostor_pairs", errors.impostor_pairs},
                            {"photos", trial.photos.size()},
                            {"failed_to_enroll", enrolled.failed},
                            {"auc", number_or_null(errors.auc)},
                            {"eer", number_or_null(errors.eer)},
                            {"fnmr_at_fmr",
                             {{"1e-2", number_or_null(errors.fnmr_at_1e2)},
                              {"1e-3", number_or_null(errors.fnmr_at_1e3)},
                              {"1e-4", number_or_null(errors.fnmr_at_1e4)}}},
                            {"cpu_ms_per_photo", enrolled.cpu_ms / photos},
                            {"threshold", threshold},
                            {"wrong", vision::wrong_at(scored, threshold)},
                            {"model", vision::kEmbeddingModel},
                            {"groups", groups}};
  if (options.json) {
    std::cout << json::serialize(out) << '\n';
  } else {
    for (const auto& [name, value] : out) std::cout << std::string_view(name) << ": " << value << '\n';
  }
  return ok();
}

CLI::App* subcommand(CLI::App& app, const std::string& name, const std::string& text) {
  const auto known = app.get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
  if (!known.empty()) return known.front();
  auto* made = app.add_subcommand(name, text);
  made->require_subcommand(1);
  return made;
}

}  // namespace

std::string find_models_dir(const std::string& option) {
  if (!option.empty()) return option;
  if (const char* named = std::getenv("MIANQIAN_MODELS"); named != nullptr && *named != '\0') return named;
  std::error_code failed;
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  fs::path fallback = folder / "../models/files";
  for (const char* up : {"../models/files", "../../models/files", "../../../models/files"}) {
    if (fs::is_directory(folder / up, failed)) return (folder / up).lexically_normal();
  }
  return fallback.lexically_normal();
}

void add_face_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  const auto common = [&](CLI::App* command, Status (*action)(const Options&)) {
    command->add_flag("--json", options->json, "Print one JSON object");
    command->add_option("--models", options->models, "Folder with the model files");
    command->callback([options, action, &exit_code] {
      const Status status = action(*options);
      exit_code = status.ok() ? 0 : report(status.error(), options->json);
    });
  };

  auto* face = subcommand(app, "face", "Faces in pictures");
  auto* analyze_command = face->add_subcommand("analyze", "Faces, quality, pose and liveness hint");
  analyze_command->add_option("image", options->first, "JPEG, PNG or WebP")->required();
  common(analyze_command, analyze);

  auto* compare_command = face->add_subcommand("compare", "Are these two the same person");
  compare_command->add_option("a", options->first, "JPEG, PNG or WebP")->required();
  compare_command->add_option("b", options->second, "JPEG, PNG or WebP")->required();
  common(compare_command, compare);

  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* eval_face = eval->add_subcommand("face", "Verification errors on labelled pairs of photos");
  eval_face->add_option("--pairs", options->pairs, "CSV a,b,same[,group]");
  eval_face->add_option("--root", options->root, "Folder the paths start from")->required();
  eval_face->add_flag("--all-pairs", options->all_pairs,
                      "Every photo with every other; those of one folder are one person");
  common(eval_face, evaluate);
  eval_face->parse_complete_callback([options] {
    if (options->pairs.empty() && !options->all_pairs) throw CLI::RequiredError("--pairs or --all-pairs");
  });

  auto* worker = app.add_subcommand("vision-worker", "")->group("");
  worker->add_option("--fd", options->fd);
  worker->add_option("--models", options->models);
  worker->add_flag("--self-test-lock", options->self_test_lock);
  worker->callback([options, &exit_code] {
    const std::string models = find_models_dir(options->models);
    exit_code = options->self_test_lock ? vision::run_lock_self_test(models)
                                        : vision::run_worker(options->fd, models);
  });
}

}  // namespace mq::app
