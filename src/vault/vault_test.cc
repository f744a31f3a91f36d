#include "vault/vault.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "people.h"

namespace mq::vault {
namespace {

using Text = Pii<std::string>;
const std::vector<RetentionClass> kEvery = {RetentionClass::contact, RetentionClass::identity,
                                            RetentionClass::frames,
                                            RetentionClass::biometric_template,
                                            RetentionClass::contract};

class VaultTest : public test::PeopleTest {
 protected:
  void SetUp() override { prepare({kVaultMigration}); }

  PersonKeys unlocked(const PersonId& person) {
    auto keys = vault_.unlock(person, kEvery);
    EXPECT_TRUE(keys.ok()) << keys.error().code();
    return *keys;
  }
  void put(const PersonKeys& keys, Field field, const std::string& value) {
    const auto status = db().write([&](storage::Transaction& tx) -> Status {
      vault_.put(tx, keys, field, Text(value));
      return ok();
    });
    ASSERT_TRUE(status.ok()) << status.error().detail();
  }
  // The plain text, or the error's code.
  std::string get(const PersonKeys& keys, Field field) {
    const auto value =
        db().read([&](storage::Transaction& tx) { return vault_.get(tx, keys, field); });
    return value.ok() ? value->expose() : value.error().code();
  }
  BlobId put_blob(const PersonKeys& keys, RetentionClass retention, std::string_view plain) {
    const auto id = db().write([&](storage::Transaction& tx) -> Result<BlobId> {
      return vault_.put_blob(tx, keys, retention, "test", as_bytes(plain));
    });
    EXPECT_TRUE(id.ok());
    return *id;
  }
  std::string get_blob(const PersonKeys& keys, const BlobId& id) {
    const auto plain =
        db().read([&](storage::Transaction& tx) { return vault_.get_blob(tx, keys, id); });
    return plain.ok() ? to_string(*plain) : plain.error().code();
  }
  std::vector<PersonId> found(Field field, const std::string& value) {
    return *db().read([&](storage::Transaction& tx) -> Result<std::vector<PersonId>> {
      return vault_.find(tx, field, Text(value));
    });
  }
  Bytes sealed_field(const PersonId& person, std::string_view field) {
    const auto row = rows("SELECT sealed FROM vault_field WHERE person = $1 AND field = $2",
                          {person, field});
    return row.at(0).bytes(0);
  }
};
MQ_INSTANTIATE_DATABASES(VaultTest);

TEST_P(VaultTest, FieldsComeBackAndAreReplaced) {
  const auto keys = unlocked(new_person());
  EXPECT_EQ(get(keys, Field::name), "vault.not_found");
  put(keys, Field::name, "张三");
  put(keys, Field::phone, "13800000000");
  put(keys, Field::payout_card, "");
  EXPECT_EQ(get(keys, Field::name), "张三");
  EXPECT_EQ(get(keys, Field::phone), "13800000000");
  EXPECT_EQ(get(keys, Field::payout_card), "");
  put(keys, Field::name, "李四");
  EXPECT_EQ(get(keys, Field::name), "李四");
  EXPECT_EQ(get(unlocked(keys.person()), Field::name), "李四") << "the same keys at the next unlock";
}

TEST_P(VaultTest, BlobsComeBackToTheirPersonOnly) {
  const auto mine = unlocked(new_person()), other = unlocked(new_person());
  const std::string picture("\0\xff picture", 10);
  for (const auto retention : kEvery) {
    const auto id = put_blob(mine, retention, picture);
    EXPECT_EQ(get_blob(mine, id), picture);
    EXPECT_EQ(get_blob(other, id), "vault.not_found");
  }
  const auto empty = put_blob(mine, RetentionClass::frames, "");
  EXPECT_EQ(get_blob(mine, empty), "");
  EXPECT_EQ(get_blob(mine, BlobId::make(clock_.now(), random_)), "vault.not_found");
}

TEST_P(VaultTest, TheStoreHoldsNoPlainText) {
  const auto keys = unlocked(new_person());
  put(keys, Field::name, "欧阳测试一");
  put(keys, Field::phone, "13911112222");
  put(keys, Field::id_number, "110101199003070652");
  put_blob(keys, RetentionClass::frames, "picture-of-a-face-0123456789");
  EXPECT_TRUE(lies_in_the_store(keys.person().str())) << "the search finds what is there";
  EXPECT_TRUE(lies_in_the_store(as_text(sealed_field(keys.person(), "name"))));
  for (const auto* secret :
       {"欧阳测试一", "13911112222", "110101199003070652", "picture-of-a-face-0123456789"}) {
    EXPECT_FALSE(lies_in_the_store(secret)) << secret;
  }
  const auto sealed = sealed_field(keys.person(), "phone");
  EXPECT_EQ(sealed.size(), 11 + crypto::kSealOverheadBytes);
  put(keys, Field::phone, "13911112222");
  EXPECT_NE(sealed_field(keys.person(), "phone"), sealed) << "a nonce of its own each time";
}

TEST_P(VaultTest, TwoPersonsRowsCannotBeSwapped) {
  const auto a = unlocked(new_person()), b = unlocked(new_person());
  put(a, Field::name, "张三");
  put(b, Field::name, "李四");
  const auto id_a = put_blob(a, RetentionClass::frames, "A"),
             id_b = put_blob(b, RetentionClass::frames, "B");

  force("UPDATE vault_field SET person = CASE person WHEN $1 THEN 'x' ELSE person END", {a.person()});
  force("UPDATE vault_field SET person = $1 WHERE person = $2", {a.person(), b.person()});
  force("UPDATE vault_field SET person = $1 WHERE person = 'x'", {b.person()});
  EXPECT_EQ(get(a, Field::name), "vault.damaged");
  EXPECT_EQ(get(b, Field::name), "vault.damaged");

  force("UPDATE vault_blob SET person = $1 WHERE id = $2", {b.person(), id_a});
  EXPECT_EQ(get_blob(b, id_a), "vault.damaged");
  EXPECT_EQ(get_blob(a, id_a), "vault.not_found");
  EXPECT_EQ(get_blob(b, id_b), "B");
}

TEST_P(VaultTest, AValueOpensAtItsOwnPlaceOnly) {
  const auto keys = unlocked(new_person());
  put(keys, Field::name, "110101199003070652");
  put(keys, Field::id_number, "110101199003070652");
  // Name and number lie under the same key: only the place tells them apart.
  force("UPDATE vault_field SET sealed = $1 WHERE field = 'name'",
        {sealed_field(keys.person(), "id_number")});
  EXPECT_EQ(get(keys, Field::name), "vault.damaged");
  EXPECT_EQ(get(keys, Field::id_number), "110101199003070652");

  const auto one = put_blob(keys, RetentionClass::frames, "one"),
             two = put_blob(keys, RetentionClass::frames, "two");
  force("UPDATE vault_blob SET sealed = (SELECT sealed FROM vault_blob WHERE id = $1) WHERE id = $2",
        {one, two});
  EXPECT_EQ(get_blob(keys, one), "one");
  EXPECT_EQ(get_blob(keys, two), "vault.damaged");

  const auto sealed =
      vault_.seal(keys, RetentionClass::contact, "auth_challenge.code|1", as_bytes("482915"));
  EXPECT_EQ(to_string(*vault_.open(keys, RetentionClass::contact, "auth_challenge.code|1", sealed)),
            "482915");
  EXPECT_TRUE(vault_.open(keys, RetentionClass::contact, "auth_challenge.code|2", sealed)
                  .error()
                  .is(VaultErrc::damaged));
  EXPECT_TRUE(vault_.open(keys, RetentionClass::identity, "auth_challenge.code|1", sealed)
                  .error()
                  .is(VaultErrc::damaged));
}

TEST_P(VaultTest, ABlobWhoseClassWasChangedIsDamaged) {
  const auto keys = unlocked(new_person());
  const auto id = put_blob(keys, RetentionClass::frames, "face");
  const auto few = vault_.unlock(keys.person(), {RetentionClass::frames});
  ASSERT_TRUE(few.ok());
  for (const auto* name : {"contract", "identity", "no such class"}) {
    force("UPDATE vault_blob SET retention = $1", {name});
    EXPECT_EQ(get_blob(keys, id), "vault.damaged") << name;
    EXPECT_EQ(get_blob(*few, id), "vault.damaged") << name << ", not unlocked";
  }
}

TEST_P(VaultTest, EveryFlippedBitAndEveryCutIsNoticed) {
  const auto keys = unlocked(new_person());
  put(keys, Field::phone, "13800000000");
  const auto sealed = sealed_field(keys.person(), "phone");
  const auto code_with = [&](const Bytes& bytes) {
    force("UPDATE vault_field SET sealed = $1", {bytes});
    return get(keys, Field::phone);
  };
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto flipped = sealed;
    flipped[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    EXPECT_EQ(code_with(flipped), "vault.damaged") << "byte " << i;
  }
  for (std::size_t keep : {std::size_t{0}, std::size_t{1}, crypto::kSealOverheadBytes - 1,
                           crypto::kSealOverheadBytes, sealed.size() - 1}) {
    EXPECT_EQ(code_with(Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(keep))),
              "vault.damaged")
        << keep << " bytes kept";
  }
  auto longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(code_with(longer), "vault.damaged");
  EXPECT_EQ(code_with(sealed), "13800000000");
}

TEST_P(VaultTest, AnErasedKeyErasesItsClassAndStaysErased) {
  const auto person = new_person();
  put(unlocked(person), Field::phone, "13800000000");
  ASSERT_EQ(force(key_store(), "UPDATE data_key SET wrapped = NULL WHERE retention = 'contact'"), 1);
  for (int i = 0; i < 2; ++i) {
    const auto refused = vault_.unlock(person, kEvery);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(VaultErrc::erased));
    EXPECT_EQ(refused.error().detail(), "contact");
  }
  EXPECT_TRUE(vault_.unlock(person, {RetentionClass::identity, RetentionClass::frames}).ok());
  EXPECT_TRUE(vault_.unlock(new_person(), kEvery).ok());
}

