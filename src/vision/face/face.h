// Faces in one picture: where they are, where they look, how good they are, and who they are like.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "vision/errors.h"

namespace mq::vision {

struct Point {
  float x = 0;
  float y = 0;
};

struct Box {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

using Landmarks = std::array<Point, 68>;  // iBUG-68 order

// Degrees; all zero looks into the camera. Yaw is good to about 6 degrees. In the unmirrored picture, the
// picture's right is the person's left.
struct Pose {
  float yaw = 0;    // positive: turned to the person's own left
  float pitch = 0;  // positive: chin up
  float roll = 0;   // positive: head tilted clockwise as seen in the picture
};

// What the person in front of the camera should do next. Codes of the API, texts are the client's.
enum class Advice {
  hold_still,
  more_light,
  less_light,
  even_light,
  face_camera,
  level_head,
  come_closer,
  one_person_only,
  open_eyes,
  close_mouth,
  relax_face,
  remove_mask,
  remove_glasses,
  remove_hat,
  use_camera       // the picture was compressed, edited or sent on too often: take a new one
};
BOOST_DESCRIBE_ENUM(Advice, hold_still, more_light, less_light, even_light, face_camera, level_head,
                    come_closer, one_person_only, open_eyes, close_mouth, relax_face, remove_mask,
                    remove_glasses, remove_hat, use_camera)

// Components of face image quality under the names of ISO/IEC 29794-5; the unit of each value is in
// `face/quality.h` beside its bounds.
enum class Component {
  sharpness,
  luminance_mean,
  luminance_variance,
  under_exposure_prevention,
  over_exposure_prevention,
  dynamic_range,
  illumination_uniformity,
  inter_eye_distance,
  head_pose_yaw,
  head_pose_pitch,
  head_pose_roll,
  eyes_open,
  eyes_visible,
  mouth_closed,
  mouth_occlusion_prevention,
  no_head_coverings,
  expression_neutrality,
  single_face_present,
  no_compression_artifacts
};
BOOST_DESCRIBE_ENUM(Component, sharpness, luminance_mean, luminance_variance, under_exposure_prevention,
                    over_exposure_prevention, dynamic_range, illumination_uniformity, inter_eye_distance,
                    head_pose_yaw, head_pose_pitch, head_pose_roll, eyes_open, eyes_visible, mouth_closed,
                    mouth_occlusion_prevention, no_head_coverings, expression_neutrality,
                    single_face_present, no_compression_artifacts)
inline constexpr std::size_t kComponents =
    static_cast<std::size_t>(Component::no_compression_artifacts) + 1;

// `fail` makes the face unusable for a comparison, `warn` is a hint to the person.
enum class Verdict { pass, warn, fail };
BOOST_DESCRIBE_ENUM(Verdict, pass, warn, fail)

struct Measure {
  float value = 0;  // as measured, in the component's own unit
  int score = 0;    // 0 worst … 100 best
  Verdict verdict = Verdict::pass;
  std::optional<Advice> advice;  // absent when the verdict is pass
};

class Quality {
 public:
  Measure& operator[](Component c) { return measures_[static_cast<std::size_t>(c)]; }
  const Measure& operator[](Component c) const { return measures_[static_cast<std::size_t>(c)]; }

 private:
  std::array<Measure, kComponents> measures_{};
};

// A print or screen suspicion, never a gate by itself: it does not see three-dimensional masks.
struct Liveness {
  float score = 0;  // 0..1, the network's: about the probability of a live face
  bool passed = false;
  // Share of ordinary photos of living people that score no higher; small is suspicious.
  float rarity = 1;
};

// Both of unit length. 1:N search uses the first alone; one face is compared with another by both.
using Embedding = std::array<float, 512>;        // fr_feature
using SecondEmbedding = std::array<float, 192>;  // MobileFaceNet

// What is kept of a face to recognise it. Compare with similarity().
struct FaceTemplate {
  Embedding first{};
  SecondEmbedding second{};

  bool operator==(const FaceTemplate&) const = default;
};

enum class FoundBy { fast, thorough };
BOOST_DESCRIBE_ENUM(FoundBy, fast, thorough)

struct Face {
  Box box;
  float score = 0;  // the detector's, 0..1
  FoundBy found_by = FoundBy::fast;
  Landmarks landmarks{};
  Pose pose;
  float right_eye_open = 0;  // 0..1; the person's right eye, on the left of the picture
  float left_eye_open = 0;
  float mouth_open = 0;      // gap between the inner lips, in widths of the inner mouth
  Quality quality;
  Liveness liveness;
  bool usable = false;         // no component failed; liveness is not part of it
  std::vector<Advice> advice;  // of all components, each once, most important first
  Embedding embedding{};
  SecondEmbedding second{};

  FaceTemplate face_template() const { return {embedding, second}; }
};

struct Analysis {
  int width = 0;
  int height = 0;
  int face_count = 0;       // all faces found
  std::vector<Face> faces;  // widest first, at most limits::kImageMaxFaces; empty when there is none
};

// Narrower faces are refused for comparison: from a 30 px face the equal error rate is above 6 %.
inline constexpr float kFaceMinWidth = 40;

// The one face to compare. Errors: no_face, several_faces, face_too_small. Small bystanders are allowed.
Result<Face> principal_face(const Analysis& analysis);

// Thread-safe after load(); one call uses one thread. Of hostile pictures only in a locked child.
class Engine {
 public:
  // Loads and verifies the model files. Errors: models_missing.
  static Result<std::unique_ptr<Engine>> load(const std::string& models_dir);
  ~Engine();

  // Errors: the picture errors of VisionErrc up to image_too_small. No face is an empty list, not an error.
  Result<Analysis> analyze(ByteView image) const;

  // Only the first embedding of the widest face, for 1:N search: no second one, pose, liveness or quality.
  // Errors: as analyze, and no_face.
  Result<Embedding> embed(ByteView image) const;

  // Only the template of the widest face. Errors: as embed.
  Result<FaceTemplate> enroll(ByteView image) const;

  // The widest face with 0.6 of its size around it, re-encoded as JPEG at most 640 px wide: nothing of the
  // sent file (metadata, hidden data) survives. Errors: as analyze, and no_face.
  Result<Bytes> portrait_jpeg(ByteView image) const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
