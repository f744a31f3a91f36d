// Every error code of every capability has a row in the problem table, with all texts.
#include <gtest/gtest.h>

#include <set>

#include "api/api.h"
#include "api/problem_table.h"
#include "audit/audit.h"
#include "consent/consent.h"
#include "controls/controls.h"
#include "documents/documents.h"
#include "ledger/ledger.h"
#include "payments/payments.h"
#include "runtime/config.h"
#include "runtime/json.h"

namespace mq::api {
namespace {

template <class Code>
void expect_rows() {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Code>>([](auto enumerator) {
    const Error error(enumerator.value);
    const auto* row = find_problem(error.code());
    ASSERT_NE(row, nullptr) << error.code() << " has no row in problem_table.cc";
    EXPECT_GE(row->status, 400) << error.code();
    EXPECT_FALSE(row->title_zh.empty() || row->next_zh.empty() || row->title_en.empty() ||
                 row->next_en.empty())
        << error.code();
  });
}

TEST(ProblemTable, KnowsEveryCodeOfEveryCapability) {
  expect_rows<MoneyErrc>();
  expect_rows<TimeErrc>();
  expect_rows<IdErrc>();
  expect_rows<crypto::CryptoErrc>();
  expect_rows<runtime::HttpErrc>();
  expect_rows<runtime::JsonErrc>();
  expect_rows<runtime::ConfigErrc>();
  expect_rows<storage::StorageErrc>();
  expect_rows<vision::VisionErrc>();
  expect_rows<vision::IndexErrc>();
  expect_rows<audit::AuditErrc>();
  expect_rows<ledger::LedgerErrc>();
  expect_rows<controls::ControlsErrc>();
  expect_rows<vault::VaultErrc>();
  expect_rows<consent::ConsentErrc>();
  expect_rows<auth::AuthErrc>();
  expect_rows<documents::DocumentsErrc>();
  expect_rows<identity::IdentityErrc>();
  expect_rows<terms::TermsErrc>();
  expect_rows<risk::RiskErrc>();
  expect_rows<payments::PaymentsErrc>();
  expect_rows<origination::OriginationErrc>();
  expect_rows<servicing::ServicingErrc>();
  expect_rows<partners::PartnersErrc>();
  expect_rows<ApiErrc>();
}

TEST(Problem, SpeaksTheLanguageOfTheRequest) {
  runtime::HttpRequest request;
  request.trace_id = "0123";
  const auto zh = render_problem(Error(auth::AuthErrc::wrong_code), request);
  EXPECT_EQ(zh.status, 422);
  EXPECT_NE(zh.body.find("验证码不正确"), std::string::npos);
  request.headers = {{"Accept-Language", "en-GB,en;q=0.9"}};
  const auto en = render_problem(Error(auth::AuthErrc::wrong_code), request);
  EXPECT_NE(en.body.find("The code is wrong"), std::string::npos);
  EXPECT_NE(en.body.find("\"trace_id\":\"0123\""), std::string::npos);
}

TEST(Problem, KeepsInternalDetailsOutOfTheAnswer) {
  runtime::HttpRequest request;
  const auto answer =
      render_problem(Error(storage::StorageErrc::failed, "disk full on /var"), request);
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("disk full"), std::string::npos);
}

TEST(Problem, ListsPhotoAdviceInWords) {
  runtime::HttpRequest request;
  const auto answer = render_problem(
      Error(identity::IdentityErrc::photo_quality, "more_light,come_closer"), request);
  EXPECT_NE(answer.body.find("请到光线更亮的地方"), std::string::npos);
  EXPECT_NE(answer.body.find("请靠近一些"), std::string::npos);
}

TEST(Problem, EveryPhotoAdviceHasATextInBothLanguages) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<vision::Advice>>([](auto advice) {
    const Error error(identity::IdentityErrc::photo_quality, advice.name);
    std::set<std::string> texts;
    for (const char* language : {"zh", "en"}) {
      runtime::HttpRequest request;
      request.headers = {{"Accept-Language", language}};
      const auto body = boost::json::parse(render_problem(error, request).body).as_object();
      const auto& errors = body.at("errors").as_array();
      ASSERT_EQ(errors.size(), 1U) << advice.name;
      EXPECT_EQ(errors[0].at("code").as_string(), advice.name);
      texts.insert(std::string(errors[0].at("text").as_string()));
    }
    EXPECT_EQ(texts.size(), 2U) << advice.name;
  });
}

TEST(Problem, KeepsTheOrderOfPhotoAdvice) {
  runtime::HttpRequest request;
  const auto answer = render_problem(
      Error(identity::IdentityErrc::photo_quality, "one_person_only,remove_mask,hold_still"), request);
  const auto first = answer.body.find("one_person_only");
  const auto second = answer.body.find("remove_mask");
  const auto third = answer.body.find("hold_still");
  ASSERT_NE(third, std::string::npos);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

}  // namespace
}  // namespace mq::api
