// What a channel's word does to an instruction. Pure; private to payments/.
#pragma once

#include <optional>

#include "payments/payments.h"

namespace mq::payments {

struct Verdict {
  Effect effect = Effect::applied;
  std::optional<FindingCode> finding;  // with contradicted
};

Verdict judge(const Instruction& instruction, const ChannelAnswer& answer);
// The instruction after an answer whose verdict is applied.
Instruction apply(Instruction instruction, const ChannelAnswer& answer, Instant now);

// A channel's text as it may be stored and shown: visible ASCII, cut at limits::kChannelTextBytes.
std::string clean_text(std::string_view text);

}  // namespace mq::payments
