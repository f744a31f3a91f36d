// The HTTP API without a network: requests go through the router to the handlers.
#pragma once

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>

#include "api/api.h"
#include "auth/authenticator_testing.h"
#include "runtime/json.h"
#include "support/loans.h"

namespace mq::test {

inline constexpr const char* kNotificationSecret = "a secret of the test";
inline constexpr const char* kPassword = "a-long-password";

struct Said {
  int status = 0;
  std::string content_type;
  runtime::Headers headers;
  std::string text;
  boost::json::value body;  // null where there is none, or it is no JSON

  // The member at "a.b"; null where there is none.
  const boost::json::value& at(std::string_view path) const {
    static const boost::json::value kNothing;
    const auto* value = &body;
    while (!path.empty()) {
      const auto dot = std::min(path.find('.'), path.size());
      const auto* object = value->if_object();
      value = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot));
      if (value == nullptr) return kNothing;
      path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *value;
  }
  std::string string(std::string_view path) const {
    const auto* text_at = at(path).if_string();
    return text_at == nullptr ? "" : std::string(*text_at);
  }
  std::string code() const { return status < 300 ? "ok" : string("code"); }
  std::string header(std::string_view name) const {
    return runtime::find_header(headers, name).value_or("");
  }
};

class ApiTest : public LendingTest {
 protected:
  void SetUp() override {
    LendingTest::SetUp();
    auto migrations = lending_migrations();
    migrations.push_back(api::kApiMigration);
    const auto migrated = db().migrate(by_number(std::move(migrations)));
    ASSERT_TRUE(migrated.ok()) << migrated.error().detail();
    auto& people = lending().people;
    services_ = std::make_unique<api::Services>(
        api::Services{.database = db(),
                      .vault = people.vault(),
                      .auth = people.auth(),
                      .staff = people.staff_accounts(),
                      .identity = people.identity(),
                      .documents = people.documents(),
                      .origination = lending().origination,
                      .servicing = lending().servicing,
                      .metrics = metrics_,
                      .clock = people.clock,
                      .random = people.random,
                      .wake = [this] { ++woken_; },
                      .outbox_counts = []() -> Result<storage::OutboxWorker::Counts> {
                        return storage::OutboxWorker::Counts{3, 1};
                      },
                      .notification_secret = kNotificationSecret,
                      .demo = true,
                      .sandbox_url = ""});
    router_ = api::make_router(*services_, &declared_);
  }

  const runtime::Router& router() const { return router_; }
  const std::vector<api::Access>& declared() const { return declared_; }

  Said send(const std::string& method, const std::string& path, const std::string& body,
            runtime::Headers headers) {
    runtime::HttpRequest request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    if (const auto query = path.find('?'); query != std::string::npos) {
      for (std::size_t at = query + 1; at < path.size();) {
        const auto end = std::min(path.find('&', at), path.size()), equals = path.find('=', at);
        request.query[path.substr(at, equals - at)] = path.substr(equals + 1, end - equals - 1);
        at = end + 1;
      }
    }
    request.headers = std::move(headers);
    request.body = body;
    request.trace_id = "0123456789abcdef0123456789abcdef";
    const auto match = router_.match(method, request.path);
    MQ_CHECK(match.route != nullptr);
    request.route = match.route->pattern;
    request.parameters = match.parameters;
    const auto response = match.route->handler(request);
    Said said{response.status, "", response.headers, response.body, {}};
    said.content_type = said.header("Content-Type");
    if (auto parsed = runtime::parse_json(response.body); parsed.ok()) said.body = *parsed;
    return said;
  }
  // As the holder of this token; keyed anew each time.
  Said as(const std::string& token, const std::string& method, const std::string& path,
          const std::string& body = "") {
    return send(method, path, body,
                {{"Authorization", "Bearer " + token}, {"Idempotency-Key", new_key()}});
  }
  Said nobody(const std::string& method, const std::string& path, const std::string& body = "") {
    return send(method, path, body, {{"Idempotency-Key", new_key()}});
  }
  std::string new_key() { return "key-" + std::to_string(1000 + ++keys_); }

  // A signed-in person who is verified, and a staff member.
  auth::Auth::SignedIn borrower() {
    auto in = lending().people.sign_in();
    lending().people.consent_to_all(in.person);
    lending().people.verify(in.person);
    return in;
  }
  // Shows the code by SMS for this step-up, as the page does.
  void approve(const std::string& token, const Said& step_up) {
    const auto path = "/v1/auth/step-ups/" + step_up.string("challenge_id");
    MQ_CHECK(as(token, "POST", path + "/sms-code").status == 202);
    MQ_CHECK(as(token, "POST", path + "/factors",
                R"({"code":")" + lending().people.newest_code() + R"("})")
                 .status == 200);
  }
  std::string staff(std::vector<auth::Role> roles) { return staff_session(std::move(roles)).token; }
  auth::NewSession staff_session(std::vector<auth::Role> roles) {
    auto& auth = lending().people.auth();
    const auto name = "staff" + std::to_string(++staff_);
    MQ_CHECK(auth.create_staff(name, kPassword, roles).ok());
    const auto in = apps_.enter(auth, lending().people.clock, name, kPassword);
    MQ_CHECK(in.ok());
    return in->session;
  }
  // What a browser sends.
  static std::string cookies(const std::string& name, const auth::NewSession& session) {
    return "__Host-mq_" + name + "=" + session.token + "; __Host-mq_device_" + session.account_tag +
           "=" + session.device_token;
  }

  int woken_ = 0;
  auth::TestApp apps_;

 private:
  runtime::Metrics metrics_;
  std::unique_ptr<api::Services> services_;
  runtime::Router router_;
  std::vector<api::Access> declared_;
  int keys_ = 0, staff_ = 0;
};

inline std::string application_body(const std::string& income = "10000.00",
                                    const std::string& amount = "10000.00") {
  return R"({"product_id":"easy-12","amount":")" + amount + R"(","term_months":12,)" +
         R"("monthly_income":")" + income + R"(","other_monthly_debt":"0.00",)" +
         R"("use_of_funds":"consumption","payout_card":")" + kCard + R"("})";
}

}  // namespace mq::test
