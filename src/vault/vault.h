// The vault: personal data, sealed under one data key per person and retention class.
//
// Sealed values lie in the data store, wrapped data keys in the key store (another database file or
// schema, outside the data backup). Destroying a data key therefore erases what it sealed, in every copy.
//
// Use: unlock() outside of any transaction gives the keys; put/get run inside the caller's transaction.
// A sealed value is bound to its person, field and class, so rows cannot be swapped.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/crypto.h"
#include "storage/storage.h"

namespace mq::vault {

enum class VaultErrc {
  not_found,  // nothing is stored under that field or blob
  erased,     // the data key is gone: the value was erased
  damaged,    // the stored bytes do not open with the right key: tampering or a broken disk
};
BOOST_DESCRIBE_ENUM(VaultErrc, not_found, erased, damaged)
constexpr std::string_view error_domain(VaultErrc) { return "vault"; }

// What is kept for how long; each class of a person has a data key of its own.
// finances: statements and proofs of income, which nobody needs for as long as the contract itself.
enum class RetentionClass { contact, identity, frames, biometric_template, contract, finances };
BOOST_DESCRIBE_ENUM(RetentionClass, contact, identity, frames, biometric_template, contract, finances)

// Every personal text field of the product. class_of() says under which key it lies.
enum class Field { phone, name, id_number, payout_card };
BOOST_DESCRIBE_ENUM(Field, phone, name, id_number, payout_card)
RetentionClass class_of(Field field);

using BlobId = Id<struct BlobTag>;

// The unlocked data keys of one person. Short-lived: made per request, never stored.
class PersonKeys {
 public:
  const PersonId& person() const { return person_; }

 private:
  friend class Vault;
  PersonId person_;
  std::map<RetentionClass, crypto::Key256> keys_;
};

// Thread-safe.
class Vault {
 public:
  Vault(storage::Database& key_store, const crypto::KeyRing& ring, const Clock& clock,
        Random& random);

  // The person's data keys, made where absent. Call it before a transaction on the data store.
  Result<PersonKeys> unlock(const PersonId& person, const std::vector<RetentionClass>& classes);

  // --- text fields (inside a transaction of the data store) ---
  void put(storage::Transaction& tx, const PersonKeys& keys, Field field,
           const Pii<std::string>& value);
  Result<Pii<std::string>> get(storage::Transaction& tx, const PersonKeys& keys, Field field) const;
  // The persons who have exactly this value, by keyed hash; oldest first.
  std::vector<PersonId> find(storage::Transaction& tx, Field field,
                             const Pii<std::string>& value) const;
  // The keyed hash itself, for a unique column of another capability.
  Bytes lookup_hash(Field field, const Pii<std::string>& value) const;
  // The same of a whole file: equal for equal files, and without the key nobody can try whose file it is.
  Bytes content_hash(ByteView content) const;

  // --- blobs: photos, templates, contract texts ---
  BlobId put_blob(storage::Transaction& tx, const PersonKeys& keys, RetentionClass retention,
                  std::string_view kind, ByteView plain);
  Result<Bytes> get_blob(storage::Transaction& tx, const PersonKeys& keys, const BlobId& id) const;

  // --- short sealed values that live in a row of another capability ---
  // `place` binds the value to its row and column, e.g. "auth_challenge.code|<id>".
  Bytes seal(const PersonKeys& keys, RetentionClass retention, std::string_view place,
             ByteView plain) const;
  Result<Bytes> open(const PersonKeys& keys, RetentionClass retention, std::string_view place,
                     ByteView sealed) const;

 private:
  storage::Database& key_store_;
  const crypto::KeyRing& ring_;
  const Clock& clock_;
  Random& random_;
  crypto::Key256 lookup_key_;
};

// How a value is shown to people who may not see all of it: "张**", "138****0000", "1101**********1234".
std::string masked(Field field, const Pii<std::string>& value);

extern const storage::Migration kVaultMigration;     // of the data store
extern const storage::Migration kKeyStoreMigration;  // of the key store, number 1 there

}  // namespace mq::vault
