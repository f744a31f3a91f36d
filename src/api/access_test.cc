// Who may do what: sessions, the browser's cookies, other people's things, roles, problems.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "support/api.h"

namespace mq::api {
namespace {

using test::application_body;

class AccessTest : public test::ApiTest {
 protected:
  auth::NewSession person_session() {
    const auto in = borrower();
    person_ = in.person;
    return in.session;
  }
  std::string person_token() { return person_session().token; }
};
MQ_INSTANTIATE_DATABASES(AccessTest);

TEST_P(AccessTest, WithoutASessionNothingIsSaid) {
  for (const auto& headers : {runtime::Headers{}, runtime::Headers{{"Authorization", "Bearer "}},
                              runtime::Headers{{"Authorization", "Bearer nonsense"}},
                              runtime::Headers{{"Authorization", "Basic YWRtaW46YWRtaW4="}},
                              runtime::Headers{{"Cookie", "__Host-mq_session=nonsense"}},
                              runtime::Headers{{"Cookie", "session=nonsense"}}}) {
    const auto said = send("GET", "/v1/me", "", headers);
    EXPECT_EQ(said.status, 401);
    EXPECT_EQ(said.code(), "auth.no_session");
  }
}

TEST_P(AccessTest, SessionsOfBorrowersAndStaffAreDifferentThings) {
  const auto person = person_token(), admin = staff({auth::Role::admin});
  EXPECT_EQ(as(person, "GET", "/v1/me").status, 200);
  EXPECT_EQ(as(admin, "GET", "/v1/console/me").status, 200);
  EXPECT_EQ(as(person, "GET", "/v1/console/me").status, 401);
  EXPECT_EQ(as(admin, "GET", "/v1/me").status, 401);
}

TEST_P(AccessTest, SigningOutEndsTheSession) {
  const auto person = person_token();
  const auto out = as(person, "DELETE", "/v1/auth/sessions/current");
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(as(person, "GET", "/v1/me").status, 401);
  const auto admin = staff({auth::Role::admin});
  EXPECT_EQ(as(admin, "DELETE", "/v1/console/sessions/current").status, 204);
  EXPECT_EQ(as(admin, "GET", "/v1/console/me").status, 401);
}

TEST_P(AccessTest, ASessionIsSeenAndEndedFromAnother) {
  auto& people = lending().people;
  const auto lost = people.sign_in("13911112222").session;
  people.clock.advance_seconds(limits::kCodeResendSeconds);
  const auto mine = people.sign_in("13911112222").session;
  const auto list = as(mine.token, "GET", "/v1/auth/sessions");
  ASSERT_EQ(list.at("items").as_array().size(), 2U) << list.text;
  for (const auto& item : list.at("items").as_array()) {
    const auto& row = item.as_object();
    EXPECT_EQ(row.at("current").as_bool(), row.at("session_id").as_string() == mine.id.str());
  }
  const auto path = "/v1/auth/sessions/" + lost.id.str();
  EXPECT_EQ(as(mine.token, "DELETE", path).status, 204);
  EXPECT_EQ(as(lost.token, "GET", "/v1/me").status, 401);
  EXPECT_EQ(as(mine.token, "DELETE", path).code(), "auth.unknown_session");

  people.clock.advance_seconds(limits::kCodeResendSeconds);
  const auto third = people.sign_in("13911112222").session;
  const auto ended = as(mine.token, "POST", "/v1/auth/sessions/end-others", "{}");
  EXPECT_EQ(ended.at("ended").as_int64(), 1) << ended.text;
  EXPECT_EQ(as(third.token, "GET", "/v1/me").status, 401);
  EXPECT_EQ(as(mine.token, "GET", "/v1/me").status, 200);
}

TEST_P(AccessTest, ACookieChangesNothingOnAnotherSitesBehalf) {
  const auto cookie = cookies("session", person_session());
  const auto with = [&](runtime::Headers headers) {
    headers.emplace_back("Cookie", cookie);
    headers.emplace_back("Idempotency-Key", new_key());
    return send("POST", "/v1/applications", application_body(), headers);
  };
  const auto forged = with({});
  EXPECT_EQ(forged.status, 403);
  EXPECT_EQ(forged.code(), "api.cross_site");
  EXPECT_EQ(with({{"X-Requested-With", "XMLHttpRequest"}}).code(), "api.cross_site");
  EXPECT_EQ(lending().count("origination_application"), 0);
  EXPECT_EQ(send("GET", "/v1/me", "", {{"Cookie", cookie}}).status, 200);  // reading is harmless
  EXPECT_EQ(with({{"X-Requested-With", "mianqian"}}).status, 201);
  EXPECT_EQ(send("DELETE", "/v1/auth/sessions/current", "", {{"Cookie", cookie}}).code(),
            "api.cross_site");
}

TEST_P(AccessTest, AStaffCookieIsGuardedInTheSameWay) {
  const auto cookie = cookies("staff", staff_session({auth::Role::admin}));
  const auto stop = [&](runtime::Headers headers) {
    headers.emplace_back("Cookie", cookie);
    headers.emplace_back("Idempotency-Key", new_key());
    return send("PUT", "/v1/console/switches/face", R"({"stopped":true,"reason":"test"})", headers);
  };
  EXPECT_EQ(stop({}).code(), "api.cross_site");
  EXPECT_EQ(stop({{"X-Requested-With", "mianqian"}}).code(), "ok");
}

TEST_P(AccessTest, CookiesAreForThisHostAndNoScript) {
  const auto phone = nobody("POST", "/v1/auth/sms-codes", R"({"phone":"13900009999"})");
  ASSERT_EQ(phone.status, 202) << phone.text;
  const auto challenge = *auth::ChallengeId::parse(phone.string("challenge_id"));
  const auto in = nobody("POST", "/v1/auth/sessions",
                         R"({"challenge_id":")" + challenge.str() + R"(","code":")" +
                             lending().people.code_of(challenge) + R"("})");
  ASSERT_EQ(in.status, 201) << in.text;
  std::vector<std::string> set;
  for (const auto& [name, value] : in.headers) {
    if (name == "Set-Cookie") set.push_back(value);
  }
  ASSERT_EQ(set.size(), 2U);
  EXPECT_TRUE(set[0].starts_with("__Host-mq_session=" + in.string("token") + ";")) << set[0];
  EXPECT_TRUE(set[1].starts_with("__Host-mq_device_")) << set[1];
  EXPECT_NE(set[1].find("=" + in.string("device_token") + ";"), std::string::npos) << set[1];
  for (const auto& cookie : set) {
    for (const auto* attribute : {"Path=/", "HttpOnly", "Secure", "SameSite=Strict"}) {
      EXPECT_NE(cookie.find(attribute), std::string::npos) << attribute;
    }
    EXPECT_EQ(cookie.find("Domain"), std::string::npos);
  }
}

