#include "vision/liveness/challenge.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/limits.h"
#include "crypto/crypto.h"

namespace mq::vision {
namespace {

void extend(std::vector<Challenge>& out, Challenge& begun, std::size_t steps, int hold_ms) {
  if (begun.steps.size() == steps) {
    if (is_sound(begun)) out.push_back(begun);
    return;
  }
  for (int a = 0; a < kActions; ++a) {
    const auto action = static_cast<Action>(a);
    const bool used = std::any_of(begun.steps.begin(), begun.steps.end(),
                                  [&](const Step& s) { return s.action == action; });
    if (used) continue;
    begun.steps.push_back({action, action == Action::close_eyes ? hold_ms : 0});
    extend(out, begun, steps, hold_ms);
    begun.steps.pop_back();
  }
}

std::uint32_t word(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

}  // namespace

bool is_sound(const Challenge& challenge) {
  std::array<int, kActions> times{};
  bool head = false, part = false;
  for (const Step& s : challenge.steps) {
    if (++times[static_cast<std::size_t>(s.action)] > 1) return false;
    (moves_head(s.action) ? head : part) = true;
    if (s.action == Action::close_eyes &&
        (s.hold_ms < limits::kToneMinMs || s.hold_ms > limits::kToneMaxMs)) {
      return false;
    }
  }
  return head && part;
}

Challenge draw_challenge(ByteView nonce, int steps) {
  constexpr std::size_t kLeastNonce = 16;
  MQ_CHECK(nonce.size() >= kLeastNonce);
  const Bytes drawn = crypto::hkdf_sha256(nonce, {}, "liveness challenge", 8);
  const int spread = limits::kToneMaxMs - limits::kToneMinMs + 1;
  const int hold_ms = limits::kToneMinMs + static_cast<int>(word(drawn, 4) % spread);
  const auto all = all_challenges(steps, hold_ms);
  return all[word(drawn, 0) % all.size()];
}

std::vector<Challenge> all_challenges(int steps, int hold_ms) {
  MQ_CHECK(steps >= 2 && steps <= kActions);
  std::vector<Challenge> out;
  Challenge begun;
  extend(out, begun, static_cast<std::size_t>(steps), hold_ms);
  return out;
}

}  // namespace mq::vision
