// Who reacts to which event: the only place where calls go up. Private to app/.
#pragma once

#include "identity/identity.h"
#include "auth/auth.h"
#include "payments/payments.h"
#include "servicing/servicing.h"
#include "storage/storage.h"

namespace mq::app {

struct Subscribers {
  storage::Database& database;
  auth::Auth& auth;
  identity::Identity& identity;
  documents::Uploads& documents;
  servicing::Servicing& servicing;
  auth::SmsSender send_sms;
  payments::ChannelPort channel;
  const Clock& clock;
  Random& random;
};

void subscribe_all(storage::OutboxWorker& worker, Subscribers& subscribers);

// Takes up payment instructions that no event or notification has settled.
Status drive_unresolved(Subscribers& subscribers);

}  // namespace mq::app
