#include "vision/liveness/synthesis.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/liveness/head_model.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

constexpr int kWidth = 480;  // what a phone's browser sends
constexpr int kHeight = 640;
constexpr double kEyeDistance = 100;  // between the outer corners, in the sequence's pixels
constexpr int kNeutralFrames = 9;
constexpr int kAnswerFrames = 25;
constexpr int kQuality = 90;

// What a frame shows: a head animated or not, on a sheet moved in space.
struct Scene {
  HeadState head;
  Rotation sheet;
  double shift_x = 0;  // in pixels
  double shift_y = 0;
  double zoom = 1;
  double curvature = 0;
  double axis = 0;
  double distance = 500;  // of the camera from the sheet, in pixels
  double light = 1;
};

// The attacker's choices for one answer.
struct Manner {
  double amplitude = 1;  // 0..1 between the mildest and the strongest
  double sign = 1;
  double delay_ms = 500;
  double axis = 0;
  double curvature = 0;
  double distance = 500;
};

double ease(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return (1 - std::cos(CV_PI * t)) / 2;
}

// 0 to 1 and back.
double pulse(double ms, double start, double rise, double until, double fall) {
  return std::min(ease((ms - start) / rise), 1 - ease((ms - until) / fall));
}

double answer_at(Action action, double ms, double delay) {
  if (action == Action::close_eyes) return pulse(ms, delay, 200, kSynthesisToneMs + 350, 250);
  if (action == Action::nod) {
    return pulse(ms, delay, 400, delay + 450, 400) - 0.3 * pulse(ms, delay + 850, 200, delay + 1050, 250);
  }
  return pulse(ms, delay, 500, delay + 1000, 500);
}

// +1 towards the picture's right, where the person's left is.
double side(Action action) {
  return action == Action::turn_left ? 1 : action == Action::turn_right ? -1 : 0;
}

HeadState animated_head(Action action, double share) {
  HeadState out;
  switch (action) {
    case Action::open_mouth: out.mouth = share; break;
    case Action::close_eyes: out.eyes = share; break;
    case Action::nod: out.turn.pitch = -24 * share; break;
    case Action::turn_left:
    case Action::turn_right: out.turn.yaw = 28 * side(action) * share; break;
  }
  return out;
}

// The sheet turned as the asked movement would turn a head.
void tilt(Scene& scene, Action action, double share, const Manner& manner) {
  const double degrees = (25 + 35 * manner.amplitude) * share * manner.sign;
  if (side(action) != 0) {
    scene.sheet.yaw += degrees * side(action);
  } else {
    scene.sheet.pitch += degrees;
  }
  scene.distance = manner.distance;
}

void move(Scene& scene, Synthesis kind, Action action, double share, const Manner& manner) {
  const double strength = (0.4 + 0.6 * manner.amplitude) * share;
  switch (kind) {
    case Synthesis::still:
    case Synthesis::animated:
      break;
    case Synthesis::panned:
      (side(action) != 0 ? scene.shift_x : scene.shift_y) += 110 * strength * manner.sign;
      break;
    case Synthesis::zoomed:
      scene.zoom *= 1 + 0.5 * strength * manner.sign;
      break;
    case Synthesis::rotated:
      scene.sheet.roll += 35 * strength * manner.sign;
      break;
    case Synthesis::tilted:
      tilt(scene, action, share, manner);
      break;
    case Synthesis::bent:
      scene.curvature = manner.curvature;
      scene.axis = manner.axis;
      tilt(scene, action, share, manner);
      break;
    case Synthesis::folded:
      scene.curvature = manner.curvature * share;
      scene.axis = manner.axis;
      tilt(scene, action, share, manner);
      break;
    case Synthesis::waved:
    case Synthesis::animated_flat:
      scene.curvature = 0.7 * manner.curvature;
      scene.axis = manner.axis;
      tilt(scene, action, share, manner);
      scene.sheet.roll += 12 * strength * manner.sign;
      scene.shift_x += 30 * strength;
      scene.zoom *= 1 + 0.12 * strength;
      break;
  }
}

