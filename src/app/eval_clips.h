// Recorded answers to challenges, for `eval liveness --sequences`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vision/vision.h"

namespace mq::app {

struct Clip {
  std::string path;  // of the frames
  std::string kind;  // bona_fide, or an attack
  double frames_per_second = 10;
  vision::Challenge challenge;
  vision::Prompts prompts;
};

// One for every *.json in the folder, by name:
//   {"file": "clip1", "kind": "bona_fide", "fps": 10,
//    "steps": [{"action": "turn_left", "prompt_ms": 1200},
//              {"action": "close_eyes", "prompt_ms": 4000, "tone_ms": 5500}]}
// `file` is beside the JSON and may be left out when it is a folder of the JSON's name; `fps` counts only
// where the frames have no times of their own. Errors: file.unreadable, file.invalid.
Result<std::vector<Clip>> read_clips(const std::string& folder);

// Reads, analyses and judges one clip. Errors: those of vision::read_sequence and vision::observe_frame.
Result<vision::LivenessJudgement> judge_clip(const vision::Engine& engine, const Clip& clip);

}  // namespace mq::app
