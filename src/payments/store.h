// Rows of payments: private to payments/.
#pragma once

#include <optional>

#include "payments/payments.h"

namespace mq::payments {

void insert_instruction(storage::Transaction& tx, const Instruction& instruction);
// Locked until the transaction ends.
Result<Instruction> load_locked(storage::Transaction& tx, InstructionId id);
// Writes state, reference, reason, attempts and updated_at.
void update_instruction(storage::Transaction& tx, const Instruction& instruction);
bool has_live_instruction(storage::Transaction& tx, Kind kind, std::string_view object);

int releases_of(storage::Transaction& tx, InstructionId id);

void publish_created(storage::Transaction& tx, Instant now, Random& random, InstructionId id);
void publish_settled(storage::Transaction& tx, Instant now, Random& random,
                     const Instruction& instruction);

// False when the id was there before.
bool insert_notification(storage::Transaction& tx, Instant now, const Notification& notification);
// Whether the stored notification of that id says the same.
bool same_as_stored(storage::Transaction& tx, const Notification& notification);

// Nothing happens when the same finding is there already; true when it is new.
bool insert_finding(storage::Transaction& tx, const Finding& finding);

}  // namespace mq::payments
