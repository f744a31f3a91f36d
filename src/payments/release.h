// Instructions that wait until people have released them: four eyes on large pay-outs. Part of
// payments.h, which others include.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "payments/payments.h"

namespace mq::payments {

// From this amount on an instruction of this kind is sent only once so many people have released
// it.
struct ReleaseRule {
  Kind kind = Kind::payout;
  Money from;
  int people = 0;
};
// The rules, with their reasons: release_policy.cc. docs/security/releases.md shows them.
std::span<const ReleaseRule> release_rules();
int releases_needed(Kind kind, Money amount);  // pure

// One that nobody released in this time has failed: the contract is not left open for ever.
inline constexpr std::int64_t kReleaseSeconds = 7LL * 24 * 60 * 60;
// Reason codes of instructions that failed without ever being sent.
inline constexpr std::string_view kReleaseRefused = "release_refused";
inline constexpr std::string_view kReleaseExpired = "release_expired";

struct Release {
  StaffId by;
  Instant at;
};
struct Waiting {
  Instruction instruction;
  int needed = 0;
  std::vector<Release> releases;  // so far, oldest first
  Instant expires_at;
};

// Those that wait, the oldest first.
std::vector<Waiting> waiting(storage::Transaction& tx, int limit);
// The one of this object, if it waits.
std::optional<Waiting> waiting_for(storage::Transaction& tx, Kind kind, std::string_view object);

// Counts one person's release. With the last one "payments.instruction_created" is published again,
// which sends it; those of people for whom `still_there` is false do not count then. Answers how
// many are missing. Errors: not_found; not_waiting, also of one that is too old; own_release: the
// same person twice.
Result<int> release(storage::Transaction& tx, Instant now, Random& random, InstructionId id,
                    const StaffId& by, const std::function<bool(const StaffId&)>& still_there);
// One person is enough. It has failed then, with kReleaseRefused, and was never sent; `reason` is
// the person's own words. Errors: not_found, not_waiting.
Status refuse(storage::Transaction& tx, Instant now, Random& random, InstructionId id,
              const StaffId& by, std::string_view reason);
// Fails those that have waited too long. How many.
int expire_releases(storage::Transaction& tx, Instant now, Random& random);

}  // namespace mq::payments
