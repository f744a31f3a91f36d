// The report of `eval face` for people to read.
#pragma once

#include <string>
#include <vector>

#include "app/eval_measure.h"
#include "app/eval_trial.h"
#include "vision/vision.h"

namespace mq::app {

struct ReportAbout {
  std::string name;  // of the set, "" = not named
  std::string date;
  std::vector<vision::ModelFile> models;
};

// Writes report.html (self-contained, no script), det.svg and scores.svg. The report names photo
// files of the operator. Errors: file.unreadable.
Status write_report(const std::string& folder, const ReportAbout& about, const Trial& trial,
                    const std::vector<Measured>& measured);

}  // namespace mq::app
