#include "vision/face/locate.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mq::vision {
namespace {

// A cut-out holds the surroundings the liveness network looks at (2.7 boxes), with room for turning.
constexpr float kSurroundings = 4;
constexpr float kCutOutSide = 800;
// What BlazeFace is given to find out how a face is turned.
constexpr float kBlazeSurroundings = 2.5F;
// Turning by less is no new view.
constexpr float kTurnAtLeast = 15;
// The fast detector's box of the same face, in widths of BlazeFace's box: means over 159 photos of Labeled
// Faces in the Wild.
constexpr float kFastBoxUp = 0.106F;
constexpr float kFastBoxWidth = 0.874F;
constexpr float kFastBoxHeight = 1.271F;
constexpr std::size_t kThoroughFaces = 4;  // each costs three model runs

Point middle_of(const Box& box) { return {box.x + box.width / 2, box.y + box.height / 2}; }

Box as_fast_box(const Box& blaze) {
  const Point middle = middle_of(blaze);
  const float width = kFastBoxWidth * blaze.width;
  const float height = kFastBoxHeight * blaze.width;
  return {middle.x - width / 2, middle.y - kFastBoxUp * blaze.width - height / 2, width, height};
}

cv::Mat grey_of(const cv::Mat& bgr) {
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  return grey;
}

// The detection nearest to the middle, when it lies within half of its own size of it.
const Detection* at_middle(const std::vector<Detection>& found, Point middle) {
  const Detection* best = nullptr;
  float nearest = 0;
  for (const Detection& one : found) {
    const Point at = middle_of(one.box);
    const float off = std::hypot(at.x - middle.x, at.y - middle.y);
    if (off > std::max(one.box.width, one.box.height) / 2) continue;
    if (best == nullptr || off < nearest) {
      best = &one;
      nearest = off;
    }
  }
  return best;
}

}  // namespace

Box Located::box_in_picture() const {
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Point corner : {Point{box.x, box.y}, Point{box.x + box.width, box.y},
                             Point{box.x, box.y + box.height},
                             Point{box.x + box.width, box.y + box.height}}) {
    const Point p = in_picture(corner);
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
  }
  return {left, top, right - left, bottom - top};
}

Landmarks Located::landmarks_in_picture() const {
  Landmarks out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = in_picture(landmarks[i]);
  return out;
}

Locator::Locator(Detector fast, BlazeDetector thorough, Landmarker landmarker)
    : fast_(std::move(fast)), thorough_(std::move(thorough)), landmarker_(std::move(landmarker)) {}

Result<Locator> Locator::load(const std::string& models_dir) {
  MQ_TRY(Detector fast, Detector::load(models_dir));
  MQ_TRY(BlazeDetector thorough, BlazeDetector::load(models_dir));
  MQ_TRY(Landmarker landmarker, Landmarker::load(models_dir));
  return Locator(std::move(fast), std::move(thorough), std::move(landmarker));
}

std::vector<Located> Locator::find(const cv::Mat& bgr) const {
  const auto found = fast_.detect(bgr);
  if (found.empty()) return find_thoroughly(bgr);
  const cv::Mat grey = grey_of(bgr);
  std::vector<Located> out;
  for (const Detection& one : found) {
    Located located;
    located.score = one.score;
    located.upright = bgr;
    located.upright_grey = grey;
    located.box = one.box;
    if (out.size() < limits::kImageMaxFaces) located.landmarks = landmarker_.find(grey, one.box);
    out.push_back(std::move(located));
  }
  return out;
}

std::vector<Located> Locator::find_thoroughly(const cv::Mat& bgr) const {
  auto faces = thorough_.detect(bgr);
  if (faces.size() > kThoroughFaces) faces.resize(kThoroughFaces);
  std::vector<Located> out;
  for (const BlazeFace& face : faces) {
    Located located = uprighted(bgr, as_fast_box(face.box), face.roll());
    located.score = face.score;
    out.push_back(std::move(located));
  }
  std::sort(out.begin(), out.end(), [](const Located& a, const Located& b) {
    return a.box.width / a.to_upright.scale() > b.box.width / b.to_upright.scale();
  });
  return out;
}

Located Locator::uprighted(const cv::Mat& bgr, const Box& box, float roll) const {
  const Point middle = middle_of(box);
  const float longer = std::max(box.width, box.height);
  const float side = std::min(kSurroundings * longer, kCutOutSide);
  const double scale = side / (kSurroundings * longer);
  const double angle = -roll * M_PI / 180;
  Similarity to{.a = scale * std::cos(angle), .b = scale * std::sin(angle)};
  to.tx = side / 2 - (to.a * middle.x - to.b * middle.y);
  to.ty = side / 2 - (to.b * middle.x + to.a * middle.y);

  Located out;
  out.found_by = FoundBy::thorough;
  out.to_upright = to;
  // Turning samples single pixels; shrinking by averages first keeps what lies between them.
  cv::Mat shrunk = bgr;
  double kept = 1;
  if (scale < 0.7) {
    kept = scale;
    cv::resize(bgr, shrunk, {}, kept, kept, cv::INTER_AREA);
  }
  const cv::Matx23d matrix(to.a / kept, -to.b / kept, to.tx, to.b / kept, to.a / kept, to.ty);
  cv::warpAffine(shrunk, out.upright, matrix, {cvRound(side), cvRound(side)}, cv::INTER_LINEAR,
                 cv::BORDER_CONSTANT, cv::Scalar::all(0));
  out.upright_grey = grey_of(out.upright);
  const auto found = fast_.detect(out.upright);
  const Point centre{side / 2, side / 2};
  if (const Detection* confirmed = at_middle(found, centre)) {
    out.box = confirmed->box;
    out.score = confirmed->score;
  } else {
    out.box = {centre.x - box.width * static_cast<float>(scale) / 2,
               centre.y - box.height * static_cast<float>(scale) / 2,
               box.width * static_cast<float>(scale), box.height * static_cast<float>(scale)};
    out.score = 0;
  }
  out.landmarks = landmarker_.find(out.upright_grey, out.box);
  return out;
}

std::vector<Located> Locator::other_views(const cv::Mat& bgr, const Located& doubtful) const {
  const Box box = doubtful.box_in_picture();
  const cv::Mat around =
      crop_square(bgr, middle_of(box).x, middle_of(box).y,
                  kBlazeSurroundings * std::max(box.width, box.height), 256);
  std::vector<float> rolls = {0};
  const auto add = [&](float roll) {
    const bool known = std::any_of(rolls.begin(), rolls.end(), [&](float other) {
      return std::abs(std::remainder(roll - other, 360.0F)) < kTurnAtLeast;
    });
    if (!known) rolls.push_back(roll);
  };
  add(roll_of(doubtful.landmarks));
  const auto faces = thorough_.detect(around);
  if (!faces.empty()) add(faces.front().roll());
  for (const float quarter : {90.0F, -90.0F, 180.0F}) add(quarter);

  std::vector<Located> out;
  for (const float roll : rolls) {
    Located located = uprighted(bgr, box, roll);
    if (located.score > 0) out.push_back(std::move(located));
  }
  return out;
}

float roll_of(const Landmarks& landmarks) {
  const FivePoints points = five_points(landmarks);
  return std::atan2(points[1].y - points[0].y, points[1].x - points[0].x) *
         static_cast<float>(180 / M_PI);
}

}  // namespace mq::vision
