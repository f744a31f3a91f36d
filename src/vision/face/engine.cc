#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/face/face.h"
#include "vision/face/locate.h"
#include "vision/face/networks.h"
#include "vision/face/occlusion.h"
#include "vision/face/passive.h"
#include "vision/face/quality.h"
#include "vision/picture/compression.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

constexpr float kPortraitMargin = 0.6F;
constexpr int kPortraitSide = 640;
constexpr int kPortraitQuality = 90;

// Below this length of its template a face may not stand upright. Of upright faces in Labeled Faces in the
// Wild one in fifty lies below, of sideways and upside-down ones all but one in fifty.
constexpr float kDoubtfulNorm = 2.7F;
// Below this score the fast detector may have taken a part of a face for the whole. Of 1,583 photos of
// Labeled Faces in the Wild one in a hundred lies below.
constexpr float kDoubtfulScore = 0.99F;
// What another view's template must gain in length to be believed instead.
constexpr float kConvincingGain = 0.4F;

// One face with its first embedding, and what that came from.
struct Recognised {
  Located located;
  Landmarks landmarks;  // in the picture
  cv::Mat aligned;
  Reading reading;

  bool doubtful() const { return reading.norm < kDoubtfulNorm || located.score < kDoubtfulScore; }
  bool better_than(const Recognised& other) const {
    if (reading.norm >= other.reading.norm + kConvincingGain) return true;
    return other.located.score < kDoubtfulScore && located.score >= kDoubtfulScore &&
           reading.norm >= other.reading.norm;
  }
};

}  // namespace

struct Engine::Impl {
  Locator locator;
  Networks networks;

  std::optional<Recognised> recognise(const cv::Mat& bgr, Located located) const;
  // The widest face comes as it stands best; the others as they were found.
  std::vector<Recognised> recognise_all(const cv::Mat& bgr, std::vector<Located> found) const;
  // Errors: as Engine::embed.
  Result<Recognised> recognise_widest(ByteView image) const;
  Face measure(const Recognised& one) const;
};

// Aligned from the picture itself, not from a turned cut-out: pixels are resampled once, and what lies
// outside of the picture stays outside.
std::optional<Recognised> Engine::Impl::recognise(const cv::Mat& bgr, Located located) const {
  const Landmarks marks = located.landmarks_in_picture();
  cv::Mat aligned = align_face(bgr, marks, Outside::black);
  if (aligned.empty()) return std::nullopt;
  const Reading reading = networks.embed(aligned);
  return Recognised{std::move(located), marks, std::move(aligned), reading};
}

std::vector<Recognised> Engine::Impl::recognise_all(const cv::Mat& bgr,
                                                    std::vector<Located> found) const {
  std::vector<Recognised> out;
  for (Located& one : found) {
    auto best = recognise(bgr, std::move(one));
    if (!best) continue;
    if (out.empty() && best->doubtful()) {
      std::optional<Recognised> longest;
      for (Located& view : locator.other_views(bgr, best->located)) {
        auto other = recognise(bgr, std::move(view));
        if (other && (!longest || other->reading.norm > longest->reading.norm)) longest = std::move(other);
      }
      if (longest && longest->better_than(*best)) best = std::move(longest);
    }
    out.push_back(std::move(*best));
  }
  return out;
}

Result<Recognised> Engine::Impl::recognise_widest(ByteView image) const {
  MQ_TRY(const Picture picture, decode(image));
  auto found = locator.find(picture.bgr);
  if (found.size() > 1) found.resize(1);
  auto recognised = recognise_all(picture.bgr, std::move(found));
  if (recognised.empty()) return VisionErrc::no_face;
  return std::move(recognised.front());
}

// Everything but the quality, in pixels of the working picture.
Face Engine::Impl::measure(const Recognised& one) const {
  const Located& at = one.located;
  const Landmarks& marks = at.landmarks;
  Face face;
  face.box = at.box_in_picture();
  face.score = at.score;
  face.found_by = at.found_by;
  face.embedding = one.reading.embedding;
  face.second = networks.embed_second(one.aligned);
  face.liveness = passive_liveness(networks.liveness(at.upright, at.box));
  face.right_eye_open = networks.right_eye_open(at.upright_grey, marks);
  face.left_eye_open = networks.left_eye_open(at.upright_grey, marks);
  face.mouth_open = distance(marks[62], marks[66]) / std::max(1.0F, distance(marks[60], marks[64]));
  face.landmarks = one.landmarks;
  face.pose = settled_pose(networks.pose(at.upright, at.box), face.landmarks);
  return face;
}

