#include "payments/payments.h"

#include <gtest/gtest.h>

#include "audit/audit.h"
#include "database.h"
#include "fakes.h"
#include "runtime/json.h"

namespace mq::payments {
namespace {

Money yuan(std::string_view text) { return *Money::parse(text); }

class PaymentsTest : public test::DatabaseTest {
 protected:
  void SetUp() override {
    migrate({storage::kOutboxMigration, audit::kAuditMigration, kPaymentsMigration,
             kReleasesMigration});
  }

  Order payout(std::string object = "loan-1") {
    return {Kind::payout, std::move(object), person_, yuan("10000.00"), "payout_card"};
  }
  Result<InstructionId> try_instruct(const Order& order) {
    return db().write([&](storage::Transaction& tx) -> Result<InstructionId> {
      return instruct(tx, clock_.now(), random_, order);
    });
  }
  InstructionId instructed(const Order& order) {
    auto id = try_instruct(order);
    EXPECT_TRUE(id.ok());
    return *id;
  }
  Instruction current(InstructionId id) {
    auto found =
        db().read([&](storage::Transaction& tx) -> Result<Instruction> { return find(tx, id); });
    EXPECT_TRUE(found.ok());
    return *found;
  }
  Result<Instruction> mark(InstructionId id) {
    return db().write([&](storage::Transaction& tx) -> Result<Instruction> {
      return mark_sending(tx, clock_.now(), id);
    });
  }
  Effect answer(InstructionId id, AnswerState state, std::string_view amount = "10000.00",
                std::string reference = "ch-1") {
    auto recorded = db().write([&](storage::Transaction& tx) -> Result<Recorded> {
      return record_answer(
          tx, clock_.now(), random_, id,
          {state, yuan(amount), reference, state == AnswerState::failed ? "card_closed" : ""});
    });
    EXPECT_TRUE(recorded.ok());
    return recorded->effect;
  }
  Result<Recorded> notify(const Notification& notification) {
    return db().write([&](storage::Transaction& tx) -> Result<Recorded> {
      return record_notification(tx, clock_.now(), random_, notification);
    });
  }
  Notification success_of(InstructionId id) {
    return {"n-1", id, Kind::payout, AnswerState::succeeded, yuan("10000.00"), "ch-1", ""};
  }
  std::vector<std::string> finding_codes(InstructionId id) {
    auto read = db().read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
      std::vector<std::string> codes;
      for (const auto& finding : findings(tx, id)) {
        codes.emplace_back(boost::describe::enum_to_string(finding.code, "?"));
      }
      return codes;
    });
    return *read;
  }
  // "topic object payload" of every event, in order.
  std::vector<std::string> events() {
    auto read = db().read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
      std::vector<std::string> out;
      for (const auto& row : tx.query("SELECT topic, object, payload FROM outbox ORDER BY seq")) {
        out.push_back(row.text(0) + " " + row.text(1) + " " + row.text(2));
      }
      return out;
    });
    return *read;
  }

  test::ManualClock clock_;
  test::TestRandom random_;
  PersonId person_ = PersonId::make(clock_.now(), random_);
};
MQ_INSTANTIATE_DATABASES(PaymentsTest);

TEST_P(PaymentsTest, InstructionAndEventAreWrittenTogether) {
  const auto id = instructed(payout());
  const auto stored = current(id);
  EXPECT_EQ(stored.kind, Kind::payout);
  EXPECT_EQ(stored.object, "loan-1");
  EXPECT_EQ(stored.person_id, person_);
  EXPECT_EQ(stored.amount, yuan("10000.00"));
  EXPECT_EQ(stored.account_field, "payout_card");
  EXPECT_EQ(stored.state, State::created);
  EXPECT_EQ(stored.attempts, 0);
  EXPECT_FALSE(stored.channel_reference || stored.reason);
  EXPECT_EQ(events(), std::vector<std::string>{"payments.instruction_created " + id.str() +
                                               R"( {"instruction_id":")" + id.str() + "\"}"});

  const auto rolled_back = db().write([&](storage::Transaction& tx) -> Result<InstructionId> {
    MQ_REQUIRE(instruct(tx, clock_.now(), random_, payout("loan-2")));
    return PaymentsErrc::bad_amount;
  });
  EXPECT_FALSE(rolled_back.ok());
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(PaymentsTest, AnObjectIsPaidOnceUnlessThePaymentFailed) {
  const auto id = instructed(payout());
  EXPECT_TRUE(try_instruct(payout()).error().is(PaymentsErrc::already_instructed));
  auto debit = payout();
  debit.kind = Kind::debit;
  EXPECT_TRUE(try_instruct(debit).ok());

  ASSERT_TRUE(mark(id).ok());
  EXPECT_EQ(answer(id, AnswerState::failed), Effect::applied);
  EXPECT_EQ(current(id).reason, "card_closed");
  const auto second = instructed(payout());
  ASSERT_TRUE(mark(second).ok());
  answer(second, AnswerState::succeeded);
  EXPECT_TRUE(try_instruct(payout()).error().is(PaymentsErrc::already_instructed));

  // The index stands behind the check: here the check is gone round.
  const auto forced = db().write([&](storage::Transaction& tx) -> Status {
    tx.execute("UPDATE payment_instruction SET state = 'sending' WHERE id = $1", {id});
    return ok();
  });
  EXPECT_TRUE(forced.error().is(storage::StorageErrc::constraint));

  auto nothing = payout("loan-3");
  nothing.amount = Money();
  EXPECT_TRUE(try_instruct(nothing).error().is(PaymentsErrc::bad_amount));
}

