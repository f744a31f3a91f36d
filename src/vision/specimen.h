// Specimen pictures for the demo and for tests: three different pictures made of one photo of a face, by
// cropping, turning, scaling, changing light and compression. They show that the path works on real
// pixels; they prove nothing about accuracy, and whatever uses them says so.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace mq::vision {

class Engine;

struct Specimens {
  Bytes card;       // an ID-card-like picture with the portrait, marked SPECIMEN
  Bytes selfie;
  Bytes authority;
};

// JPEGs. Errors: as Engine::analyze, no_face.
Result<Specimens> make_specimens(const Engine& engine, ByteView photo);

}  // namespace mq::vision