TEST_P(AccessTest, ASessionCookieAloneOpensNothing) {
  const auto mine = person_session();
  const auto asking = [&](const std::string& cookie) {
    return send("GET", "/v1/me", "", {{"Cookie", cookie}}).status;
  };
  EXPECT_EQ(asking(cookies("session", mine)), 200);
  EXPECT_EQ(asking("__Host-mq_session=" + mine.token), 401);
  auto stolen = mine;
  stolen.device_token = borrower().session.device_token;
  EXPECT_EQ(asking(cookies("session", stolen)), 401);
}

// The new token comes with whatever is answered, also with a refusal.
TEST_P(AccessTest, ABrowsersCookieIsReplacedAsItIsUsed) {
  auto& people = lending().people;
  const auto asked = nobody("POST", "/v1/auth/sms-codes", R"({"phone":"13911116666"})");
  const auto challenge = *auth::ChallengeId::parse(asked.string("challenge_id"));
  const auto in = send("POST", "/v1/auth/sessions",
                       R"({"challenge_id":")" + challenge.str() + R"(","code":")" +
                           people.code_of(challenge) + R"("})",
                       {{"X-Requested-With", "mianqian"}});
  ASSERT_EQ(in.status, 201) << in.text;
  std::string device;
  for (const auto& [name, value] : in.headers)
    if (value.starts_with("__Host-mq_device_")) device = value.substr(0, value.find(';'));
  std::string token = in.string("token");
  const auto asking = [&](const std::string& path) {
    return send("GET", path, "", {{"Cookie", "__Host-mq_session=" + token + "; " + device}});
  };
  EXPECT_EQ(asking("/v1/me").header("Set-Cookie"), "");
  people.clock.advance_seconds(15 * 60);
  EXPECT_EQ(
      send("GET", "/v1/me", "",
           {{"Authorization", "Bearer " + token}, {"X-Device-Token", in.string("device_token")}})
          .header("Set-Cookie"),
      "")
      << "a program keeps its token";
  const auto refused = asking("/v1/loans/0199a3f0-0000-7000-8000-000000000001");
  EXPECT_EQ(refused.status, 404);
  const auto cookie = refused.header("Set-Cookie");
  const std::string name = "__Host-mq_session=";
  ASSERT_TRUE(cookie.starts_with(name)) << cookie;
  for (const auto* attribute : {"Path=/", "HttpOnly", "Secure", "SameSite=Strict"})
    EXPECT_NE(cookie.find(attribute), std::string::npos) << attribute;
  EXPECT_NE(cookie.find("Max-Age=" + std::to_string(limits::kSessionLifeSeconds - 15 * 60)),
            std::string::npos)
      << cookie;
  token = cookie.substr(name.size(), cookie.find(';') - name.size());
  EXPECT_EQ(asking("/v1/me").status, 200);
  // Signing out takes the cookie away, whatever was due.
  people.clock.advance_seconds(15 * 60);
  const auto out =
      send("DELETE", "/v1/auth/sessions/current", "",
           {{"Cookie", name + token + "; " + device}, {"X-Requested-With", "mianqian"}});
  EXPECT_EQ(out.status, 204);
  EXPECT_EQ(
      std::ranges::count_if(out.headers, [](const auto& h) { return h.first == "Set-Cookie"; }), 1);
  EXPECT_NE(out.header("Set-Cookie").find("Max-Age=0"), std::string::npos);
}

