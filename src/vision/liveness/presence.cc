// When the frames came and who is in them.
#include <algorithm>
#include <set>

#include "base/limits.h"
#include "vision/liveness/observation.h"
#include "vision/match/match.h"

namespace mq::vision {
namespace {

bool half_outside(const FrameFacts& f) {
  const auto outside = std::count_if(f.landmarks.begin(), f.landmarks.end(), [&](Point p) {
    return p.x < 0 || p.y < 0 || p.x >= static_cast<float>(f.width) || p.y >= static_cast<float>(f.height);
  });
  return outside > 16;  // a quarter of the landmarks
}

}  // namespace

bool judge_timing(const std::vector<FrameFacts>& frames, const Prompts& prompts,
                  const LivenessSettings& s, LivenessMetrics& metrics, Reasons& reasons) {
  metrics.frames = frames.size();
  std::set<std::uint64_t> known;
  bool rising = true;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (!known.insert(frames[i].fingerprint).second) ++metrics.repeated;
    if (frames[i].face_count == 0) ++metrics.without_face;
    if (i == 0) continue;
    const std::int64_t gap = frames[i].time_ms - frames[i - 1].time_ms;
    if (gap <= 0) rising = false;
    metrics.longest_gap_ms = std::max(metrics.longest_gap_ms, gap);
  }
  if (frames.size() < 2) {
    add(reasons, LivenessReason::frames_too_few);
    return true;
  }
  const std::int64_t took = frames.back().time_ms - frames.front().time_ms;
  const auto count = static_cast<double>(frames.size());
  if (took > 0) metrics.frames_per_second = 1000 * (count - 1) / static_cast<double>(took);
  if (took > limits::kSequenceMs) add(reasons, LivenessReason::too_long);
  if (metrics.frames_per_second < s.least_frames_per_second) add(reasons, LivenessReason::frames_too_few);
  const bool ends_early = frames.back().time_ms < prompts.shown_ms.back() + s.longest_gap_ms;
  if (metrics.longest_gap_ms > s.longest_gap_ms || ends_early) {
    add(reasons, LivenessReason::frames_missing);
  }
  if (static_cast<double>(metrics.repeated) > s.most_repeated * count) {
    add(reasons, LivenessReason::frames_repeated);
  }
  if (!rising) add(reasons, LivenessReason::implausible_timing);
  return rising;
}

void judge_presence(const std::vector<FrameFacts>& frames, const LivenessSettings& s, Reasons& reasons) {
  std::size_t absent = 0, outside = 0, crowded = 0;
  bool seen = false, left = false;
  std::int64_t gone_since = -1;
  for (const FrameFacts& f : frames) {
    if (f.face_count == 0) {
      ++absent;
      if (gone_since < 0) gone_since = f.time_ms;
      left = left || (seen && f.time_ms - gone_since >= s.longest_gap_ms);
      continue;
    }
    seen = true;
    gone_since = -1;
    outside += half_outside(f) ? 1 : 0;
    crowded += f.second_width >= s.bystander ? 1 : 0;
  }
  const auto many = [&](std::size_t n) {
    return static_cast<double>(n) > s.most_absent * static_cast<double>(frames.size());
  };
  if (!seen || many(absent)) add(reasons, seen ? LivenessReason::face_left_frame : LivenessReason::no_face);
  if (left || many(outside)) add(reasons, LivenessReason::face_left_frame);
  if (crowded > 1) add(reasons, LivenessReason::several_faces);  // a single one may be a false alarm
}

// Against the neutral face and from frame to frame; a single frame may be blurred by movement.
void judge_identity(const std::vector<FrameFacts>& frames, const Seen& seen, const LivenessSettings& s,
                    LivenessMetrics& metrics, Reasons& reasons) {
  int strange = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    metrics.least_similarity = std::min(metrics.least_similarity, seen[i].similarity);
    strange = seen[i].similarity < s.least_similarity ? strange + 1 : 0;
    if (strange > 1) add(reasons, LivenessReason::face_changed);
  }
  // A swap between two frames stays below the threshold against the last of before for more than a frame.
  for (std::size_t i = 2; i < seen.size(); ++i) {
    const Embedding& before = frames[seen[i - 2].frame].embedding;
    const auto unlike = [&](std::size_t k) {
      return similarity(frames[seen[k].frame].embedding, before) < s.least_similarity / 2;
    };
    if (unlike(i - 1) && unlike(i)) add(reasons, LivenessReason::face_changed);
  }
}

void judge_flatness(const Seen& seen, const LivenessSettings& s, Reasons& reasons) {
  const auto flat = std::count_if(seen.begin(), seen.end(), [&](const Observation& o) {
    return o.usable && o.match >= s.flat_match && o.proportion < s.flat_proportion &&
           std::abs(o.narrow ? o.turn : o.rise) < s.flat_nose;
  });
  if (flat >= 2) add(reasons, LivenessReason::flat_motion);
}

}  // namespace mq::vision
