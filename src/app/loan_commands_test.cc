#include "app/loan_commands.h"

#include <gtest/gtest.h>

#include "runtime/json.h"

namespace mq::app {
namespace {

struct Ran {
  int exit_code = -1;
  std::string out, err;
};

// Wrong usage gives exit code 2, as main does.
Ran run(const std::string& arguments) {
  Ran ran;
  CLI::App app;
  add_loan_commands(app, ran.exit_code);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  try {
    app.parse("loan schedule " + arguments);
  } catch (const CLI::ParseError&) {
    ran.exit_code = 2;
  }
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

const std::string kVectorA =
    "--principal 10000.00 --rate 0.072 --periods 12 --method equal_instalment --start 2026-11-22";

TEST(LoanSchedule, JsonOfVectorA) {
  const auto ran = run(kVectorA + " --json");
  ASSERT_EQ(ran.exit_code, 0);
  const auto parsed = runtime::parse_json(ran.out.substr(0, ran.out.size() - 1));
  ASSERT_TRUE(parsed.ok());
  const auto& object = parsed->as_object();
  EXPECT_EQ(object.at("rows").as_array().size(), 12U);
  EXPECT_EQ(boost::json::serialize(object.at("rows").as_array()[0]),
            R"({"no":1,"due":"2026-12-22","payment":"866.19","principal":"806.19",)"
            R"("interest":"60.00","balance":"9193.81"})");
  EXPECT_EQ(object.at("total_interest").as_string(), "394.28");
  EXPECT_EQ(object.at("irr_simple").as_string().subview(0, 8), "0.072000");
  EXPECT_EQ(object.at("irr_compound").as_string().subview(0, 8), "0.074424");
  EXPECT_FALSE(object.at("fee_kept_back_refused").as_bool());
}

TEST(LoanSchedule, AFeeIsComputedAndMarkedAsRefused) {
  const auto ran = run(kVectorA + " --fee 150.00 --json");
  ASSERT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.out.find(R"("irr_simple":"0.10047)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(R"("irr_compound":"0.10523)"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find(R"("fee_kept_back_refused":true)"), std::string::npos);
  EXPECT_NE(run(kVectorA + " --fee 150.00").out.find("arithmetic only"), std::string::npos);
}

TEST(LoanSchedule, ATableForPeople) {
  const auto ran = run(kVectorA);
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.out.find("10394.28"), std::string::npos);
  EXPECT_NE(ran.out.find("0.074425 compound"), std::string::npos);
}

TEST(LoanSchedule, RefusalsAreProblemObjects) {
  const auto ran = run("--principal 0.00 --rate 0.072 --periods 12 --method bullet --json");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_EQ(ran.out, R"({"code":"terms.bad_principal","title":"The principal is out of range",)"
                     R"("detail":""})"
                     "\n");
  const auto plain = run("--principal 100 --rate 0.072 --periods 0 --method bullet");
  EXPECT_EQ(plain.exit_code, 1);
  EXPECT_TRUE(plain.out.empty());
  EXPECT_NE(plain.err.find("terms.bad_periods"), std::string::npos);
  EXPECT_EQ(run(kVectorA + " --fee 10000.00 --json").exit_code, 1);
}

TEST(LoanSchedule, WrongUsage) {
  EXPECT_EQ(run("").exit_code, 2);
  EXPECT_EQ(run("--principal ten --rate 0.072 --periods 12 --method bullet").exit_code, 2);
  EXPECT_EQ(run("--principal 10 --rate 7,2 --periods 12 --method bullet").exit_code, 2);
  EXPECT_EQ(run("--principal 10 --rate 0.072 --periods 1.5 --method bullet").exit_code, 2);
  EXPECT_EQ(run("--principal 10 --rate 0.072 --periods 12 --method balloon").exit_code, 2);
  EXPECT_EQ(run(kVectorA + " --start 2026-02-30").exit_code, 2);
  EXPECT_EQ(run(kVectorA + " --fee=-1.00").exit_code, 2);
  EXPECT_EQ(run(kVectorA + " extra").exit_code, 2);
}

}  // namespace
}  // namespace mq::app
