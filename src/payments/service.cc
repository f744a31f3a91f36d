#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "payments/decision.h"
#include "payments/store.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::payments {
namespace {

struct CreatedPayload {
  InstructionId instruction_id;
};
BOOST_DESCRIBE_STRUCT(CreatedPayload, (), (instruction_id))

struct SettledPayload {
  InstructionId instruction_id;
  Kind kind = Kind::payout;
  std::string object;
  State state = State::failed;
};
BOOST_DESCRIBE_STRUCT(SettledPayload, (), (instruction_id, kind, object, state))

void keep_finding(storage::Transaction& tx, Instant now, InstructionId id, FindingCode code,
                  const ChannelAnswer& answer) {
  const std::string evidence = std::string(boost::describe::enum_to_string(answer.state, "?")) +
                               " " + answer.amount.str() + " " +
                               std::string(to_string(answer.amount.currency())) + " " +
                               clean_text(answer.channel_reference);
  if (!insert_finding(tx, {id, code, evidence, now})) return;
  log::error("payments.finding", {{"instruction_id", id},
                                  {"code", boost::describe::enum_to_string(code, "?")},
                                  {"evidence", evidence}});
}

Recorded record(storage::Transaction& tx, Instant now, Random& random,
                const Instruction& instruction, const ChannelAnswer& answer) {
  const Verdict verdict = judge(instruction, answer);
  if (verdict.finding) keep_finding(tx, now, instruction.id, *verdict.finding, answer);
  if (verdict.effect != Effect::applied) return {verdict.effect, true, instruction};
  const Instruction after = apply(instruction, answer, now);
  update_instruction(tx, after);
  if (is_final(after.state)) publish_settled(tx, now, random, after);
  return {Effect::applied, true, after};
}

bool is_plain_id(std::string_view text) {
  return !text.empty() && text.size() <= limits::kChannelTextBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

void publish_created(storage::Transaction& tx, Instant now, Random& random, InstructionId id) {
  storage::publish(tx, now, random, "payments.instruction_created", id.str(),
                   runtime::to_json(CreatedPayload{id}));
}

void publish_settled(storage::Transaction& tx, Instant now, Random& random,
                     const Instruction& instruction) {
  storage::publish(tx, now, random, "payments.instruction_settled", instruction.object,
                   runtime::to_json(SettledPayload{instruction.id, instruction.kind,
                                                   instruction.object, instruction.state}));
}

Result<InstructionId> instruct(storage::Transaction& tx, Instant now, Random& random,
                               const Order& order) {
  if (!order.amount.is_positive()) return PaymentsErrc::bad_amount;
  if (has_live_instruction(tx, order.kind, order.object)) return PaymentsErrc::already_instructed;
  const auto id = InstructionId::make(now, random);
  insert_instruction(tx, {id, order.kind, order.object, order.person_id, order.amount,
                          order.account_field, State::created, std::nullopt, std::nullopt, 0, now,
                          now, releases_needed(order.kind, order.amount)});
  publish_created(tx, now, random, id);
  return id;
}

Result<Instruction> mark_sending(storage::Transaction& tx, Instant now, InstructionId id) {
  MQ_TRY(auto instruction, load_locked(tx, id));
  if (is_final(instruction.state)) return PaymentsErrc::settled;
  if (instruction.state == State::created && releases_of(tx, id) < instruction.releases_needed)
    return PaymentsErrc::not_released;
  if (instruction.state == State::created) instruction.state = State::sending;
  ++instruction.attempts;
  instruction.updated_at = now;
  update_instruction(tx, instruction);
  return instruction;
}

Result<Recorded> record_answer(storage::Transaction& tx, Instant now, Random& random,
                               InstructionId id, const ChannelAnswer& answer) {
  MQ_CHECK(answer.state != AnswerState::unknown);
  MQ_TRY(const auto instruction, load_locked(tx, id));
  return record(tx, now, random, instruction, answer);
}

Result<Recorded> record_notification(storage::Transaction& tx, Instant now, Random& random,
                                     const Notification& notification) {
  MQ_CHECK(notification.state == AnswerState::succeeded ||
           notification.state == AnswerState::failed);
  if (!is_plain_id(notification.notification_id)) return PaymentsErrc::refused_text;
  MQ_TRY(const auto instruction, load_locked(tx, notification.instruction_id));
  Notification cleaned = notification;
  cleaned.channel_reference = clean_text(notification.channel_reference);
  const ChannelAnswer answer{cleaned.state, cleaned.amount, cleaned.channel_reference,
                             cleaned.reason};
  if (!insert_notification(tx, now, cleaned)) {
    if (same_as_stored(tx, cleaned)) return Recorded{Effect::repeated, false, instruction};
    keep_finding(tx, now, instruction.id, FindingCode::notification_reused, answer);
    return Recorded{Effect::contradicted, false, instruction};
  }
  if (notification.kind != instruction.kind) {
    keep_finding(tx, now, instruction.id, FindingCode::kind_differs, answer);
    return Recorded{Effect::contradicted, true, instruction};
  }
  return record(tx, now, random, instruction, answer);
}

Status drive(storage::Database& database, const ChannelPort& channel, const Clock& clock,
             Random& random, InstructionId id) {
  const auto marked = database.write([&](storage::Transaction& tx) -> Result<Instruction> {
    return mark_sending(tx, clock.now(), id);
  });
  if (!marked.ok()) {
    // What waits for people is driven again with the last release.
    if (marked.error().is(PaymentsErrc::settled) || marked.error().is(PaymentsErrc::not_released))
      return ok();
    return marked.error();
  }
  const auto write_answer = [&](const ChannelAnswer& answer) -> Status {
    const auto recorded = database.write([&](storage::Transaction& tx) -> Result<Recorded> {
      return record_answer(tx, clock.now(), random, id, answer);
    });
    if (!recorded.ok()) return recorded.error();
    log::info("payments.answer",
              {{"instruction_id", id},
               {"attempt", marked->attempts},
               {"effect", boost::describe::enum_to_string(recorded->effect, "?")},
               {"state", boost::describe::enum_to_string(recorded->instruction.state, "?")}});
    return ok();
  };
  if (marked->attempts > 1) {
    MQ_TRY(const auto found, channel.look_up(id));
    if (found.state != AnswerState::unknown) return write_answer(found);
    if (marked->state == State::accepted) {
      return Error(PaymentsErrc::unresolved, "accepted before, unknown to the channel now");
    }
  }
  MQ_TRY(const auto answer, channel.send(*marked));
  if (answer.state == AnswerState::unknown) return PaymentsErrc::unresolved;
  return write_answer(answer);
}

}  // namespace mq::payments
