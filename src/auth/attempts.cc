#include "auth/attempts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

namespace mq::auth {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::int64_t kUs = 1'000'000;

// Thousands of phones share one address of a carrier, so an address alone is slowed down, never
// shut out.
constexpr Allowance kAddress{
    .free = 100, .window_s = kHour, .first_wait_s = 1, .longest_wait_s = kMinute};

// A code has a million values and lives five minutes; five guesses end it (limits::kCodeGuesses).
// One guess an hour without pause is under nine thousand in a year against one account: a chance
// below one in a hundred.
constexpr AttemptPolicy kCodeGuess{
    .account = {.free = 10, .window_s = kDay, .first_wait_s = kMinute, .longest_wait_s = kHour},
    .device = {.free = 10, .window_s = kHour, .first_wait_s = 30, .longest_wait_s = 15 * kMinute},
    .address = kAddress};

// Passwords are chosen by people: the thousand commonest are tried first, so they are worth fewer
// tries.
constexpr AttemptPolicy kPasswordGuess{
    .account = {.free = 5, .window_s = kDay, .first_wait_s = 30, .longest_wait_s = kHour},
    .device = {.free = 10, .window_s = kHour, .first_wait_s = 30, .longest_wait_s = 15 * kMinute},
    .address = kAddress};

// Three of a million codes are good at any time, and whoever guesses has the password already. Five
// a day without pause have a chance below one in a hundred and eighty in a year; the owner mistypes
// on a known device.
constexpr AttemptPolicy kTotpGuess{
    .account = {.free = 5, .window_s = kDay, .first_wait_s = kMinute, .longest_wait_s = 6 * kHour},
    .device = {.free = 10, .window_s = kHour, .first_wait_s = 30, .longest_wait_s = 15 * kMinute},
    .address = kAddress};

// Each message costs money and rings at somebody's phone.
constexpr AttemptPolicy kCodeSend{
    .account = {.free = 5,
                .window_s = kHour,
                .first_wait_s = kMinute,
                .longest_wait_s = 30 * kMinute},
    .device = {.free = 10, .window_s = kHour, .first_wait_s = 30, .longest_wait_s = 15 * kMinute},
    .address = kAddress};

std::int64_t unit_us(const Allowance& allowance) {
  return allowance.window_s * kUs / allowance.free;
}

struct Count {
  std::string key;
  const Allowance* allowance;
};

// Accounts and addresses are kept as keyed hashes: this table says nothing of who was attacked or
// whence.
std::string key_of(const crypto::KeyRing& ring, Attempt what, std::string_view kind,
                   std::string_view value) {
  const auto text = std::string("attempt|") + boost::describe::enum_to_string(what, "?") + "|" +
                    std::string(kind) + "|" + std::string(value);
  return crypto::hex(crypto::hmac_sha256(ring.code_hash_key().view(), as_bytes(text)));
}

std::vector<Count> counts_of(const crypto::KeyRing& ring, Attempt what, const Attempter& who) {
  const auto& policy = policy_of(what);
  if (who.device) return {{key_of(ring, what, "device", who.device->str()), &policy.device}};
  std::vector<Count> out{{key_of(ring, what, "account", who.account), &policy.account}};
  if (!who.address.empty())
    out.push_back({key_of(ring, what, "address", counted_address(who.address)), &policy.address});
  return out;
}

}  // namespace

const AttemptPolicy& policy_of(Attempt what) {
  switch (what) {
    case Attempt::code_guess:
      return kCodeGuess;
    case Attempt::password_guess:
      return kPasswordGuess;
    case Attempt::totp_guess:
      return kTotpGuess;
    case Attempt::code_send:
      break;
  }
  return kCodeSend;
}

Debt at(const Debt& debt, Instant now) {
  return {std::max<std::int64_t>(0, debt.us - std::max<std::int64_t>(0, now.us - debt.last.us)),
          now};
}

Debt with_try(const Allowance& allowance, const Debt& debt, Instant now) {
  return {at(debt, now).us + unit_us(allowance), now};
}

std::int64_t wait_s(const Allowance& allowance, const Debt& debt, Instant now) {
  const auto unit = unit_us(allowance);
  const auto tries =
      (at(debt, now).us + unit - 1) / unit;  // one that is earned in part counts whole
  if (tries < allowance.free) return 0;
  // The shift is bounded: waits are at most a day, 2^17 seconds.
  const auto doublings = std::min<std::int64_t>(tries - allowance.free, 20);
  const auto wait = std::min(allowance.first_wait_s << doublings, allowance.longest_wait_s);
  const auto left_us = debt.last.plus_seconds(wait).us - now.us;
  return left_us <= 0 ? 0 : (left_us + kUs - 1) / kUs;
}

Status may(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
           const Attempter& who, Instant now, AuthErrc refusal) {
  std::int64_t wait = 0;
  for (const Count& count : counts_of(ring, what, who)) {
    const auto row = tx.first("SELECT debt, last_at FROM auth_attempt WHERE key = $1", {count.key});
    if (row) wait = std::max(wait, wait_s(*count.allowance, {row->i64(0), row->instant(1)}, now));
  }
  if (wait > 0) return Error(refusal, std::to_string(wait));
  return ok();
}

Result<std::int64_t> take(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
                          const Attempter& who, Instant now, AuthErrc refusal) {
  std::int64_t wait = 0, next = 0;
  const auto counts = counts_of(ring, what, who);
  std::vector<Debt> debts;
  // Always in this order, so that two who wait for each other's rows cannot be.
  for (const Count& count : counts) {
    // Found or made, and held, in one statement: old rows are deleted by others meanwhile.
    const auto row = tx.first(
        "INSERT INTO auth_attempt (key, debt, last_at, forget_at) VALUES ($1, 0, $2, $2) "
        "ON CONFLICT (key) DO UPDATE SET debt = auth_attempt.debt RETURNING debt, last_at",
        {count.key, now});
    MQ_CHECK(row.has_value());
    const Debt debt{row->i64(0), row->instant(1)};
    wait = std::max(wait, wait_s(*count.allowance, debt, now));
    debts.push_back(with_try(*count.allowance, debt, now));
    next = std::max(next, wait_s(*count.allowance, debts.back(), now));
  }
  if (wait > 0) return Error(refusal, std::to_string(wait));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    tx.execute("UPDATE auth_attempt SET debt = $1, last_at = $2, forget_at = $3 WHERE key = $4",
               {debts[i].us, now, Instant{now.us + debts[i].us}, counts[i].key});
  }
  return next;
}

void give_back(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
               const Attempter& who) {
  for (const Count& count : counts_of(ring, what, who)) {
    if (who.device) {
      tx.execute("UPDATE auth_attempt SET debt = 0 WHERE key = $1", {count.key});
    } else {
      tx.execute(
          "UPDATE auth_attempt SET debt = CASE WHEN debt > $2 THEN debt - $2 ELSE 0 END WHERE key "
          "= $1",
          {count.key, unit_us(*count.allowance)});
    }
  }
}

void forget_old_attempts(storage::Transaction& tx, Instant now) {
  tx.execute("DELETE FROM auth_attempt WHERE forget_at < $1", {now});
}

std::string counted_address(const std::string& address) {
  in6_addr six{};
  if (inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    std::array<char, INET_ADDRSTRLEN> text{};
    return inet_ntop(AF_INET, &six.s6_addr[12], text.data(), text.size());
  }
  std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), 0);
  std::array<char, INET6_ADDRSTRLEN> text{};
  return std::string(inet_ntop(AF_INET6, &six, text.data(), text.size())) + "/64";
}

}  // namespace mq::auth
