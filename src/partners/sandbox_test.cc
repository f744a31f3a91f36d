// The adapters against the real sandbox program.
#include <gtest/gtest.h>

#include <fstream>

#include "crypto/hash.h"
#include "partners/partners.h"
#include "partners/sandbox_for_test.h"
#include "runtime/json.h"
#include "runtime/log.h"

namespace mq::partners {
namespace {

const Pii<std::string> kZhang("张三"), kZhangId("11010119900101123X");
const Pii<std::string> kLi("李四"), kLiId("110101199001011248");
const Pii<std::string> kPhone("13800000000");
const Pii<std::string> kCard("6222020000000001234");
const Money kAmount(10'000'00, Currency::CNY);

class ShiftedClock final : public Clock {
 public:
  Instant now() const override { return SystemClock().now().plus_ms(shift_ms); }
  std::int64_t shift_ms = 0;
};

class SandboxTest : public testing::Test {
 protected:
  void SetUp() override { sandbox.start(); }

  PartnerSettings settings(int timeout_ms = 10'000) const {
    return {sandbox.url(), SandboxProcess::kSecret, timeout_ms};
  }
  PartnerContext context() { return {clock, random}; }
  Uuid fresh() { return Uuid::v7(clock.now(), random); }
  InstructionId fresh_instruction() { return InstructionId::make(clock.now(), random); }
  Result<PaymentAnswer> pay(PaymentClient& client, const InstructionId& id,
                            Money amount = kAmount) {
    return client.instruct(id, PaymentKind::payout, amount, kCard, kZhang, receiver.url());
  }
  std::string inbox() const { return sandbox.open_call("GET", "/sandbox/sms").body; }
  std::size_t inbox_size() const {
    return runtime::parse_json(inbox())->at("items").as_array().size();
  }
  static void expect_error(const Error& error, PartnersErrc code) {
    EXPECT_TRUE(error.is(code)) << error.code();
  }
  // Every notification so far, all of them valid.
  std::vector<Notification> notifications() const {
    std::vector<Notification> all;
    for (const auto& call : receiver.calls()) {
      auto read = parse_notification(call.signature, call.body, SandboxProcess::kSecret,
                                     SystemClock().now());
      MQ_CHECK(read.ok());
      all.push_back(std::move(*read));
    }
    return all;
  }

  SandboxProcess sandbox;
  Receiver receiver;
  ShiftedClock clock;
  crypto::SystemRandom random;
};

TEST_F(SandboxTest, TheAuthorityKnowsItsPeople) {
  AuthorityClient authority(settings(), context());
  const auto match = authority.query(fresh(), kZhang, kZhangId);
  ASSERT_TRUE(match.ok()) << match.error().code();
  EXPECT_EQ(match->result, AuthorityResult::match);
  EXPECT_EQ(to_string(match->photo), SandboxProcess::kPhoto);
  const auto no_photo = authority.query(fresh(), kLi, kLiId);
  ASSERT_TRUE(no_photo.ok());
  EXPECT_EQ(no_photo->result, AuthorityResult::no_photo);
  EXPECT_TRUE(no_photo->photo.empty());
  EXPECT_EQ(authority.query(fresh(), kLi, kZhangId)->result, AuthorityResult::no_match);
  const Pii<std::string> unknown("110101199001019999");
  EXPECT_EQ(authority.query(fresh(), kZhang, unknown)->result, AuthorityResult::no_match);
}

TEST_F(SandboxTest, ARepeatedQueryGetsTheFirstAnswer) {
  AuthorityClient authority(settings(), context());
  const Pii<std::string> name("王五"), number("110101199001011256");
  const auto id = fresh();
  EXPECT_EQ(authority.query(id, name, number)->result, AuthorityResult::no_match);
  const auto enrolled =
      sandbox.open_call("POST", "/sandbox/people",
                        R"({"name":"王五","id_number":"110101199001011256","photo_base64":")" +
                            crypto::base64(as_bytes(SandboxProcess::kPhoto)) + "\"}");
  ASSERT_EQ(enrolled.status, 201);
  EXPECT_EQ(authority.query(id, name, number)->result, AuthorityResult::no_match);
  EXPECT_EQ(authority.query(fresh(), name, number)->result, AuthorityResult::match);
  expect_error(authority.query(id, name, kZhangId).error(), PartnersErrc::conflict);
}

TEST_F(SandboxTest, OneSmsPerRequestId) {
  SmsClient sms(settings(), context());
  const auto id = fresh();
  ASSERT_TRUE(sms.send(id, kPhone, "验证码 204815，5 分钟内有效。").ok());
  ASSERT_TRUE(sms.send(id, kPhone, "验证码 204815，5 分钟内有效。").ok());
  expect_error(sms.send(id, kPhone, "another text").error(), PartnersErrc::conflict);
  const auto items =
      runtime::parse_json(sandbox.open_call("GET", "/sandbox/sms?phone=13800000000").body)
          ->at("items")
          .as_array();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].at("code").as_string(), "204815");
  EXPECT_EQ(runtime::parse_json(sandbox.open_call("GET", "/sandbox/sms?phone=1").body)
                ->at("items")
                .as_array()
                .size(),
            0u);
  expect_error(sms.send(fresh(), Pii<std::string>("no phone"), "x").error(), PartnersErrc::refused);
}

