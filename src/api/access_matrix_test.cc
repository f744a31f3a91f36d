// Every route as every kind of caller: what happens is what the route declares.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "support/api.h"
#include "support/documents.h"
#include "support/passkeys.h"

namespace mq::api {
namespace {

using test::application_body;

std::string name_of(const Access& access) { return access.method + " " + access.pattern; }

// Parameters that name a thing of one borrower; another borrower must not learn that it exists.
bool names_a_thing(const std::string& pattern) { return pattern.find("_id}") != std::string::npos; }

class AccessMatrix : public test::ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    declared_ = declared();
    auto& people = lending().people;
    const auto in = people.sign_in("13911110000");
    people.consent_to_all(in.person);
    people.verify(in.person);
    owner_ = in.session.token;
    people.clock.advance_seconds(limits::kCodeResendSeconds);
    values_["session_id"] = people.sign_in("13911110000").session.id.str();
    stranger_ = borrower().session.token;
    values_["verification_id"] = as(owner_, "GET", "/v1/me").string("verification.verification_id");
    values_["application_id"] =
        as(owner_, "POST", "/v1/applications", application_body()).string("application_id");
    ASSERT_EQ(as(owner_, "POST", "/v1/applications/" + values_["application_id"] + "/cancellation")
                  .code(),
              "ok");
    const auto loan = lending().active_loan(in.person);
    values_["loan_id"] = loan.str();
    values_["repayment_id"] = lending().repay(in.person, loan, "100.00").id.str();
    values_["document_id"] =
        as(owner_, "POST", "/v1/documents/work_proof", test::photo("one")).string("document_id");
    values_["kind"] = "work_proof";
    add_passkey();
    values_["settling_id"] =
        as(owner_, "POST", "/v1/auth/sessions/" + values_["session_id"] + "/device-challenge", "{}")
            .string("challenge_id");
    values_["purpose"] = "terms";
    values_["name"] = "face";
    for (const auto role : auth::kAllRoles) staff_[role] = staff({role});
    nobodys_ = staff({});
    values_["change_id"] =
        as(staff_[auth::Role::admin], "POST", "/v1/console/staff-changes",
           R"({"kind":"invite","username":"new","roles":["risk"],"reason":"a new colleague"})")
            .string("change_id");
  }

  // One that the owner has, and the step-up of another.
  void add_passkey() {
    lending().people.auth().set_pages("localhost", {"https://localhost"});
    const auto creation = as(owner_, "POST", "/v1/auth/passkeys/creation", "{}");
    lending().people.clock.advance_seconds(limits::kCodeResendSeconds);
    test::Said approval;
    approval.body = creation.at("step_up");
    approve(owner_, approval);
    values_["passkey_id"] =
        as(owner_, "POST", "/v1/auth/passkeys", test::passkey_body(creation, "localhost"))
            .string("passkey_id");
    values_["removing_id"] =
        as(owner_, "POST", "/v1/auth/passkeys/" + values_["passkey_id"] + "/removal-challenge",
           "{}")
            .string("challenge_id");
    values_["step_up_id"] =
        as(owner_, "POST", "/v1/auth/passkeys/creation", "{}").string("step_up.challenge_id");
  }