TEST_P(VaultTest, AWrappedKeyBelongsToItsPersonAndClass) {
  const auto a = new_person(), b = new_person();
  unlocked(a);
  unlocked(b);
  const auto code = [&](const PersonId& person) {
    const auto keys = vault_.unlock(person, kEvery);
    return keys.ok() ? "ok" : keys.error().code();
  };
  force(key_store(),
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE person = $1 AND "
        "retention = 'identity') WHERE person = $2 AND retention = 'identity'",
        {a, b});
  EXPECT_EQ(code(a), "ok");
  EXPECT_EQ(code(b), "vault.damaged");
  force(key_store(),
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE person = $1 AND "
        "retention = 'frames') WHERE person = $1 AND retention = 'contract'",
        {a});
  EXPECT_EQ(code(a), "vault.damaged");

  const auto other_ring = test::new_key_ring(random_);
  Vault stranger(key_store(), other_ring, clock_, random_);
  EXPECT_TRUE(stranger.unlock(a, {RetentionClass::frames}).error().is(VaultErrc::damaged));
}

TEST_P(VaultTest, ARaceForAPersonsFirstKeysHasOneWinner) {
  for (int round = 0; round < 5; ++round) {
    const auto person = new_person();
    std::vector<Bytes> sealed(6);
    std::vector<std::thread> threads;
    for (auto& out : sealed) {
      threads.emplace_back([&] {
        const auto keys = vault_.unlock(person, kEvery);
        if (keys.ok()) out = vault_.seal(*keys, RetentionClass::frames, "here", as_bytes("x"));
      });
    }
    for (auto& thread : threads) thread.join();
    const auto keys = unlocked(person);
    for (const auto& bytes : sealed) {
      EXPECT_TRUE(vault_.open(keys, RetentionClass::frames, "here", bytes).ok());
    }
  }
}

