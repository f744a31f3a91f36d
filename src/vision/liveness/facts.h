// What one frame of a capture shows, as the judgement of a sequence needs it.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/face/face.h"
#include "vision/liveness/relief.h"

namespace mq::vision {

// Personal data like the frame itself.
struct FrameFacts {
  std::int64_t time_ms = 0;      // of the capture, on the clock of the prompts
  std::uint64_t fingerprint = 0; // of the frame's bytes: equal for equal frames
  int width = 0;
  int height = 0;
  int face_count = 0;
  float second_width = 0;        // of the second widest face, in widths of the widest
  // Of the widest face; all zero when there is none.
  Box box;
  Pose pose;
  Landmarks landmarks{};
  float right_eye_open = 0;
  float left_eye_open = 0;
  float mouth_open = 0;
  float sharpness = 0;           // variance of the Laplacian of the patch
  float passive = 0;             // Liveness::score
  Embedding embedding{};
  Patch patch{};
};

// Analyses one frame. Decodes the picture: of hostile frames only in a locked child. No face is a fact.
// Errors: the picture errors of VisionErrc.
Result<FrameFacts> observe_frame(const Engine& engine, ByteView frame, std::int64_t time_ms);

}  // namespace mq::vision
