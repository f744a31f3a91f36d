// The partners' clients behind the ports that auth, identity and payments declare. Private to app/.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "auth/auth.h"
#include "identity/identity.h"
#include "partners/partners.h"
#include "payments/payments.h"
#include "runtime/metrics.h"
#include "vault/vault.h"

namespace mq::app {

class PartnerPorts {
 public:
  // Reads the secrets. Error: app.partner_missing.
  static Result<PartnerPorts> make(const Settings& settings, storage::Database& database,
                                   vault::Vault& vault, const Clock& clock, Random& random,
                                   runtime::Metrics& metrics);
  PartnerPorts(PartnerPorts&&) noexcept;
  ~PartnerPorts();

  auth::SmsSender send_sms();
  identity::QueryAuthority query_authority();
  payments::ChannelPort channel();
  const std::string& notification_secret() const;
  // Known once the server listens; nothing is instructed before.
  void set_notify_url(std::string url);

 private:
  struct Impl;
  explicit PartnerPorts(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::app