namespace {

void scale_to_original(Face& face, float by) {
  face.box = {face.box.x * by, face.box.y * by, face.box.width * by, face.box.height * by};
  for (Point& p : face.landmarks) p = {p.x * by, p.y * by};
}

// The middle of the face is enough to see blocks, and bounds the time.
float blockiness_of(const Box& box, const Picture& picture) {
  constexpr float kMostSide = 160;
  if (picture.scale != 1) return 1;
  const float side = std::min({box.width, box.height, kMostSide});
  const cv::Rect wanted(cvRound(box.x + (box.width - side) / 2), cvRound(box.y + (box.height - side) / 2),
                        cvRound(side), cvRound(side));
  const cv::Rect region = wanted & cv::Rect({0, 0}, picture.bgr.size());
  if (region.empty()) return 1;
  cv::Mat grey;
  cv::cvtColor(picture.bgr(region), grey, cv::COLOR_BGR2GRAY);
  return blockiness(grey);
}

Evidence evidence_of(const Recognised& one, const Picture& picture) {
  const Located& at = one.located;
  Evidence out;
  out.aligned = aligned_inside(picture.bgr.size(), one.landmarks)
                    ? one.aligned
                    : align_face(picture.bgr, one.landmarks, Outside::repeated);
  out.occlusion = shipped_occlusion_heads()(
      occlusion_features(one.reading.embedding, at.upright, at.landmarks));
  out.blockiness = blockiness_of(at.box_in_picture(), picture);
  return out;
}

}  // namespace

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::load(const std::string& models_dir) {
  cv::setNumThreads(1);
  const FlushSubnormals guard;
  MQ_TRY(Locator locator, Locator::load(models_dir));
  MQ_TRY(Networks networks, Networks::load(models_dir));
  auto impl = std::make_unique<Impl>(Impl{std::move(locator), std::move(networks)});
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

Result<Analysis> Engine::analyze(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  auto found = impl_->locator.find(picture.bgr);
  Analysis out;
  out.width = picture.width;
  out.height = picture.height;
  out.face_count = static_cast<int>(found.size());
  if (found.size() > limits::kImageMaxFaces) found.resize(limits::kImageMaxFaces);

  std::vector<Evidence> evidence;
  for (const Recognised& one : impl_->recognise_all(picture.bgr, std::move(found))) {
    out.faces.push_back(impl_->measure(one));
    scale_to_original(out.faces.back(), picture.scale);
    evidence.push_back(evidence_of(one, picture));
  }
  for (std::size_t i = 0; i < out.faces.size(); ++i) {
    const std::size_t other = i == 0 ? 1 : 0;
    if (other < out.faces.size()) evidence[i].others_widest = out.faces[other].box.width;
    judge(out.faces[i], evidence[i]);
  }
  return out;
}

Result<Embedding> Engine::embed(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Recognised widest, impl_->recognise_widest(image));
  return widest.reading.embedding;
}

Result<FaceTemplate> Engine::enroll(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Recognised widest, impl_->recognise_widest(image));
  return FaceTemplate{widest.reading.embedding, impl_->networks.embed_second(widest.aligned)};
}

Result<Bytes> Engine::portrait_jpeg(ByteView image) const {
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const auto found = impl_->locator.find(picture.bgr);
  if (found.empty()) return VisionErrc::no_face;
  const Box box = found.front().box_in_picture();
  const float margin_x = kPortraitMargin * box.width;
  const float margin_y = kPortraitMargin * box.height;
  const cv::Rect wanted(cvRound(box.x - margin_x), cvRound(box.y - margin_y),
                        cvRound(box.width + 2 * margin_x), cvRound(box.height + 2 * margin_y));
  const cv::Rect region = wanted & cv::Rect({0, 0}, picture.bgr.size());
  if (region.empty()) return VisionErrc::no_face;
  cv::Mat crop = picture.bgr(region);
  if (crop.cols > kPortraitSide) {
    const int height = std::max(1, cvRound(static_cast<double>(crop.rows) * kPortraitSide / crop.cols));
    cv::resize(crop, crop, {kPortraitSide, height}, 0, 0, cv::INTER_AREA);
  }
  Bytes out;
  MQ_CHECK(cv::imencode(".jpg", crop, out, {cv::IMWRITE_JPEG_QUALITY, kPortraitQuality}));
  return out;
}

}  // namespace mq::vision