TEST_P(AccessTest, ABrowsersSessionIsNoneWithoutItsDeviceHoweverItIsSent) {
  auto& people = lending().people;
  const auto asked = nobody("POST", "/v1/auth/sms-codes", R"({"phone":"13911115555"})");
  const auto challenge = *auth::ChallengeId::parse(asked.string("challenge_id"));
  const auto in = send("POST", "/v1/auth/sessions",
                       R"({"challenge_id":")" + challenge.str() + R"(","code":")" +
                           people.code_of(challenge) + R"("})",
                       {{"X-Requested-With", "mianqian"}});
  ASSERT_EQ(in.status, 201) << in.text;
  EXPECT_EQ(as(in.string("token"), "GET", "/v1/me").status, 401);
  EXPECT_EQ(send("GET", "/v1/me", "",
                 {{"Authorization", "Bearer " + in.string("token")},
                  {"X-Device-Token", in.string("device_token")}})
                .status,
            200);
}

TEST_P(AccessTest, ANewDeviceIsKnownByItsTokenAndConfirmedFromAnOlderOne) {
  auto& people = lending().people;
  const auto sign_in = [&](runtime::Headers headers) {
    people.clock.advance_seconds(limits::kCodeResendSeconds);
    const auto asked = send("POST", "/v1/auth/sms-codes", R"({"phone":"13911113333"})", headers);
    const auto challenge = *auth::ChallengeId::parse(asked.string("challenge_id"));
    auto in = send("POST", "/v1/auth/sessions",
                   R"({"challenge_id":")" + challenge.str() + R"(","code":")" +
                       people.code_of(challenge) + R"("})",
                   headers);
    EXPECT_EQ(in.status, 201) << in.text;
    EXPECT_EQ(as(in.string("token"), "GET", "/v1/me").status, 200);
    return in;
  };
  const auto held = [&](const test::Said& in) {
    std::vector<std::string> out;
    const auto list = as(in.string("token"), "GET", "/v1/auth/sessions");
    for (const auto& row : list.at("items").as_array()) {
      if (!row.at("held_until").is_null()) out.emplace_back(row.at("session_id").as_string());
    }
    return out;
  };
  const auto first = sign_in({});
  EXPECT_TRUE(held(sign_in({{"X-Device-Token", first.string("device_token")}})).empty());
  EXPECT_TRUE(held(sign_in({{"Cookie", "__Host-mq_device_1=x; __Host-mq_device_2=" +
                                           first.string("device_token")}}))
                  .empty());
  const auto second = sign_in({{"X-Device-Token", "unknown"}});
  ASSERT_EQ(held(second).size(), 1U);
  const auto path = "/v1/auth/sessions/" + held(second)[0] + "/device-confirmation";
  const auto begin = "/v1/auth/sessions/" + held(second)[0] + "/device-challenge";
  const auto refused = as(second.string("token"), "POST", begin, "{}");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "auth.device_on_hold");
  const auto step_up = as(first.string("token"), "POST", begin, "{}");
  const auto body = R"({"challenge_id":")" + step_up.string("challenge_id") + R"("})";
  EXPECT_EQ(as(first.string("token"), "POST", path, body).code(), "auth.step_up_incomplete");
  lending().people.clock.advance_seconds(limits::kCodeResendSeconds);
  approve(first.string("token"), step_up);
  EXPECT_EQ(as(first.string("token"), "POST", path, body).status, 204);
  EXPECT_TRUE(held(second).empty());
}

