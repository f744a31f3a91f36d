// Adapters to the outside partners: the authority's photo source, the SMS gateway, the payment
// channel.
//
// Every call is one attempt, bounded in time and size, signed by us and answered with a signature
// that is checked. Retrying is the caller's business (the outbox), with the same request id: a
// partner acts once per request id. Nothing here stores anything, and no personal data reaches a
// log, an error or a URL. The clients are thread-safe; they block for up to `timeout_ms`, so never
// call them inside a transaction.
//
// Signatures (HMAC-SHA-256 under the shared secret, hex):
//   request       X-Signature: t=<unix s>,v1=hmac("<t>.<METHOD>.<path>.<body>"), X-Request-Id
//   answer        X-Signature: t=<unix s>,v1=hmac("<t>.<request id>.<body>")
//   notification  X-Signature: t=<unix s>,v1=hmac("<t>.<body>")
// with at most 300 s between `t` and the receiver's clock.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"

namespace mq::runtime {
class Metrics;
}

namespace mq::partners {

// Only `refused`, `not_found` and `conflict` are the partner's own, signed word. After any other
// error it is not known whether the partner acted: repeat with the same request id, or look it up.
enum class PartnersErrc {
  unavailable,  // no connection, an HTTP 5xx, or the breaker is open
  timeout,
  refused,        // the partner understood the request and will not do it
  bad_signature,  // an answer or notification without a valid, fresh signature
  bad_answer,     // signed, but not what the contract says
  not_found,      // look_up: the partner has never seen this instruction
  conflict,       // the request id was used before with other content
};
BOOST_DESCRIBE_ENUM(PartnersErrc, unavailable, timeout, refused, bad_signature, bad_answer,
                    not_found, conflict)
constexpr std::string_view error_domain(PartnersErrc) { return "partners"; }

struct PartnerSettings {
  std::string base_url;  // "https://photos.example", no trailing slash needed
  std::string secret;    // shared with this partner; not empty
  int timeout_ms = limits::kPartnerTimeoutMs;
};

// What all clients need. `clock` must be the world's clock, never a simulated one, since partners
// compare signatures with theirs. The references must outlive the clients; `metrics` may be null.
struct PartnerContext {
  const Clock& clock;
  Random& random;  // thread-safe
  runtime::Metrics* metrics = nullptr;
};

class SignedClient;

// --- Authority: the photo kept for a name and an ID number
// -----------------------------------------
enum class AuthorityResult {
  match,     // name and number belong together, and there is a photo
  no_match,  // they do not
  no_photo,  // they do, but no photo is kept
};
BOOST_DESCRIBE_ENUM(AuthorityResult, match, no_match, no_photo)

struct AuthorityAnswer {
  AuthorityResult result = AuthorityResult::no_match;
  Bytes
      photo;  // encoded picture of at most limits::kHttpPhotoBodyBytes, hostile; only with `match`
};

class AuthorityClient {
 public:
  AuthorityClient(PartnerSettings settings, PartnerContext context);
  ~AuthorityClient();
  // The caller has checked the person's separate consent to this recipient.
  Result<AuthorityAnswer> query(const Uuid& request_id, const Pii<std::string>& name,
                                const Pii<std::string>& id_number);

 private:
  std::unique_ptr<SignedClient> client_;
};

// --- SMS gateway
// -----------------------------------------------------------------------------------
class SmsClient {
 public:
  SmsClient(PartnerSettings settings, PartnerContext context);
  ~SmsClient();
  // Hands one message over; repeats with the same request id send one SMS.
  Status send(const Uuid& request_id, const Pii<std::string>& phone, std::string_view text);

 private:
  std::unique_ptr<SignedClient> client_;
};

// --- Payment channel
// -------------------------------------------------------------------------------
enum class PaymentKind { payout, debit };
BOOST_DESCRIBE_ENUM(PaymentKind, payout, debit)
enum class PaymentState {
  accepted,   // the channel has it; a notification follows
  succeeded,  // final
  failed,     // final: no money moved
};
BOOST_DESCRIBE_ENUM(PaymentState, accepted, succeeded, failed)

struct PaymentAnswer {
  PaymentState state = PaymentState::accepted;
  std::string channel_reference;  // the channel's own id, at most 64 visible characters
};

struct StatementLine {
  std::string channel_reference;
  InstructionId instruction_id;
  PaymentKind kind = PaymentKind::payout;
  Money amount;
  Instant at;
  PaymentState state = PaymentState::accepted;
};

class PaymentClient {
 public:
  PaymentClient(PartnerSettings settings, PartnerContext context);
  ~PaymentClient();

  // The instruction's id is the request id, so that a repeat moves the money once. Amounts are
  // positive and in CNY (CHECK). `notify_url` is our own public address for notifications.
  Result<PaymentAnswer> instruct(const InstructionId& instruction_id, PaymentKind kind,
                                 Money amount, const Pii<std::string>& card_number,
                                 const Pii<std::string>& holder_name, std::string_view notify_url);
  // What became of an instruction. `not_found` says that the channel never got it.
  Result<PaymentAnswer> look_up(const InstructionId& instruction_id);
  // Everything the channel has booked for us, oldest first, for reconciliation.
  Result<std::vector<StatementLine>> statement();

 private:
  std::unique_ptr<SignedClient> client_;
};

// --- Malware scanner: clamd
// ---------------------------------------------------------------------------------------------
enum class ScanVerdict { clean, infected };

// One file, one connection (INSTREAM). Not signed: the socket is on this machine, see below.
class ClamdClient {
 public:
  // "unix:/run/clamav/clamd.ctl", or "tcp:127.0.0.1:3310" with an address of this machine: files
  // travel in clear. Nothing for anything else.
  static std::optional<ClamdClient> make(std::string_view address,
                                         int timeout_ms = limits::kScanTimeoutMs);
  // Errors: unavailable (no connection, or it broke off), timeout (of the whole exchange),
  // bad_answer (clamd's own error, e.g. that the file is over its StreamMaxLength).
  Result<ScanVerdict> scan(ByteView file) const;

 private:
  ClamdClient(std::string path, std::string host, int port, int timeout_ms);
  std::string path_;  // of the UNIX socket, or
  std::string host_;
  int port_ = 0;
  int timeout_ms_;
};

// --- Notifications of the payment channel
// ----------------------------------------------------------
using NotificationId = Id<struct NotificationTag>;

struct Notification {
  NotificationId notification_id;  // the same in every repeat
  InstructionId instruction_id;
  PaymentKind kind = PaymentKind::payout;
  PaymentState state = PaymentState::failed;  // succeeded or failed
  Money amount;                               // positive, CNY
  std::string channel_reference;
  std::optional<std::string>
      reason;  // of a failure; a code of the channel, at most 64 visible characters
};

// Checks the signature (constant time; `now` is the world's time) over the exact bytes received
// before it reads them. Errors: bad_signature (header malformed, HMAC wrong, more than 300 s off),
// bad_answer. Pure. A replay inside the window is the caller's to recognise, by notification_id.
Result<Notification> parse_notification(std::string_view signature_header, std::string_view body,
                                        std::string_view secret, Instant now);

}  // namespace mq::partners