void shake(Scene& scene, Synthesis kind, double ms, double phase) {
  if (kind == Synthesis::still) return;
  const double force = kind == Synthesis::waved ? 2.5 : 1;
  scene.shift_x += force * 2.0 * std::sin(ms / 170 + phase);
  scene.shift_y += force * 2.0 * std::sin(ms / 230 + 2 * phase);
  scene.sheet.roll += force * 0.7 * std::sin(ms / 310 + 3 * phase);
  scene.zoom *= 1 + force * 0.006 * std::sin(ms / 410 + phase);
  if (kind == Synthesis::waved) {
    scene.sheet.yaw += 4 * std::sin(ms / 260 + phase);
    scene.sheet.pitch += 4 * std::sin(ms / 350 + phase);
    scene.light *= 1 + 0.15 * std::sin(ms / 290 + phase);
  }
}

cv::Mat on_canvas(const cv::Mat& photo, const Landmarks& marks, Landmarks& moved) {
  const double eyes = std::max(1.0, static_cast<double>(std::hypot(marks[45].x - marks[36].x,
                                                                    marks[45].y - marks[36].y)));
  const double scale = kEyeDistance / eyes;
  const double dx = kWidth / 2.0 - scale * (marks[36].x + marks[45].x) / 2;
  const double dy = 0.45 * kHeight - scale * (marks[36].y + marks[45].y) / 2;
  const cv::Matx23d transform(scale, 0, dx, 0, scale, dy);
  cv::Mat canvas;
  cv::warpAffine(photo, canvas, transform, {kWidth, kHeight},
                 scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    moved[i] = {static_cast<float>(scale * marks[i].x + dx), static_cast<float>(scale * marks[i].y + dy)};
  }
  return canvas;
}

std::uint64_t mixed(std::uint64_t seed, Synthesis kind, int what, int frame) {
  cv::RNG rng(seed * 1'000'003 + static_cast<std::uint64_t>(kind) * 10'007 +
              static_cast<std::uint64_t>(what) * 101 + static_cast<std::uint64_t>(frame) + 1);
  rng.next();
  return rng.state;
}

}  // namespace

struct Synthesiser::Impl {
  cv::Mat canvas;
  HeadModel head;
  std::uint64_t seed;

  Bytes frame(Synthesis kind, const Scene& scene, std::uint64_t noise_seed) const;
  Manner manner(Synthesis kind, int what) const;
};

Manner Synthesiser::Impl::manner(Synthesis kind, int what) const {
  cv::RNG rng(mixed(seed, kind, what, 0));
  Manner out;
  out.amplitude = rng.uniform(0.0, 1.0);
  out.sign = rng.uniform(0, 2) == 0 ? -1 : 1;
  out.delay_ms = rng.uniform(450.0, 650.0);
  // How the sheet is held does not change between the answers.
  cv::RNG held(mixed(seed, kind, kActions + 1, 0));
  out.axis = std::array{0.0, 90.0, 45.0, 0.0}[static_cast<std::size_t>(held.uniform(0, 4))];
  out.curvature = (held.uniform(0, 4) == 0 ? -1 : 1) / (held.uniform(0.75, 2.0) * kEyeDistance);
  out.distance = held.uniform(2.5, 7.0) * kEyeDistance;
  return out;
}

