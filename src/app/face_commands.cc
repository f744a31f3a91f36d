#include "app/face_commands.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <iostream>
#include <memory>
#include <span>
#include <thread>

#include "app/face_support.h"
#include "runtime/json.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;

struct Options {
  bool json = false;
  std::string models;
  std::vector<std::string> images;
  int fd = 3;
  bool self_test_lock = false;
};

json::array point_json(vision::Point p) { return {rounded(p.x, 1), rounded(p.y, 1)}; }

json::object quality_json(const vision::Quality& quality) {
  json::object out;
  for (std::size_t i = 0; i < vision::kComponents; ++i) {
    const auto component = static_cast<vision::Component>(i);
    const vision::Measure& measure = quality[component];
    json::object one = {{"value", rounded(measure.value, 4)},
                        {"score", measure.score},
                        {"verdict", boost::describe::enum_to_string(measure.verdict, "?")}};
    if (measure.advice) one["advice"] = boost::describe::enum_to_string(*measure.advice, "?");
    out[boost::describe::enum_to_string(component, "?")] = std::move(one);
  }
  return out;
}

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
          {"found_by", boost::describe::enum_to_string(face.found_by, "?")},
          {"landmarks", landmarks},
          {"pose", {{"yaw", face.pose.yaw}, {"pitch", face.pose.pitch}, {"roll", face.pose.roll}}},
          {"quality", quality_json(face.quality)},
          {"eyes", {{"right_open", face.right_eye_open}, {"left_open", face.left_eye_open}}},
          {"mouth_open", face.mouth_open},
          {"liveness",
           {{"score", face.liveness.score},
            {"rarity", face.liveness.rarity},
            {"passed", face.liveness.passed}}},
          {"usable", face.usable},
          {"advice", advice}};
}

Result<std::unique_ptr<vision::WorkerPool>> start_workers(const Options& options, int children) {
  vision::WorkerConfig config;
  config.models_dir = find_models_dir(options.models);
  config.children = children;
  return vision::WorkerPool::start(std::move(config));
}

void print_face(const vision::Face& face) {
  std::cout << "face at " << std::lround(face.box.x) << "," << std::lround(face.box.y) << " "
            << std::lround(face.box.width) << "x" << std::lround(face.box.height) << "  yaw "
            << std::lround(face.pose.yaw) << " pitch " << std::lround(face.pose.pitch) << " roll "
            << std::lround(face.pose.roll) << "  sharpness " << std::lround(face.quality[vision::Component::sharpness].value)
            << " luminance " << std::lround(face.quality[vision::Component::luminance_mean].value) << "  liveness "
            << rounded(face.liveness.score, 3) << "  " << (face.usable ? "usable" : "not usable");
  for (const auto a : face.advice) std::cout << "  " << boost::describe::enum_to_string(a, "?");
  std::cout << '\n';
}

void print_analysis(const vision::Analysis& analysis, const std::string& image, const Options& options) {
  const bool several = options.images.size() > 1;
  if (!options.json) {
    if (several) std::cout << image << '\n';
    if (analysis.faces.empty()) std::cout << "no face\n";
    for (const auto& face : analysis.faces) print_face(face);
    return;
  }
  json::array faces;
  for (const auto& face : analysis.faces) faces.push_back(face_json(face));
  json::object out = {{"width", analysis.width},
                      {"height", analysis.height},
                      {"face_count", analysis.face_count},
                      {"faces", faces}};
  if (several) out["image"] = image;
  std::cout << json::serialize(out) << '\n';
}

// One answer an image, in their order.
std::vector<Result<vision::Analysis>> analyze_files(vision::WorkerPool& pool,
                                                    std::span<const std::string> images) {
  std::vector<Result<Bytes>> pictures;
  std::vector<ByteView> readable;
  for (const std::string& image : images) pictures.push_back(read_picture(image));
  for (const auto& picture : pictures) {
    if (picture.ok()) readable.push_back(*picture);
  }
  auto answers = pool.analyze_all(readable);
  std::vector<Result<vision::Analysis>> out;
  auto next = answers.begin();
  for (const auto& picture : pictures) {
    out.push_back(picture.ok() ? std::move(*next++) : Result<vision::Analysis>(picture.error()));
  }
  return out;
}