TEST_P(PaymentsTest, ListsAnObjectsInstructionsOldestFirst) {
  const auto first = instructed(payout());
  ASSERT_TRUE(mark(first).ok());
  answer(first, AnswerState::failed);
  clock_.advance_seconds(1);
  const auto second = instructed(payout());
  instructed(payout("loan-2"));
  auto listed = db().read([&](storage::Transaction& tx) -> Result<std::vector<Instruction>> {
    return list(tx, "loan-1");
  });
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ((*listed)[0].id, first);
  EXPECT_EQ((*listed)[1].id, second);
}

TEST_P(PaymentsTest, SettlesOnceAndPublishesOnce) {
  const auto id = instructed(payout());
  ASSERT_TRUE(mark(id).ok());
  EXPECT_EQ(answer(id, AnswerState::accepted), Effect::applied);
  EXPECT_EQ(answer(id, AnswerState::accepted), Effect::repeated);
  EXPECT_EQ(answer(id, AnswerState::succeeded), Effect::applied);
  EXPECT_EQ(answer(id, AnswerState::succeeded), Effect::repeated);
  EXPECT_EQ(answer(id, AnswerState::accepted), Effect::late);
  EXPECT_EQ(current(id).state, State::succeeded);
  EXPECT_EQ(current(id).channel_reference, "ch-1");
  const auto published = events();
  ASSERT_EQ(published.size(), 2U);
  EXPECT_EQ(published[1], "payments.instruction_settled loan-1 {\"instruction_id\":\"" + id.str() +
                              R"(","kind":"payout","object":"loan-1","state":"succeeded"})");
  EXPECT_TRUE(mark(id).error().is(PaymentsErrc::settled));
}

TEST_P(PaymentsTest, ContradictionsChangeNothingAndAreKeptOnce) {
  const auto id = instructed(payout());
  EXPECT_EQ(answer(id, AnswerState::succeeded), Effect::contradicted);
  EXPECT_EQ(current(id).state, State::created);
  ASSERT_TRUE(mark(id).ok());
  EXPECT_EQ(answer(id, AnswerState::succeeded, "9999.99"), Effect::contradicted);
  EXPECT_EQ(current(id).state, State::sending);
  answer(id, AnswerState::succeeded);
  clock_.advance_seconds(1);
  EXPECT_EQ(answer(id, AnswerState::failed), Effect::contradicted);
  EXPECT_EQ(answer(id, AnswerState::failed), Effect::contradicted);
  EXPECT_EQ(answer(id, AnswerState::succeeded, "10000.00", "ch-2"), Effect::contradicted);
  EXPECT_EQ(current(id).state, State::succeeded);
  EXPECT_EQ(current(id).channel_reference, "ch-1");
  auto codes = finding_codes(id);
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(codes, (std::vector<std::string>{"amount_differs", "never_sent", "reference_differs",
                                             "state_contradicted"}));
  EXPECT_EQ(events().size(), 2U);
}

