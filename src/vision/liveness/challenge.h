// What a person is asked to do in front of the camera. Drawn from a server nonce, so that a recording made
// for an earlier challenge does not fit.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace mq::vision {

// Left and right are the person's own. close_eyes: until the tone sounds.
enum class Action { open_mouth, turn_left, turn_right, nod, close_eyes };
BOOST_DESCRIBE_ENUM(Action, open_mouth, turn_left, turn_right, nod, close_eyes)
inline constexpr int kActions = 5;

// Moves the whole head, which a flat picture cannot do without giving itself away; the others move one part
// of the face, which a picture cannot do at all.
constexpr bool moves_head(Action a) {
  return a == Action::turn_left || a == Action::turn_right || a == Action::nod;
}

struct Step {
  Action action = Action::open_mouth;
  int hold_ms = 0;  // close_eyes only: the tone sounds so long after the prompt
};

struct Challenge {
  std::vector<Step> steps;
};

// Different actions, at least one that moves the head and one that does not.
bool is_sound(const Challenge& challenge);

// `steps` (2..kActions) different actions in an order drawn from the nonce, every sound order equally
// likely up to 2^-32, and the time of the tone between limits::kToneMinMs and kToneMaxMs. The same nonce
// gives the same challenge. `nonce` must hold at least 16 bytes of the server's randomness.
Challenge draw_challenge(ByteView nonce, int steps);

// Every sound order of `steps` different actions, with the given time until the tone.
std::vector<Challenge> all_challenges(int steps, int hold_ms);

}  // namespace mq::vision