TEST_F(SandboxTest, MoneyMovesOnceAndTheNotificationSaysSo) {
  PaymentClient payments(settings(), context());
  const auto id = fresh_instruction();
  const auto first = pay(payments, id);
  ASSERT_TRUE(first.ok()) << first.error().code();
  EXPECT_EQ(first->state, PaymentState::accepted);
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() == 1; }));
  const auto said = notifications()[0];
  EXPECT_EQ(said.instruction_id, id);
  EXPECT_EQ(said.kind, PaymentKind::payout);
  EXPECT_EQ(said.state, PaymentState::succeeded);
  EXPECT_EQ(said.amount, kAmount);
  EXPECT_EQ(said.channel_reference, first->channel_reference);

  const auto repeat = pay(payments, id);
  ASSERT_TRUE(repeat.ok());
  EXPECT_EQ(repeat->channel_reference, first->channel_reference);
  expect_error(pay(payments, id, kAmount + kAmount).error(), PartnersErrc::conflict);
  EXPECT_EQ(payments.look_up(id)->state, PaymentState::succeeded);
  const auto lines = payments.statement();
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ((*lines)[0].instruction_id, id);
  EXPECT_EQ((*lines)[0].amount, kAmount);
  EXPECT_EQ((*lines)[0].state, PaymentState::succeeded);
  EXPECT_GT((*lines)[0].at, Instant{});
}

TEST_F(SandboxTest, UnknownInstructionsAndBadCardsAreThePartnersWord) {
  PaymentClient payments(settings(), context());
  expect_error(payments.look_up(fresh_instruction()).error(), PartnersErrc::not_found);
  expect_error(payments
                   .instruct(fresh_instruction(), PaymentKind::debit, kAmount,
                             Pii<std::string>("12"), kZhang, receiver.url())
                   .error(),
               PartnersErrc::refused);
  EXPECT_TRUE(payments.statement()->empty());
}

TEST_F(SandboxTest, ADeclinedDebitFailsByNotification) {
  PaymentClient payments(settings(), context());
  sandbox.fault("payment", "decline");
  const auto id = fresh_instruction();
  ASSERT_TRUE(
      payments.instruct(id, PaymentKind::debit, kAmount, kCard, kZhang, receiver.url()).ok());
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() == 1; }));
  EXPECT_EQ(notifications()[0].state, PaymentState::failed);
  EXPECT_EQ(notifications()[0].reason, "declined_by_bank");
  EXPECT_EQ(payments.look_up(id)->state, PaymentState::failed);
}

TEST_F(SandboxTest, NotificationsComeAgainUntilTheyAreTaken) {
  PaymentClient payments(settings(), context());
  receiver.answer_with(500);
  ASSERT_TRUE(pay(payments, fresh_instruction()).ok());
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() >= 3; }));
  receiver.answer_with(200);
  ASSERT_TRUE(wait_until([&] {
    return sandbox.open_call("GET", "/sandbox/payments").body.find("\"notified\":true") !=
           std::string::npos;
  }));
  for (const auto& said : notifications()) {
    EXPECT_EQ(said.notification_id, notifications()[0].notification_id);
  }
}

