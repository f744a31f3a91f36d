// Fixture of the trail's tests, over the test helpers that only tests include:
//   using AuditTest = AuditFixture<test::DatabaseTest, test::ManualClock, test::TestRandom>;
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "crypto/crypto.h"

namespace mq::audit {

template <class DatabaseFixture, class TestClock, class TestRandom>
class AuditFixture : public DatabaseFixture {
 protected:
  void SetUp() override { this->migrate({kAuditMigration}); }

  static crypto::NoteSigner signer(std::uint8_t fill = 7) {
    return {"bank.example/audit", *crypto::Key256::from_bytes(Bytes(32, fill))};
  }
  LeafId add(std::string_view kind, std::string_view object, boost::json::object facts = {}) {
    auto id = this->db().write([&](storage::Transaction& tx) -> Result<LeafId> {
      return append(tx, clock_.now(), random_, kind, object, facts);
    });
    EXPECT_TRUE(id.ok());
    return *id;
  }
  std::vector<LeafId> add_many(int count) {
    std::vector<LeafId> ids;
    for (int i = 0; i < count; ++i) ids.push_back(add("test.thing_done", "loan-1", {{"no", i}}));
    return ids;
  }
  int sequence() {
    const auto count = sequencer_.run_once();
    EXPECT_TRUE(count.ok()) << count.error().code() << " " << count.error().detail();
    return count.ok() ? *count : -1;
  }
  std::string checkpoint() {
    auto note = this->db().read([](storage::Transaction& tx) { return latest_checkpoint(tx); });
    EXPECT_TRUE(note.ok());
    return note.ok() ? *note : "";
  }
  std::string vkey() const { return sequencer_.verifier().str(); }

  // What an attacker with the database's owner account can do.
  Status force(std::initializer_list<std::string> statements) {
    return this->db().write([&](storage::Transaction& tx) -> Status {
      for (const auto& sql : statements) tx.execute(sql);
      return ok();
    });
  }
  void drop_triggers() {
    const bool sqlite = this->db().kind() == "sqlite";
    const std::vector<std::pair<std::string, std::string>> triggers =
        sqlite ? std::vector<std::pair<std::string, std::string>>{{"audit_leaf_update", ""},
                                                                  {"audit_leaf_delete", ""},
                                                                  {"audit_leaf_insert", ""},
                                                                  {"audit_node_update", ""},
                                                                  {"audit_node_delete", ""},
                                                                  {"audit_checkpoint_update", ""},
                                                                  {"audit_checkpoint_delete", ""}}
               : std::vector<std::pair<std::string, std::string>>{
                     {"audit_leaf_update", " ON audit_leaf"},
                     {"audit_leaf_delete", " ON audit_leaf"},
                     {"audit_leaf_insert", " ON audit_leaf"},
                     {"audit_node_change", " ON audit_node"},
                     {"audit_checkpoint_change", " ON audit_checkpoint"}};
    for (const auto& [name, table] : triggers) {
      ASSERT_TRUE(force({"DROP TRIGGER " + name + table}).ok()) << name;
    }
  }
  std::vector<std::string> problems() {
    const auto report = verify_all(this->db(), sequencer_.verifier());
    EXPECT_TRUE(report.ok());
    return report.ok() ? report->problems : std::vector<std::string>{"unreadable"};
  }
  std::string joined_problems() {
    std::string all;
    for (const auto& problem : problems()) all += problem + "; ";
    return all;
  }

  TestClock clock_;
  TestRandom random_;
  Sequencer sequencer_{this->db(), clock_, signer()};
};

}  // namespace mq::audit
