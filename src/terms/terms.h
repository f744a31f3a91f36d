// Terms of a loan: day counts, schedules, annualised cost, accrual, allocation, caps, asset class.
// Pure arithmetic: no storage, no clock, no random, nothing shared; every function is thread-safe.
//
// Rounding is half-up to one minor unit and happens only where a function says so. Monthly interest
// is exact integer arithmetic; the annuity and the internal rate use 50-digit decimals.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace mq::terms {

enum class TermsErrc {
  bad_principal,     // not above zero, or above limits::kLoanMinor
  bad_rate,          // negative, or above limits::kLoanRateNano
  bad_periods,       // below 1 or above limits::kLoanPeriods
  bad_dates,         // the first due date is not after the start
  amount_too_small,  // rounding would leave an instalment without a payment
  not_amortising,    // an instalment would not cover its interest
  no_rate,           // the payments do not return what was received, or the rate is beyond 1000
  bad_allocation,  // negative amounts, mixed currencies, or an order that names a kind twice or not
  no_cap_in_force,  // no row of the cap table covers the date: nothing may be priced
  above_rate_cap,
  fee_kept_back_refused,  // a fee deducted from the principal is not allowed in that currency on
                          // that date
};
BOOST_DESCRIBE_ENUM(TermsErrc, bad_principal, bad_rate, bad_periods, bad_dates, amount_too_small,
                    not_amortising, no_rate, bad_allocation, no_cap_in_force, above_rate_cap,
                    fee_kept_back_refused)
constexpr std::string_view error_domain(TermsErrc) { return "terms"; }

// --- Day counts
// -----------------------------------------------------------------------------------
enum class DayCount { thirty_360, actual_360, actual_365 };
BOOST_DESCRIBE_ENUM(DayCount, thirty_360, actual_360, actual_365)

int days_30_360(BusinessDate from, BusinessDate to);  // ISDA "30/360" (bond basis)
int days_actual(BusinessDate from, BusinessDate to);
int day_count(DayCount rule, BusinessDate from, BusinessDate to);
int days_in_year(DayCount rule);  // 360 or 365
// round(principal · rate · days / days_in_year): one rounding. days >= 0 (CHECK).
Money simple_interest(Money principal, Rate annual_rate, DayCount rule, int days);

// --- Schedules
// ------------------------------------------------------------------------------------
enum class RepaymentMethod { equal_instalment, equal_principal, interest_first, bullet };
BOOST_DESCRIBE_ENUM(RepaymentMethod, equal_instalment, equal_principal, interest_first, bullet)

// True for a working day. With none, due dates are not moved.
using WorkingDay = std::function<bool(BusinessDate)>;

struct LoanTerms {
  Money principal;
  Rate annual_rate;
  int periods = 0;  // months; a bullet loan has one payment after so many months
  RepaymentMethod method = RepaymentMethod::equal_instalment;
  BusinessDate start;  // the day of disbursement; instalment k ends k months later
  // A whole month bears rate/12 under 30/360, and its days over 360 or 365 under the others.
  DayCount day_count = DayCount::thirty_360;
  // A first period that is not one month: it bears interest by day count, and the later ones end on
  // the same day of the following months. Not for bullet loans.
  std::optional<BusinessDate> first_due = {};
};

struct Instalment {
  int no = 0;        // from 1
  BusinessDate due;  // when it is to be paid: period_end, or the next working day
  Money payment, principal, interest;
  Money balance;            // principal still owed after it
  BusinessDate period_end;  // interest runs up to this day, however `due` was moved
};

struct Schedule {
  LoanTerms terms;
  std::vector<Instalment> rows;
  Money total_interest, total_payment;
};

// Errors: bad_principal, bad_rate, bad_periods, bad_dates, amount_too_small, not_amortising.
// Always: the principal parts add up to the principal, the last balance is zero, payment =
// principal + interest, no part is negative. Rounded: the level payment, each interest, the level
// principal.
Result<Schedule> make_schedule(const LoanTerms& terms, const WorkingDay& working_day = {});

// --- Accrual
// -------------------------------------------------------------------------------------- Interest
// of the schedule accrued up to the end of `date`: what earlier periods bear, plus round(interest
// of the running period · days gone / days of the period). A day posts accrued(date) − accrued(date
// − 1), so the postings of a period add up to its interest exactly. Zero up to and including the
// start, the whole interest from the last period's end on.
Money accrued_interest(const Schedule& schedule, BusinessDate date);

// Interest on a balance that changes from day to day (随借随还, penalties), kept in millionths of a
// minor unit. Both fields are what a caller stores between days.
struct DailyAccrual {
  std::int64_t micro = 0;   // accrued so far, 10^-6 minor units
  std::int64_t posted = 0;  // posted so far, minor units: always round(micro / 10^6)

  // Adds one day of balance · rate / basis_days and returns what that day posts. basis_days 360 or
  // 365 (CHECK); balance and rate not negative (CHECK).
  Money add_day(Money balance, Rate annual_rate, int basis_days);
};

// --- Annualised cost
// ------------------------------------------------------------------------------
struct AnnualCost {
  Rate irr_periodic;  // r: received = Σ paid_k / (1 + r)^k
  Rate irr_simple;    // r · periods in a year, shown as 单利
  Rate irr_compound;  // (1 + r)^(periods in a year) − 1, shown as 复利/IRR
};

