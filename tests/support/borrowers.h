// Borrowers for tests of what comes after identity: real vault, sign-in, consents and verification,
// with a phone whose messages can be read, a camera that always sees one face and a source that
// knows everybody.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "auth/auth.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "database.h"
#include "documents/documents.h"
#include "fakes.h"
#include "identity/identity.h"
#include "people.h"
#include "support/documents.h"

namespace mq::test {

// In the order in which a database wants them.
inline std::vector<storage::Migration> by_number(std::vector<storage::Migration> all) {
  std::ranges::sort(all, {}, &storage::Migration::number);
  return all;
}
inline std::vector<storage::Migration> people_migrations() {
  return {
      storage::kOutboxMigration,      audit::kAuditMigration,       controls::kControlsMigration,
      vault::kVaultMigration,         consent::kConsentMigration,   auth::kAuthMigration,
      documents::kDocumentsMigration, identity::kIdentityMigration, auth::kSessionClientMigration,
      auth::kSessionIndexMigration,   auth::kDevicesMigration,      auth::kStaffAccountsMigration,
      auth::kPasskeysMigration,       auth::kRenewalMigration};
}

// Of somebody born on 1990-03-07, with its check character; sequence 0 to 999.
inline std::string id_number(int sequence) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const auto digits = std::to_string(sequence);
  std::string number = "11010119900307" + std::string(3 - digits.size(), '0') + digits;
  int sum = 0;
  for (std::size_t i = 0; i < number.size(); ++i) sum += (number[i] - '0') * kWeights[i];
  return number + "10X98765432"[sum % 11];
}

// Somebody signed in on a device from before devices were kept.
inline auth::Borrower as_borrower(const PersonId& person) { return {person, {}, {}}; }

class Borrowers {
 public:
  Borrowers(const std::string& database_kind, storage::Database& database)
      : key_store_(database_kind), database_(database) {
    const storage::Migration keys[] = {vault::kKeyStoreMigration};
    MQ_CHECK((*key_store_).migrate(keys).ok());
    vault_.emplace(*key_store_, ring_, clock, random);
    auth_.emplace(database_, *vault_, ring_, clock, random);
    staff_accounts_.emplace(database_, ring_, clock, random);
    identity_.emplace(
        database_, *vault_, clock, random, [](ByteView) { return one_face(); },
        [](ByteView picture) -> Result<vision::HandHeldReading> {
          return held_in(as_text(picture));
        },
        [](const std::string&, const Pii<std::string>&,
           const Pii<std::string>&) -> Result<identity::AuthorityAnswer> {
          return identity::AuthorityAnswer{identity::AuthorityResult::match, to_bytes("authority")};
        });
    documents_.emplace(database_, *vault_, clock, random, following(document_ports));
  }

  vault::Vault& vault() { return *vault_; }
  auth::Auth& auth() { return *auth_; }
  auth::StaffAccounts& staff_accounts() { return *staff_accounts_; }
  identity::Identity& identity() { return *identity_; }
  documents::Uploads& documents() { return *documents_; }
  // What the children, the scanner and the readers of documents say; a test may change it.
  documents::Ports document_ports = test_document_ports();

  // What the phone received for this challenge.
  std::string code_of(const auth::ChallengeId& challenge) {
    std::string code;
    const auto sent = auth_->deliver_code(
        challenge, [&](const std::string&, const Pii<std::string>&, const std::string& text) {
          const std::string before = "验证码 ";
          code = text.substr(text.find(before) + before.size(), 6);
          return ok();
        });
    MQ_CHECK(sent.ok());
    return code;
  }
  // Of the challenge that was made last.
  std::string newest_code() {
    const auto id = database_.read([](storage::Transaction& tx) -> Result<auth::ChallengeId> {
      return tx.first("SELECT id FROM auth_challenge ORDER BY created_at DESC, id DESC LIMIT 1")
          ->id<auth::ChallengeId>(0);
    });
    MQ_CHECK(id.ok());
    return code_of(*id);
  }
  // Shows the code by SMS, as a person does.
  void approve(const auth::Borrower& by, const auth::ChallengeId& step_up) {
    const auto sent = auth_->send_step_up_code(by, step_up);
    MQ_CHECK(sent.ok());
    MQ_CHECK(auth_->pass_step_up(by, step_up, code_of(sent->id)).ok());
  }
  // A new phone, signed in.
  auth::Auth::SignedIn sign_in() {
    const auto number = std::to_string(++count_);
    return sign_in("1390000" + std::string(4 - number.size(), '0') + number);
  }
  auth::Auth::SignedIn sign_in(const std::string& phone) {
    clock.advance_ms(1);
    const auto challenge = auth_->request_sign_in(Pii<std::string>(phone), {});
    MQ_CHECK(challenge.ok());
    auto in = auth_->sign_in(challenge->id, code_of(challenge->id), {});
    MQ_CHECK(in.ok());
    return *in;
  }
  void answer(const PersonId& person, consent::Purpose purpose, bool granted) {
    clock.advance_ms(1);  // the latest answer is the one with the latest id
    const auto& notice = consent::notice(purpose, consent::Language::zh);
    const auto recorded = database_.write([&](storage::Transaction& tx) {
      return consent::record(tx, clock.now(), random, person, purpose, notice.version,
                             notice.sha256, granted, "test");
    });
    MQ_CHECK(recorded.ok());
  }
  void consent_to_all(const PersonId& person) {
    for (const auto purpose :
         {consent::Purpose::terms, consent::Purpose::face, consent::Purpose::authority}) {
      answer(person, purpose, true);
    }
  }
  // From the two photos to a passed verification.
  VerificationId verify(const PersonId& person, const std::string& number = id_number(11)) {
    clock.advance_ms(1);
    const auto begun =
        identity_->begin(person, Pii<std::string>("张小明"), Pii<std::string>(number));
    MQ_CHECK(begun.ok());
    MQ_CHECK(identity_->submit(person, begun->id, identity::Photo::card, as_bytes("card")).ok());
    MQ_CHECK(identity_->submit(person, begun->id, identity::Photo::selfie, as_bytes("self")).ok());
    MQ_CHECK(identity_->process(begun->id).ok());
    const auto done = identity_->get(begun->id);
    MQ_CHECK(done.ok() && done->state == identity::State::passed);
    return begun->id;
  }
  PersonId verified_person() {
    const auto person = sign_in().person;
    consent_to_all(person);
    verify(person);
    return person;
  }
  void set_switch(controls::Switch which, bool stopped) {
    const auto done = database_.write([&](storage::Transaction& tx) {
      return controls::set(tx, clock.now(), random, which, stopped, "test",
                           StaffId::make(clock.now(), random));
    });
    MQ_CHECK(done.ok());
  }

  ManualClock clock;
  TestRandom random;

 private:
  static Result<vision::Analysis> one_face() {
    vision::Face face;
    face.box = {10, 10, 120, 120};
    face.usable = true;
    face.liveness = {0.99F, true};
    face.embedding[0] = face.second[0] = 1;
    return vision::Analysis{200, 200, 1, {face}};
  }

  FreshDatabase key_store_;
  storage::Database& database_;
  crypto::KeyRing ring_ = new_key_ring(random);
  std::optional<vault::Vault> vault_;
  std::optional<auth::Auth> auth_;
  std::optional<auth::StaffAccounts> staff_accounts_;
  std::optional<identity::Identity> identity_;
  std::optional<documents::Uploads> documents_;
  int count_ = 0;
};

}  // namespace mq::test
