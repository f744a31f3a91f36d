// The client against a partner that lies.
#include "partners/signed_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "crypto/hash.h"
#include "partners/signature.h"
#include "runtime/metrics.h"

namespace mq::partners {
namespace {

const std::string kSecret = "a secret of the test";

class LyingPartner : public testing::Test {
 protected:
  using Behaviour = std::function<runtime::HttpResponse(runtime::HttpRequest&)>;

  void SetUp() override {
    const auto handler = [this](runtime::HttpRequest& request) {
      ++calls;
      return behave(request);
    };
    router.add({.method = "POST", .pattern = "/v2/ask", .handler = handler});
    router.add({.method = "GET", .pattern = "/v2/ask", .handler = handler});
    server = std::make_unique<runtime::HttpServer>(runtime::HttpServerSettings{.port = 0}, router,
                                                   nullptr, runtime::render_plain_problem);
    ASSERT_TRUE(server->start().ok());
    client = std::make_unique<SignedClient>(
        "test",
        PartnerSettings{"http://127.0.0.1:" + std::to_string(server->port()) + "/v2/", kSecret,
                        5'000},
        PartnerContext{clock, random, &metrics}, kMaxAnswer);
  }
  void TearDown() override { server->stop(); }

  // An honest answer of that status and body.
  runtime::HttpResponse signed_answer(const runtime::HttpRequest& request, int status,
                                      const std::string& body) {
    auto response = runtime::HttpResponse::json(status, body);
    const auto id = request.header("X-Request-Id").value_or("");
    response.headers.emplace_back("X-Signature",
                                  make_signature(kSecret, clock.now(), id + "." + body));
    return response;
  }
  Result<std::string> ask() { return client->post(id, "/ask", R"({"a":1})"); }
  void expect_error(PartnersErrc code) {
    const auto answer = ask();
    ASSERT_FALSE(answer.ok());
    EXPECT_TRUE(answer.error().is(code)) << answer.error().code();
  }

  static constexpr std::size_t kMaxAnswer = 1'000;
  SystemClock clock;
  crypto::SystemRandom random;
  runtime::Metrics metrics;
  runtime::Router router;
  std::atomic<int> calls = 0;
  Behaviour behave;
  std::unique_ptr<runtime::HttpServer> server;
  std::unique_ptr<SignedClient> client;
  const Uuid id = Uuid::v7(clock.now(), random);
};

TEST_F(LyingPartner, AnHonestAnswerComesThroughAndTheRequestIsSigned) {
  bool good = false;
  behave = [&](runtime::HttpRequest& request) {
    good = check_signature(request.header("X-Signature").value_or(""), kSecret, clock.now(),
                           request.method + "." + request.path + "." + request.body) &&
           request.header("X-Request-Id") == id.str() && request.header("X-Key-Id") == "mianqian";
    return signed_answer(request, 200, "yes");
  };
  const auto answer = ask();
  ASSERT_TRUE(answer.ok()) << answer.error().code();
  EXPECT_EQ(*answer, "yes");
  EXPECT_TRUE(good);
  EXPECT_NE(metrics.render().find("partner_test_calls_total{outcome=\"ok\"} 1"), std::string::npos);
}

TEST_F(LyingPartner, EveryReadHasItsOwnRequestId) {
  std::vector<std::string> ids;
  behave = [&](runtime::HttpRequest& request) {
    ids.push_back(request.header("X-Request-Id").value_or(""));
    return signed_answer(request, 200, "yes");
  };
  ASSERT_TRUE(client->get("/ask").ok());
  ASSERT_TRUE(client->get("/ask").ok());
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_NE(ids[0], ids[1]);
}

TEST_F(LyingPartner, ATamperedAnswerIsNotBelieved) {
  behave = [&](runtime::HttpRequest& request) {
    auto response = signed_answer(request, 200, "no");
    response.body = "yes";
    return response;
  };
  expect_error(PartnersErrc::bad_signature);
}

TEST_F(LyingPartner, TheAnswerToAnotherRequestIsNotBelieved) {
  behave = [&](runtime::HttpRequest& request) {
    request.headers = {{"X-Request-Id", "0199a3f0-0000-7000-8000-000000000001"}};
    return signed_answer(request, 200, "yes");
  };
  expect_error(PartnersErrc::bad_signature);
}

TEST_F(LyingPartner, AnUnsignedNotFoundOrRefusalIsNotThePartnersWord) {
  for (const int status : {401, 404, 409, 422}) {  // fewer than open the breaker
    behave = [&](runtime::HttpRequest&) {
      return runtime::HttpResponse::json(status, R"({"code":"not_found"})");
    };
    expect_error(PartnersErrc::bad_signature);
  }
}

TEST_F(LyingPartner, SignedWordsAreUnderstood) {
  const std::pair<const char*, PartnersErrc> words[] = {
      {R"({"code":"not_found"})", PartnersErrc::not_found},
      {R"({"code":"conflict"})", PartnersErrc::conflict},
      {R"({"code":"refused"})", PartnersErrc::refused},
      {R"({"code":"something"})", PartnersErrc::bad_answer},
      {R"(<html>)", PartnersErrc::bad_answer}};
  for (const auto& [body, code] : words) {
    behave = [&](runtime::HttpRequest& request) { return signed_answer(request, 404, body); };
    expect_error(code);
  }
}

TEST_F(LyingPartner, ALargeAnswerIsCut) {
  behave = [&](runtime::HttpRequest& request) {
    return signed_answer(request, 200, std::string(kMaxAnswer + 1, 'x'));
  };
  expect_error(PartnersErrc::bad_answer);
}

TEST_F(LyingPartner, FailuresInARowOpenTheBreakerAndItStopsAsking) {
  behave = [](runtime::HttpRequest&) { return runtime::HttpResponse::json(503, "{}"); };
  for (int i = 0; i < limits::kBreakerFailures; ++i) expect_error(PartnersErrc::unavailable);
  expect_error(PartnersErrc::unavailable);
  EXPECT_EQ(calls, limits::kBreakerFailures);
}

TEST_F(LyingPartner, ThePartnersOwnRefusalsDoNotOpenTheBreaker) {
  behave = [&](runtime::HttpRequest& request) {
    return signed_answer(request, 422, R"({"code":"refused"})");
  };
  for (int i = 0; i < 2 * limits::kBreakerFailures; ++i) expect_error(PartnersErrc::refused);
  EXPECT_EQ(calls, 2 * limits::kBreakerFailures);
}

}  // namespace
}  // namespace mq::partners