TEST_P(AccessTest, OtherPeoplesThingsDoNotExist) {
  const auto owner = person_token();
  const auto verification = as(owner, "GET", "/v1/me").string("verification.verification_id");
  const auto made = as(owner, "POST", "/v1/applications", application_body());
  const auto application = made.string("application_id");
  ASSERT_EQ(as(owner, "POST", "/v1/applications/" + application + "/cancellation").code(), "ok");
  const auto loan_id = lending().active_loan(person_);
  const auto loan = loan_id.str();
  const auto repaid = lending().repay(person_, loan_id, "100.00");
  const auto repayment = repaid.id.str();
  const std::string sha = std::string(64, '0');
  const auto document =
      as(owner, "POST", "/v1/documents/work_proof", test::photo("one")).string("document_id");

  struct Try {
    std::string method, path, body;
  };
  const std::vector<Try> tries = {
      {"GET", "/v1/verifications/" + verification, ""},
      {"PUT", "/v1/verifications/" + verification + "/selfie", "picture"},
      {"PUT", "/v1/verifications/" + verification + "/card", "picture"},
      {"GET", "/v1/applications/" + application, ""},
      {"GET", "/v1/applications/" + application + "/contract", ""},
      {"POST", "/v1/applications/" + application + "/cost-confirmation",
       R"({"sha256":")" + sha + R"("})"},
      {"POST", "/v1/applications/" + application + "/signature-challenge", ""},
      {"POST", "/v1/applications/" + application + "/signature",
       R"({"challenge_id":")" + application + R"(","contract_sha256":")" + sha + R"("})"},
      {"POST", "/v1/applications/" + application + "/cancellation", ""},
      {"GET", "/v1/loans/" + loan, ""},
      {"POST", "/v1/loans/" + loan + "/repayments", R"({"amount":"1.00"})"},
      {"GET", "/v1/loans/" + loan + "/repayments/" + repayment, ""},
      {"GET", "/v1/documents/" + document, ""},
      {"POST", "/v1/documents/" + document + "/pages", test::photo("two")},
      {"PUT", "/v1/documents/" + document + "/fields",
       R"({"fields":[{"name":"name","text":"王芳"}]})"},
      {"POST", "/v1/documents/" + document + "/complete", ""},
  };
  const auto stranger = borrower().session.token;
  for (const auto& one : tries) {
    const auto foreign = as(stranger, one.method, one.path, one.body);
    EXPECT_EQ(foreign.status, 404) << one.path << " " << foreign.text;
    // As if it had never existed: the same answer as for an id of nothing.
    auto nothing = one.path;
    nothing.replace(nothing.find('/', 4) + 1, 36, "0199a3f0-0000-7000-8000-000000000001");
    EXPECT_EQ(as(stranger, one.method, nothing, one.body).text, foreign.text) << one.path;
    EXPECT_NE(as(owner, one.method, one.path, one.body).status, 404) << one.path;
  }
  EXPECT_TRUE(as(stranger, "GET", "/v1/me").at("loans").as_array().empty());
  EXPECT_TRUE(as(stranger, "GET", "/v1/me").at("application").is_null());
}

TEST_P(AccessTest, ARepaymentBelongsToItsLoan) {
  const auto owner = person_token();
  const auto first = lending().active_loan(person_, "10000.00", 3);
  const auto paid = lending().repay(person_, first, "100.00");
  const auto loan = lending().loan(first);
  const auto path = "/repayments/" + paid.id.str();
  EXPECT_EQ(as(owner, "GET", "/v1/loans/" + first.str() + path).status, 200);
  lending().repay(person_, first, payable(loan, lending().business_date()).str());
  for (const int no : {1, 2}) {
    lending().repay(person_, first, lending().loan(first).schedule[no].payment().str());
  }
  const auto second = lending().active_loan(person_);
  EXPECT_EQ(as(owner, "GET", "/v1/loans/" + second.str() + path).status, 404);
}

TEST_P(AccessTest, IdsThatAreNoneAreNotFound) {
  const auto owner = person_token();
  for (const std::string id : {"1", "..", "0199a3f0-0000-7000-8000-00000000000g", "%00",
                               "0199a3f0000070008000000000000001"}) {
    EXPECT_EQ(as(owner, "GET", "/v1/loans/" + id).status, 404) << id;
  }
}