TEST_P(VaultTest, PersonsAreFoundByTheExactValueOfAField) {
  const auto first = unlocked(new_person()), second = unlocked(new_person());
  put(second, Field::id_number, "110101199003070652");
  put(first, Field::id_number, "110101199003070652");
  put(first, Field::name, "张三");
  const std::vector<PersonId> both = {first.person(), second.person()};
  EXPECT_EQ(found(Field::id_number, "110101199003070652"), both) << "oldest first";
  EXPECT_TRUE(found(Field::id_number, "11010119900307065").empty());
  EXPECT_TRUE(found(Field::phone, "110101199003070652").empty()) << "the field is part of the hash";
  put(first, Field::id_number, "11010119900307109X");
  EXPECT_EQ(found(Field::id_number, "110101199003070652"), std::vector{second.person()});

  EXPECT_EQ(vault_.lookup_hash(Field::phone, Text("1")), vault_.lookup_hash(Field::phone, Text("1")));
  EXPECT_NE(vault_.lookup_hash(Field::phone, Text("1")), vault_.lookup_hash(Field::name, Text("1")));
  const auto plain_hash = crypto::sha256(as_bytes("phone|1"));
  EXPECT_NE(vault_.lookup_hash(Field::phone, Text("1")), Bytes(plain_hash.begin(), plain_hash.end()));
  const auto other_ring = test::new_key_ring(random_);
  const Vault other(key_store(), other_ring, clock_, random_);
  EXPECT_NE(vault_.lookup_hash(Field::phone, Text("1")), other.lookup_hash(Field::phone, Text("1")));
}

