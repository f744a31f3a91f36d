// What the passive score means among ordinary photos.
#pragma once

#include "vision/face/face.h"

namespace mq::vision {

// Photos of living people that are sent back for another try because of the passive score, by decision:
// one in ten of ordinary, small web photos. `Liveness::passed` follows from it.
inline constexpr float kPassiveRetryShare = 0.10F;

// The score below which that share lies.
float passive_threshold();

// `score` is the network's, 0..1. Linear between the measured points of the curve; see passive.cc.
Liveness passive_liveness(float score);

}  // namespace mq::vision
