// The attack table: what the judgement of a sequence makes of every synthesised answer to every
// challenge.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "vision/liveness/judge.h"
#include "vision/liveness/synthesis.h"

namespace mq::vision {

struct SynthesisTally {
  std::size_t tries = 0;
  std::size_t passed = 0;
  // With at least one try passed: tries of one photo are not independent.
  std::size_t photos_passed = 0;
  std::map<LivenessReason, std::size_t> reasons;  // a try may have several
  // Photos for which the answer to this action alone was taken as done, in any challenge.
  std::array<std::size_t, kActions> photos_done{};
};

struct SynthesisTrial {
  std::size_t photos = 0;
  std::size_t challenges = 0;  // for each photo and kind
  std::array<SynthesisTally, kSyntheses> kinds;

  SynthesisTrial& operator+=(const SynthesisTrial& other);
};

// Adds one photo, answering every sound challenge of three steps in every manner; `seed` decides
// angles, bends and noise. About 1 300 frames are analysed. Errors: as Engine::analyze, and
// no_face.
Status add_to_trial(const Engine& engine, ByteView photo, std::uint64_t seed,
                    const LivenessSettings& settings, SynthesisTrial& trial);

}  // namespace mq::vision
