// Idempotency-Key: the first answer is the answer.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

#include "support/api.h"

namespace mq::api {
namespace {

using test::application_body;

class RepeatsTest : public test::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    token_ = borrower().session.token;
  }
  test::Said apply(const std::string& key, const std::string& body = application_body()) {
    lending().people.clock.advance_ms(1);
    return send("POST", "/v1/applications", body,
                {{"Authorization", "Bearer " + token_}, {"Idempotency-Key", key}});
  }
  std::string token_;
};
MQ_INSTANTIATE_DATABASES(RepeatsTest);

TEST_P(RepeatsTest, AChangeNeedsAKeyThatIsOne) {
  const auto without = send("POST", "/v1/applications", application_body(),
                            {{"Authorization", "Bearer " + token_}});
  EXPECT_EQ(without.status, 400);
  EXPECT_EQ(without.code(), "api.idempotency_key_missing");
  for (const auto& key : {std::string(), std::string("short"), std::string(65, 'k'),
                          std::string("with space"), std::string("k\xc3\xa9y-12345")}) {
    EXPECT_EQ(apply(key).code(), "api.idempotency_key_missing") << key;
  }
  EXPECT_EQ(lending().count("origination_application"), 0);
  EXPECT_EQ(apply("12345678").status, 201);
}

TEST_P(RepeatsTest, ARepeatGetsTheFirstAnswer) {
  const auto first = apply("key-one-1");
  ASSERT_EQ(first.status, 201) << first.text;
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  // The world has gone on meanwhile; the answer has not.
  const auto id = first.string("application_id");
  ASSERT_EQ(as(token_, "POST", "/v1/applications/" + id + "/cancellation").code(), "ok");
  const auto repeat = apply("key-one-1");
  EXPECT_EQ(repeat.status, 201);
  EXPECT_EQ(repeat.text, first.text);
  EXPECT_EQ(repeat.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(lending().count("origination_application"), 1);
}

TEST_P(RepeatsTest, AKeyStandsForOneRequest) {
  const auto first = apply("key-one-1");
  ASSERT_EQ(first.status, 201);
  const auto other = apply("key-one-1", application_body("9000.00"));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "api.idempotency_key_reused");
  const auto elsewhere =
      send("POST", "/v1/applications/" + first.string("application_id") + "/cancellation",
           application_body(),
           {{"Authorization", "Bearer " + token_}, {"Idempotency-Key", "key-one-1"}});
  EXPECT_EQ(elsewhere.code(), "api.idempotency_key_reused");
  EXPECT_EQ(lending().count("origination_application WHERE state = 'approved'"), 1);
}

TEST_P(RepeatsTest, KeysOfDifferentPeopleDoNotMeet) {
  ASSERT_EQ(apply("key-one-1").status, 201);
  token_ = borrower().session.token;
  const auto other = apply("key-one-1", application_body("9000.00"));
  EXPECT_EQ(other.status, 201);
  EXPECT_EQ(other.header("Idempotency-Replayed"), "");
  EXPECT_EQ(lending().count("origination_application"), 2);
}

TEST_P(RepeatsTest, ARefusalFreesTheKey) {
  const auto refused = apply("key-one-1", application_body("10000.00", "50.00"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "origination.amount_not_offered");
  EXPECT_EQ(lending().count("api_request"), 0);
  const auto corrected = apply("key-one-1");
  EXPECT_EQ(corrected.status, 201);
  EXPECT_EQ(corrected.header("Idempotency-Replayed"), "");
}

TEST_P(RepeatsTest, AMalformedBodyFreesTheKeyToo) {
  EXPECT_EQ(apply("key-one-1", "{").code(), "json.malformed");
  EXPECT_EQ(apply("key-one-1", R"({"amount":1})").code(), "json.invalid");
  auto extra = application_body();
  extra.insert(1, R"("admin":true,)");
  EXPECT_EQ(apply("key-one-1", extra).code(), "json.invalid");
  EXPECT_EQ(apply("key-one-1").status, 201);
}

TEST_P(RepeatsTest, WhatIsBeingHandledIsNotHandledTwice) {
  ASSERT_EQ(apply("key-one-1").status, 201);
  // A node that died in the middle leaves the row without its answer.
  ASSERT_TRUE(db().write([&](storage::Transaction& tx) -> Status {
                    tx.execute("UPDATE api_request SET status = NULL, body = NULL");
                    return ok();
                  })
                  .ok());
  const auto soon = apply("key-one-1");
  EXPECT_EQ(soon.status, 409);
  EXPECT_EQ(soon.code(), "api.in_progress");
  EXPECT_EQ(soon.header("Retry-After"), "1");
  lending().people.clock.advance_seconds(61);
  const auto later = apply("key-one-1");  // the capability knows the operation: no second application
  EXPECT_EQ(later.status, 201);
  EXPECT_EQ(lending().count("origination_application"), 1);
  EXPECT_EQ(apply("key-one-1").header("Idempotency-Replayed"), "true");
}

TEST_P(RepeatsTest, RepeatsAtOnceMakeOneApplication) {
  std::vector<std::thread> threads;
  std::array<test::Said, 6> answers;
  for (auto& answer : answers) {
    threads.emplace_back([&] { answer = apply("key-one-1"); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lending().count("origination_application"), 1);
  std::set<std::string> ids;
  for (const auto& answer : answers) {
    if (answer.status == 201) {
      ids.insert(answer.string("application_id"));
    } else {
      EXPECT_EQ(answer.code(), "api.in_progress");
    }
  }
  EXPECT_EQ(ids.size(), 1U);
}

TEST_P(RepeatsTest, StaffActionsAreKeyedToo) {
  const auto made = apply("key-one-1", application_body("2000.00"));
  ASSERT_EQ(made.string("state"), "referred") << made.text;
  const auto risk = staff({auth::Role::risk});
  const auto decide = [&](const std::string& body) {
    return send("POST",
                "/v1/console/applications/" + made.string("application_id") + "/decision", body,
                {{"Authorization", "Bearer " + risk}, {"Idempotency-Key", "decision-1"}});
  };
  const auto first = decide(R"({"outcome":"approve","reason":"payslip seen"})");
  EXPECT_EQ(first.code(), "ok") << first.text;
  const auto repeat = decide(R"({"outcome":"approve","reason":"payslip seen"})");
  EXPECT_EQ(repeat.text, first.text);
  EXPECT_EQ(repeat.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(decide(R"({"outcome":"decline","reason":"payslip seen"})").code(),
            "api.idempotency_key_reused");
}

}  // namespace
}  // namespace mq::api