TEST_F(SandboxTest, DuplicatesCarryTheSameNotificationId) {
  PaymentClient payments(settings(), context());
  sandbox.fault("payment", "duplicate");
  ASSERT_TRUE(pay(payments, fresh_instruction()).ok());
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() == 3; }));
  const auto all = notifications();
  EXPECT_EQ(all[0].notification_id, all[1].notification_id);
  EXPECT_EQ(all[1].notification_id, all[2].notification_id);
}

TEST_F(SandboxTest, ALostAnswerIsResolvedByLookingUp) {
  PaymentClient payments(settings(), context());
  sandbox.fault("payment", "lost_answer");
  const auto id = fresh_instruction();
  expect_error(pay(payments, id).error(), PartnersErrc::unavailable);
  expect_error(pay(payments, id).error(), PartnersErrc::unavailable);
  ASSERT_TRUE(wait_until([&] { return payments.look_up(id)->state == PaymentState::succeeded; }));
  EXPECT_EQ(payments.statement()->size(), 1u);
  EXPECT_TRUE(receiver.calls().empty());
  sandbox.fault("payment", "none");
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() == 1; }));
}

TEST_F(SandboxTest, AWrongSignatureIsNotBelieved) {
  AuthorityClient authority(settings(), context());
  sandbox.fault("authority", "wrong_signature");
  expect_error(authority.query(fresh(), kZhang, kZhangId).error(), PartnersErrc::bad_signature);

  PaymentClient payments(settings(), context());
  sandbox.fault("payment", "wrong_signature");
  const auto id = fresh_instruction();
  receiver.answer_with(401);
  expect_error(pay(payments, id).error(), PartnersErrc::bad_signature);
  ASSERT_TRUE(wait_until([&] { return !receiver.calls().empty(); }));
  const auto forged = receiver.calls()[0];
  expect_error(
      parse_notification(forged.signature, forged.body, SandboxProcess::kSecret, clock.now())
          .error(),
      PartnersErrc::bad_signature);
}

TEST_F(SandboxTest, ThePartnerDoesNotBelieveUsWithAnotherSecretOrClock) {
  PartnerSettings other = settings();
  other.secret = "another secret altogether";
  SmsClient stranger(other, context());
  EXPECT_FALSE(stranger.send(fresh(), kPhone, "x").ok());
  clock.shift_ms = 400'000;
  SmsClient late(settings(), context());
  EXPECT_FALSE(late.send(fresh(), kPhone, "x").ok());
  EXPECT_EQ(inbox_size(), 0u);
}

TEST_F(SandboxTest, DownOpensTheBreakerAndAProbeClosesIt) {
  SmsClient sms(settings(), context());
  sandbox.fault("sms", "down");
  for (int i = 0; i < limits::kBreakerFailures; ++i) {
    expect_error(sms.send(fresh(), kPhone, "x").error(), PartnersErrc::unavailable);
  }
  sandbox.fault("sms", "none");
  expect_error(sms.send(fresh(), kPhone, "x").error(), PartnersErrc::unavailable);
  EXPECT_EQ(inbox_size(), 0u);
  clock.shift_ms = limits::kBreakerOpenMs + 1'000;
  EXPECT_TRUE(sms.send(fresh(), kPhone, "x").ok());
  EXPECT_TRUE(sms.send(fresh(), kPhone, "y").ok());
}

TEST_F(SandboxTest, AnErrorDoesNothing) {
  SmsClient sms(settings(), context());
  sandbox.fault("sms", "error");
  expect_error(sms.send(fresh(), kPhone, "x").error(), PartnersErrc::unavailable);
  EXPECT_EQ(inbox_size(), 0u);
}