TEST_P(PaymentsTest, NotificationsAreTakenOnce) {
  const auto id = instructed(payout());
  ASSERT_TRUE(mark(id).ok());
  const auto first = notify(success_of(id));
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->first_time);
  EXPECT_EQ(first->effect, Effect::applied);
  EXPECT_EQ(first->instruction.state, State::succeeded);
  const auto again = notify(success_of(id));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->first_time);
  EXPECT_EQ(again->effect, Effect::repeated);
  EXPECT_EQ(again->instruction.state, State::succeeded);
  EXPECT_EQ(events().size(), 2U);
  EXPECT_TRUE(finding_codes(id).empty());

  auto reused = success_of(id);
  reused.state = AnswerState::failed;
  EXPECT_EQ(notify(reused)->effect, Effect::contradicted);
  EXPECT_EQ(finding_codes(id), std::vector<std::string>{"notification_reused"});
  EXPECT_EQ(current(id).state, State::succeeded);
}

TEST_P(PaymentsTest, NotificationsAreHostileInput) {
  const auto id = instructed(payout());
  ASSERT_TRUE(mark(id).ok());
  auto notification = success_of(InstructionId::make(clock_.now(), random_));
  EXPECT_TRUE(notify(notification).error().is(PaymentsErrc::not_found));
  notification = success_of(id);
  for (const auto& name :
       {std::string(), std::string("a b"), std::string("\xff"), std::string(129, 'x')}) {
    notification.notification_id = name;
    EXPECT_TRUE(notify(notification).error().is(PaymentsErrc::refused_text));
  }
  notification.notification_id = "n-2";
  notification.kind = Kind::debit;
  EXPECT_EQ(notify(notification)->effect, Effect::contradicted);
  notification = success_of(id);
  notification.amount = Money(1'000'000, Currency::USD);
  notification.notification_id = "n-3";
  EXPECT_EQ(notify(notification)->effect, Effect::contradicted);
  EXPECT_EQ(current(id).state, State::sending);

  notification = success_of(id);
  notification.channel_reference = std::string("a\0\xff\n", 4) + std::string(1000, 'z');
  EXPECT_EQ(notify(notification)->effect, Effect::applied);
  EXPECT_EQ(current(id).channel_reference, "a???" + std::string(124, 'z'));
}

// A channel that books what it is sent, and fails on demand.
struct FakeChannel {
  std::map<InstructionId, int> sent;
  AnswerState state = AnswerState::accepted;
  bool lose_answers = false;
  bool look_up_down = false;
  int look_ups = 0;

  ChannelPort port() {
    return {[this](const Instruction& instruction) -> Result<ChannelAnswer> {
              ++sent[instruction.id];
              if (lose_answers) return Error::from_text("http.deadline_exceeded", "");
              return ChannelAnswer{state, instruction.amount, "ch-1", ""};
            },
            [this](InstructionId id) -> Result<ChannelAnswer> {
              ++look_ups;
              if (look_up_down) return Error::from_text("http.connect_failed", "");
              if (!sent.contains(id)) return ChannelAnswer{};
              return ChannelAnswer{state, yuan("10000.00"), "ch-1", ""};
            }};
  }
};

TEST_P(PaymentsTest, DriveSendsAndRecords) {
  const auto id = instructed(payout());
  FakeChannel channel;
  ASSERT_TRUE(drive(db(), channel.port(), clock_, random_, id).ok());
  EXPECT_EQ(channel.look_ups, 0);
  EXPECT_EQ(current(id).state, State::accepted);
  EXPECT_EQ(current(id).attempts, 1);

  channel.state = AnswerState::succeeded;  // the notification was lost: a sweep drives again
  ASSERT_TRUE(drive(db(), channel.port(), clock_, random_, id).ok());
  EXPECT_EQ(channel.sent[id], 1);
  EXPECT_EQ(current(id).state, State::succeeded);
  ASSERT_TRUE(drive(db(), channel.port(), clock_, random_, id).ok());
  EXPECT_EQ(channel.look_ups, 1);
  EXPECT_EQ(current(id).attempts, 2);
}

TEST_P(PaymentsTest, ALostAnswerIsLookedUpNotSentAgain) {
  const auto id = instructed(payout());
  FakeChannel channel;
  channel.lose_answers = true;
  EXPECT_EQ(drive(db(), channel.port(), clock_, random_, id).error().code(),
            "http.deadline_exceeded");
  EXPECT_EQ(current(id).state, State::sending);
  channel.look_up_down = true;
  EXPECT_FALSE(drive(db(), channel.port(), clock_, random_, id).ok());
  channel.look_up_down = false;
  channel.state = AnswerState::succeeded;
  ASSERT_TRUE(drive(db(), channel.port(), clock_, random_, id).ok());
  EXPECT_EQ(channel.sent[id], 1);
  EXPECT_EQ(current(id).state, State::succeeded);
  EXPECT_EQ(current(id).attempts, 3);
}

