// Where the time of one picture goes, for `mianqian bench face`. The only part of vision that looks
// at a clock: the processor time of the calling thread, which says nothing about the picture.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "vision/face/face.h"

namespace mq::vision {

struct Stage {
  std::string_view name;
  double cpu_ms = 0;  // median
};

// The stages that every face passes, each on its own: decode, detect, landmarks, embedding (with
// the alignment), second_embedding, liveness, pose, eyes. What a whole analysis takes beyond their
// sum (quality, second looks) is `rest`; the sum of all is the analysis. Of the widest face;
// `rounds` >= 1 (CHECK). Errors: as Engine::load and Engine::embed.
Result<std::vector<Stage>> profile_stages(const std::string& models_dir, ByteView picture,
                                          int rounds);

// The networks of those stages on fixed input, and nothing around them: what no engine that uses
// these networks can go below. One thread at a time.
class BareNetworks {
 public:
  // Errors: models_missing.
  static Result<BareNetworks> load(const std::string& models_dir);
  BareNetworks(BareNetworks&&) noexcept;
  ~BareNetworks();

  void run();

 private:
  struct Impl;
  explicit BareNetworks(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A JPEG (quality 90) of this size in which the widest face of the photo is `face_share` as high as
// the picture. Where the photo ends before the picture does, it is mirrored. Errors: as
// Engine::embed.
Result<Bytes> framed_face(const Engine& engine, ByteView photo, int width, int height,
                          float face_share);

}  // namespace mq::vision