TEST_F(SandboxTest, SlowRunsIntoTheDeadlineAndARepeatDoesNothingTwice) {
  constexpr int kShortMs = 200;
  SmsClient impatient(settings(kShortMs), context());
  SmsClient patient(settings(), context());
  const auto id = fresh();
  sandbox.fault("sms", "slow", 60'000);
  expect_error(impatient.send(id, kPhone, "x").error(), PartnersErrc::timeout);
  sandbox.fault("sms", "none");
  EXPECT_TRUE(patient.send(id, kPhone, "x").ok());
  EXPECT_EQ(inbox_size(), 1u);
}

TEST_F(SandboxTest, AKilledSandboxForgetsNothing) {
  sandbox.stop();
  sandbox.start(600'000);  // accepted, and then nothing until it dies
  const auto id = fresh_instruction();
  std::string reference;
  {
    PaymentClient payments(settings(), context());
    const auto accepted = pay(payments, id);
    ASSERT_TRUE(accepted.ok());
    reference = accepted->channel_reference;
  }
  sandbox.kill();
  std::ofstream(sandbox.data_file("sandbox-journal.jsonl"), std::ios::app) << "{\"payment\":{\"req";
  sandbox.start();
  PaymentClient payments(settings(), context());
  const auto repeat = pay(payments, id);
  ASSERT_TRUE(repeat.ok()) << repeat.error().code();
  EXPECT_EQ(repeat->channel_reference, reference);
  ASSERT_TRUE(wait_until([&] { return receiver.calls().size() == 1; }));
  EXPECT_EQ(notifications()[0].instruction_id, id);
  const auto lines = payments.statement();
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ((*lines)[0].channel_reference, reference);
  EXPECT_EQ((*lines)[0].state, PaymentState::succeeded);
}

TEST_F(SandboxTest, NobodyThereIsUnavailable) {
  SmsClient sms(settings(), context());
  sandbox.kill();
  expect_error(sms.send(fresh(), kPhone, "x").error(), PartnersErrc::unavailable);
}

TEST_F(SandboxTest, NothingPersonalReachesTheLog) {
  const auto path = sandbox.data_file("partners.log");
  ASSERT_TRUE(log::also_to_file(path).ok());
  AuthorityClient authority(settings(), context());
  SmsClient sms(settings(), context());
  PaymentClient payments(settings(), context());
  for (const char* mode : {"none", "error", "wrong_signature", "down"}) {
    for (const char* partner : {"authority", "sms", "payment"}) sandbox.fault(partner, mode);
    authority.query(fresh(), kZhang, kZhangId).ok();
    sms.send(fresh(), kPhone, "204815").ok();
    pay(payments, fresh_instruction()).ok();
  }
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_NE(text.find("partner.call_failed"), std::string::npos);
  for (const auto& personal : {kZhang, kZhangId, kPhone, kCard, Pii<std::string>("204815")}) {
    EXPECT_EQ(text.find(personal.expose()), std::string::npos);
  }
}

TEST_F(SandboxTest, ThePageSaysThatNothingIsRealAndRunsNoInlineScript) {
  const auto page = sandbox.open_call("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("模拟合作方 SANDBOX"), std::string::npos);
  EXPECT_NE(page.body.find("Nothing here is real"), std::string::npos);
  const auto policy = runtime::find_header(page.headers, "Content-Security-Policy").value_or("");
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_EQ(sandbox.open_call("GET", "/app.js").status, 200);
  EXPECT_EQ(sandbox.open_call("GET", "/", {}, {{"Host", "bank.example"}}).status, 421);
  const auto people = sandbox.open_call("GET", "/sandbox/people").body;
  EXPECT_NE(people.find("张三"), std::string::npos);
  const auto photo = sandbox.open_call("GET", "/sandbox/people/0/photo");
  EXPECT_EQ(photo.body, SandboxProcess::kPhoto);
  EXPECT_EQ(sandbox.open_call("GET", "/sandbox/people/1/photo").status, 404);
  EXPECT_EQ(sandbox.open_call("GET", "/sandbox/people/x/photo").status, 404);
}

TEST_F(SandboxTest, OpenRequestsAreReadStrictly) {
  for (const char* body :
       {"{", R"({"sms":{"mode":"lost_answer"}})", R"({"sms":{"mode":"what"}})",
        R"({"bank":{"mode":"none"}})", R"({"sms":{"mode":"slow","delay_ms":999999}})"}) {
    EXPECT_EQ(sandbox.open_call("PUT", "/sandbox/faults", body).status, 422) << body;
  }
  for (const char* body : {"{}", R"({"name":"","id_number":"1"})",
                           R"({"name":"a","id_number":"1","photo_base64":"?"})",
                           R"({"name":"a","id_number":"1","photo_base64":"PHN2Zz4="})"}) {
    EXPECT_EQ(sandbox.open_call("POST", "/sandbox/people", body).status, 422) << body;
  }
}

TEST_F(SandboxTest, EndsCleanlyOnRequest) { EXPECT_EQ(sandbox.stop(), 0); }

}  // namespace
}  // namespace mq::partners
