// A borrower's way from the phone number to the last repayment, and the desk beside it, through the
// API.
#include <gtest/gtest.h>

#include "support/api.h"

namespace mq::api {
namespace {

using test::application_body;
using test::Said;

class JourneyTest : public test::ApiTest {
 protected:
  std::string sign_in(const std::string& phone) {
    const auto asked = nobody("POST", "/v1/auth/sms-codes", R"({"phone":")" + phone + R"("})");
    MQ_CHECK(asked.status == 202);
    const auto challenge = auth::ChallengeId::parse(asked.string("challenge_id"));
    const auto in = nobody("POST", "/v1/auth/sessions",
                           R"({"challenge_id":")" + challenge->str() + R"(","code":")" +
                               lending().people.code_of(*challenge) + R"("})");
    MQ_CHECK(in.status == 201);
    return in.string("token");
  }
  std::string next(const std::string& token) { return as(token, "GET", "/v1/me").string("next"); }
  Said consent(const std::string& token, const std::string& purpose) {
    const auto notice = nobody("GET", "/v1/notices/" + purpose);
    lending().people.clock.advance_ms(1);
    return as(token, "POST", "/v1/consents",
              R"({"purpose":")" + purpose + R"(","version":)" +
                  std::to_string(notice.at("version").as_int64()) + R"(,"sha256":")" +
                  notice.string("sha256") + R"(","granted":true})");
  }
  std::string verify(const std::string& token) {
    const auto begun = as(token, "POST", "/v1/verifications",
                          R"({"name":"张小明","id_number":")" + test::id_number(21) + R"("})");
    MQ_CHECK(begun.status == 201);
    const auto id = begun.string("verification_id");
    MQ_CHECK(as(token, "PUT", "/v1/verifications/" + id + "/card", "card").status == 200);
    MQ_CHECK(as(token, "PUT", "/v1/verifications/" + id + "/selfie", "selfie").status == 200);
    MQ_CHECK(lending().people.identity().process(*VerificationId::parse(id)).ok());
    return id;
  }
  // The approved application's costs, contract and signature; answers with the last.
  Said sign(const std::string& token, const Said& application) {
    const auto path = "/v1/applications/" + application.string("application_id");
    lending().people.clock.advance_seconds(
        application.at("cost_sheet.minimum_reading_s").as_int64());
    const auto confirmed = as(token, "POST", path + "/cost-confirmation",
                              R"({"sha256":")" + application.string("cost_sheet.sha256") + R"("})");
    MQ_CHECK(confirmed.code() == "ok");
    const auto contract = as(token, "GET", path + "/contract");
    const auto step_up = as(token, "POST", path + "/signature-challenge");
    MQ_CHECK(step_up.status == 201);
    approve(token, step_up);
    return as(token, "POST", path + "/signature",
              R"({"challenge_id":")" + step_up.string("challenge_id") + R"(","contract_sha256":")" +
                  contract.string("sha256") + R"("})");
  }
  // The payment channel's word about an instruction, signed as it does.
  Said notify(const InstructionId& id, const std::string& kind, const std::string& amount,
              const std::string& secret = test::kNotificationSecret) {
    const auto now = lending().people.clock.now();
    const auto body = R"({"notification_id":")" + Uuid::v7(now, lending().people.random).str() +
                      R"(","instruction_id":")" + id.str() + R"(","kind":")" + kind +
                      R"(","state":"succeeded","amount":")" + amount +
                      R"(","channel_reference":"REF-)" + id.str().substr(24) +
                      R"(","reason":null})";
    const auto at = std::to_string(now.us / 1'000'000);
    const auto mac = crypto::hmac_sha256(as_bytes(secret), as_bytes(at + "." + body));
    return send("POST", "/v1/partner/payment-notifications", body,
                {{"X-Signature", "t=" + at + ",v1=" + crypto::hex(mac)}});
  }
};
MQ_INSTANTIATE_DATABASES(JourneyTest);

