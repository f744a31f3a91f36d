#include "app/migrations.h"

#include "api/api.h"
#include "audit/audit.h"
#include "auth/auth.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "documents/documents.h"
#include "identity/identity.h"
#include "ledger/ledger.h"
#include "origination/origination.h"
#include "payments/payments.h"
#include "servicing/servicing.h"
#include "vault/vault.h"

namespace mq::app {

const std::vector<storage::Migration>& data_migrations() {
  static const std::vector<storage::Migration> kAll = {storage::kOutboxMigration,
                                                       audit::kAuditMigration,
                                                       ledger::kLedgerMigration,
                                                       controls::kControlsMigration,
                                                       vault::kVaultMigration,
                                                       consent::kConsentMigration,
                                                       auth::kAuthMigration,
                                                       documents::kDocumentsMigration,
                                                       identity::kIdentityMigration,
                                                       payments::kPaymentsMigration,
                                                       origination::kOriginationMigration,
                                                       servicing::kServicingMigration,
                                                       api::kApiMigration,
                                                       documents::kUploadsMigration,
                                                       auth::kRolesMigration,
                                                       auth::kSessionClientMigration,
                                                       auth::kSessionIndexMigration,
                                                       auth::kDevicesMigration,
                                                       auth::kStaffAccountsMigration,
                                                       auth::kPasskeysMigration,
                                                       auth::kRenewalMigration,
                                                       payments::kReleasesMigration};
  return kAll;
}

const std::vector<storage::Migration>& key_migrations() {
  static const std::vector<storage::Migration> kAll = {vault::kKeyStoreMigration};
  return kAll;
}

}  // namespace mq::app
