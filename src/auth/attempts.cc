#include "auth/attempts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <vector>

namespace mq::auth {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;

// Thousands of phones share one address of a carrier, so an address alone is slowed down, never shut out.
constexpr Allowance kAddress{.free = 100, .first_wait_s = 1, .longest_wait_s = kMinute,
                             .forgotten_after_s = kHour};

// A code has a million values and lives five minutes; five guesses end it (limits::kCodeGuesses). Ten
// guesses and then one an hour are under nine thousand in a year against one account, each at a code of
// its own: a chance below one in a hundred.
constexpr AttemptPolicy kCodeGuess{
    .account = {.free = 10, .first_wait_s = kMinute, .longest_wait_s = kHour, .forgotten_after_s = kDay},
    .device = {.free = 10, .first_wait_s = 30, .longest_wait_s = 15 * kMinute, .forgotten_after_s = kHour},
    .address = kAddress};

// Passwords are chosen by people: the thousand commonest are tried first, so they are worth fewer tries.
constexpr AttemptPolicy kPasswordGuess{
    .account = {.free = 5, .first_wait_s = 30, .longest_wait_s = kHour, .forgotten_after_s = kDay},
    .device = {.free = 10, .first_wait_s = 30, .longest_wait_s = 15 * kMinute, .forgotten_after_s = kHour},
    .address = kAddress};

// Each message costs money and rings at somebody's phone.
constexpr AttemptPolicy kCodeSend{
    .account = {.free = 5, .first_wait_s = kMinute, .longest_wait_s = kHour, .forgotten_after_s = kHour},
    .device = {.free = 10, .first_wait_s = 30, .longest_wait_s = 15 * kMinute, .forgotten_after_s = kHour},
    .address = kAddress};

struct Count {
  std::string key;
  const Allowance* allowance;
};

// Accounts and addresses are kept as keyed hashes: this table says nothing of who was attacked or whence.
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
    case Attempt::code_send:
      break;
  }
  return kCodeSend;
}

std::int64_t wait_s(const Allowance& allowance, std::int64_t tries, Instant last, Instant now) {
  if (tries < allowance.free || now >= last.plus_seconds(allowance.forgotten_after_s)) return 0;
  // The shift is bounded: waits are at most a day, 2^17 seconds.
  const auto doublings = std::min<std::int64_t>(tries - allowance.free, 20);
  const auto wait = std::min(allowance.first_wait_s << doublings, allowance.longest_wait_s);
  const auto left_us = last.plus_seconds(wait).us - now.us;
  return left_us <= 0 ? 0 : (left_us + 999'999) / 1'000'000;
}

Result<std::int64_t> take(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
                          const Attempter& who, Instant now, AuthErrc refusal) {
  std::int64_t wait = 0, next = 0;
  const auto counts = counts_of(ring, what, who);
  // Always in this order, so that two who wait for each other's rows cannot be.
  for (const Count& count : counts) {
    // Found or made, and held, in one statement: old rows are deleted by others meanwhile.
    const auto row = tx.first(
        "INSERT INTO auth_attempt (key, tries, last_at, forget_at) VALUES ($1, 0, $2, $2) "
        "ON CONFLICT (key) DO UPDATE SET tries = auth_attempt.tries RETURNING tries, last_at",
        {count.key, now});
    MQ_CHECK(row.has_value());
    const auto& allowance = *count.allowance;
    const bool forgotten = now >= row->instant(1).plus_seconds(allowance.forgotten_after_s);
    wait = std::max(wait, wait_s(allowance, row->i64(0), row->instant(1), now));
    next = std::max(next, wait_s(allowance, forgotten ? 1 : row->i64(0) + 1, now, now));
  }
  if (wait > 0) return Error(refusal, std::to_string(wait));
  for (const Count& count : counts) {
    tx.execute(
        "UPDATE auth_attempt SET tries = CASE WHEN forget_at <= $1 THEN 1 ELSE tries + 1 END, "
        "last_at = $1, forget_at = $2 WHERE key = $3",
        {now, now.plus_seconds(count.allowance->forgotten_after_s), count.key});
  }
  return next;
}

void give_back(storage::Transaction& tx, const crypto::KeyRing& ring, Attempt what,
               const Attempter& who) {
  for (const Count& count : counts_of(ring, what, who)) {
    tx.execute(who.device ? "UPDATE auth_attempt SET tries = 0 WHERE key = $1"
                          : "UPDATE auth_attempt SET tries = tries - 1 WHERE key = $1 AND tries > 0",
               {count.key});
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
