// Makes the occlusion heads out of photos of people with nothing in front of their faces.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "vision/face/face.h"

namespace mq::vision {

// Not thread-safe. The same photos in the same order and the same seed give the same heads on the
// same kind of processor.
class OcclusionTrainer {
 public:
  // `engine` must outlive the trainer.
  OcclusionTrainer(const Engine& engine, std::uint64_t seed);
  ~OcclusionTrainer();

  // Adds the photo's widest face as it is and with masks, sunglasses and head coverings drawn over
  // it. False: not used, because the photo is not readable, larger than about ten million pixels,
  // or without a face.
  bool add(ByteView photo);

  struct Outcome {
    std::string json;       // for models/occlusion.json
    std::size_t faces = 0;  // examples: photos and drawings
    std::size_t left_out =
        0;  // photos that look covered as they are: people in hats and sunglasses
  };
  // Errors: no_face (nothing was added).
  Result<Outcome> train() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
