#include "vision/liveness/observation.h"

#include <algorithm>
#include <cmath>

#include "vision/match/match.h"

namespace mq::vision {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Eye {
  double open = 0;
  double open_at_rest = 0;
  double changed = 0;
};

// Both changed by themselves, at least one is closed by the network's word, and the other by its word or a
// great change: the network misreads single eyes.
bool shut(const Eye& right, const Eye& left, const LivenessSettings& s) {
  const auto said = [&](const Eye& e) { return e.open_at_rest >= s.eye_readable && e.open <= s.eye_shut; };
  const auto sure = [&](const Eye& e) { return said(e) || e.changed >= s.eye_changed_alone; };
  return right.changed >= s.eye_changed && left.changed >= s.eye_changed && (said(right) || said(left)) &&
         sure(right) && sure(left);
}

bool hysteresis(bool before, double value, double on, double off) {
  return before ? value >= off : value >= on;
}

}  // namespace

std::optional<Neutral> neutral_of(const std::vector<FrameFacts>& frames, std::int64_t until_ms,
                                  const LivenessSettings& settings) {
  // The same bounds as for a usable selfie, and a little more pitch: phones are held low.
  constexpr float kYaw = 25, kPitch = 28;
  std::vector<std::size_t> at_rest;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameFacts& f = frames[i];
    if (f.time_ms < until_ms && f.face_count > 0 && std::abs(f.pose.yaw) <= kYaw &&
        std::abs(f.pose.pitch) <= kPitch) {
      at_rest.push_back(i);
    }
  }
  if (at_rest.size() < settings.least_neutral) return std::nullopt;
  const auto middle_of = [&](auto value) {
    std::vector<double> values;
    for (const std::size_t i : at_rest) values.push_back(value(frames[i]));
    return median(values);
  };
  Neutral out;
  out.mouth_open = middle_of([](const FrameFacts& f) { return f.mouth_open; });
  out.right_eye_open = middle_of([](const FrameFacts& f) { return f.right_eye_open; });
  out.left_eye_open = middle_of([](const FrameFacts& f) { return f.left_eye_open; });
  // Closed by nature or by will: with both eyes unreadable, nothing about eyes can be judged.
  if (std::max(out.right_eye_open, out.left_eye_open) < settings.eye_readable) return std::nullopt;

  std::vector<double> sum(out.embedding.size());
  for (const std::size_t i : at_rest) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += frames[i].embedding[k];
  }
  double norm = 0;
  for (const double v : sum) norm += v * v;
  norm = std::max(std::sqrt(norm), 1e-12);
  for (std::size_t k = 0; k < sum.size(); ++k) out.embedding[k] = static_cast<float>(sum[k] / norm);

  // The sharpest without a blink.
  const auto worth = [&](std::size_t i) {
    const FrameFacts& f = frames[i];
    const double open = std::min(f.right_eye_open - out.right_eye_open, f.left_eye_open - out.left_eye_open);
    return (open < -0.4 ? 0.1 : 1.0) * static_cast<double>(f.sharpness);
  };
  out.frame = *std::max_element(at_rest.begin(), at_rest.end(),
                                [&](std::size_t a, std::size_t b) { return worth(a) < worth(b); });
  return out;
}

Seen observe(const std::vector<FrameFacts>& frames, const std::vector<Relief>& reliefs,
             const Neutral& neutral, const LivenessSettings& s) {
  Seen out;
  Observation before;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameFacts& f = frames[i];
    if (f.face_count == 0) continue;
    Observation o;
    o.time_ms = f.time_ms;
    o.frame = i;
    o.similarity = similarity(f.embedding, neutral.embedding);
    const Relief& relief = reliefs[i];
    o.match = relief.match;
    o.usable = relief.match >= s.least_match;
    if (!o.usable) {
      out.push_back(o);
      continue;
    }
    o.turn = relief.nose_x;
    o.rise = relief.nose_y;
    o.mouth = f.mouth_open - neutral.mouth_open;
    o.proportion = std::min(relief.narrow, relief.low);
    o.narrow = relief.narrow <= relief.low;
    const double right_changed = relief.rest - relief.right_eye, left_changed = relief.rest - relief.left_eye;
    o.eyes = std::min(right_changed, left_changed);

    // Where the person is not to be recognised or the face is pressed flat, the alignment can be false.
    const bool same = o.similarity >= s.least_similarity;
    const bool head = same && o.proportion >= s.head_proportion;
    const bool part = same && o.proportion >= s.least_proportion;
    const bool marks_agree = o.turn * relief.marks_x > 0 && std::abs(relief.marks_x) >= s.turn_marks;
    o.turned = head && marks_agree && hysteresis(before.turned, std::abs(o.turn), s.turn_on, s.turn_off);
    o.mouth_open = part && !o.turned &&
                   relief.rest - relief.mouth >= s.mouth_changed &&
                   hysteresis(before.mouth_open, o.mouth, s.mouth_on, s.mouth_off);
    o.nodding = head && !o.turned && o.mouth < s.mouth_off &&
                hysteresis(before.nodding, std::abs(o.rise), s.nod_on, s.nod_off);
    o.eyes_shut = part && !o.turned && !o.nodding &&
                  shut({f.right_eye_open, neutral.right_eye_open, right_changed},
                       {f.left_eye_open, neutral.left_eye_open, left_changed}, s);
    before = o;
    out.push_back(o);
  }
  return out;
}

}  // namespace mq::vision