TEST_P(AccessTest, EveryConsolePageAsksForItsRole) {
  using auth::Role;
  const std::map<Role, std::string> tokens = {{Role::reviewer, staff({Role::reviewer})},
                                              {Role::risk, staff({Role::risk})},
                                              {Role::finance, staff({Role::finance})},
                                              {Role::admin, staff({Role::admin})}};
  const std::pair<std::string, Role> pages[] = {
      {"/v1/console/reviews", Role::reviewer},
      {"/v1/console/documents?person_id=0199a3f0-0000-7000-8000-000000000001", Role::reviewer},
      {"/v1/console/applications", Role::risk},
      {"/v1/console/loans", Role::finance},
      {"/v1/console/ledger/trial-balance", Role::finance},
      {"/v1/console/ledger/journals", Role::finance},
      {"/v1/console/switches", Role::admin},
      {"/v1/console/outbox", Role::admin},
  };
  for (const auto& [path, role] : pages) {
    for (const auto& [mine, token] : tokens) {
      const auto said = as(token, "GET", path);
      const bool allowed = mine == role;
      EXPECT_EQ(said.status, allowed ? 200 : 403) << path << " " << static_cast<int>(mine);
      EXPECT_EQ(said.code(), allowed ? "ok" : "auth.forbidden");
    }
  }
  for (const auto& [mine, token] : tokens) {
    EXPECT_EQ(as(token, "GET", "/v1/console/business-date").status, 200);
    EXPECT_EQ(as(token, "GET", "/v1/console/me").status, 200);
    const auto jump = as(token, "POST", "/v1/console/business-date/advance", R"({"days":1})");
    EXPECT_EQ(jump.status, mine == Role::admin ? 202 : 403);
  }
}

TEST_P(AccessTest, ARefusedRoleDoesNothing) {
  const auto owner = person_token();
  const auto made = as(owner, "POST", "/v1/applications", application_body("2000.00"));
  const auto path = "/v1/console/applications/" + made.string("application_id") + "/decision";
  const std::string body = R"({"outcome":"approve","reason":"friend"})";
  EXPECT_EQ(as(staff({auth::Role::finance, auth::Role::reviewer}), "POST", path, body).code(),
            "auth.forbidden");
  EXPECT_EQ(lending().count("origination_application WHERE state = 'referred'"), 1);
  EXPECT_EQ(as(staff({auth::Role::risk}), "POST", path, body).code(), "ok");
}

TEST_P(AccessTest, ProblemsHaveTheirTypeAndTheLanguageOfTheRequest) {
  const auto zh = nobody("GET", "/v1/me");
  EXPECT_EQ(zh.content_type, "application/problem+json");
  EXPECT_EQ(zh.string("title"), "请先登录");
  EXPECT_EQ(zh.string("type"), "urn:mianqian:problem:auth.no_session");
  EXPECT_EQ(zh.at("status").as_int64(), 401);
  EXPECT_EQ(zh.string("trace_id"), "0123456789abcdef0123456789abcdef");
  EXPECT_FALSE(zh.string("next").empty());
  EXPECT_FALSE(zh.at("retryable").as_bool());
  const auto en = send("GET", "/v1/me", "", {{"Accept-Language", "en-US,en;q=0.9,zh;q=0.1"}});
  EXPECT_EQ(en.string("title"), "Please sign in");
  const auto de = send("GET", "/v1/me", "", {{"Accept-Language", "de"}});
  EXPECT_EQ(de.string("title"), "请先登录");
  const auto field = nobody("POST", "/v1/quotes", R"({"product_id":"easy-12","amount":1000})");
  EXPECT_EQ(field.status, 422);
  EXPECT_EQ(field.content_type, "application/problem+json");
  EXPECT_NE(field.string("detail").find("amount"), std::string::npos);
}

TEST_P(AccessTest, AProblemNeverRepeatsWhatWasTyped) {
  const auto owner = person_token();
  auto body = application_body();
  body.replace(body.find(test::kCard), 16, "6225880123456784");
  const auto said = as(owner, "POST", "/v1/applications", body);
  EXPECT_EQ(said.code(), "origination.bad_card_number");
  EXPECT_EQ(said.text.find("6225880123456784"), std::string::npos);
  const auto phone = nobody("POST", "/v1/auth/sms-codes", R"({"phone":"13900"})");
  EXPECT_EQ(phone.code(), "auth.bad_phone");
  EXPECT_EQ(phone.text.find("13900"), std::string::npos);
}

}  // namespace
}  // namespace mq::api
