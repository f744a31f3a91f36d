#include "vision/face/quality.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "vision/face/light.h"

namespace mq::vision {
namespace {

constexpr float kNever = 1e9F;

// One direction in which a value can be bad. The score falls from 100 at `good` to 0 at `bad`;
// beyond `warn` the person is told, beyond `fail` the face is unusable. `bad` below `good`: small
// values are bad.
struct Side {
  float good;
  float bad;
  float warn;
  float fail;
  Advice advice;
};

struct Rule {
  Component component;
  Side side;
  std::optional<Side> other = std::nullopt;
};

// "LFW" is Labeled Faces in the Wild: press photos of people who were not asked to sit still.
constexpr Rule kRules[] = {
    // Sharp LFW faces have a median of 136; below 8 strangers and same persons score alike.
    {Component::sharpness, {136, 0, 20, 8, Advice::hold_still}},
    // Eight-bit pictures outside of the fail bounds hold no face that can be brought back.
    {Component::luminance_mean,
     {110, 0, 50, 25, Advice::more_light},
     Side{145, 255, 205, 225, Advice::less_light}},
    // Fog, backlight and washed-out copies; 99 of 100 LFW faces have more than 19.
    {Component::luminance_variance, {45, 5, 16, kNever, Advice::even_light}},
    // A third of the face without detail: most of one side is gone.
    {Component::under_exposure_prevention, {0, 0.6F, 0.33F, kNever, Advice::more_light}},
    {Component::over_exposure_prevention, {0, 0.6F, 0.33F, kNever, Advice::less_light}},
    // Below 5 bits the face has about thirty levels of light; 99 of 100 LFW faces have more than 6.
    {Component::dynamic_range, {7, 3, 5, kNever, Advice::more_light}},
    // One half of the face has about half of the light of the other; 1.4 % of LFW.
    {Component::illumination_uniformity, {0.05F, 0.8F, 0.45F, kNever, Advice::even_light}},
    // 90 is what ISO/IEC 19794-5 asks for. The width of the face counts too: see kFaceFailWidth.
    {Component::inter_eye_distance, {90, 10, kNever, 20, Advice::come_closer}},
    // The embedding's genuine scores fall off beyond these; the network is good to about 6 degrees.
    {Component::head_pose_yaw,
     {0, 45, 25, 25, Advice::face_camera},
     Side{0, -45, -25, -25, Advice::face_camera}},
    {Component::head_pose_pitch,
     {0, 45, 20, 20, Advice::face_camera},
     Side{0, -45, -20, -20, Advice::face_camera}},
    // Alignment turns the face level again, so a tilt costs nothing but the picture's looks.
    {Component::head_pose_roll,
     {0, 45, 20, kNever, Advice::level_head},
     Side{0, -45, -20, kNever, Advice::level_head}},
    // 4.7 % of LFW reads as both eyes closed: ask, never refuse.
    {Component::eyes_open, {1, 0, 0.5F, kNever, Advice::open_eyes}},
    // The rates of the three heads are in models/cards/occlusion.md: about one bare face in a
    // hundred is
    // told to take something off, none of 830 was refused. Heavy dark frames read as sunglasses
    // more often,
    // so those never refuse.
    {Component::eyes_visible, {0, 1, 0.5F, kNever, Advice::remove_glasses}},
    // A gap of a quarter of the mouth's width: speaking, yawning, a laugh; 14 % of LFW.
    {Component::mouth_closed, {0.05F, 0.6F, 0.25F, kNever, Advice::close_mouth}},
    {Component::mouth_occlusion_prevention, {0, 1, 0.35F, 0.8F, Advice::remove_mask}},
    // Hats leave the face free, and some are worn for faith.
    {Component::no_head_coverings, {0, 1, 0.5F, kNever, Advice::remove_hat}},
    // A smile that shows, an open mouth; 24 % of LFW, who smile for the press.
    {Component::expression_neutrality, {0, 1, 0.55F, kNever, Advice::relax_face}},
    {Component::single_face_present,
     {0, 1, kNever, kBystanderShare - 1e-6F, Advice::one_person_only}},
    // JPEG at quality 90 stays below 1.25; at 20 half of the pictures lie above 1.8, at 10 nearly
    // all.
    {Component::no_compression_artifacts, {1.2F, 2.6F, 1.75F, kNever, Advice::use_camera}},
};

// A face of this width holds about as many pixels as the 112x112 input; of 60 px card portraits 1.3
// % are mistaken, of narrower ones more.
constexpr float kFaceWarnWidth = 100;
constexpr float kFaceFailWidth = 60;

// What stops the comparison first, what makes the picture nicer last.
constexpr Advice kOrder[] = {Advice::one_person_only, Advice::come_closer, Advice::remove_mask,
                             Advice::remove_glasses,  Advice::face_camera, Advice::more_light,
                             Advice::less_light,      Advice::hold_still,  Advice::open_eyes,
                             Advice::remove_hat,      Advice::level_head,  Advice::even_light,
                             Advice::use_camera,      Advice::close_mouth, Advice::relax_face};

Measure measured(float value, const Side& side) {
  const bool small_is_bad = side.bad < side.good;
  const auto beyond = [&](float bound) {
    return bound != kNever && (small_is_bad ? value < bound : value > bound);
  };
  Measure out;
  out.value = value;
  const float share = (value - side.bad) / (side.good - side.bad);
  out.score = static_cast<int>(std::lround(100 * std::clamp(share, 0.0F, 1.0F)));
  out.verdict = beyond(side.fail)   ? Verdict::fail
                : beyond(side.warn) ? Verdict::warn
                                    : Verdict::pass;
  if (out.verdict != Verdict::pass) out.advice = side.advice;
  return out;
}

Measure measured(float value, const Rule& rule) {
  const Measure one = measured(value, rule.side);
  if (!rule.other) return one;
  const Measure other = measured(value, *rule.other);
  return other.score < one.score ? other : one;
}

void worsen(Measure& measure, Verdict verdict, Advice advice) {
  if (measure.verdict >= verdict) return;
  measure.verdict = verdict;
  measure.advice = advice;
}

void excuse(Measure& measure) {
  measure.verdict = Verdict::pass;
  measure.advice.reset();
}

Point middle(const Landmarks& marks, int first, int count) {
  Point sum;
  for (int i = first; i < first + count; ++i) {
    sum.x += marks[i].x / static_cast<float>(count);
    sum.y += marks[i].y / static_cast<float>(count);
  }
  return sum;
}

// From the person's right eye, on the left of the picture, to the left one.
Point eye_line(const Landmarks& marks) {
  const Point right = middle(marks, 36, 6);
  const Point left = middle(marks, 42, 6);
  return {left.x - right.x, left.y - right.y};
}

std::array<float, kComponents> values_of(const Face& face, const Evidence& evidence) {
  cv::Mat grey;
  cv::cvtColor(evidence.aligned, grey, cv::COLOR_BGR2GRAY);
  const Light light = light_of(grey);
  const Point eyes = eye_line(face.landmarks);
  std::array<float, kComponents> out{};
  const auto set = [&](Component c, float value) { out[static_cast<std::size_t>(c)] = value; };
  set(Component::sharpness, sharpness(grey));
  set(Component::luminance_mean, light.mean);
  set(Component::luminance_variance, light.deviation);
  set(Component::under_exposure_prevention, light.dark);
  set(Component::over_exposure_prevention, light.bright);
  set(Component::dynamic_range, light.range);
  set(Component::illumination_uniformity, light.uneven);
  set(Component::inter_eye_distance, std::hypot(eyes.x, eyes.y));
  set(Component::head_pose_yaw, face.pose.yaw);
  set(Component::head_pose_pitch, face.pose.pitch);
  set(Component::head_pose_roll, face.pose.roll);
  set(Component::eyes_open, std::min(face.right_eye_open, face.left_eye_open));
  set(Component::eyes_visible, evidence.occlusion.sunglasses);
  set(Component::mouth_closed, face.mouth_open);
  set(Component::mouth_occlusion_prevention, evidence.occlusion.mask);
  set(Component::no_head_coverings, evidence.occlusion.head_covering);
  set(Component::expression_neutrality, expression_of(face.landmarks, face.mouth_open));
  set(Component::single_face_present, evidence.others_widest / std::max(1.0F, face.box.width));
  set(Component::no_compression_artifacts, evidence.blockiness);
  return out;
}

}  // namespace

Pose settled_pose(const Pose& network, const Landmarks& in_picture) {
  // The network counts turns to the person's right as positive, and reads faces that look straight
  // ahead about five degrees low (median of LFW −5.4).
  constexpr float kPitchBias = -5;
  const Point eyes = eye_line(in_picture);
  const float roll = std::atan2(eyes.y, eyes.x) * 180 / std::numbers::pi_v<float>;
  return {-network.yaw, network.pitch - kPitchBias, roll};
}

float expression_of(const Landmarks& landmarks, float mouth_open) {
  const Point eyes = eye_line(landmarks);
  const float unit = eyes.x * eyes.x + eyes.y * eyes.y;
  if (!(unit > 0)) return 0;
  const auto across = [&](Point p) { return (p.x * eyes.x + p.y * eyes.y) / unit; };
  const auto down = [&](Point p) { return (p.y * eyes.x - p.x * eyes.y) / unit; };
  // At rest the mouth is .86 of the eyes' distance wide with its corners .04 above the gap of the
  // lips (medians of LFW); a broad smile adds about .3 and .15.
  const float width = across(landmarks[54]) - across(landmarks[48]);
  const float lift =
      (down(landmarks[62]) + down(landmarks[66]) - down(landmarks[48]) - down(landmarks[54])) / 2;
  const float smile = (std::clamp((width - 0.86F) / 0.3F, 0.0F, 1.0F) +
                       std::clamp((lift - 0.04F) / 0.15F, 0.0F, 1.0F)) /
                      2;
  const float open = std::clamp(mouth_open / 0.4F, 0.0F, 1.0F);
  return std::max(smile, open);
}

void judge(Face& face, const Evidence& evidence) {
  const auto values = values_of(face, evidence);
  Quality& q = face.quality;
  for (const Rule& rule : kRules) {
    q[rule.component] = measured(values[static_cast<std::size_t>(rule.component)], rule);
  }
  if (face.box.width < kFaceFailWidth) {
    worsen(q[Component::inter_eye_distance], Verdict::fail, Advice::come_closer);
  } else if (face.box.width < kFaceWarnWidth) {
    worsen(q[Component::inter_eye_distance], Verdict::warn, Advice::come_closer);
  }
  if (q[Component::eyes_visible].verdict != Verdict::pass) excuse(q[Component::eyes_open]);
  if (q[Component::mouth_occlusion_prevention].verdict != Verdict::pass) {
    excuse(q[Component::mouth_closed]);
    excuse(q[Component::expression_neutrality]);
  }

  face.usable = true;
  std::array<bool, std::size(kOrder)> wanted{};
  for (std::size_t i = 0; i < kComponents; ++i) {
    const Measure& one = q[static_cast<Component>(i)];
    if (one.verdict == Verdict::fail) face.usable = false;
    if (one.advice) wanted[static_cast<std::size_t>(*one.advice)] = true;
  }
  face.advice.clear();
  for (const Advice advice : kOrder) {
    if (wanted[static_cast<std::size_t>(advice)]) face.advice.push_back(advice);
  }
}

Result<Face> principal_face(const Analysis& analysis) {
  if (analysis.faces.empty()) return VisionErrc::no_face;
  const Face& face = analysis.faces.front();
  if (analysis.faces.size() > 1 &&
      analysis.faces[1].box.width >= kBystanderShare * face.box.width) {
    return VisionErrc::several_faces;
  }
  if (face.box.width < kFaceMinWidth) return VisionErrc::face_too_small;
  return face;
}

}  // namespace mq::vision
