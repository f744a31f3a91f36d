#include "vault/vault.h"

namespace mq::vault {
namespace {

std::string name_of(RetentionClass retention) {
  return boost::describe::enum_to_string(retention, "?");
}
std::string name_of(Field field) { return boost::describe::enum_to_string(field, "?"); }

std::string key_place(const PersonId& person, RetentionClass retention) {
  return "data_key|" + person.str() + "|" + name_of(retention);
}
std::string field_place(const PersonId& person, Field field) {
  return "vault_field|" + person.str() + "|" + name_of(field);
}
std::string blob_place(const PersonId& person, const BlobId& id) {
  return "vault_blob|" + person.str() + "|" + id.str();
}

}  // namespace

RetentionClass class_of(Field field) {
  switch (field) {
    case Field::phone:
      return RetentionClass::contact;
    case Field::name:
    case Field::id_number:
      return RetentionClass::identity;
    case Field::payout_card:
      return RetentionClass::contract;
  }
  check_failed("unknown field");
}

Vault::Vault(storage::Database& key_store, const crypto::KeyRing& ring, const Clock& clock,
             Random& random)
    : key_store_(key_store),
      ring_(ring),
      clock_(clock),
      random_(random),
      lookup_key_(ring.lookup_key()) {}

Result<PersonKeys> Vault::unlock(const PersonId& person,
                                 const std::vector<RetentionClass>& classes) {
  PersonKeys keys;
  keys.person_ = person;
  std::map<RetentionClass, Bytes> wrapped;
  const auto load = [&](storage::Transaction& tx) -> Status {
    for (const auto retention : classes) {
      const auto row = tx.first("SELECT wrapped FROM data_key WHERE person = $1 AND retention = $2",
                                {person, name_of(retention)});
      if (!row) continue;
      if (row->is_null(0)) return Error(VaultErrc::erased, name_of(retention));
      wrapped[retention] = row->bytes(0);
    }
    return ok();
  };
  MQ_REQUIRE(key_store_.read(load));
  if (wrapped.size() < classes.size()) {
    // Another request may make the same keys at this moment: the first row wins and both read it back.
    std::map<RetentionClass, Bytes> fresh;
    for (const auto retention : classes) {
      if (wrapped.contains(retention)) continue;
      fresh[retention] = ring_.wrap(crypto::Key256::generate(random_),
                                    as_bytes(key_place(person, retention)), random_);
    }
    MQ_REQUIRE(key_store_.write([&](storage::Transaction& tx) -> Status {
      for (const auto& [retention, blob] : fresh) {
        tx.execute(
            "INSERT INTO data_key (person, retention, wrapped, at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (person, retention) DO NOTHING",
            {person, name_of(retention), blob, clock_.now()});
      }
      return ok();
    }));
    MQ_REQUIRE(key_store_.read(load));
  }
  for (const auto& [retention, blob] : wrapped) {
    auto key = ring_.unwrap(blob, as_bytes(key_place(person, retention)));
    if (!key.ok()) return Error(VaultErrc::damaged, "data key: " + key.error().code());
    keys.keys_[retention] = *key;
  }
  return keys;
}

void Vault::put(storage::Transaction& tx, const PersonKeys& keys, Field field,
                const Pii<std::string>& value) {
  const auto sealed = seal(keys, class_of(field), field_place(keys.person_, field),
                           as_bytes(value.expose()));
  tx.execute(
      "INSERT INTO vault_field (person, field, sealed, lookup, at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (person, field) DO UPDATE SET sealed = excluded.sealed, lookup = excluded.lookup, "
      "at = excluded.at",
      {keys.person_, name_of(field), sealed, lookup_hash(field, value), clock_.now()});
}

Result<Pii<std::string>> Vault::get(storage::Transaction& tx, const PersonKeys& keys,
                                    Field field) const {
  const auto row = tx.first("SELECT sealed FROM vault_field WHERE person = $1 AND field = $2",
                            {keys.person_, name_of(field)});
  if (!row) return Error(VaultErrc::not_found, name_of(field));
  MQ_TRY(const auto plain, open(keys, class_of(field), field_place(keys.person_, field),
                                row->bytes(0)));
  return Pii<std::string>(to_string(plain));
}

std::vector<PersonId> Vault::find(storage::Transaction& tx, Field field,
                                  const Pii<std::string>& value) const {
  std::vector<PersonId> persons;
  for (const auto& row :
       tx.query("SELECT person FROM vault_field WHERE field = $1 AND lookup = $2 ORDER BY person",
                {name_of(field), lookup_hash(field, value)})) {
    persons.push_back(row.id<PersonId>(0));
  }
  return persons;
}

Bytes Vault::lookup_hash(Field field, const Pii<std::string>& value) const {
  const auto digest =
      crypto::hmac_sha256(lookup_key_.view(), as_bytes(name_of(field) + "|" + value.expose()));
  return {digest.begin(), digest.end()};
}

Bytes Vault::content_hash(ByteView content) const {
  const auto inner = crypto::sha256(content);
  const auto digest =
      crypto::hmac_sha256(lookup_key_.view(), as_bytes("content|" + crypto::hex(inner)));
  return {digest.begin(), digest.end()};
}

BlobId Vault::put_blob(storage::Transaction& tx, const PersonKeys& keys, RetentionClass retention,
                       std::string_view kind, ByteView plain) {
  const auto id = BlobId::make(clock_.now(), random_);
  tx.execute(
      "INSERT INTO vault_blob (id, person, retention, kind, sealed, at) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {id, keys.person_, name_of(retention), kind,
       seal(keys, retention, blob_place(keys.person_, id), plain), clock_.now()});
  return id;
}

