// The figures of `eval face`: for everybody and for each group.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/eval_trial.h"
#include "vision/vision.h"

namespace mq::app {

struct Measured {
  std::string_view model;
  std::string group;        // "" is everybody
  std::uint64_t pairs = 0;  // of the list, or of photos with each other
  std::uint64_t photos = 0;
  std::uint64_t people = 0;  // 0 when not known
  vision::Share failed;      // photos without a template
  // A photo without a template matches nobody: its genuine pairs count as refused, its impostor
  // pairs are left out, since they would make the false matches look rarer.
  vision::Tally tally;
  std::vector<vision::ScoredPair> listed;  // in the order of the list; without a template -1
  std::vector<std::uint32_t> photos_of;    // compared photos by person, when known

  std::vector<vision::OperatingPoint>
      stated;  // thresholds that the curve in use states, 1e-3 and 1e-4
  // Absent or empty without a genuine and an impostor pair.
  std::optional<double> auc;
  std::optional<double> eer;
  std::vector<vision::OperatingPoint> at_rates;  // thresholds found here, for 1e-2 … 1e-4 (1e-5)
  std::optional<vision::TwoFold> two_fold;       // of a list
};

// Everybody first, then the groups in the order of the trial, by the scores of one model of
// vision.h.
std::vector<Measured> measure(const Trial& trial, const Enrolled& enrolled, std::string_view model);

// Operating points along the whole curve, from half of the impostors passing down to none.
std::vector<vision::OperatingPoint> trade_off(const Measured& of, const Trial& trial);

// Errors: curve.too_few_pairs.
Result<vision::MeasuredCurve> curve_of(const Measured& of, const Trial& trial);

}  // namespace mq::app
