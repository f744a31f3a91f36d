// Specimen pictures for the demo and for tests: three different pictures made of one photo of a face, by
// cropping, turning, scaling, changing light and compression. They show that the path works on real
// pixels; they prove nothing about accuracy, and whatever uses them says so.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

class Engine;

struct Specimens {
  Bytes card;       // an ID-card-like picture with the portrait, marked SPECIMEN
  Bytes selfie;
  Bytes authority;
};

// JPEGs of the face at `index` of the photo's analysis. Errors: as Engine::analyze, no_face.
Result<Specimens> make_specimens(const Engine& engine, ByteView photo, std::size_t index);

// One set of pictures for each of up to `people` different persons in the photos, such that the selfie is
// usable and raises no suspicion, and the three pictures are alike without being copies (every pair
// between the default threshold and 0.98).
std::vector<Specimens> choose_specimens(const Engine& engine, const std::vector<Bytes>& photos,
                                        std::size_t people);

}  // namespace mq::vision