  // What a request needs beside the right to make it, so that a refusal is about nothing else.
  std::string body_of(const Access& access) const {
    static const std::string sha(64, '0');
    const std::map<std::string, std::string> bodies = {
        {"PUT /v1/verifications/{verification_id}/selfie", "picture"},
        {"PUT /v1/verifications/{verification_id}/card", "picture"},
        {"POST /v1/applications/{application_id}/cost-confirmation",
         R"({"sha256":")" + sha + R"("})"},
        {"POST /v1/applications/{application_id}/signature-challenge", ""},
        {"POST /v1/applications/{application_id}/signature",
         R"({"challenge_id":")" + values_.at("application_id") + R"(","contract_sha256":")" + sha +
             R"("})"},
        {"POST /v1/applications/{application_id}/cancellation", ""},
        {"POST /v1/loans/{loan_id}/repayments", R"({"amount":"1.00"})"},
        {"POST /v1/documents/{document_id}/pages", test::photo("two")},
        {"PUT /v1/documents/{document_id}/fields", R"({"fields":[{"name":"name","text":"王芳"}]})"},
        {"POST /v1/documents/{document_id}/complete", ""},
        {"POST /v1/auth/sessions/{session_id}/device-challenge", ""},
        {"POST /v1/auth/sessions/{session_id}/device-confirmation",
         R"({"challenge_id":")" + values_.at("settling_id") + R"("})"},
        {"POST /v1/auth/passkeys/{passkey_id}/removal-challenge", ""},
        {"POST /v1/auth/passkeys/{passkey_id}/removal",
         R"({"challenge_id":")" + values_.at("removing_id") + R"("})"},
        {"POST /v1/auth/step-ups/{step_up_id}/sms-code", ""},
        {"POST /v1/auth/step-ups/{step_up_id}/factors", R"({"code":"123456"})"},
    };
    if (access.method == "GET" || access.method == "DELETE") return "";
    const auto found = bodies.find(name_of(access));
    if (found != bodies.end()) return found->second;
    EXPECT_FALSE(access.caller == Caller::borrower && names_a_thing(access.pattern))
        << name_of(access) << " needs a body here that is right but for who sends it";
    return "{}";
  }

  std::string path_of(const Access& access) const {
    auto path = access.pattern;
    for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      const auto close = path.find('}', open);
      const auto value = values_.find(path.substr(open + 1, close - open - 1));
      MQ_CHECK(value != values_.end());  // a new parameter needs a value above
      path.replace(open, close - open + 1, value->second);
    }
    return path;
  }

  test::Said call(const Access& access, const std::string& token) {
    return token.empty() ? nobody(access.method, path_of(access), body_of(access))
                         : as(token, access.method, path_of(access), body_of(access));
  }

  // What ends sessions comes last, and the caller's own after the others.
  std::vector<Access> in_order() const {
    const auto ends = [](const Access& one) {
      return one.pattern.ends_with("/current")      ? 3
             : one.pattern.ends_with("/end-others") ? 2
             : one.pattern.ends_with("/end-all")    ? 2
             : one.method == "DELETE"               ? 1
                                                    : 0;
    };
    auto out = declared_;
    std::ranges::stable_sort(out, {}, ends);
    return out;
  }

  std::vector<Access> declared_;
  std::map<std::string, std::string> values_;
  std::string owner_, stranger_, nobodys_;
  std::map<auth::Role, std::string> staff_;
};
MQ_INSTANTIATE_DATABASES(AccessMatrix);

bool let_in(const test::Said& said) {
  return said.code() != "auth.no_session" && said.code() != "auth.forbidden";
}

TEST_P(AccessMatrix, EveryRouteLetsInWhomItDeclaresAndNobodyElse) {
  ASSERT_EQ(declared_.size(), router().routes().size());
  for (const Access& access : in_order()) {
    const auto expect = [&](const std::string& who, const std::string& token, bool in) {
      const auto said = call(access, token);
      EXPECT_LT(said.status, 500) << name_of(access) << " as " << who << ": " << said.text;
      EXPECT_EQ(let_in(said), in) << name_of(access) << " as " << who << ": " << said.text;
      return said;
    };
    const bool anyone = access.caller == Caller::anyone, theirs = access.caller == Caller::borrower,
               work = access.caller == Caller::staff;
    if (access.caller == Caller::partner) {
      for (const auto& token : {std::string(), owner_, staff_[auth::Role::admin]}) {
        EXPECT_EQ(call(access, token).status, 401) << name_of(access) << " without a signature";
      }
      continue;
    }
    const auto unknown = expect("nobody", "", anyone);
    if (!anyone) {
      EXPECT_EQ(unknown.status, 401) << name_of(access);
    }
    const auto stranger = expect("another borrower", stranger_, anyone || theirs);
    if (theirs && names_a_thing(access.pattern)) {
      EXPECT_EQ(stranger.status, 404) << name_of(access) << ": " << stranger.text;
    }
    const auto owner = expect("its borrower", owner_, anyone || theirs);
    if (theirs) {
      EXPECT_NE(owner.status, 404) << name_of(access) << ": " << owner.text;
    }
    for (const auto& [role, token] : staff_) {
      const std::string who = boost::describe::enum_to_string(role, "?");
      const auto holds = auth::permissions_of(role);
      const bool may = work && (*access.permission == auth::Permission::own_session ||
                                std::ranges::count(holds, *access.permission) > 0);
      const auto said = expect(who, token, anyone || may);
      if (!anyone && !may) {
        EXPECT_EQ(said.status, work ? 403 : 401) << name_of(access) << " as " << who;
      }
    }
    expect("staff without a role", nobodys_,
           anyone || (work && *access.permission == auth::Permission::own_session));
  }
}

