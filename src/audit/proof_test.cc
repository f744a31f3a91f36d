#include <filesystem>
#include <fstream>
#include <set>

#include "audit/audit_testing.h"
#include "database.h"
#include "fakes.h"

namespace mq::audit {
namespace {

using AuditTest = AuditFixture<test::DatabaseTest, test::ManualClock, test::TestRandom>;

namespace json = boost::json;

class ProofTest : public AuditTest {
 protected:
  static Error failure(const Result<VerifyReport>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Error(AuditErrc::not_found) : result.error();
  }
};
MQ_INSTANTIATE_DATABASES(ProofTest);

TEST_P(ProofTest, EveryLeafProvesAgainstTheLatestCheckpoint) {
  for (int round = 0; round < 3; ++round) {
    add_many(11);
    sequence();
  }
  const auto found = db().read([](storage::Transaction& tx) -> Result<std::vector<Leaf>> {
    return leaves(tx, {.limit = 100});
  });
  ASSERT_EQ(found->size(), 33U);
  for (const auto& leaf : *found) {
    const auto bundle = prove(db(), leaf.id);
    ASSERT_TRUE(bundle.ok());
    EXPECT_EQ(bundle->checkpoint, checkpoint());
    const auto report = verify(bundle->checkpoint, proof_json(*bundle), vkey());
    ASSERT_TRUE(report.ok()) << report.error().detail();
    EXPECT_EQ(report->size, 33);
    EXPECT_EQ(report->origin, "bank.example/audit");
    EXPECT_TRUE(report->key_pinned);
    ASSERT_EQ(report->leaves.size(), 1U);
    EXPECT_EQ(report->leaves[0].id, leaf.id.str());
    EXPECT_EQ(report->leaves[0].position, leaf.position);
    EXPECT_EQ(report->leaves[0].at, clock_.now().iso());
  }
}

TEST_P(ProofTest, AnObjectIsProvenWithAllItsLeaves) {
  add("origination.contract_signed", "loan-1");
  add("origination.contract_signed", "loan-2");
  add("servicing.loan_disbursed", "loan-1", {{"amount", "10000.00"}});
  sequence();
  add("servicing.repayment_booked", "loan-1");
  const auto bundle = prove_object(db(), "loan-1");
  ASSERT_TRUE(bundle.ok());
  EXPECT_EQ(bundle->pending, 1);
  const auto report = verify(bundle->checkpoint, proof_json(*bundle), std::nullopt);
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->key_pinned);
  EXPECT_EQ(report->key, vkey());
  ASSERT_EQ(report->leaves.size(), 2U);
  EXPECT_EQ(report->leaves[0].kind, "origination.contract_signed");
  EXPECT_EQ(report->leaves[1].kind, "servicing.loan_disbursed");
}

TEST_P(ProofTest, WhatIsNotThereHasItsOwnError) {
  const auto id = add("test.thing_done", "loan-1");
  EXPECT_TRUE(prove(db(), id).error().is(AuditErrc::no_checkpoint));
  sequence();
  const auto late = add("test.thing_done", "loan-2");
  EXPECT_TRUE(prove(db(), late).error().is(AuditErrc::not_yet_sequenced));
  EXPECT_TRUE(prove_object(db(), "loan-2").error().is(AuditErrc::not_yet_sequenced));
  EXPECT_TRUE(prove_object(db(), "loan-3").error().is(AuditErrc::not_found));
  EXPECT_TRUE(prove(db(), LeafId::make(clock_.now(), random_)).error().is(AuditErrc::not_found));
}

TEST_P(ProofTest, AnEditedBodyIsNotProvenAndIsFound) {
  const auto ids = add_many(6);
  sequence();
  drop_triggers();
  ASSERT_TRUE(force({"UPDATE audit_leaf SET body = '{}' WHERE position = 2"}).ok());
  EXPECT_TRUE(prove(db(), ids[2]).error().is(AuditErrc::tampered));
  EXPECT_TRUE(prove(db(), ids[3]).ok());
  const auto found = joined_problems();
  EXPECT_NE(found.find("body or hash of leaf 2"), std::string::npos) << found;
  EXPECT_NE(found.find("not what was signed at size 6"), std::string::npos) << found;
}

// Somebody with the database, but without the key, rewrites a leaf and everything computed from it.
TEST_P(ProofTest, ACarefulForgeryStillContradictsTheSignature) {
  add_many(2);
  sequence();
  drop_triggers();
  const std::string body = "{\"at\":\"2026-01-05T01:00:00.000Z\",\"forged\":true}";
  const auto leaf = crypto::merkle_leaf_hash(as_bytes(body));
  ASSERT_TRUE(
      db().write([&](storage::Transaction& tx) -> Status {
            const auto right = *crypto::to_digest(
                tx.query("SELECT leaf_hash FROM audit_leaf WHERE position = 1")[0].bytes(0));
            const auto root = crypto::merkle_node_hash(leaf, right);
            const Bytes root_bytes(root.begin(), root.end());
            tx.execute("UPDATE audit_leaf SET body = $1, leaf_hash = $2 WHERE position = 0",
                       {body, Bytes(leaf.begin(), leaf.end())});
            tx.execute("UPDATE audit_node SET hash = $1", {root_bytes});
            tx.execute("UPDATE audit_checkpoint SET root = $1", {root_bytes});
            return ok();
          })
          .ok());
  EXPECT_NE(joined_problems().find("not what was signed at size 2"), std::string::npos);
  add_many(1);
  EXPECT_TRUE(sequencer_.run_once().error().is(AuditErrc::tampered));
}

TEST_P(ProofTest, OtherTamperingIsFound) {
  add_many(8);
  sequence();
  drop_triggers();
  ASSERT_TRUE(force({"UPDATE audit_leaf SET object = 'loan-9' WHERE position = 3"}).ok());
  EXPECT_NE(joined_problems().find("contradict the body of leaf 3"), std::string::npos);
  ASSERT_TRUE(force({"UPDATE audit_node SET hash = (SELECT leaf_hash FROM audit_leaf WHERE"
                     " position = 0) WHERE level = 2 AND idx = 1"})
                  .ok());
  EXPECT_NE(joined_problems().find("node of level 2, index 1"), std::string::npos);
  ASSERT_TRUE(force({"INSERT INTO audit_node SELECT 9, 0, hash FROM audit_node WHERE level = 1"
                     " AND idx = 0"})
                  .ok());
  EXPECT_NE(joined_problems().find("8 nodes where 7 belong"), std::string::npos);
  ASSERT_TRUE(force({"DELETE FROM audit_leaf WHERE position = 5"}).ok());
  EXPECT_NE(joined_problems().find("no leaf at position 5"), std::string::npos);
}

TEST_P(ProofTest, EveryFlippedByteOfTheCheckpointIsNoticed) {
  add_many(3);
  sequence();
  const auto bundle = prove_object(db(), "loan-1");
  const auto proof = proof_json(*bundle);
  for (std::size_t i = 0; i < bundle->checkpoint.size(); ++i) {
    auto changed = bundle->checkpoint;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify(changed, proof, vkey()).ok()) << i;
    EXPECT_FALSE(verify(changed, proof, std::nullopt).ok()) << i;
  }
}