TEST_P(VaultTest, AFailedTransactionLeavesNothingButAKey) {
  const auto keys = unlocked(new_person());
  const auto status = db().write([&](storage::Transaction& tx) -> Status {
    vault_.put(tx, keys, Field::name, Text("张三"));
    vault_.put_blob(tx, keys, RetentionClass::frames, "test", as_bytes("x"));
    return VaultErrc::not_found;
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(get(keys, Field::name), "vault.not_found");
  EXPECT_EQ(number("SELECT COUNT(*) FROM vault_blob"), 0);
}

TEST(Mask, ShowsNoMoreThanTheEnds) {
  const auto mask = [](Field field, const char* text) { return masked(field, Text(text)); };
  EXPECT_EQ(mask(Field::phone, "13812340000"), "138****0000");
  EXPECT_EQ(mask(Field::id_number, "110101199003070652"), "1101**********0652");
  EXPECT_EQ(mask(Field::payout_card, "6222020000001234567"), "6222***********4567");
  EXPECT_EQ(mask(Field::name, "张三"), "张**");
  EXPECT_EQ(mask(Field::name, "张三丰"), "张**") << "the length is not told";
  EXPECT_EQ(mask(Field::name, "阿卜杜拉·买买提"), "阿**");
  EXPECT_EQ(mask(Field::name, "𠮷田"), "𠮷**") << "four bytes are one character";
  EXPECT_EQ(mask(Field::name, "Zhang"), "Z**");
}

TEST(Mask, HidesAShortValueAltogether) {
  EXPECT_EQ(masked(Field::name, Text("张")), "**");
  EXPECT_EQ(masked(Field::name, Text("")), "**");
  EXPECT_EQ(masked(Field::phone, Text("1234567")), "*******");
  EXPECT_EQ(masked(Field::id_number, Text("12345678")), "********");
  EXPECT_EQ(masked(Field::payout_card, Text("")), "");
}

}  // namespace
}  // namespace mq::vault
