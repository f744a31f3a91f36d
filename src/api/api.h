// The HTTP API: one thin file per resource under borrower/, console/ and partner/. A handler reads
// the request, asks a capability and renders the answer; the rules live in the capabilities.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/auth.h"
#include "base/time.h"
#include "documents/documents.h"
#include "identity/identity.h"
#include "origination/origination.h"
#include "partners/partners.h"
#include "runtime/http.h"
#include "runtime/metrics.h"
#include "servicing/servicing.h"
#include "storage/storage.h"
#include "vault/vault.h"

namespace mq::api {

enum class ApiErrc {
  idempotency_key_missing,
  idempotency_key_reused,  // the same key with another request
  in_progress,             // the same request is being handled at this moment
  cross_site,              // a cookie request without the X-Requested-With header
  not_ready,
};
BOOST_DESCRIBE_ENUM(ApiErrc, idempotency_key_missing, idempotency_key_reused, in_progress,
                    cross_site, not_ready)
constexpr std::string_view error_domain(ApiErrc) { return "api"; }

// Everything a handler may use. The references outlive the server.
struct Services {
  storage::Database& database;
  vault::Vault& vault;
  auth::Auth& auth;
  auth::StaffAccounts& staff;
  identity::Identity& identity;
  documents::Uploads& documents;
  origination::Origination& origination;
  servicing::Servicing& servicing;
  runtime::Metrics& metrics;
  const Clock& clock;
  Random& random;
  // Looks at the outbox and the audit log soon instead of at the next poll.
  std::function<void()> wake;
  std::function<Result<storage::OutboxWorker::Counts>()> outbox_counts;
  std::string notification_secret;  // of the payment channel
  bool demo = false;
  std::string sandbox_url;  // of a demo, "" otherwise
};

// Who may call a route. What a borrower reaches is their own; what staff reach follows from the
// permission.
enum class Caller { anyone, borrower, staff, partner };  // partner: signed with the shared secret
BOOST_DESCRIBE_ENUM(Caller, anyone, borrower, staff, partner)
struct Access {
  std::string method, pattern;  // as in runtime::Route
  Caller caller;
  std::optional<auth::Permission> permission;  // of staff
};

// All routes of the product; none can be added without saying who may call it. `declared` gets what
// they say.
runtime::Router make_router(Services& services, std::vector<Access>* declared = nullptr);

// An error as application/problem+json, in the language of the request (see problem.cc).
runtime::HttpResponse render_problem(const Error& error, const runtime::HttpRequest& request);

// Frees the keys of requests that a process that died was handling, instead of a minute later. Only
// when no other process serves this database.
Status forget_unfinished(storage::Database& database);

extern const storage::Migration kApiMigration;

}  // namespace mq::api
