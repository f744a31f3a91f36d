// The total-cost sheet. Pure.
#include <algorithm>

#include "origination/origination.h"

namespace mq::origination {
namespace {

// "16.2" for 0.162: a yearly percentage in words.
std::string percent(Rate rate) {
  return Rate::from_nano(rate.nano() * 100).str() + "%";
}

}  // namespace

Result<CostSheet> quote(std::string_view product_id, Money amount, int term_months,
                        BusinessDate start, std::string_view language) {
  MQ_TRY(const auto* product, find_product(product_id));
  if (amount < product->min_amount || amount > product->max_amount ||
      amount.minor() % product->amount_step.minor() != 0) {
    return OriginationErrc::amount_not_offered;
  }
  if (std::find(product->terms_months.begin(), product->terms_months.end(), term_months) ==
      product->terms_months.end()) {
    return OriginationErrc::term_not_offered;
  }
  terms::LoanTerms loan_terms{amount, product->annual_rate, term_months, product->method, start};
  MQ_TRY(const auto schedule, terms::make_schedule(loan_terms));
  MQ_TRY(const auto cost, terms::annual_cost(schedule, Money::zero()));
  MQ_REQUIRE(terms::check_rate_cap(terms::default_rate_caps(), start, cost.irr_compound));

  const bool en = language == "en";
  CostSheet sheet;
  sheet.product_id = product->product_id;
  sheet.product_version = product->version;
  sheet.method = product->method;
  sheet.principal = amount;
  sheet.term_months = term_months;
  sheet.annual_rate = product->annual_rate;
  sheet.total_interest = schedule.total_interest;
  sheet.total_cost = schedule.total_interest;
  sheet.total_payment = schedule.total_payment;
  sheet.irr_simple = terms::shown_rate(cost.irr_simple);
  sheet.irr_compound = terms::shown_rate(cost.irr_compound);
  sheet.items.push_back(
      en ? CostItem{"Interest", "the lender", percent(product->annual_rate) + " a year on the outstanding principal", schedule.total_interest}
         : CostItem{"利息", "本机构", "按未还本金，年利率 " + percent(product->annual_rate), schedule.total_interest});
  sheet.items.push_back(en ? CostItem{"Fees", "none", "no fee is charged", Money::zero()}
                           : CostItem{"手续费、服务费、担保费", "无", "不收取", Money::zero()});
  const auto grace = std::to_string(product->grace_days);
  sheet.contingent.push_back(
      en ? ContingentItem{"Overdue interest", percent(product->penalty_rate) + " a year on overdue principal, after " + grace + " days of grace; nothing on interest or penalties"}
         : ContingentItem{"逾期罚息", "按逾期本金，年利率 " + percent(product->penalty_rate) + "，宽限 " + grace + " 天，不计复利"});
  sheet.contingent.push_back(
      en ? ContingentItem{"Early repayment", "free of charge"}
         : ContingentItem{"提前还款", "不收取违约金"});
  for (const auto& row : schedule.rows) {
    sheet.schedule.push_back(
        {row.no, row.due, row.payment, row.principal, row.interest, row.balance});
  }
  return sheet;
}

}  // namespace mq::origination
