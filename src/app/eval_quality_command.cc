#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "app/eval_commands.h"
#include "app/face_support.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace json = boost::json;
using vision::Component;
using vision::Face;
using vision::Verdict;

struct Options {
  bool json = false;
  std::string models;
  std::string list;
  std::string root;
};

bool flagged(const Face& face, Component component) {
  return face.quality[component].verdict != Verdict::pass;
}
bool right_closed(const Face& face) { return face.right_eye_open < 0.5F; }
bool left_closed(const Face& face) { return face.left_eye_open < 0.5F; }
bool turned(const Face& face) {
  return flagged(face, Component::head_pose_yaw) || flagged(face, Component::head_pose_pitch) ||
         flagged(face, Component::head_pose_roll);
}

struct Expectation {
  std::string_view word;
  bool (*holds)(const Face&);
};
constexpr Expectation kExpectations[] = {
    {"pose:front", [](const Face& f) { return !turned(f); }},
    // The person's own sides.
    {"pose:left",
     [](const Face& f) { return flagged(f, Component::head_pose_yaw) && f.pose.yaw > 0; }},
    {"pose:right",
     [](const Face& f) { return flagged(f, Component::head_pose_yaw) && f.pose.yaw < 0; }},
    {"pose:up",
     [](const Face& f) { return flagged(f, Component::head_pose_pitch) && f.pose.pitch > 0; }},
    {"pose:down",
     [](const Face& f) { return flagged(f, Component::head_pose_pitch) && f.pose.pitch < 0; }},
    {"pose:clockwise",
     [](const Face& f) { return flagged(f, Component::head_pose_roll) && f.pose.roll > 0; }},
    {"pose:anticlockwise",
     [](const Face& f) { return flagged(f, Component::head_pose_roll) && f.pose.roll < 0; }},
    {"eyes:open", [](const Face& f) { return !right_closed(f) && !left_closed(f); }},
    {"eyes:closed", [](const Face& f) { return right_closed(f) && left_closed(f); }},
    {"eyes:one", [](const Face& f) { return right_closed(f) != left_closed(f); }},
    {"blur", [](const Face& f) { return flagged(f, Component::sharpness); }},
    {"mask", [](const Face& f) { return flagged(f, Component::mouth_occlusion_prevention); }},
    {"no-mask", [](const Face& f) { return !flagged(f, Component::mouth_occlusion_prevention); }},
    {"sunglasses", [](const Face& f) { return flagged(f, Component::eyes_visible); }},
    {"no-sunglasses", [](const Face& f) { return !flagged(f, Component::eyes_visible); }},
    {"hat", [](const Face& f) { return flagged(f, Component::no_head_coverings); }},
    {"no-hat", [](const Face& f) { return !flagged(f, Component::no_head_coverings); }},
    {"expressive", [](const Face& f) { return flagged(f, Component::expression_neutrality); }},
    {"neutral", [](const Face& f) { return !flagged(f, Component::expression_neutrality); }},
    {"usable", [](const Face& f) { return f.usable; }},
    {"unusable", [](const Face& f) { return !f.usable; }},
};

// What one word of a label says: an expectation of the table, or component:verdict.
struct Wanted {
  std::string word;
  bool (*holds)(const Face&) = nullptr;
  Component component = Component::sharpness;
  Verdict verdict = Verdict::pass;

  bool in(const Face& face) const {
    return holds != nullptr ? holds(face) : face.quality[component].verdict == verdict;
  }
};

struct Row {
  std::string file;
  std::vector<Wanted> wanted;
};

Result<Wanted> parse_word(const std::string& word, const std::string& where) {
  for (const auto& [name, holds] : kExpectations) {
    if (word == name) return Wanted{.word = word, .holds = holds};
  }
  Wanted out{.word = word};
  const auto colon = word.find(':');
  if (colon == std::string::npos ||
      !boost::describe::enum_from_string(word.substr(0, colon).c_str(), out.component) ||
      !boost::describe::enum_from_string(word.substr(colon + 1).c_str(), out.verdict)) {
    return Error(FileErrc::invalid, where + ": " + word);
  }
  return out;
}

Result<std::vector<Row>> read_rows(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!in || !std::getline(in, line)) return Error(FileErrc::unreadable, path);
  if (line.substr(0, 11) != "file,expect") {
    return Error(FileErrc::invalid, path + ": the first line must be file,expect");
  }
  std::vector<Row> out;
  for (int number = 2; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const std::string where = path + ": line " + std::to_string(number);
    const auto comma = line.find(',');
    if (comma == std::string::npos) return Error(FileErrc::invalid, where);
    Row row{line.substr(0, comma), {}};
    std::istringstream words(line.substr(comma + 1));
    for (std::string word; words >> word;) {
      MQ_TRY(Wanted wanted, parse_word(word, where));
      row.wanted.push_back(std::move(wanted));
    }
    out.push_back(std::move(row));
  }
  return out;
}