Result<Bytes> Vault::get_blob(storage::Transaction& tx, const PersonKeys& keys,
                              const BlobId& id) const {
  const auto row = tx.first("SELECT retention, sealed FROM vault_blob WHERE id = $1 AND person = $2",
                            {id, keys.person_});
  if (!row) return Error(VaultErrc::not_found, "blob");
  // The class comes from the row, so a wrong one is a damaged row and not the caller's bug.
  RetentionClass retention{};
  if (!boost::describe::enum_from_string(row->text(0).c_str(), retention) ||
      !keys.keys_.contains(retention)) {
    return Error(VaultErrc::damaged, "no key of the blob's class");
  }
  return open(keys, retention, blob_place(keys.person_, id), row->bytes(1));
}

Bytes Vault::seal(const PersonKeys& keys, RetentionClass retention, std::string_view place,
                  ByteView plain) const {
  const auto key = keys.keys_.find(retention);
  MQ_CHECK(key != keys.keys_.end());
  return crypto::seal(key->second, plain, as_bytes(place), random_);
}

Result<Bytes> Vault::open(const PersonKeys& keys, RetentionClass retention, std::string_view place,
                          ByteView sealed) const {
  const auto key = keys.keys_.find(retention);
  MQ_CHECK(key != keys.keys_.end());
  auto plain = crypto::open(key->second, sealed, as_bytes(place));
  if (!plain.ok()) return Error(VaultErrc::damaged, plain.error().code());
  return std::move(plain).value();
}

const storage::Migration kVaultMigration{
    5, "vault",
    "CREATE TABLE vault_field (person TEXT NOT NULL, field TEXT NOT NULL, sealed BYTEA NOT NULL, "
    "lookup BYTEA NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (person, field));"
    "CREATE INDEX vault_field_lookup ON vault_field (field, lookup);"
    "CREATE TABLE vault_blob (id TEXT PRIMARY KEY, person TEXT NOT NULL, retention TEXT NOT NULL, "
    "kind TEXT NOT NULL, sealed BYTEA NOT NULL, at BIGINT NOT NULL);"
    "CREATE INDEX vault_blob_person ON vault_blob (person)"};

const storage::Migration kKeyStoreMigration{
    1, "data_keys",
    "CREATE TABLE data_key (person TEXT NOT NULL, retention TEXT NOT NULL, wrapped BYTEA, "
    "at BIGINT NOT NULL, PRIMARY KEY (person, retention))"};

}  // namespace mq::vault