TEST_P(ProofTest, EveryFlippedByteOfTheProofIsNoticed) {
  add_many(3);
  sequence();
  const auto bundle = prove_object(db(), "loan-1");
  const auto proof = proof_json(*bundle);
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto changed = proof;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify(bundle->checkpoint, changed, vkey()).ok()) << i;
  }
}

TEST_P(ProofTest, ProofsAndCheckpointsOfDifferentTimesDoNotMix) {
  add_many(2);
  sequence();
  const auto old_checkpoint = checkpoint();
  const auto old_proof = proof_json(*prove_object(db(), "loan-1"));
  add_many(1);
  sequence();
  EXPECT_TRUE(failure(verify(checkpoint(), old_proof, vkey())).is(AuditErrc::checkpoint_mismatch));
  EXPECT_TRUE(verify(old_checkpoint, old_proof, vkey()).ok());
}

TEST_P(ProofTest, AnotherKeyIsRefused) {
  add_many(1);
  sequence();
  const auto bundle = prove_object(db(), "loan-1");
  const auto other = signer(9).verifier().str();
  EXPECT_TRUE(
      failure(verify(bundle->checkpoint, proof_json(*bundle), other)).is(AuditErrc::wrong_key));
  EXPECT_TRUE(
      failure(verify(bundle->checkpoint, proof_json(*bundle), "no key")).is(AuditErrc::malformed));
}

TEST_P(ProofTest, GrowthIsProvenFromAKeptCheckpoint) {
  add_many(5);
  sequence();
  const auto kept = checkpoint();
  add_many(9);
  sequence();
  const auto bundle = prove_growth(db(), kept);
  ASSERT_TRUE(bundle.ok());
  const auto proof = proof_json(*bundle);
  const auto report = verify(checkpoint(), proof, vkey(), kept);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->grown_from, 5);
  // A proof without growth, or from another size, does not satisfy a reader who kept a checkpoint.
  const auto plain = proof_json(*prove_object(db(), "loan-1"));
  EXPECT_TRUE(failure(verify(checkpoint(), plain, vkey(), kept)).is(AuditErrc::proof_invalid));
  EXPECT_TRUE(
      failure(verify(checkpoint(), proof, vkey(), checkpoint())).is(AuditErrc::proof_invalid));
  auto forged = json::parse(proof);
  forged.as_object()["growth"].as_object()["size"] = 4;
  EXPECT_TRUE(
      failure(verify(checkpoint(), json::serialize(forged), vkey())).is(AuditErrc::proof_invalid));
}