Bytes Synthesiser::Impl::frame(Synthesis kind, const Scene& scene, std::uint64_t noise_seed) const {
  const cv::Mat photo = kind == Synthesis::animated || kind == Synthesis::animated_flat
                            ? head.show(scene.head)
                            : canvas;
  const cv::Mat room(canvas.size(), CV_8UC3, cv::Scalar(150, 140, 130));
  static const Mesh sheet = sheet_mesh({0, 0, kWidth - 1, kHeight - 1}, 24, 32);
  Placement placement;
  for (const auto& from : sheet.from) {
    Place p{from.x - kWidth / 2.0, from.y - kHeight / 2.0, 0};
    p = rotated(bent(p, scene.curvature, scene.axis), scene.sheet);
    const double nearer = scene.zoom * scene.distance / std::max(30.0, scene.distance - p.z);
    placement.to.emplace_back(static_cast<float>(p.x * nearer + kWidth / 2.0 + scene.shift_x),
                              static_cast<float>(p.y * nearer + kHeight / 2.0 + scene.shift_y));
    placement.depth.push_back(p.z);
  }
  cv::Mat out = render(photo, sheet, placement, room);
  cv::Mat noise(out.size(), CV_16SC3);
  cv::RNG rng(noise_seed);
  rng.fill(noise, cv::RNG::NORMAL, 0, 2.5);
  out.convertTo(out, CV_16S, scene.light);
  out += noise;
  out.convertTo(out, CV_8U);
  Bytes jpeg;
  MQ_CHECK(cv::imencode(".jpg", out, jpeg, {cv::IMWRITE_JPEG_QUALITY, kQuality}));
  return jpeg;
}

Synthesiser::Synthesiser(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Synthesiser::Synthesiser(Synthesiser&&) noexcept = default;
Synthesiser& Synthesiser::operator=(Synthesiser&&) noexcept = default;
Synthesiser::~Synthesiser() = default;

Result<Synthesiser> Synthesiser::make(ByteView photo, const Face& face, std::uint64_t seed) {
  MQ_TRY(const Picture picture, decode(photo));
  Landmarks marks = face.landmarks;
  for (Point& p : marks) p = {p.x / picture.scale, p.y / picture.scale};
  Landmarks moved;
  cv::Mat canvas = on_canvas(picture.bgr, marks, moved);
  HeadModel head(canvas, moved);
  return Synthesiser(std::make_unique<Impl>(Impl{std::move(canvas), std::move(head), seed}));
}

Segment Synthesiser::neutral(Synthesis kind) const {
  Segment out;
  const Manner manner = impl_->manner(kind, kActions);
  for (int i = 0; i < kNeutralFrames; ++i) {
    Scene scene;
    move(scene, kind, Action::nod, 0, manner);
    shake(scene, kind, kSynthesisFrameMs * i, static_cast<double>(impl_->seed % 7));
    out.push_back(impl_->frame(kind, scene, mixed(impl_->seed, kind, kActions, i)));
  }
  return out;
}

Segment Synthesiser::respond(Synthesis kind, Action action) const {
  Segment out;
  const int what = static_cast<int>(action);
  const Manner manner = impl_->manner(kind, what);
  for (int i = 0; i < kAnswerFrames; ++i) {
    const double ms = kSynthesisFrameMs * i;
    const double share = answer_at(action, ms, manner.delay_ms);
    Scene scene;
    if (kind == Synthesis::animated || (kind == Synthesis::animated_flat && !moves_head(action))) {
      scene.head = animated_head(action, share);
    } else {
      move(scene, kind, action, share, manner);
    }
    shake(scene, kind, ms, what + static_cast<double>(impl_->seed % 11));
    out.push_back(impl_->frame(kind, scene, mixed(impl_->seed, kind, what, i)));
  }
  return out;
}

Schedule schedule_of(const Challenge& challenge, std::size_t neutral,
                     const std::vector<std::size_t>& answers) {
  MQ_CHECK(challenge.steps.size() == answers.size());
  Schedule out;
  std::int64_t now = 0;
  const auto show = [&](std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i, now += kSynthesisFrameMs) out.frame_ms.push_back(now);
  };
  show(neutral);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool tone = challenge.steps[i].action == Action::close_eyes;
    out.prompt_ms.push_back(now);
    out.tone_ms.push_back(tone ? now + kSynthesisToneMs : 0);
    show(answers[i]);
  }
  return out;
}

}  // namespace mq::vision