int analyze(const Options& options) {
  constexpr std::size_t kAtOnce = 16;  // so that thousands of pictures need not fit into memory
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto pool =
      start_workers(options, static_cast<int>(std::min(options.images.size(), cores)));
  if (!pool.ok()) return report_problem(pool.error(), options.json);
  int exit_code = 0;
  for (std::span<const std::string> rest = options.images; !rest.empty();) {
    const auto images = rest.first(std::min(kAtOnce, rest.size()));
    rest = rest.subspan(images.size());
    const auto answers = analyze_files(**pool, images);
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (answers[i].ok()) {
        print_analysis(*answers[i], images[i], options);
      } else {
        exit_code = report_problem(Error::from_text(answers[i].error().code(), images[i]), options.json);
      }
    }
  }
  return exit_code;
}

// The model register, one line a file.
int models(const Options& options) {
  const auto files = vision::model_register(find_models_dir(options.models));
  if (!files.ok()) return report_problem(files.error(), options.json);
  for (const vision::ModelFile& model : *files) {
    if (options.json) {
      std::cout << runtime::to_json(model) << '\n';
    } else {
      std::cout << model.file << "  " << model.sha256 << "  " << model.package << '@' << model.version
                << "  " << model.licence << '\n';
    }
  }
  return 0;
}

Status compare_two(const Options& options) {
  MQ_TRY(const auto pool, start_workers(options, 1));
  std::vector<vision::Face> faces;
  for (const auto& path : options.images) {
    MQ_TRY(const Bytes picture, read_picture(path));
    MQ_TRY(const auto analysis, pool->analyze(picture));
    auto face = vision::principal_face(analysis);
    if (!face.ok()) return Error::from_text(face.error().code(), path);
    faces.push_back(std::move(face).value());
  }
  const float score = vision::similarity(faces[0].face_template(), faces[1].face_template());
  const float threshold = vision::threshold_for(vision::kDefaultFalseMatchRate);
  const double rate = vision::false_match_rate(score);
  const bool match = score >= threshold;
  if (options.json) {
    const json::object out = {{"similarity", score},
                              {"match", match},
                              {"false_match_rate", rate},
                              {"threshold", threshold},
                              {"model", vision::kTemplateModel}};
    std::cout << json::serialize(out) << '\n';
  } else {
    std::cout << (match ? "match" : "no match") << "  similarity " << rounded(score, 4)
              << " (threshold " << rounded(threshold, 4) << ")  false match rate " << rate << "  model "
              << vision::kTemplateModel << '\n';
  }
  return ok();
}

int compare(const Options& options) {
  const Status status = compare_two(options);
  return status.ok() ? 0 : report_problem(status.error(), options.json);
}

}  // namespace

void add_face_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  const auto common = [&](CLI::App* command, int (*action)(const Options&)) {
    command->add_flag("--json", options->json, "Print JSON, one object a line");
    command->add_option("--models", options->models, "Folder with the model files");
    command->callback([options, action, &exit_code] { exit_code = action(*options); });
  };

  auto* face = subcommand(app, "face", "Faces in pictures");
  auto* analyze_command = face->add_subcommand("analyze", "Faces, quality, pose and liveness hint");
  analyze_command->add_option("image", options->images, "JPEG, PNG or WebP, one or more")->required();
  common(analyze_command, analyze);

  common(face->add_subcommand("models", "The model files: origin, licence, hash, doubts"), models);

  auto* compare_command = face->add_subcommand("compare", "Are these two the same person");
  compare_command->add_option("images", options->images, "Two of JPEG, PNG or WebP")
      ->required()
      ->expected(2);
  common(compare_command, compare);

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
