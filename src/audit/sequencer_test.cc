#include <chrono>
#include <thread>

#include "audit/audit_testing.h"
#include "base/limits.h"
#include "database.h"
#include "fakes.h"

namespace mq::audit {
namespace {

using AuditTest = AuditFixture<test::DatabaseTest, test::ManualClock, test::TestRandom>;

class SequencerTest : public AuditTest {};
MQ_INSTANTIATE_DATABASES(SequencerTest);

TEST_P(SequencerTest, AnEmptyLogSignsNothing) {
  EXPECT_EQ(sequence(), 0);
  const auto note = db().read([](storage::Transaction& tx) { return latest_checkpoint(tx); });
  EXPECT_TRUE(note.error().is(AuditErrc::no_checkpoint));
}

TEST_P(SequencerTest, LeavesOfOneTransactionKeepTheirOrder) {
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                    for (int i = 0; i < 5; ++i) {
                      append(tx, clock_.now(), random_, "test.step_" + std::to_string(i), "o", {});
                    }
                    return ok();
                  })
                  .ok());
  EXPECT_EQ(sequence(), 5);
  const auto found = db().read(
      [](storage::Transaction& tx) -> Result<std::vector<Leaf>> { return leaves(tx, {}); });
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 5U);
  for (int i = 0; i < 5; ++i) {
    const auto& leaf = (*found)[static_cast<std::size_t>(4 - i)];
    EXPECT_EQ(leaf.kind, "test.step_" + std::to_string(i));
    EXPECT_EQ(leaf.position, i);
  }
}

TEST_P(SequencerTest, ARolledBackTransactionLeavesNoLeaf) {
  EXPECT_FALSE(db().write([&](storage::Transaction& tx) -> Status {
                     append(tx, clock_.now(), random_, "test.thing_done", "o", {});
                     return AuditErrc::not_found;
                   })
                   .ok());
  EXPECT_EQ(sequence(), 0);
}

TEST_P(SequencerTest, SignsEachSizeOnceAndTheTreeGrows) {
  std::string last;
  for (const int count : {1, 1, 2, 7, 30}) {
    add_many(count);
    EXPECT_EQ(sequence(), count);
    const auto note = checkpoint();
    EXPECT_NE(note, last);
    if (!last.empty()) {
      const auto grown = prove_growth(db(), last);
      ASSERT_TRUE(grown.ok()) << grown.error().detail();
      EXPECT_TRUE(verify(note, proof_json(*grown), vkey(), last).ok());
    }
    last = note;
    EXPECT_EQ(sequence(), 0);
    EXPECT_EQ(checkpoint(), last);
  }
  EXPECT_EQ(joined_problems(), "");
}

TEST_P(SequencerTest, BatchesLargerThanOneTransaction) {
  const int count = limits::kAuditBatch + 17;
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                    for (int i = 0; i < count; ++i) {
                      append(tx, clock_.now(), random_, "test.thing_done", "o", {{"no", i}});
                    }
                    return ok();
                  })
                  .ok());
  EXPECT_EQ(sequence(), count);
  EXPECT_EQ(joined_problems(), "");
}

TEST_P(SequencerTest, TwoSequencersShareOneLog) {
  const auto other_node = fresh().open_another();
  Sequencer other(*other_node, clock_, signer());
  add_many(300);
  std::thread thread([&] { EXPECT_TRUE(other.run_once().ok()); });
  EXPECT_TRUE(sequencer_.run_once().ok());
  thread.join();
  sequence();
  const auto now =
      db().read([](storage::Transaction& tx) -> Result<LogState> { return state(tx); });
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->size, 300);
  EXPECT_EQ(now->waiting, 0);
  EXPECT_EQ(now->signed_size, 300);
  EXPECT_EQ(joined_problems(), "");
}

