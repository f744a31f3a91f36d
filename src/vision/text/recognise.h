// What one line says.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "vision/network/model.h"
#include "vision/text/text.h"

namespace mq::vision {

// The height in pixels that lines are brought to.
inline constexpr int kLineHeight = 48;
// And the width that they were padded to in training.
inline constexpr int kTrainedWidth = 320;

struct ReadLine {
  std::string text;
  float confidence = 0;
  std::vector<Glyph> glyphs;
};

// The most likely character at each step, repeats and blanks taken out (Graves 2006, best path).
// `shares` holds for each of the steps one number a character, the first for "none". `used` is the
// part of the steps that the line covers: what follows is padding. Characters: one fewer than
// numbers a step.
ReadLine best_path(std::span<const float> shares, std::size_t steps,
                   const std::vector<std::string>& characters, float used);

// Thread-safe after load().
class LineRecogniser {
 public:
  // `name` of two files: NAME_fast.onnx and NAME_characters.txt. Errors: models_missing.
  static Result<LineRecogniser> load(const std::string& models_dir, const std::string& name);

  // `line` is 48 pixels high, BGR, upright; of lines beyond the limit of width the end is not read.
  // Shorter lines are padded to `least_width`.
  ReadLine read(const cv::Mat& line, int least_width = kTrainedWidth) const;
  bool knows(const std::string& character) const;

 private:
  LineRecogniser(SizedModel model, std::vector<std::string> characters);
  SizedModel model_;
  std::vector<std::string> characters_;
  std::vector<std::string> sorted_;
};

}  // namespace mq::vision
