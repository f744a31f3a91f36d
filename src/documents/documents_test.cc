#include "documents/documents.h"

#include <gtest/gtest.h>

#include "audit/audit.h"
#include "people.h"
#include "runtime/json.h"

namespace mq::documents {
namespace {

const std::string kPicture = "not really a JPEG, but nobody looks inside here";

class DocumentsTest : public test::PeopleTest {
 protected:
  void SetUp() override {
    prepare({audit::kAuditMigration, vault::kVaultMigration, kDocumentsMigration});
  }

  vault::PersonKeys unlocked(const PersonId& person) {
    return *vault_.unlock(person,
                          {vault::RetentionClass::identity, vault::RetentionClass::frames});
  }
  DocumentId stored(const vault::PersonKeys& keys, Kind kind, const std::string& picture = kPicture) {
    clock_.advance_ms(1);
    const auto id = db().write([&](storage::Transaction& tx) -> Result<DocumentId> {
      return store(tx, clock_.now(), random_, vault_, keys, kind, as_bytes(picture), 640, 480);
    });
    EXPECT_TRUE(id.ok());
    return *id;
  }
  // The picture, or the error's code.
  std::string loaded(const vault::PersonKeys& keys, const DocumentId& id) {
    const auto picture =
        db().read([&](storage::Transaction& tx) { return load(tx, vault_, keys, id); });
    return picture.ok() ? to_string(*picture) : picture.error().code();
  }
  std::optional<Document> about(const DocumentId& id) {
    return *db().read([&](storage::Transaction& tx) -> Result<std::optional<Document>> {
      return find(tx, id);
    });
  }
};
MQ_INSTANTIATE_DATABASES(DocumentsTest);

TEST_P(DocumentsTest, APictureComesBackWithWhatIsKnownAboutIt) {
  const auto keys = unlocked(new_person());
  for (const auto kind : {Kind::id_card_front, Kind::selfie, Kind::authority_photo}) {
    const auto id = stored(keys, kind);
    EXPECT_EQ(loaded(keys, id), kPicture);
    const auto known = about(id);
    ASSERT_TRUE(known.has_value());
    EXPECT_EQ(known->id, id);
    EXPECT_EQ(known->person, keys.person());
    EXPECT_EQ(known->kind, kind);
    EXPECT_EQ(known->bytes, static_cast<std::int64_t>(kPicture.size()));
    EXPECT_EQ(known->width, 640);
    EXPECT_EQ(known->height, 480);
    EXPECT_EQ(known->at, clock_.now());
  }
  EXPECT_FALSE(about(DocumentId::make(clock_.now(), random_)).has_value());
  EXPECT_TRUE(lies_in_the_store(keys.person().str()));
  EXPECT_FALSE(lies_in_the_store(kPicture));
}

TEST_P(DocumentsTest, AnotherPersonsKeysOpenNothing) {
  const auto mine = unlocked(new_person()), other = unlocked(new_person());
  const auto id = stored(mine, Kind::selfie);
  EXPECT_EQ(loaded(other, id), "documents.not_found");
  EXPECT_EQ(loaded(mine, DocumentId::make(clock_.now(), random_)), "documents.not_found");
  // Nor after the rows have been given to the other person.
  force("UPDATE document SET person = $1", {other.person()});
  EXPECT_EQ(loaded(other, id), "vault.not_found");
  force("UPDATE vault_blob SET person = $1", {other.person()});
  EXPECT_EQ(loaded(other, id), "vault.damaged");
}

TEST_P(DocumentsTest, FacesCanBeErasedWithoutTheCard) {
  EXPECT_EQ(class_of(Kind::id_card_front), vault::RetentionClass::identity);
  EXPECT_EQ(class_of(Kind::selfie), vault::RetentionClass::frames);
  EXPECT_EQ(class_of(Kind::authority_photo), vault::RetentionClass::frames);
  const auto person = new_person();
  const auto card = stored(unlocked(person), Kind::id_card_front);
  stored(unlocked(person), Kind::selfie);
  force(key_store(), "UPDATE data_key SET wrapped = NULL WHERE retention = 'frames'");
  EXPECT_TRUE(vault_.unlock(person, {class_of(Kind::selfie)}).error().is(vault::VaultErrc::erased));
  const auto rest = vault_.unlock(person, {class_of(Kind::id_card_front)});
  ASSERT_TRUE(rest.ok());
  EXPECT_EQ(loaded(*rest, card), kPicture);
}

TEST_P(DocumentsTest, TheTrailCommitsToThePictureAndTheSaltOpensIt) {
  const auto keys = unlocked(new_person());
  const auto id = stored(keys, Kind::selfie), same_again = stored(keys, Kind::selfie);
  const auto found = leaves("documents.received");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].object, id.str());
  EXPECT_EQ(found[0].object, same_again.str());
  const auto facts_of = [](const audit::Leaf& leaf) {
    return runtime::parse_json(leaf.body)->at("facts").as_object();
  };
  const auto facts = facts_of(found[1]);
  EXPECT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts.at("person").as_string(), keys.person().str());
  EXPECT_EQ(facts.at("kind").as_string(), "selfie");
  const std::string digest(facts.at("content").as_string());
  EXPECT_NE(digest, facts_of(found[0]).at("content").as_string()) << "each has a salt of its own";
  EXPECT_NE(digest, crypto::hex(crypto::sha256(as_bytes(kPicture))));

  const auto sealed = rows("SELECT salt_sealed FROM document WHERE id = $1", {id})[0].bytes(0);
  const auto salt = vault_.open(keys, vault::RetentionClass::frames,
                                "document.salt|" + id.str(), sealed);
  ASSERT_TRUE(salt.ok());
  EXPECT_TRUE(audit::opens({digest, to_string(*salt)}, as_bytes(kPicture)));
  EXPECT_FALSE(audit::opens({digest, to_string(*salt)}, as_bytes(kPicture + " ")));
  EXPECT_FALSE(lies_in_the_store(to_string(*salt))) << "the salt itself is not in clear";
}

TEST_P(DocumentsTest, ATamperedPictureIsNoticed) {
  const auto keys = unlocked(new_person());
  const auto id = stored(keys, Kind::selfie, "first"), second = stored(keys, Kind::selfie, "second");
  force("UPDATE vault_blob SET sealed = (SELECT b.sealed FROM vault_blob b JOIN document d "
        "ON d.blob = b.id WHERE d.id = $1)",
        {second});
  EXPECT_EQ(loaded(keys, id), "vault.damaged");
  EXPECT_EQ(loaded(keys, second), "second");
  force("DELETE FROM vault_blob");
  EXPECT_EQ(loaded(keys, id), "vault.not_found");
}

TEST_P(DocumentsTest, AFailedTransactionKeepsNothing) {
  const auto keys = unlocked(new_person());
  const auto status = db().write([&](storage::Transaction& tx) -> Status {
    store(tx, clock_.now(), random_, vault_, keys, Kind::selfie, as_bytes(kPicture), 1, 1);
    return DocumentsErrc::not_found;
  });
  EXPECT_FALSE(status.ok());
  for (const auto* table : {"document", "vault_blob", "audit_leaf"}) {
    EXPECT_EQ(number(std::string("SELECT COUNT(*) FROM ") + table), 0) << table;
  }
}

}  // namespace
}  // namespace mq::documents