TEST_P(JourneyTest, FromThePhoneNumberToTheLastRepayment) {
  const auto token = sign_in("13912345678");
  EXPECT_EQ(next(token), "terms");
  EXPECT_EQ(consent(token, "terms").status, 201);
  EXPECT_EQ(next(token), "face_consent");
  EXPECT_EQ(consent(token, "face").status, 201);
  EXPECT_EQ(next(token), "authority_consent");
  EXPECT_EQ(consent(token, "authority").status, 201);
  EXPECT_EQ(next(token), "verify");
  verify(token);
  EXPECT_EQ(next(token), "apply");

  lending().people.clock.advance_ms(1);
  const auto application = as(token, "POST", "/v1/applications", application_body());
  ASSERT_EQ(application.status, 201) << application.text;
  EXPECT_EQ(application.string("state"), "approved");
  EXPECT_EQ(application.string("payout_card_masked"), test::kCardMasked);
  EXPECT_EQ(application.string("cost_sheet.total_cost"), "394.28");
  EXPECT_EQ(next(token), "confirm_costs");
  const auto signed_one = sign(token, application);
  EXPECT_EQ(signed_one.string("state"), "signed") << signed_one.text;
  EXPECT_EQ(next(token), "payout_pending");

  const auto id = *ApplicationId::parse(application.string("application_id"));
  ASSERT_TRUE(lending().servicing.open_loan(id).ok());
  EXPECT_EQ(next(token), "payout_pending");
  const auto loan_id = *lending().origination.get(id)->loan;
  lending().settle(lending().instruction_of(loan_id.str()), payments::AnswerState::succeeded);
  EXPECT_EQ(next(token), "repay");

  const auto path = "/v1/loans/" + loan_id.str();
  for (int no = 1; no <= 12; ++no) {
    const auto loan = as(token, "GET", path);
    EXPECT_EQ(loan.at("next_due.no").as_int64(), no);
    const auto amount = loan.string("next_due.amount");
    lending().people.clock.advance_ms(1);
    const auto asked = as(token, "POST", path + "/repayments", R"({"amount":")" + amount + R"("})");
    ASSERT_EQ(asked.status, 202) << asked.text;
    EXPECT_EQ(asked.string("state"), "pending");
    EXPECT_TRUE(asked.at("allocation").is_null());
    const auto repayment = asked.string("repayment_id");
    lending().settle(lending().instruction_of(repayment), payments::AnswerState::succeeded);
    const auto done = as(token, "GET", path + "/repayments/" + repayment);
    EXPECT_EQ(done.string("state"), "succeeded");
    EXPECT_FALSE(done.at("allocation").is_null());
  }
  const auto loan = as(token, "GET", path);
  EXPECT_EQ(loan.string("state"), "settled");
  EXPECT_EQ(loan.string("outstanding_principal"), "0.00");
  EXPECT_TRUE(loan.at("next_due").is_null());
  EXPECT_EQ(loan.at("repayments").as_array().size(), 12U);
  EXPECT_EQ(next(token), "done");
}

TEST_P(JourneyTest, TheBorrowerIsMaskedEverywhere) {
  const auto token = sign_in("13912345678");
  for (const auto* purpose : {"terms", "face", "authority"}) consent(token, purpose);
  verify(token);
  const auto application = as(token, "POST", "/v1/applications", application_body());
  const auto me = as(token, "GET", "/v1/me");
  EXPECT_EQ(me.string("phone_masked"), "139****5678");
  EXPECT_EQ(me.string("name_masked"), "张**");
  const auto risk = staff({auth::Role::risk});
  const auto desk = "/v1/console/applications/" + application.string("application_id");
  for (const auto& said :
       {me, application, as(risk, "GET", desk), as(risk, "GET", "/v1/console/applications")}) {
    EXPECT_LT(said.status, 300) << said.text;
    for (const auto* value : {"13912345678", "张小明", test::kCard}) {
      EXPECT_EQ(said.text.find(value), std::string::npos) << value;
    }
    EXPECT_EQ(said.text.find(test::id_number(21)), std::string::npos);
  }
}

