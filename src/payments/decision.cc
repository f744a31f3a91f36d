#include "payments/decision.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/limits.h"

namespace mq::payments {
namespace {

// Money compares only within a currency; what comes from outside may be in any.
bool same_amount(Money a, Money b) {
  return a.currency() == b.currency() && a.minor() == b.minor();
}

Verdict contradicted(FindingCode code) { return {Effect::contradicted, code}; }

State state_of(AnswerState state) {
  switch (state) {
    case AnswerState::accepted:
      return State::accepted;
    case AnswerState::succeeded:
      return State::succeeded;
    case AnswerState::failed:
      return State::failed;
    case AnswerState::unknown:
      break;
  }
  check_failed("an unknown outcome is not an answer");
}

}  // namespace

Verdict judge(const Instruction& instruction, const ChannelAnswer& answer) {
  const State said = state_of(answer.state);
  if (instruction.state == State::created) return contradicted(FindingCode::never_sent);
  if (!same_amount(instruction.amount, answer.amount)) {
    return contradicted(FindingCode::amount_differs);
  }
  if (!is_final(instruction.state)) {
    return {said == instruction.state ? Effect::repeated : Effect::applied, std::nullopt};
  }
  if (said == State::accepted) return {Effect::late, std::nullopt};
  if (said != instruction.state) return contradicted(FindingCode::state_contradicted);
  const auto known = instruction.channel_reference.value_or("");
  const auto reference = clean_text(answer.channel_reference);
  if (said == State::succeeded && !known.empty() && !reference.empty() && known != reference) {
    return contradicted(FindingCode::reference_differs);
  }
  return {Effect::repeated, std::nullopt};
}

Instruction apply(Instruction instruction, const ChannelAnswer& answer, Instant now) {
  instruction.state = state_of(answer.state);
  if (!answer.channel_reference.empty()) {
    instruction.channel_reference = clean_text(answer.channel_reference);
  }
  if (instruction.state == State::failed) instruction.reason = clean_text(answer.reason);
  instruction.updated_at = now;
  return instruction;
}

std::string clean_text(std::string_view text) {
  std::string out(text.substr(0, limits::kChannelTextBytes));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::vector<Difference> reconcile(std::span<const Instruction> ours,
                                  std::span<const StatementLine> theirs) {
  std::map<InstructionId, const StatementLine*> lines;
  std::map<InstructionId, const Instruction*> known;
  std::vector<Difference> out;
  for (const auto& instruction : ours) known[instruction.id] = &instruction;
  for (const auto& line : theirs) {
    const auto mine = known.find(line.instruction_id);
    const Money our_amount = mine == known.end() ? Money() : mine->second->amount;
    if (!lines.emplace(line.instruction_id, &line).second) {
      out.push_back({DifferenceCode::repeated_line, line.instruction_id, our_amount, line.amount});
      continue;
    }
    const auto differs = [&](DifferenceCode code) {
      out.push_back({code, line.instruction_id, our_amount, line.amount});
    };
    if (mine == known.end()) {
      differs(DifferenceCode::unknown_to_us);
      continue;
    }
    if (mine->second->kind != line.kind) differs(DifferenceCode::kind_differs);
    if (!same_amount(our_amount, line.amount)) differs(DifferenceCode::amount_differs);
    if (line.state == AnswerState::unknown || mine->second->state != state_of(line.state)) {
      differs(DifferenceCode::state_differs);
    }
  }
  for (const auto& instruction : ours) {
    const bool expected =
        instruction.state == State::accepted || instruction.state == State::succeeded;
    if (expected && !lines.contains(instruction.id)) {
      out.push_back(
          {DifferenceCode::missing_at_channel, instruction.id, instruction.amount, Money()});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Difference& a, const Difference& b) {
    return a.instruction_id < b.instruction_id;
  });
  return out;
}

}  // namespace mq::payments
