// The operator's own calibration: a curve file in place of the shipped one.
#pragma once

#include <string>

#include "base/result.h"

namespace mq::app {

// Text of a curve file; "" when there is none yet. Errors: file.unreadable, file.invalid.
Result<std::string> read_curve_file(const std::string& path);

// Thresholds go by this file from now on; "" leaves the shipped curves. At start only.
// Errors: file.*, curve.*.
Status use_curve_file(const std::string& path);

}  // namespace mq::app
