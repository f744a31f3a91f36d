#include "app/loan_commands.h"

#include <boost/json.hpp>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>

#include "runtime/json.h"
#include "terms/terms.h"

namespace mq::app {
namespace {

struct Options {
  std::string principal, rate, method, fee, start;
  int periods = 0;
  bool json = false;
};

struct RowView {
  int no = 0;
  BusinessDate due;
  Money payment, principal, interest, balance;
};
BOOST_DESCRIBE_STRUCT(RowView, (), (no, due, payment, principal, interest, balance))

struct ScheduleView {
  std::vector<RowView> rows;
  Money received, total_interest, total_payment;
  Rate irr_periodic, irr_simple, irr_compound;
  bool fee_kept_back_refused = false;
};
BOOST_DESCRIBE_STRUCT(ScheduleView, (),
                      (rows, received, total_interest, total_payment, irr_periodic, irr_simple,
                       irr_compound, fee_kept_back_refused))

// A CLI11 check: empty text means that the value is fine.
template <class Value>
CLI::Validator parsed_by(Result<Value> (*parse)(std::string_view), const char* expected) {
  return CLI::Validator(
      [parse, expected](std::string& text) {
        return parse(text).ok() ? std::string() : "'" + text + "' is not " + expected;
      },
      "");
}

Result<Money> parse_yuan(std::string_view text) { return Money::parse(text); }

std::string title_of(const Error& error) {
  static const std::map<std::string, std::string, std::less<>> titles = {
      {"terms.bad_principal", "The principal is out of range"},
      {"terms.bad_rate", "The rate is out of range"},
      {"terms.bad_periods", "The number of periods is out of range"},
      {"terms.amount_too_small", "The principal is too small for so many instalments"},
      {"terms.not_amortising", "The instalments would not cover the interest"},
      {"terms.no_rate", "No annualised rate fits these payments"}};
  const auto found = titles.find(error.code());
  return found == titles.end() ? "The schedule could not be computed" : found->second;
}

int report(const Error& error, bool as_json) {
  if (as_json) {
    const boost::json::object problem = {
        {"code", error.code()}, {"title", title_of(error)}, {"detail", error.detail()}};
    std::cout << boost::json::serialize(problem) << '\n';
    return 1;
  }
  std::cerr << title_of(error) << " (" << error.code() << ")";
  if (!error.detail().empty()) std::cerr << ": " << error.detail();
  std::cerr << '\n';
  return 1;
}

terms::RepaymentMethod method_of(const std::string& name) {
  auto method = terms::RepaymentMethod::equal_instalment;
  MQ_CHECK(boost::describe::enum_from_string(name.c_str(), method));
  return method;
}

Result<ScheduleView> compute(const Options& options) {
  MQ_TRY(const Money principal, Money::parse(options.principal));
  MQ_TRY(const Rate rate, Rate::parse(options.rate));
  MQ_TRY(const Money fee, Money::parse(options.fee));
  BusinessDate start = BusinessDate::in_china(SystemClock().now());
  if (!options.start.empty()) {
    MQ_TRY(start, BusinessDate::parse(options.start));
  }
  MQ_TRY(const auto schedule, terms::make_schedule({.principal = principal,
                                                    .annual_rate = rate,
                                                    .periods = options.periods,
                                                    .method = method_of(options.method),
                                                    .start = start}));
  MQ_TRY(const auto cost, terms::annual_cost(schedule, fee));
  ScheduleView view;
  for (const auto& row : schedule.rows) {
    view.rows.push_back({row.no, row.due, row.payment, row.principal, row.interest, row.balance});
  }
  view.received = principal - fee;
  view.total_interest = schedule.total_interest;
  view.total_payment = schedule.total_payment;
  view.irr_periodic = cost.irr_periodic;
  view.irr_simple = cost.irr_simple;
  view.irr_compound = cost.irr_compound;
  view.fee_kept_back_refused =
      !terms::check_fee_kept_back(terms::default_fee_kept_back_rules(), fee, start).ok();
  return view;
}

void print_table(const ScheduleView& view) {
  constexpr int kWidth = 16;
  const auto line = [](const auto&... cells) {
    ((std::cout << std::setw(kWidth) << cells), ...) << '\n';
  };
  std::cout << std::setw(4) << "no";
  line("due", "payment", "principal", "interest", "balance");
  for (const auto& row : view.rows) {
    std::cout << std::setw(4) << row.no;
    line(row.due.iso(), row.payment.str(), row.principal.str(), row.interest.str(),
         row.balance.str());
  }
  std::cout << "received        " << view.received.str() << '\n'
            << "total interest  " << view.total_interest.str() << '\n'
            << "total payment   " << view.total_payment.str() << '\n'
            << "annualised      " << terms::shown_rate(view.irr_simple) << " simple (单利)\n"
            << "                " << terms::shown_rate(view.irr_compound)
            << " compound (复利/IRR)\n";
  if (view.fee_kept_back_refused) {
    std::cout
        << "note: arithmetic only; a fee kept back from the principal is refused for CNY loans\n";
  }
}

int run_schedule(const Options& options) {
  const auto view = compute(options);
  if (!view.ok()) return report(view.error(), options.json);
  if (options.json) {
    std::cout << runtime::to_json(*view) << '\n';
  } else {
    print_table(*view);
  }
  return 0;
}

}  // namespace

void add_loan_commands(CLI::App& app, int& exit_code) {
  auto* loan = app.add_subcommand("loan", "Loan arithmetic");
  loan->require_subcommand(1);
  auto* schedule = loan->add_subcommand("schedule", "Repayment schedule and annualised cost");
  const auto options = std::make_shared<Options>();
  options->fee = "0.00";
  const auto amount = parsed_by<Money>(parse_yuan, "an amount like 10000.00");
  schedule->add_option("--principal", options->principal, "Amount, e.g. 10000.00")
      ->required()
      ->check(amount);
  schedule->add_option("--rate", options->rate, "Yearly rate as a fraction, e.g. 0.072")
      ->required()
      ->check(parsed_by<Rate>(Rate::parse, "a rate like 0.072"));
  schedule->add_option("--periods", options->periods, "Months")->required();
  schedule->add_option("--method", options->method, "How it is repaid")
      ->required()
      ->check(CLI::IsMember({"equal_instalment", "equal_principal", "interest_first", "bullet"}));
  schedule->add_option("--fee", options->fee, "Kept back at disbursement, e.g. 150.00")
      ->check(amount)
      ->check(CLI::Validator(
          [](std::string& text) {
            return text.starts_with('-') ? std::string("a fee is not negative") : std::string();
          },
          ""));
  schedule->add_option("--start", options->start, "Day of disbursement; default today in China")
      ->check(parsed_by<BusinessDate>(BusinessDate::parse, "a date like 2026-11-22"));
  schedule->add_flag("--json", options->json, "Print one JSON object");
  schedule->callback([options, &exit_code] { exit_code = run_schedule(*options); });
}

}  // namespace mq::app
