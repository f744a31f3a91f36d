#include <boost/json.hpp>

#include "audit/audit.h"
#include "base/limits.h"
#include "controls/controls.h"

namespace mq::controls {
namespace {

std::string name_of(Switch which) { return boost::describe::enum_to_string(which, "?"); }

}  // namespace

Status require_open(storage::Transaction& tx, Switch which) {
  const auto row =
      tx.first("SELECT stopped FROM control_switch WHERE name = $1", {name_of(which)});
  if (row && row->flag(0)) return Error(ControlsErrc::stopped, name_of(which));
  return ok();
}

Status set(storage::Transaction& tx, Instant now, Random& random, Switch which, bool stopped,
           std::string_view reason, const StaffId& by) {
  if (reason.empty() || reason.size() > limits::kReasonBytes) return ControlsErrc::reason_missing;
  tx.execute(
      "INSERT INTO control_switch (name, stopped, reason, set_by, at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (name) DO UPDATE SET stopped = excluded.stopped, reason = excluded.reason, "
      "set_by = excluded.set_by, at = excluded.at",
      {name_of(which), stopped ? 1 : 0, reason, by, now});
  audit::append(tx, now, random, "controls.switch_set", name_of(which),
                {{"stopped", stopped}, {"by", by.str()}});
  return ok();
}

std::vector<SwitchState> list(storage::Transaction& tx) {
  std::vector<SwitchState> states;
  for (const auto which :
       {Switch::face, Switch::applications, Switch::payouts, Switch::repayments}) {
    SwitchState state{which, false, {}, {}, {}};
    const auto row = tx.first(
        "SELECT stopped, reason, set_by, at FROM control_switch WHERE name = $1", {name_of(which)});
    if (row) {
      state.stopped = row->flag(0);
      state.reason = row->text(1);
      state.by = row->text(2);
      state.at = row->instant(3);
    }
    states.push_back(std::move(state));
  }
  return states;
}

const storage::Migration kControlsMigration{
    4, "controls",
    "CREATE TABLE control_switch (name TEXT PRIMARY KEY, stopped BIGINT NOT NULL, reason TEXT NOT NULL, "
    "set_by TEXT NOT NULL, at BIGINT NOT NULL)"};

}  // namespace mq::controls