// `payments[k − 1]` is paid at the end of period k; a period is `months` months. Solved to 1e-10 or
// finer before the results are rounded to nine decimals. Error: no_rate.
Result<AnnualCost> annual_cost(Money received, std::span<const Money> payments, int months = 1);

struct DatedPayment {
  BusinessDate on;
  Money amount;
};
// Irregular dates: r is per day, a year has 365 days. Payments must lie after `received_on`.
// Errors: no_rate, bad_dates.
Result<AnnualCost> annual_cost_by_date(Money received, BusinessDate received_on,
                                       std::span<const DatedPayment> payments);

// The cost of a schedule of regular months whose borrower receives principal − kept_back. A bullet
// loan is one period of all its months. With a first period of another length: by date.
Result<AnnualCost> annual_cost(const Schedule& schedule, Money kept_back);

// A rate as people are shown it: six decimals, half-up ("0.072001").
std::string shown_rate(Rate rate);

// --- Allocation of a payment
// ----------------------------------------------------------------------
enum class DueKind { cost, penalty, interest, principal };
BOOST_DESCRIBE_ENUM(DueKind, cost, penalty, interest, principal)

struct DueItem {
  int instalment_no = 0;
  DueKind kind = DueKind::principal;
  Money amount;  // still unpaid, not negative
};

// Product data.
struct AllocationOrder {
  // Every kind once.
  std::vector<DueKind> normal = {DueKind::cost, DueKind::penalty, DueKind::interest,
                                 DueKind::principal};
  std::vector<DueKind> long_overdue = {DueKind::cost, DueKind::principal, DueKind::penalty,
                                       DueKind::interest};
  int long_overdue_after_days = 90;  // more than so many days past due: the second order
  // false: a kind is paid over all instalments, oldest first, before the next kind;
  // true: an instalment is paid in full, kind by kind, before the next instalment.
  bool whole_instalments = false;
};

struct Allocation {
  std::vector<DueItem> parts;                // in the order paid, amounts above zero
  Money cost, penalty, interest, principal;  // sums of the parts
  Money unallocated;                         // more was paid than is due
};

// Error: bad_allocation. parts + unallocated = payment, and no part is above what is due.
Result<Allocation> allocate(Money payment, std::span<const DueItem> due,
                            const AllocationOrder& order, int days_past_due);

// --- Overdue
// --------------------------------------------------------------------------------------
int days_past_due(BusinessDate due, BusinessDate date);  // 0 up to the due date
// Days that bear penalty: days past due without the grace days (they stay free for good).
int penalty_days(BusinessDate due, BusinessDate date, int grace_days);
// round(overdue principal · rate · penalty_days / days_in_year): penalty to date for a principal
// that did not change; a day posts the difference to yesterday. Never taken on penalties.
Money penalty_to_date(Money overdue_principal, Rate penalty_rate, DayCount rule, BusinessDate due,
                      BusinessDate date, int grace_days);
Rate default_penalty_rate(Rate contract_rate);  // 1.5 times

// Five classes; the floor that days past due alone demand (asset classification measures 2023 no.
// 1).
enum class AssetClass { normal, special_mention, substandard, doubtful, loss };
BOOST_DESCRIBE_ENUM(AssetClass, normal, special_mention, substandard, doubtful, loss)
AssetClass asset_class_floor(int days_past_due);
std::string_view asset_class_zh(AssetClass asset_class);  // 正常 关注 次级 可疑 损失

// --- Caps and guards: dated data
// --------------------------------------------------------------------
struct RateCap {
  BusinessDate valid_from;
  std::optional<BusinessDate> valid_to;  // last day; none = open
  Rate rate;
};
// 24 % for licensed lenders from 2025-10-01: a default for settings; the lender's own table
// replaces it.
std::span<const RateCap> default_rate_caps();

// The lowest cap in force on `date`. Error: no_cap_in_force.
Result<Rate> rate_cap_on(std::span<const RateCap> caps, BusinessDate date);
// Errors: no_cap_in_force, above_rate_cap. Give it the annualised cost, not the contract rate.
Status check_rate_cap(std::span<const RateCap> caps, BusinessDate date, Rate annualised);

struct PrincipalSpan {
  Money principal;  // outstanding on each of these days
  int days = 0;
};
// The most that may have been charged in all (interest, fees, penalties): cap · Σ (principal ·
// days) / 365, cut down to a whole minor unit since charges are whole.
Money charge_cap(std::span<const PrincipalSpan> spans, Rate cap);
// The part of `wanted` that may be charged when `charged` has been before.
Money charge_within_cap(Money wanted, Money charged, Money cap);

struct FeeKeptBackRule {
  Currency currency;
  BusinessDate valid_from;
  std::optional<BusinessDate> valid_to;
};
// Civil Code 670: CNY from 2021-01-01.
std::span<const FeeKeptBackRule> default_fee_kept_back_rules();
// Error: fee_kept_back_refused, when `fee` is above zero and a rule covers it.
Status check_fee_kept_back(std::span<const FeeKeptBackRule> rules, Money fee, BusinessDate date);

}  // namespace mq::terms
