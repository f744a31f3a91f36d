#include "app/subscriptions.h"

#include "controls/controls.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::app {
namespace {

constexpr int kUnresolvedAfterSeconds = 10;
constexpr int kUnresolvedBatch = 50;

template <class AnyId>
Result<AnyId> id_in(const storage::Event& event, const char* field) {
  MQ_TRY(const auto payload, runtime::parse_json(event.payload));
  const auto* object = payload.if_object();
  const auto* value = object == nullptr ? nullptr : object->if_contains(field);
  if (value == nullptr || !value->is_string()) {
    return Error(runtime::JsonErrc::invalid, event.topic + "." + field);
  }
  return AnyId::parse(std::string_view(value->get_string()));
}

// A stopped switch leaves the instruction as it is; it is taken up again once the switch is open.
Status drive(Subscribers& to, const InstructionId& id) {
  MQ_REQUIRE(to.database.read([&](storage::Transaction& tx) -> Status {
    MQ_TRY(const auto instruction, payments::find(tx, id));
    return controls::require_open(tx, instruction.kind == payments::Kind::payout
                                          ? controls::Switch::payouts
                                          : controls::Switch::repayments);
  }));
  return payments::drive(to.database, to.channel, to.clock, to.random, id);
}

}  // namespace

void subscribe_all(storage::OutboxWorker& worker, Subscribers& to) {
  worker.subscribe("auth.code_requested", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<auth::ChallengeId>(event, "challenge"));
    return to.auth.deliver_code(id, to.send_sms);
  });
  worker.subscribe("auth.device_added", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<auth::DeviceId>(event, "device"));
    return to.auth.deliver_device_notice(id, to.send_sms);
  });
  worker.subscribe("auth.passkey_added", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<auth::PasskeyId>(event, "passkey"));
    return to.auth.deliver_passkey_notice(id, to.send_sms);
  });
  worker.subscribe("auth.factor_changed", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<auth::ChallengeId>(event, "step_up"));
    return to.auth.deliver_factor_notice(id, to.send_sms);
  });
  worker.subscribe("identity.evidence_complete", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<VerificationId>(event, "verification"));
    return to.identity.process(id);
  });
  worker.subscribe("documents.to_read", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<DocumentId>(event, "document"));
    return to.documents.read_on(id, event.attempt >= limits::kOutboxAttempts);
  });
  worker.subscribe("origination.signed", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<ApplicationId>(event, "application"));
    return to.servicing.open_loan(id);
  });
  worker.subscribe("payments.instruction_created", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<InstructionId>(event, "instruction_id"));
    return drive(to, id);
  });
  worker.subscribe("payments.instruction_settled", [&to](const storage::Event& event) -> Status {
    MQ_TRY(const auto id, id_in<InstructionId>(event, "instruction_id"));
    return to.servicing.settle(id);
  });
}

Status drive_unresolved(Subscribers& to) {
  const auto before = to.clock.now().plus_seconds(-kUnresolvedAfterSeconds);
  MQ_TRY(const auto waiting,
         to.database.read([&](storage::Transaction& tx) -> Result<std::vector<InstructionId>> {
           return payments::unresolved(tx, before, kUnresolvedBatch);
         }));
  for (const auto& id : waiting) {
    // One that cannot be settled now must not keep the others waiting; it is listed again next
    // time.
    if (const auto driven = drive(to, id); !driven.ok()) {
      log::warn("payments.unresolved", {{"instruction", id}, {"error", driven.error()}});
    }
  }
  return ok();
}

}  // namespace mq::app
