#include "app/eval_clips.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "app/face_support.h"
#include "base/limits.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// Before the challenge is checked as a whole, every number must be one.
bool read_step(const json::value& value, Clip& clip) {
  const auto* step = value.if_object();
  if (step == nullptr) return false;
  const auto* name = step->if_contains("action");
  const auto* prompt = step->if_contains("prompt_ms");
  const auto* tone = step->if_contains("tone_ms");
  if (name == nullptr || !name->is_string() || prompt == nullptr || !prompt->is_int64()) return false;
  vision::Step out;
  if (!boost::describe::enum_from_string(name->as_string().c_str(), out.action)) return false;
  const std::int64_t shown = prompt->as_int64();
  if (shown < 0 || shown > limits::kSequenceMs) return false;
  if (!clip.prompts.shown_ms.empty() && shown <= clip.prompts.shown_ms.back()) return false;
  const bool toned = out.action == vision::Action::close_eyes;
  if (toned != (tone != nullptr) || (toned && !tone->is_int64())) return false;
  const std::int64_t sounded = toned ? tone->as_int64() : 0;
  if (toned && (sounded < shown || sounded - shown > limits::kToneMaxMs)) return false;
  if (toned) out.hold_ms = static_cast<int>(sounded - shown);
  clip.challenge.steps.push_back(out);
  clip.prompts.shown_ms.push_back(shown);
  clip.prompts.tone_ms.push_back(sounded);
  return true;
}

Result<Clip> read_clip(const fs::path& path) {
  MQ_TRY(const Bytes text, read_picture(path.string()));
  boost::system::error_code failed;
  const json::value document = json::parse(as_text(text), failed);
  const auto invalid = [&](const char* what) {
    return Error(FileErrc::invalid, path.string() + ": " + what);
  };
  const auto* object = failed ? nullptr : document.if_object();
  if (object == nullptr) return invalid("not a JSON object");
  Clip out;
  const auto* kind = object->if_contains("kind");
  if (kind == nullptr || !kind->is_string()) return invalid("kind");
  out.kind = kind->as_string();
  std::string file = path.stem().string();
  if (const auto* named = object->if_contains("file")) {
    if (!named->is_string()) return invalid("file");
    file = named->as_string();
  }
  out.path = (path.parent_path() / file).string();
  if (const auto* rate = object->if_contains("fps")) {
    if (!rate->is_number() || rate->to_number<double>() <= 0) return invalid("fps");
    out.frames_per_second = rate->to_number<double>();
  }
  const auto* steps = object->if_contains("steps");
  if (steps == nullptr || !steps->is_array()) return invalid("steps");
  for (const json::value& step : steps->as_array()) {
    if (!read_step(step, out)) return invalid("steps");
  }
  if (!vision::is_sound(out.challenge)) return invalid("steps do not make a challenge");
  return out;
}

}  // namespace

Result<std::vector<Clip>> read_clips(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (failed) return Error(FileErrc::unreadable, folder);
  std::sort(files.begin(), files.end());
  std::vector<Clip> out;
  for (const fs::path& file : files) {
    MQ_TRY(Clip clip, read_clip(file));
    out.push_back(std::move(clip));
  }
  return out;
}

Result<vision::LivenessJudgement> judge_clip(const vision::Engine& engine, const Clip& clip) {
  MQ_TRY(const auto frames, vision::read_sequence(clip.path, clip.frames_per_second));
  std::vector<vision::FrameFacts> facts;
  for (const vision::SequenceFrame& frame : frames) {
    MQ_TRY(vision::FrameFacts one, vision::observe_frame(engine, frame.picture, frame.time_ms));
    facts.push_back(std::move(one));
  }
  return vision::judge_sequence(clip.challenge, clip.prompts, facts);
}

}  // namespace mq::app
