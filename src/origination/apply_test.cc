#include <gtest/gtest.h>

#include <array>
#include <set>
#include <thread>

#include "base/limits.h"
#include "runtime/json.h"
#include "support/applications.h"

namespace mq::origination {
namespace {

using test::request;

class ApplyTest : public test::ApplicationsTest {};
MQ_INSTANTIATE_DATABASES(ApplyTest);

template <class Value>
std::string code_of(const Result<Value>& result) {
  return result.ok() ? "ok" : result.error().code();
}
std::vector<std::string> reasons_of(const Application& application) {
  std::vector<std::string> codes;
  for (const auto& reason : application.reasons) codes.push_back(reason.code);
  return codes;
}

TEST_P(ApplyTest, NeedsAVerifiedPerson) {
  const auto person = people().sign_in().person;
  EXPECT_EQ(code_of(apply(person)), "consent.missing");
  people().consent_to_all(person);
  EXPECT_EQ(code_of(apply(person)), "origination.not_verified");
  people().verify(person);
  EXPECT_EQ(code_of(apply(person)), "ok");
  EXPECT_EQ(count("origination_application"), 1);
}

TEST_P(ApplyTest, NeedsTheConsentAtThatMoment) {
  const auto person = people().verified_person();
  people().answer(person, consent::Purpose::terms, false);
  EXPECT_EQ(code_of(apply(person)), "consent.missing");
  people().answer(person, consent::Purpose::terms, true);
  EXPECT_EQ(code_of(apply(person)), "ok");
}

// Three months of one monthly payment, up to the day of the clock.
std::string statement_of(const std::string& holder, const std::string& month_pays) {
  std::string page = "10 40 户名：" + holder + "\n10 60 起止日期：2025-10-01至2025-12-31\n" +
                     "10 100 交易日期\n150 100 摘要\n300 100 交易金额\n450 100 账户余额\n";
  const char* dates[] = {"2025-10-10", "2025-11-10", "2025-12-10"};
  Money balance;
  for (int i = 0; i < 3; ++i) {
    balance = balance + *Money::parse(month_pays);
    const auto y = std::to_string(120 + 20 * i);
    page += "10 " + y + " " + dates[i] + "\n150 " + y + " 工资\n300 " + y + " " + month_pays +
            "\n450 " + y + " " + balance.str() + "\n";
  }
  return test::pdf({page});
}

TEST_P(ApplyTest, AStatementThatWasHandedInCounts) {
  const auto person = people().verified_person();
  const auto hand_in = [&](const std::string& file) {
    clock().advance_ms(1);
    const auto taken =
        people().documents().take(person, documents::Kind::statement, as_bytes(file));
    ASSERT_TRUE(taken.ok()) << taken.error().code();
    ASSERT_TRUE(people().documents().read_on(taken->upload.id, true).ok());
    ASSERT_EQ(people().documents().get_of(person, taken->upload.id)->upload.state,
              documents::UploadState::read);
  };
  const auto asked_anew = [&] {
    const auto application = apply(person);  // an income of 10 000 is stated
    MQ_CHECK(application.ok());
    if (application->state != State::declined) {
      MQ_CHECK(origination().cancel(person, application->id).ok());
    }
    return *application;
  };
  EXPECT_EQ(asked_anew().state, State::approved) << "nobody has to hand one in";
  hand_in(statement_of("张小明", "9500.00"));
  EXPECT_EQ(asked_anew().state, State::approved);
  hand_in(statement_of("张*明", "4000.00"));
  const auto less = asked_anew();
  EXPECT_EQ(less.state, State::referred);
  EXPECT_EQ(reasons_of(less), std::vector<std::string>{"risk.income_not_documented"});
  EXPECT_NE(less.facts_json.find(R"("documented_income":"4000.00")"), std::string::npos);
  hand_in(statement_of("李四", "30000.00"));
  EXPECT_EQ(reasons_of(asked_anew()),
            (std::vector<std::string>{"risk.statement_to_review", "risk.income_not_documented"}));
  clock().advance_days(limits::kStatementEvidenceDays + 1);
  EXPECT_EQ(asked_anew().state, State::approved) << "all of them are too old to speak of today";
}

TEST_P(ApplyTest, AStoppedSwitchRefusesNewApplications) {
  const auto person = people().verified_person();
  people().set_switch(controls::Switch::applications, true);
  EXPECT_EQ(code_of(apply(person)), "controls.stopped");
  people().set_switch(controls::Switch::applications, false);
  EXPECT_EQ(code_of(apply(person)), "ok");
}

TEST_P(ApplyTest, RefusesAMalformedRequestWithoutATrace) {
  const auto person = people().verified_person();
  const auto leaves = count("audit_leaf");
  const auto with = [](auto change) {
    auto asked = request();
    change(asked);
    return asked;
  };
  const std::pair<Request, std::string> wrong[] = {
      {with([](auto& r) { r.payout_card = Pii<std::string>("6225880123456784"); }),
       "origination.bad_card_number"},
      {with([](auto& r) { r.monthly_income = Money(-1, Currency::CNY); }),
       "origination.bad_income"},
      {with([](auto& r) { r.monthly_income = Money(limits::kIncomeMinor + 1, Currency::CNY); }),
       "origination.bad_income"},
      {with([](auto& r) { r.other_monthly_debt = Money(-1, Currency::CNY); }),
       "origination.bad_income"},
      {with([](auto& r) { r.use_of_funds = "shares"; }), "origination.bad_use_of_funds"},
      {with([](auto& r) { r.use_of_funds = ""; }), "origination.bad_use_of_funds"},
      {with([](auto& r) { r.product_id = "gift"; }), "origination.unknown_product"},
      {with([](auto& r) { r.amount = Money(50, Currency::CNY); }),
       "origination.amount_not_offered"},
      {with([](auto& r) { r.term_months = 7; }), "origination.term_not_offered"},
  };
  for (const auto& [asked, code] : wrong) EXPECT_EQ(code_of(apply(person, asked)), code);
  EXPECT_EQ(count("origination_application"), 0);
  EXPECT_EQ(count("audit_leaf"), leaves);
}

TEST_P(ApplyTest, DecidesByIncomeAndKeepsTheReasons) {
  struct Case {
    const char* income;
    State state;
    std::vector<std::string> reasons;
  };
  const Case cases[] = {
      {"10000.00", State::approved, {}},
      {"2165.48", State::approved, {}},  // 866.19 / 2165.48 is just below 0.40
      {"2165.47", State::referred, {"risk.debt_to_review"}},
      {"1574.90", State::referred, {"risk.debt_to_review"}},  // and here below 0.55
      {"1574.89", State::declined, {"risk.debt_too_high"}},
      {"1400.00", State::declined, {"risk.income_too_low", "risk.debt_too_high"}},
      {"0.00", State::declined, {"risk.income_too_low", "risk.debt_too_high"}},
  };
  for (const auto& one : cases) {
    const auto made = apply(people().verified_person(), request(one.income));
    ASSERT_TRUE(made.ok()) << made.error().code();
    EXPECT_EQ(made->state, one.state) << one.income;
    EXPECT_EQ(reasons_of(*made), one.reasons) << one.income;
    EXPECT_EQ(count("audit_leaf WHERE kind = 'origination.decided' AND object = $1", {made->id}),
              1);
  }
}

TEST_P(ApplyTest, CountsWhatServicingSays) {
  active_loans_ = 1;
  const auto busy = apply(people().verified_person());
  ASSERT_TRUE(busy.ok());
  EXPECT_EQ(reasons_of(*busy), std::vector<std::string>{"risk.active_loan"});
  active_loans_ = 0;
  exposure_ = *Money::parse("190000.01");
  const auto high = apply(people().verified_person());
  ASSERT_TRUE(high.ok());
  EXPECT_EQ(reasons_of(*high), std::vector<std::string>{"risk.above_consumer_limit"});
  exposure_ = *Money::parse("190000.00");
  const auto fits = apply(people().verified_person());
  ASSERT_TRUE(fits.ok());
  EXPECT_EQ(fits->state, State::approved);
}

TEST_P(ApplyTest, AgeIsThatOfTheBusinessDate) {
  today_ = BusinessDate::from_ymd(2056, 3, 6);  // born 1990-03-07: 65 until the next day
  const auto before = apply(people().verified_person());
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->state, State::approved);
  today_ = BusinessDate::from_ymd(2056, 3, 7);
  const auto after = apply(people().verified_person());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(reasons_of(*after), std::vector<std::string>{"risk.over_age"});
}

TEST_P(ApplyTest, StoredFactsReplayToTheStoredDecision) {
  for (const auto* income : {"10000.00", "2000.00", "1400.00"}) {
    const auto made = apply(people().verified_person(), request(income));
    ASSERT_TRUE(made.ok());
    const auto again = risk::replay(made->rule_set_version, made->facts_json);
    ASSERT_TRUE(again.ok()) << again.error().code();
    EXPECT_EQ(again->reasons, made->reasons);
    EXPECT_EQ(again->facts_json, made->facts_json);
    const bool same =
        (again->outcome == risk::Outcome::approve) == (made->state == State::approved);
    EXPECT_TRUE(same) << income;
  }
}

TEST_P(ApplyTest, KeepsTheSheetAndItsHash) {
  const auto made = apply(people().verified_person());
  ASSERT_TRUE(made.ok() && made->sheet);
  EXPECT_EQ(made->sheet_sha256,
            crypto::hex(crypto::sha256(as_bytes(runtime::to_json(*made->sheet)))));
  EXPECT_EQ(made->sheet->total_interest.str(), "394.28");
  EXPECT_FALSE(made->sheet_shown_at.has_value());
}

TEST_P(ApplyTest, TheSameOperationIsTheSameApplication) {
  const auto person = people().verified_person();
  const auto first = origination().apply(person, "one", request());
  ASSERT_TRUE(first.ok());
  clock().advance_seconds(3600);
  const auto repeat = origination().apply(person, "one", request());
  ASSERT_TRUE(repeat.ok()) << repeat.error().code();
  EXPECT_EQ(repeat->id, first->id);
  EXPECT_EQ(repeat->created_at, first->created_at);
  EXPECT_EQ(count("origination_application"), 1);
}

TEST_P(ApplyTest, ASecondApplicationWaitsForTheFirst) {
  const auto person = people().verified_person();
  const auto first = apply(person);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(code_of(apply(person)), "origination.open_application");
  ASSERT_TRUE(origination().cancel(person, first->id).ok());
  const auto second = apply(person, request("1400.00"));
  ASSERT_TRUE(second.ok()) << second.error().code();
  EXPECT_EQ(second->state, State::declined);
  EXPECT_EQ(code_of(apply(person, request("2000.00"))), "ok");        // a decline is not under way
  EXPECT_EQ(code_of(apply(person)), "origination.open_application");  // a referral is
}

TEST_P(ApplyTest, OtherPeopleMayApplyMeanwhile) {
  ASSERT_TRUE(apply(people().verified_person()).ok());
  EXPECT_EQ(code_of(apply(people().verified_person())), "ok");
}

TEST_P(ApplyTest, ManyRequestsAtOnceMakeOneApplication) {
  const auto person = people().verified_person();
  std::array<std::string, 8> ids, codes;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      // Two operations, four tries each: one operation wins, the other is refused.
      const auto made = origination().apply(person, i % 2 == 0 ? "even" : "odd", request());
      codes[i] = code_of(made);
      if (made.ok()) ids[i] = made->id.str();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count("origination_application"), 1);
  std::set<std::string> made;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(codes[i], codes[i % 2]) << i;
    if (!ids[i].empty()) made.insert(ids[i]);
  }
  EXPECT_EQ(made.size(), 1U);
  EXPECT_NE(codes[0], codes[1]);
  EXPECT_EQ(codes[0] == "ok" ? codes[1] : codes[0], "origination.open_application");
}

