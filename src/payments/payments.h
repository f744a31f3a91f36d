// Payment instructions: money out to a borrower (payout) or in from the bound card (debit), through
// an outside channel. An instruction is written with its cause in one transaction, carried out
// afterwards by drive(), and settled by the channel's answer or notification, whichever comes
// first.
//
// Rules: nothing is sent twice blindly (an attempt whose outcome is unknown is looked up first, and
// the channel knows instructions by their id besides); a final state never changes: what
// contradicts it is kept as a finding for people. Card numbers are never here: `account_field`
// names a sealed vault field.
//
// Functions with a Transaction belong to its closure; drive() may run on any thread, also twice at
// once.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/storage.h"

namespace mq::payments {

enum class PaymentsErrc {
  not_found,           // no such instruction
  bad_amount,          // not above zero
  already_instructed,  // the object has an instruction of that kind that has not failed
  settled,             // mark_sending on an instruction in a final state
  unresolved,          // the channel has neither refused nor accepted: look again later
  refused_text,        // a notification id that is empty, too long or not visible ASCII
  not_released,        // mark_sending on an instruction that people have to release first
  not_waiting,         // for a release: there is none to give, or it is too late
  own_release,         // this person has released it already: another has to
};
BOOST_DESCRIBE_ENUM(PaymentsErrc, not_found, bad_amount, already_instructed, settled, unresolved,
                    refused_text, not_released, not_waiting, own_release)
constexpr std::string_view error_domain(PaymentsErrc) { return "payments"; }

enum class Kind { payout, debit };
BOOST_DESCRIBE_ENUM(Kind, payout, debit)

enum class State { created, sending, accepted, succeeded, failed };
BOOST_DESCRIBE_ENUM(State, created, sending, accepted, succeeded, failed)
constexpr bool is_final(State state) { return state == State::succeeded || state == State::failed; }

struct Order {
  Kind kind = Kind::payout;
  std::string object;  // loan id of a payout, repayment id of a debit
  PersonId person_id;
  Money amount;
  std::string account_field;  // name of the sealed field that holds the card number
};

struct Instruction {
  InstructionId id;
  Kind kind = Kind::payout;
  std::string object;
  PersonId person_id;
  Money amount;
  std::string account_field;
  State state = State::created;
  std::optional<std::string> channel_reference;
  std::optional<std::string> reason;  // the channel's code for a failure
  int attempts = 0;                   // how often drive() took it up for sending
  Instant created_at, updated_at;
  int releases_needed = 0;  // people who must release it before it is sent: release.h
};

// --- Writing the intent
// --------------------------------------------------------------------------- Publishes
// "payments.instruction_created" {"instruction_id"} with the instruction's id as its object.
// One that people have to release is written with how many (release.h) and not sent before.
// Errors: bad_amount, already_instructed (storage.constraint for the loser of a race).
Result<InstructionId> instruct(storage::Transaction& tx, Instant now, Random& random,
                               const Order& order);

Result<Instruction> find(storage::Transaction& tx, InstructionId id);              // not_found
std::vector<Instruction> list(storage::Transaction& tx, std::string_view object);  // oldest first
// Not settled, not waiting for a release and untouched since before `before`: candidates for
// drive() again. At most `limit`.
std::vector<InstructionId> unresolved(storage::Transaction& tx, Instant before, int limit);

// --- The channel
// ------------------------------------------------------------------------------------
enum class AnswerState { accepted, succeeded, failed, unknown };
BOOST_DESCRIBE_ENUM(AnswerState, accepted, succeeded, failed, unknown)

struct ChannelAnswer {
  AnswerState state = AnswerState::unknown;  // unknown only from look_up: the channel never saw it
  Money amount;  // as the channel booked it; of a channel that does not say, the instruction's own
  std::string channel_reference;
  std::string reason;  // of a failure
};

// Fulfilled in app/. A returned Error means that the outcome is not known; a refusal that the
// channel states is an answer (failed).
struct ChannelPort {
  std::function<Result<ChannelAnswer>(const Instruction&)> send;
  std::function<Result<ChannelAnswer>(InstructionId)> look_up;
};

// --- The state machine
// ------------------------------------------------------------------------------ Counts an attempt
// and makes the state sending (an accepted one stays accepted). Errors: not_found, settled,
// not_released.
Result<Instruction> mark_sending(storage::Transaction& tx, Instant now, InstructionId id);

enum class Effect {
  applied,       // the state changed
  repeated,      // said before: nothing changed
  late,          // older than what is known: nothing changed
  contradicted,  // cannot be true together with what is known: nothing changed, a finding was kept
};
BOOST_DESCRIBE_ENUM(Effect, applied, repeated, late, contradicted)

struct Recorded {
  Effect effect = Effect::applied;
  bool first_time = true;   // of a notification: its id was not seen before
  Instruction instruction;  // as it is now
};

// The answer of send or look_up, not unknown (CHECK). A final state publishes
// "payments.instruction_settled"
// {"instruction_id","kind","object","state"} with the instruction's object as its object, once.
// A contradiction is a value, not an Error, so that its finding is committed. Error: not_found.
Result<Recorded> record_answer(storage::Transaction& tx, Instant now, Random& random,
                               InstructionId id, const ChannelAnswer& answer);

struct Notification {
  std::string notification_id;  // the channel's; at most once each
  InstructionId instruction_id;
  Kind kind = Kind::payout;
  AnswerState state = AnswerState::succeeded;  // succeeded or failed (CHECK)
  Money amount;
  std::string channel_reference;
  std::string reason;
};
// Errors: not_found, refused_text.
Result<Recorded> record_notification(storage::Transaction& tx, Instant now, Random& random,
                                     const Notification& notification);

// The handler of "payments.instruction_created": marks, (looks up and) sends, records. ok() once
// the channel holds the instruction or it is settled; an Error means "again later". Takes no locks
// while the channel is called. The caller has asked controls whether payments of this kind run.
Status drive(storage::Database& database, const ChannelPort& channel, const Clock& clock,
             Random& random, InstructionId id);

// --- Findings and reconciliation
// ----------------------------------------------------------------------
enum class FindingCode {
  state_contradicted,  // a final state, and now the opposite
  amount_differs,
  kind_differs,
  never_sent,           // the channel settles what was never handed to it
  reference_differs,    // succeeded twice under two references: perhaps paid twice
  notification_reused,  // a notification id that came before with other contents
};
BOOST_DESCRIBE_ENUM(FindingCode, state_contradicted, amount_differs, kind_differs, never_sent,
                    reference_differs, notification_reused)

struct Finding {
  InstructionId instruction_id;
  FindingCode code = FindingCode::state_contradicted;
  std::string evidence;  // "succeeded 100.00 ref-1": what the channel said
  Instant at;
};
std::vector<Finding> findings(storage::Transaction& tx, InstructionId id);  // oldest first

struct StatementLine {
  InstructionId instruction_id;
  Kind kind = Kind::payout;
  Money amount;
  AnswerState state = AnswerState::succeeded;  // accepted: still on its way at the channel
  std::string channel_reference;
};

enum class DifferenceCode {
  missing_at_channel,  // we hold it as accepted or succeeded, the statement does not
  unknown_to_us,       // the statement names an instruction that we do not have
  amount_differs,
  kind_differs,
  state_differs,
  repeated_line,  // the statement names one instruction twice
};
BOOST_DESCRIBE_ENUM(DifferenceCode, missing_at_channel, unknown_to_us, amount_differs, kind_differs,
                    state_differs, repeated_line)

struct Difference {
  DifferenceCode code = DifferenceCode::missing_at_channel;
  InstructionId instruction_id;
  Money ours, theirs;  // zero where there is none
  bool operator==(const Difference&) const = default;
};

// Pure. Both sides of the same business day and currency; ordered by instruction id.
std::vector<Difference> reconcile(std::span<const Instruction> ours,
                                  std::span<const StatementLine> theirs);

extern const storage::Migration kPaymentsMigration, kReleasesMigration;

}  // namespace mq::payments

#include "payments/release.h"