// As if it had never existed: in the same bytes as an id of nothing.
TEST_P(AccessMatrix, AnotherBorrowersThingIsNoThing) {
  for (const Access& access : in_order()) {
    if (access.caller != Caller::borrower || !names_a_thing(access.pattern)) continue;
    const auto foreign = call(access, stranger_);
    auto nothing = path_of(access);
    const auto first_id = access.pattern.find('{');
    nothing.replace(first_id, 36, "0199a3f0-0000-7000-8000-000000000001");
    EXPECT_EQ(foreign.status, 404) << name_of(access);
    EXPECT_EQ(as(stranger_, access.method, nothing, body_of(access)).text, foreign.text)
        << name_of(access);
  }
}

TEST_P(AccessMatrix, NothingChangesByACookieOnAnotherSitesBehalf) {
  for (const Access& access : in_order()) {
    if (access.caller != Caller::borrower && access.caller != Caller::staff) continue;
    if (access.method == "GET") continue;
    const bool work = access.caller == Caller::staff;
    const auto cookie = std::string(work ? "__Host-mq_staff=" : "__Host-mq_session=") +
                        (work ? staff_[auth::Role::admin] : owner_);
    const auto said = send(access.method, path_of(access), body_of(access),
                           {{"Cookie", cookie}, {"Idempotency-Key", new_key()}});
    EXPECT_EQ(said.code(), "api.cross_site") << name_of(access);
  }
}

TEST_P(AccessMatrix, APermissionWithoutARouteOrARoleIsNone) {
  std::set<auth::Permission> asked, held = {auth::Permission::own_session};
  for (const Access& access : declared_) {
    EXPECT_EQ(access.permission.has_value(), access.caller == Caller::staff) << name_of(access);
    if (access.permission) asked.insert(*access.permission);
  }
  for (const auto role : auth::kAllRoles) {
    const auto all = auth::permissions_of(role);
    held.insert(all.begin(), all.end());
  }
  EXPECT_EQ(asked, held);
}

// The page for whoever audits: written from what the routes declare.
std::string page_of(const std::vector<Access>& declared) {
  std::ostringstream out;
  out << "# Who may call what\n\n"
      << "Written from what the routes declare (`src/api/`) and what the roles hold "
         "(`src/auth/permissions.cc`); a test calls every\n"
      << "route as every kind of caller and compares. *borrower* reaches their own things only: "
         "those of others do not exist for them (404).\n\n"
      << "| route | who | permission | roles |\n|---|---|---|---|\n";
  for (const Access& access : declared) {
    std::string permission, roles;
    if (access.permission) {
      permission = boost::describe::enum_to_string(*access.permission, "?");
      for (const auto role : auth::kAllRoles) {
        if (std::ranges::count(auth::permissions_of(role), *access.permission) == 0) continue;
        roles +=
            (roles.empty() ? "" : ", ") + std::string(boost::describe::enum_to_string(role, "?"));
      }
      if (*access.permission == auth::Permission::own_session) roles = "all";
    }
    out << "| `" << name_of(access) << "` | " << boost::describe::enum_to_string(access.caller, "?")
        << " | " << permission << " | " << roles << " |\n";
  }
  return out.str();
}

TEST_P(AccessMatrix, ThePageShowsIt) {
  const char* root = std::getenv("MQ_SOURCE_DIR");
  const char* built = std::getenv("MQ_BUILD_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/security/access.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  const auto now = page_of(declared_);
  if (page == now) return;
  const auto at = std::string(built == nullptr ? "." : built) + "/access.md";
  std::ofstream(at) << now;
  FAIL() << "docs/security/access.md is not what the routes declare. Look at the difference to "
         << at << "; if it is meant, copy it there.";
}

}  // namespace
}  // namespace mq::api
