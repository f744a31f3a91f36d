#include "controls/controls.h"

#include <gtest/gtest.h>

#include "audit/audit.h"
#include "base/limits.h"
#include "database.h"
#include "fakes.h"

namespace mq::controls {
namespace {

class ControlsTest : public test::DatabaseTest {
 protected:
  void SetUp() override { migrate({audit::kAuditMigration, kControlsMigration}); }

  Status put(Switch which, bool stopped, std::string_view reason = "drill") {
    return db().write([&](storage::Transaction& tx) -> Status {
      return set(tx, clock_.now(), random_, which, stopped, reason, staff_);
    });
  }
  Status asked(Switch which) {
    return db().read([&](storage::Transaction& tx) { return require_open(tx, which); });
  }
  std::vector<SwitchState> all() {
    auto states = db().read(
        [](storage::Transaction& tx) -> Result<std::vector<SwitchState>> { return list(tx); });
    EXPECT_TRUE(states.ok());
    return *states;
  }
  std::vector<audit::Leaf> trail() {
    auto found = db().read([](storage::Transaction& tx) -> Result<std::vector<audit::Leaf>> {
      return audit::leaves(tx, {.kind = "controls.switch_set"});
    });
    return *found;
  }

  test::ManualClock clock_;
  test::TestRandom random_;
  StaffId staff_ = StaffId::make(clock_.now(), random_);
};
MQ_INSTANTIATE_DATABASES(ControlsTest);

TEST_P(ControlsTest, AllSwitchesAreOpenAtFirst) {
  const auto states = all();
  ASSERT_EQ(states.size(), 4U);
  EXPECT_EQ(states[0].name, Switch::face);
  EXPECT_EQ(states[3].name, Switch::repayments);
  for (const auto& state : states) {
    EXPECT_FALSE(state.stopped || state.at);
    EXPECT_TRUE(state.by.empty() && state.reason.empty());
    EXPECT_TRUE(asked(state.name).ok());
  }
}

TEST_P(ControlsTest, AStoppedSwitchRefusesAndLeavesTheOthersOpen) {
  ASSERT_TRUE(put(Switch::payouts, true, "wrong bank file").ok());
  const auto refused = asked(Switch::payouts);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(ControlsErrc::stopped));
  EXPECT_EQ(refused.error().detail(), "payouts");
  for (const auto other : {Switch::face, Switch::applications, Switch::repayments}) {
    EXPECT_TRUE(asked(other).ok());
  }
  const auto state = all()[2];
  EXPECT_EQ(state.name, Switch::payouts);
  EXPECT_TRUE(state.stopped);
  EXPECT_EQ(state.reason, "wrong bank file");
  EXPECT_EQ(state.by, staff_.str());
  EXPECT_EQ(state.at, clock_.now());

  clock_.advance_seconds(5);
  ASSERT_TRUE(put(Switch::payouts, false, "file replaced").ok());
  EXPECT_TRUE(asked(Switch::payouts).ok());
  EXPECT_EQ(all()[2].reason, "file replaced");
  EXPECT_EQ(all()[2].at, clock_.now());
}

TEST_P(ControlsTest, TheSwitchRefusesInTheTransactionThatStoppedIt) {
  const auto status = db().write([&](storage::Transaction& tx) -> Status {
    MQ_REQUIRE(set(tx, clock_.now(), random_, Switch::face, true, "attack", staff_));
    return require_open(tx, Switch::face);
  });
  EXPECT_TRUE(status.error().is(ControlsErrc::stopped));
  EXPECT_TRUE(asked(Switch::face).ok()) << "the refusal rolled everything back";
  EXPECT_TRUE(trail().empty());
}

TEST_P(ControlsTest, AChangeNeedsAReasonOfBoundedLength) {
  EXPECT_TRUE(put(Switch::face, true, "").error().is(ControlsErrc::reason_missing));
  const std::string longest(limits::kReasonBytes, 'x');
  EXPECT_TRUE(put(Switch::face, true, longest + "x").error().is(ControlsErrc::reason_missing));
  EXPECT_TRUE(asked(Switch::face).ok());
  EXPECT_TRUE(trail().empty());
  EXPECT_TRUE(put(Switch::face, true, longest).ok());
  EXPECT_FALSE(asked(Switch::face).ok());
}

TEST_P(ControlsTest, EveryChangeLeavesALeafWithoutTheReason) {
  ASSERT_TRUE(put(Switch::face, true, "words of staff").ok());
  ASSERT_TRUE(put(Switch::face, false, "words of staff").ok());
  const auto found = trail();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].object, "face");
  EXPECT_NE(found[1].body.find(R"("stopped":true)"), std::string::npos);
  EXPECT_NE(found[0].body.find(R"("stopped":false)"), std::string::npos);
  for (const auto& leaf : found) {
    EXPECT_NE(leaf.body.find(staff_.str()), std::string::npos);
    EXPECT_EQ(leaf.body.find("words of staff"), std::string::npos);
  }
}

}  // namespace
}  // namespace mq::controls