TEST_P(ApplyTest, StaffDecideOnlyWhatWasReferred) {
  const auto staff = StaffId::make(clock().now(), people().random);
  const auto decide = [&](const ApplicationId& id, bool approve) {
    return origination().decide_by_staff(id, staff, approve, "income seen on paper");
  };
  const auto referred = apply(people().verified_person(), request("2000.00"));
  ASSERT_TRUE(referred.ok());
  ASSERT_EQ(referred->state, State::referred);
  EXPECT_EQ(code_of(origination().decide_by_staff(referred->id, staff, true, "")),
            "origination.reason_missing");
  EXPECT_EQ(code_of(origination().decide_by_staff(referred->id, staff, true,
                                                  std::string(limits::kReasonBytes + 1, 'x'))),
            "origination.reason_missing");
  const auto approved = decide(referred->id, true);
  ASSERT_TRUE(approved.ok()) << approved.error().code();
  EXPECT_EQ(approved->state, State::approved);
  EXPECT_EQ(approved->decided_by, staff);
  EXPECT_EQ(reasons_of(*approved), std::vector<std::string>{"risk.debt_to_review"});
  EXPECT_EQ(code_of(decide(referred->id, false)), "origination.wrong_state");

  const auto other = apply(people().verified_person(), request("2000.00"));
  const auto declined = decide(other->id, false);
  ASSERT_TRUE(declined.ok());
  EXPECT_EQ(declined->state, State::declined);
  EXPECT_EQ(count("audit_leaf WHERE kind = 'origination.decided_by_staff'"), 2);

  const auto by_rules = apply(people().verified_person());
  EXPECT_EQ(code_of(decide(by_rules->id, false)), "origination.wrong_state");
  const auto nobody = ApplicationId::make(clock().now(), people().random);
  EXPECT_EQ(code_of(decide(nobody, true)), "origination.not_found");
}

TEST_P(ApplyTest, ListsShowStatesNewestFirst) {
  const auto approved = apply(people().verified_person());
  const auto referred = apply(people().verified_person(), request("2000.00"));
  const auto ids = [&](const std::string& state, int limit) {
    const auto found = db().read([&](storage::Transaction& tx) -> Result<std::vector<std::string>> {
      std::vector<std::string> out;
      for (const auto& one : origination().list(tx, state, limit)) out.push_back(one.id.str());
      return out;
    });
    return found.ok() ? *found : std::vector<std::string>{found.error().code()};
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids("", 10), (Ids{referred->id.str(), approved->id.str()}));
  EXPECT_EQ(ids("", 1), (Ids{referred->id.str()}));
  EXPECT_EQ(ids("approved", 10), (Ids{approved->id.str()}));
  EXPECT_EQ(ids("signed", 10), Ids{});
}

}  // namespace
}  // namespace mq::origination
