// Pixels in, facts out: faces, embeddings, quality and a passive liveness hint of one picture.
//
// No storage, no clock, no network. `Engine` runs in the calling process; `WorkerPool` runs the same engine
// in locked children, and is what the server uses for every picture that came from outside.
//
// Coordinates are pixels of the upright picture (EXIF orientation applied), origin at the top left.
// Embeddings are biometric templates: they are personal data, must be sealed at rest and never logged.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "vision/specimen.h"

namespace mq::vision {

enum class VisionErrc {
  not_an_image,        // neither JPEG, PNG nor WebP, or cut off or corrupt
  unsupported_format,  // a picture, but of a kind that is not accepted (GIF, BMP, TIFF, HEIC, animation)
  too_many_bytes,      // over limits::kHttpPhotoBodyBytes
  too_many_pixels,     // over limits::kImagePixels, by its header, before decoding
  image_too_small,     // a side below limits::kImageMinSide
  no_face,
  several_faces,       // a second face at least half as wide as the largest
  face_too_small,      // the face is narrower than kFaceMinWidth
  busy,                // retryable: the queue is full, or waiting in it took too long
  worker_lost,         // retryable: the child died on this picture, or could not be started
  timeout,             // retryable: the child took longer than limits::kVisionTimeoutMs and was stopped
  models_missing       // the directory lacks a model file, or a file is no model
};
BOOST_DESCRIBE_ENUM(VisionErrc, not_an_image, unsupported_format, too_many_bytes, too_many_pixels,
                    image_too_small, no_face, several_faces, face_too_small, busy, worker_lost, timeout,
                    models_missing)
constexpr std::string_view error_domain(VisionErrc) { return "vision"; }

// What the person in front of the camera should do next. Codes of the API, texts are the client's.
enum class Advice {
  hold_still,
  more_light,
  less_light,
  face_camera,
  come_closer,
  one_person_only,
  open_eyes
};
BOOST_DESCRIBE_ENUM(Advice, hold_still, more_light, less_light, face_camera, come_closer, one_person_only,
                    open_eyes)

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

// Degrees; all zero looks into the camera. Yaw is good to about 6 degrees.
struct Pose {
  float yaw = 0;
  float pitch = 0;
  float roll = 0;
};

struct Quality {
  float sharpness = 0;   // variance of the Laplacian on the aligned 112x112 face; a sharp one is about 136
  float luminance = 0;   // mean grey value of the aligned face, 0..255
  float inter_eye = 0;   // pixels between the eye centres
  float eyes_open = 0;   // 0..1, the smaller of both eyes
};

// A print or screen suspicion, never a gate by itself: it does not see three-dimensional masks.
struct Liveness {
  float score = 0;  // 0..1, probability of a live face
  bool passed = false;
};

// Unit length. Compare with similarity().
using Embedding = std::array<float, 512>;

struct Face {
  Box box;
  float score = 0;                      // the detector's, 0..1
  std::array<Point, 68> landmarks{};    // iBUG-68 order
  Pose pose;
  Quality quality;
  Liveness liveness;
  bool usable = false;                  // quality allows a comparison; liveness is not part of it
  std::vector<Advice> advice;           // may hold hints although the face is usable
  Embedding embedding{};
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

// The name under which templates of this embedding are stored: templates of different models do not mix.
inline constexpr std::string_view kEmbeddingModel = "fr_feature@0.0.1";

// The operating point as shipped: one in ten thousand strangers (of the LFW population) passes.
inline constexpr double kDefaultFalseMatchRate = 1e-4;

// Cosine of two unit vectors, -1..1.
float similarity(const Embedding& a, const Embedding& b);

// The share of stranger pairs that score at least `score`, 1e-6..1. Log-linear between the points measured
// on all pairs of Labeled Faces in the Wild (1e-3 at .333, 1e-4 at .408, 1e-5 at .471), outside of them with
// the flattest measured slope, which states more false matches than were seen. The lookalike rate within
// one population group is many times higher: operators calibrate with `eval face`.
double false_match_rate(float score);

// The inverse of false_match_rate (to float rounding); `rate` is clamped to 1e-6..1.
float threshold_for(double rate);

// One labelled comparison of an evaluation.
struct ScoredPair {
  float score = 0;
  bool same = false;
};

// What a set of labelled comparisons says; absent without at least one genuine and one impostor pair.
struct VerificationErrors {
  std::size_t genuine_pairs = 0;
  std::size_t impostor_pairs = 0;
  std::optional<double> auc;  // a genuine pair outscores an impostor pair; a tie counts half
  std::optional<double> eer;
  // Share of genuine pairs refused at the lowest threshold that lets at most this share of impostors pass.
  std::optional<double> fnmr_at_1e2;
  std::optional<double> fnmr_at_1e3;
  std::optional<double> fnmr_at_1e4;
};
VerificationErrors verification_errors(const std::vector<ScoredPair>& pairs);

// Pairs on the wrong side: genuine below the threshold, impostors at or above it.
std::size_t wrong_at(const std::vector<ScoredPair>& pairs, float threshold);

// Thread-safe after load(); one call uses one thread. Of hostile pictures only in a locked child.
class Engine {
 public:
  // Loads the six model files. Errors: models_missing.
  static Result<std::unique_ptr<Engine>> load(const std::string& models_dir);
  ~Engine();

  // Errors: the picture errors of VisionErrc up to image_too_small. No face is an empty list, not an error.
  Result<Analysis> analyze(ByteView image) const;

  // Only the embedding of the widest face, without liveness, pose and eyes. Errors: as analyze, and no_face.
  Result<Embedding> embed(ByteView image) const;

  // The widest face with 0.6 of its size around it, re-encoded as JPEG at most 640 px wide: nothing of the
  // sent file (metadata, hidden data) survives. Errors: as analyze, and no_face.
  Result<Bytes> portrait_jpeg(ByteView image) const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct WorkerConfig {
  std::string program = "/proc/self/exe";
  // Run as `program args… --fd 3 --models DIR`; must end up in run_worker().
  std::vector<std::string> args = {"vision-worker"};
  std::string models_dir;
  int children = 1;
  int timeout_ms = limits::kVisionTimeoutMs;
  std::size_t queue = limits::kVisionQueue;
};

// The parent's side. Thread-safe. Every call blocks until its answer: a job that cannot begin within the
// time-out answers busy, one that does not end within it answers timeout.
// A picture that kills or stalls its child costs that one request: the child is started anew.
class WorkerPool {
 public:
  // Starts the children and waits for the first one. Errors: models_missing, worker_lost, timeout.
  static Result<std::unique_ptr<WorkerPool>> start(WorkerConfig config);
  ~WorkerPool();  // ends the children; calls still waiting get busy

  // As Engine, and: busy, worker_lost, timeout.
  Result<Analysis> analyze(ByteView image);
  Result<Bytes> portrait_jpeg(ByteView image);

  std::int64_t restarts() const;  // since start()

 private:
  struct Impl;
  explicit WorkerPool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The child's side: loads the models, locks the process, then answers requests on `fd` until the parent
// closes it. Returns the exit status of the process.
int run_worker(int fd, const std::string& models_dir);

// Locks this process as a worker does, tries to open a file, a socket and a child, and returns 0 only
// if everything was refused and the engine still works.
int run_lock_self_test(const std::string& models_dir);

}  // namespace mq::vision