struct Tally {
  int right = 0;
  int wrong = 0;
  int no_face = 0;
};

// "sharpness 15 warn, …" of what is not passed.
std::string objections(const Face& face) {
  std::ostringstream out;
  for (std::size_t i = 0; i < vision::kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    const auto& measure = face.quality[component];
    if (measure.verdict == Verdict::pass) continue;
    if (out.tellp() > 0) out << ", ";
    out << boost::describe::enum_to_string(component, "?") << ' ' << rounded(measure.value, 2)
        << ' ' << boost::describe::enum_to_string(measure.verdict, "?");
  }
  return out.str();
}

json::object row_json(const Row& row, const Face* face) {
  json::array missed;
  for (const auto& wanted : row.wanted) {
    if (face == nullptr || !wanted.in(*face)) missed.push_back(json::value(wanted.word));
  }
  json::object out = {{"file", row.file}, {"face", face != nullptr}, {"missed", std::move(missed)}};
  if (face == nullptr) return out;
  json::object components;
  for (std::size_t i = 0; i < vision::kComponents; ++i) {
    const auto component = static_cast<Component>(i);
    const auto& measure = face->quality[component];
    components[boost::describe::enum_to_string(component, "?")] = {
        {"value", rounded(measure.value, 4)},
        {"verdict", boost::describe::enum_to_string(measure.verdict, "?")}};
  }
  out["usable"] = face->usable;
  out["components"] = std::move(components);
  return out;
}

void print_row(const Row& row, const Face* face) {
  std::cout << row.file;
  for (const auto& wanted : row.wanted) {
    const bool right = face != nullptr && wanted.in(*face);
    std::cout << "  " << wanted.word
              << (right             ? " right"
                  : face == nullptr ? " no face"
                                    : " WRONG");
  }
  if (face != nullptr) std::cout << "  (" << objections(*face) << ")";
  std::cout << '\n';
}

Status evaluate(const Options& options) {
  MQ_TRY(const auto rows, read_rows(options.list));
  MQ_TRY(const auto engine, vision::Engine::load(find_models_dir(options.models)));
  std::map<std::string, Tally> tallies;
  json::array printed;
  double cpu_ms = 0;
  for (const Row& row : rows) {
    MQ_TRY(const Bytes picture,
           read_picture((std::filesystem::path(options.root) / row.file).string()));
    const double before = thread_cpu_ms();
    const auto analysis = engine->analyze(picture);
    cpu_ms += thread_cpu_ms() - before;
    const Face* face =
        analysis.ok() && !analysis->faces.empty() ? &analysis->faces.front() : nullptr;
    for (const auto& wanted : row.wanted) {
      Tally& tally = tallies[wanted.word];
      ++(face == nullptr ? tally.no_face : wanted.in(*face) ? tally.right : tally.wrong);
    }
    if (options.json) {
      printed.push_back(row_json(row, face));
    } else {
      print_row(row, face);
    }
  }
  json::object sums;
  for (const auto& [word, tally] : tallies) {
    sums[word] = {{"right", tally.right}, {"wrong", tally.wrong}, {"no_face", tally.no_face}};
  }
  const double mean_ms = cpu_ms / static_cast<double>(std::max<std::size_t>(1, rows.size()));
  if (options.json) {
    std::cout << json::serialize(json::object{{"pictures", std::move(printed)},
                                              {"expectations", std::move(sums)},
                                              {"cpu_ms_per_photo", mean_ms}})
              << '\n';
    return ok();
  }
  for (const auto& [word, tally] : tallies) {
    std::cout << word << ": " << tally.right << " right, " << tally.wrong << " wrong, "
              << tally.no_face << " without a face\n";
  }
  std::cout << "cpu_ms_per_photo: " << rounded(mean_ms, 2) << '\n';
  return ok();
}

}  // namespace

void add_eval_quality_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* eval = subcommand(app, "eval", "Measure on the operator's own data");
  auto* command = eval->add_subcommand("quality", "Are pictures judged as their labels say");
  command
      ->add_option("--list", options->list,
                   "CSV file,expect; expect holds words like mask, pose:left, eyes:closed or "
                   "sharpness:warn, with spaces between them")
      ->required();
  command->add_option("--root", options->root, "Folder the paths start from")->required();
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--models", options->models, "Folder with the model files");
  command->callback([options, &exit_code] {
    const Status status = evaluate(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });
}

}  // namespace mq::app