TEST_P(PaymentsTest, WhatTheChannelNeverSawIsSentAfterLooking) {
  const auto id = instructed(payout());
  ASSERT_TRUE(mark(id).ok());  // a worker died between the mark and the call
  FakeChannel channel;
  ASSERT_TRUE(drive(db(), channel.port(), clock_, random_, id).ok());
  EXPECT_EQ(channel.look_ups, 1);
  EXPECT_EQ(channel.sent[id], 1);
  EXPECT_EQ(current(id).state, State::accepted);
  channel.sent.clear();  // the channel forgot what it accepted: people must look, nothing is sent
  EXPECT_TRUE(
      drive(db(), channel.port(), clock_, random_, id).error().is(PaymentsErrc::unresolved));
  EXPECT_TRUE(channel.sent.empty());
}

TEST_P(PaymentsTest, ANotificationThatOvertakesTheAnswerWins) {
  const auto id = instructed(payout());
  FakeChannel channel;
  auto port = channel.port();
  port.send = [&](const Instruction& instruction) -> Result<ChannelAnswer> {
    EXPECT_EQ(notify(success_of(instruction.id))->effect, Effect::applied);
    return ChannelAnswer{AnswerState::accepted, instruction.amount, "ch-1", ""};
  };
  ASSERT_TRUE(drive(db(), port, clock_, random_, id).ok());
  EXPECT_EQ(current(id).state, State::succeeded);
  EXPECT_EQ(events().size(), 2U);
}

TEST_P(PaymentsTest, DriveOfNothingIsAnError) {
  FakeChannel channel;
  EXPECT_TRUE(drive(db(), channel.port(), clock_, random_, InstructionId{})
                  .error()
                  .is(PaymentsErrc::not_found));
  EXPECT_TRUE(channel.sent.empty());
}

TEST_P(PaymentsTest, TheSweepFindsWhatIsNotSettled) {
  const auto waiting = instructed(payout("loan-1"));
  const auto settled = instructed(payout("loan-2"));
  ASSERT_TRUE(mark(settled).ok());
  answer(settled, AnswerState::failed);
  clock_.advance_seconds(60);
  instructed(payout("loan-3"));
  auto found = db().read([&](storage::Transaction& tx) -> Result<std::vector<InstructionId>> {
    return unresolved(tx, clock_.now().plus_seconds(-30), 10);
  });
  EXPECT_EQ(*found, std::vector<InstructionId>{waiting});
}

TEST(Reconcile, NamesEveryDifference) {
  test::ManualClock clock;
  test::TestRandom random;
  std::vector<Instruction> ours;
  std::vector<StatementLine> theirs;
  const auto add = [&](State state) {
    Instruction instruction;
    instruction.id = InstructionId::make(clock.now(), random);
    clock.advance_ms(1);  // so that the ids rise
    instruction.amount = yuan("10.00");
    instruction.state = state;
    ours.push_back(instruction);
    return instruction.id;
  };
  const auto line = [&](InstructionId id) -> StatementLine& {
    theirs.push_back({id, Kind::payout, yuan("10.00"), AnswerState::succeeded, "ch"});
    return theirs.back();
  };
  line(add(State::succeeded));
  add(State::failed);
  add(State::sending);
  const auto missing = add(State::accepted);
  const auto amount = add(State::succeeded);
  line(amount).amount = Money(1000, Currency::USD);
  const auto kind = add(State::succeeded);
  line(kind).kind = Kind::debit;
  const auto state = add(State::sending);
  line(state);
  const auto twice = add(State::succeeded);
  line(twice);
  line(twice);
  const auto stranger = InstructionId::make(clock.now(), random);
  line(stranger);

  const auto found = reconcile(ours, theirs);
  std::vector<std::pair<InstructionId, DifferenceCode>> codes;
  for (const auto& difference : found)
    codes.emplace_back(difference.instruction_id, difference.code);
  EXPECT_EQ(codes, (std::vector<std::pair<InstructionId, DifferenceCode>>{
                       {missing, DifferenceCode::missing_at_channel},
                       {amount, DifferenceCode::amount_differs},
                       {kind, DifferenceCode::kind_differs},
                       {state, DifferenceCode::state_differs},
                       {twice, DifferenceCode::repeated_line},
                       {stranger, DifferenceCode::unknown_to_us}}));
  EXPECT_TRUE(found[0].theirs.is_zero());
  EXPECT_TRUE(reconcile({}, {}).empty());
}

}  // namespace
}  // namespace mq::payments
