// Kill switches: what any later folder asks before it acts. A stopped switch refuses new work at once and
// leaves what is under way alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/storage.h"

namespace mq::controls {

enum class ControlsErrc { stopped, reason_missing };
BOOST_DESCRIBE_ENUM(ControlsErrc, stopped, reason_missing)
constexpr std::string_view error_domain(ControlsErrc) { return "controls"; }

enum class Switch { face, applications, payouts, repayments };
BOOST_DESCRIBE_ENUM(Switch, face, applications, payouts, repayments)

struct SwitchState {
  Switch name;
  bool stopped = false;
  std::string reason;  // staff's own words; no personal data belongs here
  std::string by;      // staff id, "" if never touched
  std::optional<Instant> at;
};

// Error: controls.stopped, with the switch's name as detail.
Status require_open(storage::Transaction& tx, Switch which);

// Writes the state and an audit leaf. Error: controls.reason_missing.
Status set(storage::Transaction& tx, Instant now, Random& random, Switch which, bool stopped,
           std::string_view reason, const StaffId& by);

// All switches, in the enum's order.
std::vector<SwitchState> list(storage::Transaction& tx);

extern const storage::Migration kControlsMigration;

}  // namespace mq::controls