TEST_P(JourneyTest, WhatWasNotApprovedShowsReasonsInWordsAndNoSheet) {
  const auto token = borrower().session.token;
  const auto declined = as(token, "POST", "/v1/applications", application_body("1400.00"));
  EXPECT_EQ(declined.status, 201);
  EXPECT_EQ(declined.string("state"), "declined");
  EXPECT_TRUE(declined.at("cost_sheet").is_null());
  ASSERT_EQ(declined.at("reasons").as_array().size(), 2U);
  const auto& reason = declined.at("reasons").as_array()[0].as_object();
  EXPECT_EQ(reason.at("code").as_string(), "risk.income_too_low");
  EXPECT_FALSE(reason.at("text").as_string().empty());
  EXPECT_EQ(next(token), "apply");

  lending().people.clock.advance_ms(1);
  const auto referred = as(token, "POST", "/v1/applications", application_body("2000.00"));
  EXPECT_EQ(referred.string("state"), "referred");
  EXPECT_TRUE(referred.at("cost_sheet").is_null());
  EXPECT_EQ(next(token), "decide_pending");
  const auto risk = staff({auth::Role::risk}), reviewer = staff({auth::Role::reviewer});
  const auto queue = as(reviewer, "GET", "/v1/console/reviews");
  ASSERT_EQ(queue.at("items").as_array().size(), 1U);
  EXPECT_EQ(queue.at("items").as_array()[0].as_object().at("review_id").as_string(),
            referred.string("application_id"));
  const auto decided = as(
      risk, "POST", "/v1/console/applications/" + referred.string("application_id") + "/decision",
      R"({"outcome":"approve","reason":"payslip seen"})");
  EXPECT_EQ(decided.string("state"), "approved") << decided.text;
  EXPECT_EQ(decided.string("facts.monthly_income"), "2000.00");
  EXPECT_TRUE(as(reviewer, "GET", "/v1/console/reviews").at("items").as_array().empty());
  EXPECT_EQ(as(reviewer, "GET", "/v1/console/reviews?state=all").at("items").as_array().size(), 1U);

  // The reading time begins when the borrower opens the sheet, not when staff decide.
  lending().people.clock.advance_seconds(600);
  const auto path = "/v1/applications/" + referred.string("application_id");
  const auto body = R"({"sha256":")" + decided.string("cost_sheet.sha256") + R"("})";
  const auto early = as(token, "POST", path + "/cost-confirmation", body);
  EXPECT_EQ(early.code(), "origination.read_longer");
  EXPECT_EQ(early.header("Retry-After"), "5");
  EXPECT_EQ(as(token, "GET", path).string("cost_sheet.sha256"),
            decided.string("cost_sheet.sha256"));
  lending().people.clock.advance_seconds(5);
  EXPECT_EQ(as(token, "POST", path + "/cost-confirmation", body).code(), "ok");
}

TEST_P(JourneyTest, TheChannelsWordCountsWithItsSignatureOnly) {
  const auto person = borrower();
  const auto loan = lending().open_loan(person.person);
  const auto instruction = lending().instruction_of(loan.str());
  const payments::ChannelPort accepts = {
      [](const payments::Instruction& sent) -> Result<payments::ChannelAnswer> {
        return payments::ChannelAnswer{payments::AnswerState::accepted, sent.amount, "", ""};
      },
      [](InstructionId) -> Result<payments::ChannelAnswer> { return payments::ChannelAnswer{}; }};
  auto& people = lending().people;
  ASSERT_TRUE(payments::drive(db(), accepts, people.clock, people.random, instruction).ok());
  const auto state = [&] {
    return lending().read([&](auto& tx) { return payments::find(tx, instruction)->state; });
  };

  const auto forged = notify(instruction, "payout", "10000.00", "another secret");
  EXPECT_EQ(forged.code(), "partners.bad_signature");
  EXPECT_GE(forged.status, 400);
  EXPECT_EQ(nobody("POST", "/v1/partner/payment-notifications", "{}").code(),
            "partners.bad_signature");
  EXPECT_EQ(state(), payments::State::accepted);

  // A wrong amount is received and kept as a finding: nothing moves.
  EXPECT_EQ(notify(instruction, "payout", "9999.00").status, 200);
  EXPECT_EQ(state(), payments::State::accepted);
  EXPECT_EQ(lending().count("payment_finding"), 1);

  const int woken = woken_;
  EXPECT_EQ(notify(instruction, "payout", "10000.00").status, 200);
  EXPECT_EQ(notify(instruction, "payout", "10000.00").status, 200);
  EXPECT_GT(woken_, woken);
  EXPECT_EQ(state(), payments::State::succeeded);
  EXPECT_EQ(lending().count("outbox WHERE topic = 'payments.instruction_settled'"), 1);

  const auto nobodys = InstructionId::make(people.clock.now(), people.random);
  EXPECT_EQ(notify(nobodys, "payout", "10000.00").code(), "payments.not_found");
}

