// Plots of `eval face` as SVG: no script, no font or picture from elsewhere.
#pragma once

#include <string>
#include <vector>

#include "app/eval_measure.h"
#include "vision/vision.h"

namespace mq::app {

struct DetLine {
  std::string name;
  std::vector<vision::OperatingPoint> points;  // thresholds rise
};

// Detection error trade-off: FMR across, FNMR up, both logarithmic. Around each line the area that
// its 95 % limits span.
std::string det_svg(const std::vector<DetLine>& lines);

// How genuine and impostor scores lie (each as shares of its own kind), with the stated thresholds.
std::string scores_svg(const Measured& of);

// For text and attributes of HTML and SVG.
std::string escaped(std::string_view text);

}  // namespace mq::app
