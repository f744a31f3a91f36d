// The state machine: was each step done, in its window, and nothing else.
#include <algorithm>
#include <cmath>
#include <optional>

#include "vision/liveness/observation.h"

namespace mq::vision {
namespace {

bool shows(const Observation& o, Action action) {
  if (!o.usable) return false;
  switch (action) {
    case Action::turn_left: return o.turned && o.turn > 0;
    case Action::turn_right: return o.turned && o.turn < 0;
    case Action::nod: return o.nodding;
    case Action::open_mouth: return o.mouth_open;
    case Action::close_eyes: return o.eyes_shut;
  }
  return false;
}

double size_of(const Observation& o, Action action) {
  switch (action) {
    case Action::turn_left:
    case Action::turn_right: return std::abs(o.turn);
    case Action::nod: return std::abs(o.rise);
    case Action::open_mouth: return o.mouth;
    case Action::close_eyes: return o.eyes;
  }
  return 0;
}

// At least two frames in a row: one may be noise.
struct Run {
  std::size_t first = 0;
  std::size_t last = 0;
};
std::optional<Run> first_run(const Seen& seen, std::size_t from, std::size_t to, Action action) {
  for (std::size_t i = from; i + 1 < to; ++i) {
    if (!shows(seen[i], action) || !shows(seen[i + 1], action)) continue;
    Run out{i, i + 1};
    // A single frame that says otherwise does not end it.
    while (out.last + 1 < to && (shows(seen[out.last + 1], action) ||
                                 (out.last + 2 < to && shows(seen[out.last + 2], action)))) {
      ++out.last;
    }
    return out;
  }
  return std::nullopt;
}

struct Window {
  std::size_t from = 0;
  std::size_t to = 0;  // one past the last
  std::int64_t prompt_ms = 0;
  std::int64_t tone_ms = 0;
};

// Clearly another action than the one asked for. What comes with an action by itself does not count: eyes
// that look down in a nod, a mouth that opens a little.
bool does_another(const Seen& seen, const Window& w, Action asked, const LivenessSettings& s) {
  for (int a = 0; a < kActions; ++a) {
    const auto action = static_cast<Action>(a);
    if (action == asked) continue;
    const auto run = first_run(seen, w.from, w.to, action);
    if (!run) continue;
    const std::int64_t lasted = seen[run->last].time_ms - seen[run->first].time_ms;
    if (action == Action::close_eyes && (lasted < s.blink_ms || asked == Action::nod)) continue;
    if (action == Action::nod) {
      const bool clear = std::any_of(seen.begin() + static_cast<std::ptrdiff_t>(run->first),
                                     seen.begin() + static_cast<std::ptrdiff_t>(run->last) + 1,
                                     [&](const Observation& o) { return std::abs(o.rise) >= s.nod_wrong; });
      if (!clear || !moves_head(asked)) continue;
    }
    return true;
  }
  return false;
}

void judge_eyes(const Seen& seen, const Window& w, const Run& run, const LivenessSettings& s,
                Reasons& reasons) {
  const std::int64_t opened = seen[run.last].time_ms;
  std::int64_t next = opened;
  if (run.last + 1 < seen.size()) next = seen[run.last + 1].time_ms;
  if (next < w.tone_ms) {
    add(reasons, LivenessReason::eyes_opened_before_tone);
  } else if (seen[run.first].time_ms >= w.tone_ms) {
    add(reasons, LivenessReason::eyes_not_closed);
  } else if (opened > w.tone_ms + s.open_after_tone_ms || run.last + 1 >= w.to) {
    add(reasons, LivenessReason::action_not_ended);
  }
}

StepResult judge_step(const Seen& seen, const Window& w, Action asked, const LivenessSettings& s,
                      Reasons& all) {
  StepResult out;
  out.action = asked;
  Reasons reasons;
  const auto run = first_run(seen, w.from, w.to, asked);
  if (does_another(seen, w, asked, s)) add(reasons, LivenessReason::wrong_action_order);
  if (!run) {
    if (reasons.empty()) {
      add(reasons, asked == Action::close_eyes ? LivenessReason::eyes_not_closed
                                               : LivenessReason::action_missing);
    }
  } else {
    out.began_ms = seen[run->first].time_ms - w.prompt_ms;
    for (std::size_t i = run->first; i <= run->last; ++i) {
      out.peak = std::max(out.peak, size_of(seen[i], asked));
    }
    const std::int64_t lasted = seen[run->last].time_ms - seen[run->first].time_ms;
    if (out.began_ms < s.reaction_ms) add(reasons, LivenessReason::action_too_early);
    if (out.began_ms > s.action_ms) add(reasons, LivenessReason::action_too_late);
    if (asked == Action::close_eyes) {
      judge_eyes(seen, w, *run, s, reasons);
    } else if (run->last + 1 >= w.to || (asked == Action::nod && lasted > s.nod_ms)) {
      add(reasons, LivenessReason::action_not_ended);
    }
  }
  out.done = reasons.empty();
  for (const LivenessReason r : reasons) add(all, r);
  return out;
}

std::vector<Window> windows_of(const Challenge& challenge, const Prompts& prompts, const Seen& seen) {
  std::vector<Window> out;
  const auto at = [&](std::int64_t ms) {
    return static_cast<std::size_t>(
        std::partition_point(seen.begin(), seen.end(), [&](const Observation& o) { return o.time_ms < ms; }) -
        seen.begin());
  };
  for (std::size_t i = 0; i < challenge.steps.size(); ++i) {
    const bool last = i + 1 == challenge.steps.size();
    out.push_back({at(prompts.shown_ms[i]), last ? seen.size() : at(prompts.shown_ms[i + 1]),
                   prompts.shown_ms[i], prompts.tone_ms[i]});
  }
  return out;
}

}  // namespace

std::vector<StepResult> judge_steps(const Challenge& challenge, const Prompts& prompts, const Seen& seen,
                                    const LivenessSettings& settings, Reasons& reasons) {
  std::vector<StepResult> out;
  const auto windows = windows_of(challenge, prompts, seen);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    out.push_back(judge_step(seen, windows[i], challenge.steps[i].action, settings, reasons));
  }
  return out;
}

}  // namespace mq::vision