TEST_P(JourneyTest, SwitchesStopNewWorkAndSayWho) {
  const auto person = borrower().session.token;
  const auto admin = staff({auth::Role::admin});
  EXPECT_EQ(as(admin, "PUT", "/v1/console/switches/applications", R"({"stopped":true,"reason":""})")
                .code(),
            "controls.reason_missing");
  EXPECT_EQ(
      as(admin, "PUT", "/v1/console/switches/nothing", R"({"stopped":true,"reason":"x"})").status,
      404);
  const auto stopped = as(admin, "PUT", "/v1/console/switches/applications",
                          R"({"stopped":true,"reason":"bureau is down"})");
  ASSERT_EQ(stopped.status, 200) << stopped.text;
  const auto refused = as(person, "POST", "/v1/applications", application_body());
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code(), "controls.stopped");
  const auto listed = as(admin, "GET", "/v1/console/switches");
  bool found = false;
  for (const auto& item : listed.at("items").as_array()) {
    if (item.as_object().at("name").as_string() != "applications") continue;
    found = true;
    EXPECT_TRUE(item.as_object().at("stopped").as_bool());
    EXPECT_EQ(item.as_object().at("reason").as_string(), "bureau is down");
    EXPECT_FALSE(item.as_object().at("by").as_string().empty());
  }
  EXPECT_TRUE(found);
}

TEST_P(JourneyTest, TheDeskSeesTheBooksBalanced) {
  const auto person = borrower().person;
  const auto loan = lending().active_loan(person);
  lending().pass_days(10);
  lending().repay(person, loan, "866.19");
  const auto finance = staff({auth::Role::finance});
  const auto balance = as(finance, "GET", "/v1/console/ledger/trial-balance");
  ASSERT_EQ(balance.status, 200);
  EXPECT_EQ(balance.string("difference"), "0.00");
  EXPECT_EQ(balance.string("total_debit"), balance.string("total_credit"));
  EXPECT_EQ(balance.string("as_of"), "2026-01-15");
  const auto one = as(finance, "GET", "/v1/console/loans/" + loan.str());
  ASSERT_EQ(one.status, 200);
  EXPECT_EQ(one.string("person_id"), person.str());
  EXPECT_EQ(one.at("journals").as_array().size(), 12U);  // pay-out, ten days, one repayment
  const auto journals = as(finance, "GET", "/v1/console/ledger/journals?object=" + loan.str());
  EXPECT_EQ(journals.at("items").as_array().size(), 12U);
  EXPECT_TRUE(journals.at("next").is_null());
  EXPECT_EQ(as(finance, "GET", "/v1/console/loans").at("items").as_array().size(), 1U);
  const auto outbox = as(staff({auth::Role::admin}), "GET", "/v1/console/outbox");
  EXPECT_EQ(outbox.at("dead").as_int64(), 1);
}

TEST_P(JourneyTest, WhatAnybodyMayAsk) {
  EXPECT_EQ(nobody("GET", "/healthz").string("database"), GetParam());
  EXPECT_EQ(nobody("GET", "/readyz").string("status"), "ok");
  const auto metrics = nobody("GET", "/metrics");
  EXPECT_NE(metrics.text.find("outbox_waiting 3"), std::string::npos);
  EXPECT_EQ(nobody("GET", "/v1/products").at("items").as_array().size(), 2U);
  const auto quote = nobody("POST", "/v1/quotes",
                            R"({"product_id":"easy-12","amount":"10000.00","term_months":12})");
  EXPECT_EQ(quote.string("irr_compound"), "0.074425");
  EXPECT_EQ(quote.at("schedule").as_array().size(), 12U);
  EXPECT_EQ(nobody("GET", "/v1/notices/marketing").code(), "consent.unknown_purpose");
  const auto en = send("GET", "/v1/notices/face", "", {{"Accept-Language", "en"}});
  EXPECT_EQ(en.string("language"), "en");
}

}  // namespace
}  // namespace mq::api
