#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include "app/face_commands.h"
#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string models;
  std::string photos;
  std::string out;
  std::uint64_t seed = 1;
  bool half = false;
};

// In the order of their names. With `half` only those of every second folder, so that the people in
// the other folders can be used to measure.
Result<std::vector<std::string>> list_photos(const Options& options) {
  std::vector<std::string> all;
  std::set<std::string> folders;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(options.photos, failed)) {
    if (!is_picture_name(entry.path().string())) continue;
    all.push_back(entry.path().string());
    folders.insert(entry.path().parent_path());
  }
  if (failed || all.empty()) return Error(FileErrc::unreadable, options.photos);
  std::sort(all.begin(), all.end());
  if (!options.half) return all;
  std::set<std::string> chosen;
  bool odd = false;
  for (const auto& folder : folders) {
    odd = !odd;
    if (odd) chosen.insert(folder);
  }
  std::erase_if(all,
                [&](const auto& photo) { return !chosen.contains(fs::path(photo).parent_path()); });
  return all;
}

Status train(const Options& options) {
  MQ_TRY(const auto photos, list_photos(options));
  MQ_TRY(const auto engine, vision::Engine::load(find_models_dir(options.models)));
  vision::OcclusionTrainer trainer(*engine, options.seed);
  std::size_t used = 0;
  for (const auto& photo : photos) {
    MQ_TRY(const Bytes picture, read_picture(photo));
    if (trainer.add(picture)) ++used;
  }
  MQ_TRY(const auto outcome, trainer.train());
  std::ofstream out(options.out, std::ios::binary);
  out << outcome.json;
  if (!out.flush()) return Error(FileErrc::unreadable, options.out);
  std::cout << used << " of " << photos.size() << " photos, " << outcome.faces
            << " faces with the drawn ones, " << outcome.left_out
            << " left out as already covered\n";
  return ok();
}

}  // namespace

void add_train_occlusion_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* face = subcommand(app, "face", "Faces in pictures");
  auto* command = face->add_subcommand(
      "train-occlusion", "Learn to see masks, sunglasses and hats from photos without them");
  command->add_option("--photos", options->photos, "Folder with photos, one person in each")
      ->required();
  command->add_option("--out", options->out, "File to write, models/occlusion.json")->required();
  command->add_option("--seed", options->seed, "Of the drawings");
  command->add_flag("--half", options->half, "Only the photos of every second folder");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = train(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), false);
  });
}

}  // namespace mq::app
