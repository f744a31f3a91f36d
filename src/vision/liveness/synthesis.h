// Sequences made of one still photo: what somebody without the living person can show to the camera, and
// animations of the photo. They measure what the active challenge refuses; the animated ones prove that
// the judgement can be satisfied at all. They say nothing about how often living people pass.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/face/face.h"
#include "vision/liveness/challenge.h"

namespace mq::vision {

enum class Synthesis {
  still,         // held still
  panned,        // moved sideways and up and down
  zoomed,        // moved nearer and farther
  rotated,       // turned in its own plane
  tilted,        // turned about the vertical and horizontal axis, close to the camera
  bent,          // rolled about an axis, and turned with it
  folded,        // the bend itself changes when something is asked
  waved,         // everything above at once, with shaking hands and changing light
  animated_flat, // eyes and mouth animated by software, the head's movements by a tilted, bent screen
  animated       // the whole head animated by software, as if in space
};
BOOST_DESCRIBE_ENUM(Synthesis, still, panned, zoomed, rotated, tilted, bent, folded, waved, animated_flat,
                    animated)
inline constexpr int kSyntheses = static_cast<int>(Synthesis::animated) + 1;

// No living face and no software that animates one.
constexpr bool is_mere_photo(Synthesis s) {
  return s != Synthesis::animated && s != Synthesis::animated_flat;
}

inline constexpr int kSynthesisFrameMs = 100;
inline constexpr int kSynthesisToneMs = 1500;  // from the prompt of close_eyes

// Frames in steps of kSynthesisFrameMs, the first at the prompt.
using Segment = std::vector<Bytes>;

// Deterministic in the photo, the face and the seed. Not thread-safe.
class Synthesiser {
 public:
  // `face` is one of the photo's analysis. Errors: the picture errors of VisionErrc.
  static Result<Synthesiser> make(ByteView photo, const Face& face, std::uint64_t seed);
  Synthesiser(Synthesiser&&) noexcept;
  Synthesiser& operator=(Synthesiser&&) noexcept;
  ~Synthesiser();

  // Before the first prompt: the face looks into the camera.
  Segment neutral(Synthesis kind) const;
  // The answer to one prompt, and back to neutral.
  Segment respond(Synthesis kind, Action action) const;

 private:
  struct Impl;
  explicit Synthesiser(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// When things were shown for segments put one after the other: the neutral one, then one a step.
struct Schedule {
  std::vector<std::int64_t> frame_ms;
  std::vector<std::int64_t> prompt_ms;  // one a step
  std::vector<std::int64_t> tone_ms;    // one a step; 0 where the step has no tone
};
// `neutral` and `answers` are numbers of frames.
Schedule schedule_of(const Challenge& challenge, std::size_t neutral,
                     const std::vector<std::size_t>& answers);

}  // namespace mq::vision