TEST_P(SequencerTest, TheThreadSequencesAndSigns) {
  sequencer_.start(5);
  const auto id = add("test.thing_done", "o");
  sequencer_.wake();
  // Ends as soon as the thread has signed; the limit is only for a broken one.
  bool proven = false;
  for (int i = 0; i < 1000 && !proven; ++i) {
    proven = prove(db(), id).ok();
    if (!proven) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  sequencer_.stop();
  EXPECT_TRUE(proven);
}

TEST_P(SequencerTest, RefusesToSignASecondHistory) {
  add_many(4);
  sequence();
  drop_triggers();
  ASSERT_TRUE(force({"UPDATE audit_leaf SET leaf_hash = (SELECT leaf_hash FROM audit_leaf WHERE"
                     " position = 1) WHERE position = 0",
                     "UPDATE audit_node SET hash = (SELECT leaf_hash FROM audit_leaf WHERE"
                     " position = 1)"})
                  .ok());
  add_many(1);
  EXPECT_TRUE(sequencer_.run_once().error().is(AuditErrc::tampered));
}

TEST_P(SequencerTest, RefusesToSignATruncatedLog) {
  add_many(3);
  sequence();
  drop_triggers();
  ASSERT_TRUE(force({"DELETE FROM audit_leaf WHERE position = 2"}).ok());
  EXPECT_TRUE(sequencer_.run_once().error().is(AuditErrc::tampered));
  EXPECT_NE(joined_problems().find("checkpoint of size 3"), std::string::npos);
}

TEST_P(SequencerTest, RefusesToGoOnWithAnotherKey) {
  add_many(1);
  sequence();
  Sequencer stranger(db(), clock_, signer(8));
  add_many(1);
  EXPECT_TRUE(stranger.run_once().error().is(AuditErrc::wrong_key));
}

class AppendOnlyTest : public AuditTest {};
MQ_INSTANTIATE_DATABASES(AppendOnlyTest);

TEST_P(AppendOnlyTest, TheStoreRefusesChangesAndDeletions) {
  add_many(3);
  sequence();
  add("test.thing_done", "waiting");
  const std::string copy =
      " SELECT 'x', kind, object, body, leaf_hash, 9, at FROM audit_leaf WHERE position = 0";
  for (const std::string sql :
       {"DELETE FROM audit_leaf", "DELETE FROM audit_leaf WHERE position IS NULL",
        "UPDATE audit_leaf SET body = '{}' WHERE position = 1",
        "UPDATE audit_leaf SET body = '{}' WHERE position IS NULL",
        "UPDATE audit_leaf SET position = 3, body = '{}' WHERE position IS NULL",
        "UPDATE audit_leaf SET position = NULL WHERE position = 2",
        "UPDATE audit_leaf SET position = 9 WHERE position = 2",
        "UPDATE audit_leaf SET position = 1 WHERE position IS NULL", "DELETE FROM audit_node",
        "UPDATE audit_node SET idx = idx + 100", "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET note = ''"}) {
    const auto status = force({sql});
    ASSERT_FALSE(status.ok()) << sql;
    EXPECT_TRUE(status.error().is(storage::StorageErrc::constraint))
        << sql << ": " << status.error().code();
  }
  EXPECT_FALSE(
      force({"INSERT INTO audit_leaf (id, kind, object, body, leaf_hash, position, at)" + copy})
          .ok());
  EXPECT_EQ(joined_problems(), "");
  EXPECT_EQ(sequence(), 1);
}

TEST_P(AppendOnlyTest, NoWayAroundByTheDatabasesOwnDialect) {
  add_many(3);
  sequence();
  if (db().kind() == "sqlite") {
    for (const std::string sql :
         {"INSERT OR REPLACE INTO audit_leaf (id, kind, object, body, leaf_hash, at)"
          " SELECT id, kind, object, '{}', leaf_hash, at FROM audit_leaf WHERE position = 0",
          "REPLACE INTO audit_node SELECT level, idx, x'00' FROM audit_node",
          "UPDATE OR REPLACE audit_leaf SET position = 1 WHERE position = 0"}) {
      EXPECT_FALSE(force({sql}).ok()) << sql;
    }
    EXPECT_TRUE(
        force(
            {"REPLACE INTO audit_checkpoint SELECT size, root, 'forged', at FROM audit_checkpoint"})
            .ok());
  } else {
    for (const std::string table : {"audit_leaf", "audit_node", "audit_checkpoint"}) {
      EXPECT_FALSE(force({"TRUNCATE " + table}).ok()) << table;
    }
  }
  EXPECT_EQ(joined_problems(), "");
}

}  // namespace
}  // namespace mq::audit