TEST_P(ProofTest, GrowthFromAForeignLogIsNotProven) {
  add_many(5);
  sequence();
  const auto foreign = signer().sign(
      crypto::Checkpoint{"bank.example/audit", 3, crypto::sha256(as_bytes("x")), {}}.text());
  EXPECT_TRUE(prove_growth(db(), foreign).error().is(AuditErrc::tampered));
  const auto longer = signer().sign(
      crypto::Checkpoint{"bank.example/audit", 6, crypto::sha256(as_bytes("x")), {}}.text());
  EXPECT_TRUE(prove_growth(db(), longer).error().is(AuditErrc::tampered));
  EXPECT_TRUE(prove_growth(db(), "text").error().is(AuditErrc::malformed));
}

TEST_P(ProofTest, HostileDocumentsAreRefused) {
  add_many(2);
  sequence();
  const auto good = json::parse(proof_json(*prove_object(db(), "loan-1")));
  const auto with = [&](auto change) {
    auto copy = good;
    change(copy.as_object());
    return json::serialize(copy);
  };
  const auto leaf = [](json::object& o) -> json::object& {
    return o["leaves"].as_array()[0].as_object();
  };
  const std::string hostile[] = {
      "",
      "{}",
      "[]",
      "null",
      with([](json::object& o) { o["format"] = "other"; }),
      with([](json::object& o) { o["extra"] = 1; }),
      with([](json::object& o) { o["checkpoint"] = ""; }),
      with([&](json::object& o) { leaf(o)["position"] = -1; }),
      with([&](json::object& o) { leaf(o)["position"] = 2; }),
      with([&](json::object& o) { leaf(o)["position"] = 1e30; }),
      with([&](json::object& o) { leaf(o)["path"].as_array().clear(); }),
      with([&](json::object& o) { leaf(o)["path"].as_array()[0] = "AAAA"; }),
      with([&](json::object& o) { leaf(o)["path"] = json::array(1000, "x"); }),
      with([](json::object& o) {
        auto& list = o["leaves"].as_array();
        list.push_back(list[1]);
      })};
  for (const auto& document : hostile) {
    EXPECT_FALSE(verify(checkpoint(), document, vkey()).ok()) << document;
  }
  EXPECT_FALSE(verify("", json::serialize(good), std::nullopt).ok());
  EXPECT_FALSE(verify(std::string(100'000, '\n'), json::serialize(good), std::nullopt).ok());
}

TEST_P(ProofTest, ListsAreFilteredAndPaged) {
  add("auth.signed_in", "staff-1");
  add("auth.signed_out", "staff-1");
  add("authority.asked", "person-1");
  const auto list = [&](const LeafFilter& filter) {
    return *db().read(
        [&](storage::Transaction& tx) -> Result<std::vector<Leaf>> { return leaves(tx, filter); });
  };
  EXPECT_EQ(list({.object = "staff-1"}).size(), 2U);
  EXPECT_EQ(list({.kind = "auth."}).size(), 2U);
  EXPECT_EQ(list({.kind = "auth.signed_in"}).size(), 1U);
  const auto first = list({.limit = 2});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].kind, "authority.asked");
  const auto second = list({.before = first[1].id, .limit = 2});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].kind, "auth.signed_in");
  EXPECT_FALSE(second[0].position.has_value());
}

class ExportTest : public AuditTest {
 protected:
  void SetUp() override {
    AuditTest::SetUp();
    std::string pattern = (std::filesystem::temp_directory_path() / "mq-audit-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string content(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string folder_;
};
MQ_INSTANTIATE_DATABASES(ExportTest);

TEST_P(ExportTest, WritesFilesThatVerifyWithoutTheDatabase) {
  add_many(7);
  sequence();
  const auto kept = checkpoint();
  add_many(4);
  sequence();
  add_many(2);
  std::ofstream(folder_ + "/proof-00007.json") << "of an earlier export";
  const auto report = export_to(db(), folder_, kept);
  ASSERT_TRUE(report.ok()) << report.error().detail();
  EXPECT_EQ(report->leaves, 11);
  EXPECT_EQ(report->pending, 2);
  EXPECT_EQ(report->key, vkey());
  EXPECT_EQ(content("key"), vkey() + "\n");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{"checkpoint", "key", "proof-00001.json"}));
  const auto verified =
      verify(content("checkpoint"), content("proof-00001.json"), report->key, kept);
  ASSERT_TRUE(verified.ok()) << verified.error().detail();
  EXPECT_EQ(verified->leaves.size(), 11U);
  EXPECT_EQ(verified->grown_from, 7);
}

TEST_P(ExportTest, RefusesWithoutCheckpointOrFolder) {
  EXPECT_TRUE(export_to(db(), folder_).error().is(AuditErrc::no_checkpoint));
  add_many(1);
  sequence();
  std::ofstream(folder_ + "/file") << "x";
  EXPECT_TRUE(export_to(db(), folder_ + "/file").error().is(AuditErrc::cannot_write));
}

}  // namespace
}  // namespace mq::audit
