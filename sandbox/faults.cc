#include "faults.h"

#include <chrono>

namespace mq::sandbox {
namespace {

bool of_payments_only(Mode mode) {
  return mode == Mode::duplicate || mode == Mode::lost_answer || mode == Mode::decline;
}

Status check(Partner partner, const std::optional<FaultChange>& change) {
  if (!change) return ok();
  if (partner != Partner::payment && of_payments_only(change->mode)) {
    return FaultErrc::not_for_this_partner;
  }
  const int delay_ms = change->delay_ms.value_or(0);
  if (delay_ms < 0 || delay_ms > Fault::kMaxDelayMs) return FaultErrc::delay_out_of_range;
  return ok();
}

}  // namespace

Fault Faults::of(Partner partner) const {
  const std::lock_guard lock(mutex_);
  return faults_[static_cast<int>(partner)];
}

Status Faults::change(const FaultsChange& change) {
  const std::pair<Partner, const std::optional<FaultChange>&> parts[] = {
      {Partner::authority, change.authority},
      {Partner::sms, change.sms},
      {Partner::payment, change.payment}};
  for (const auto& [partner, part] : parts) MQ_REQUIRE(check(partner, part));
  const std::lock_guard lock(mutex_);
  for (const auto& [partner, part] : parts) {
    if (!part) continue;
    faults_[static_cast<int>(partner)] = {part->mode,
                                          part->delay_ms.value_or(Fault::kDefaultDelayMs)};
  }
  return ok();
}

FaultsChange Faults::all() const {
  const auto shown = [&](Partner partner) {
    const auto fault = of(partner);
    return FaultChange{fault.mode, fault.delay_ms};
  };
  return {shown(Partner::authority), shown(Partner::sms), shown(Partner::payment)};
}

void Faults::wait(int delay_ms) {
  std::unique_lock lock(mutex_);
  closing_.wait_for(lock, std::chrono::milliseconds(delay_ms), [&] { return closed_; });
}

void Faults::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  closing_.notify_all();
}

}  // namespace mq::sandbox
