// Income from the rows of a statement.
//
// Every row is used once, by the first rule that fits:
//   1. left out: repeated, of another currency, without a date, breaking the balance without
//   repair, or with a picture that shows something else;
//   2. outgoing money is outflow;
//   3. refund: the text speaks of money coming back;
//   4. loan pay-out: the text speaks of a loan, or the payer is named as a lender and pays no wage;
//   5. own transfer: the payer is the holder, or the text speaks of the own account, wallet or
//   deposit;
//   6. salary, by source (SalarySource in statement.h);
//   7. other income.
#include <algorithm>
#include <map>

#include "documents/statement.h"
#include "documents/statement_text.h"

namespace mq::documents {
namespace {

using statements::contains_any;
using statements::key_of;

constexpr int kEnoughMonths = 3;

bool speaks_of_wages(std::string_view text) {
  return contains_any(text,
                      {"工资", "薪", "代发", "奖金", "劳务报酬", "salary", "payroll", "wage"});
}
bool speaks_of_refund(std::string_view text) {
  return contains_any(
      text, {"退款", "退货", "退回", "退汇", "冲正", "撤销", "报销", "退费", "退税", "押金返还",
             "refund", "reversal", "reimburs", "chargeback", "returned"});
}
bool speaks_of_loan(std::string_view text) {
  return contains_any(text, {"放款", "贷款", "借款", "借呗", "微粒贷", "网商贷", "金条", "备用金借",
                             "小额贷", "消费贷", "借据", "loan", "disbursement", "cashadvance"});
}
bool is_lender(std::string_view payer) {
  return contains_any(
      payer, {"小额贷款", "消费金融", "小贷", "贷款公司", "融资担保", "lending", "microloan"});
}
bool speaks_of_own(std::string_view text) {
  return contains_any(
      text, {"本人", "互转", "转存", "零钱提现", "余额提现", "余额宝转出", "零钱通转出", "理财赎回",
             "基金赎回", "赎回", "定期支取", "定转活", "活期转入自", "ownaccount", "ownaccounts",
             "betweenaccounts", "redemption"});
}
bool is_organisation(std::string_view payer) {
  return contains_any(
      payer, {"公司", "集团",    "工厂",   "厂",     "学校", "大学",   "中学",   "小学", "幼儿园",
              "医院", "研究院",  "研究所", "事务所", "局",   "委员会", "合作社", "中心", "财政",
              "ltd",  "limited", "inc.",   "co.,",   "llc",  "gmbh",   "corp"});
}

int month_index(BusinessDate date) {
  const auto [year, month, day] = date.ymd();
  return year * 12 + month - 1;
}
BusinessDate first_of(int index) { return BusinessDate::from_ymd(index / 12, index % 12 + 1, 1); }

// The lower of the two in the middle, so that half a figure is never counted as more.
std::int64_t median(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

RowUse use_of(const StatementRow& row, std::string_view holder) {
  if (!row.date || row.flags.has(RowFlag::repeated_row) || row.flags.has(RowFlag::other_currency) ||
      row.flags.has(RowFlag::balance_breaks) || row.flags.has(RowFlag::picture_differs)) {
    return RowUse::left_out;
  }
  if (!row.amount.is_positive()) return RowUse::outflow;
  const auto text = key_of(row.description.expose()), payer = key_of(row.counterparty.expose());
  if (speaks_of_refund(text)) return RowUse::refund;
  if (speaks_of_loan(text) || (is_lender(payer) && !speaks_of_wages(text)))
    return RowUse::loan_payout;
  if (speaks_of_own(text) || (!holder.empty() && payer == holder)) return RowUse::own_transfer;
  return RowUse::other_income;
}

struct Source {
  SalarySource out;
  std::string payer_key;
  std::map<int, std::int64_t> by_month;
};

// Of the months, two thirds hold sums within `percent` of the median.
bool is_steady(const std::map<int, std::int64_t>& by_month, std::int64_t typical,
               std::int64_t percent) {
  std::size_t similar = 0;
  for (const auto& [month, sum] : by_month) {
    const auto away = sum > typical ? sum - typical : typical - sum;
    similar += away * 100 <= typical * percent ? 1 : 0;
  }
  return similar * 3 >= by_month.size() * 2;
}

bool is_salary(const Source& source) {
  const auto& months = source.by_month;
  if (months.size() < kEnoughMonths) return false;
  const auto span = static_cast<std::size_t>(months.rbegin()->first - months.begin()->first + 1);
  if (months.size() * 3 < span * 2 || source.out.rows.size() > months.size() * 2) return false;
  if (!source.out.wage_words && !is_organisation(source.payer_key)) return false;
  return is_steady(months, source.out.typical_month.minor(), source.out.wage_words ? 50 : 30);
}

// By payer, and rows that speak of wages apart from others of the same payer: an employer refunds
// as well.
std::vector<SalarySource> salaries_of(const Statement& statement, std::vector<RowUse>& use) {
  std::map<std::pair<std::string, bool>, Source> sources;
  for (std::size_t i = 0; i < statement.rows.size(); ++i) {
    if (use[i] != RowUse::other_income) continue;
    const auto& row = statement.rows[i];
    const auto payer = key_of(row.counterparty.expose());
    const bool wages = speaks_of_wages(key_of(row.description.expose()));
    if (payer.empty() && !wages) continue;
    auto& source = sources[{payer, wages}];
    source.out.payer = row.counterparty;
    source.out.wage_words = wages;
    source.payer_key = payer;
    source.out.rows.push_back(i);
    source.by_month[month_index(*row.date)] += row.amount.minor();
  }
  std::vector<SalarySource> out;
  for (auto& [key, source] : sources) {
    std::vector<std::int64_t> sums;
    for (const auto& [month, sum] : source.by_month) sums.push_back(sum);
    source.out.months = static_cast<int>(sums.size());
    source.out.typical_month = Money(median(sums), statement.currency);
    if (!is_salary(source)) continue;
    for (const auto i : source.out.rows) use[i] = RowUse::salary;
    out.push_back(std::move(source.out));
  }
  return out;
}

struct Span {
  BusinessDate from, to;
};

// The printed period, or from the first row to the last.
std::optional<Span> span_of(const Statement& statement) {
  std::optional<Span> rows;
  for (const auto& row : statement.rows) {
    if (!row.date || row.flags.has(RowFlag::date_unsure) || row.flags.has(RowFlag::out_of_period))
      continue;
    if (!rows) rows = Span{*row.date, *row.date};
    rows->from = std::min(rows->from, *row.date);
    rows->to = std::max(rows->to, *row.date);
  }
  if (statement.from && statement.to) return Span{*statement.from, *statement.to};
  return rows;
}

int full_months(const Span& span) {
  int count = 0;
  while (count < 1'200 && span.from.plus_months(count + 1) <= span.to.plus_days(1)) ++count;
  return count;
}

void add_row(MonthFigures& month, const StatementRow& row, std::size_t index, RowUse use) {
  if (use == RowUse::outflow) {
    month.outflow -= row.amount;
    month.outflow_rows.push_back(index);
    return;
  }
  month.inflow += row.amount;
  month.inflow_rows.push_back(index);
  if (use == RowUse::salary) {
    month.salary += row.amount;
    month.salary_rows.push_back(index);
  } else if (use == RowUse::other_income) {
    month.other_income += row.amount;
    month.other_income_rows.push_back(index);
  }
}

void add_months(const Statement& statement, const Span& span, IncomeSummary& out) {
  const int first = month_index(span.from), last = month_index(span.to);
  // A printed period of many years is a misreading; no borrower hands in more than this.
  constexpr int kMostMonths = 120;
  if (last - first >= kMostMonths) return;
  for (int i = first; i <= last; ++i) {
    MonthFigures month;
    month.month = first_of(i);
    month.whole = span.from <= month.month && month.month.plus_months(1).plus_days(-1) <= span.to;
    month.inflow = month.outflow = month.salary = month.other_income =
        Money::zero(statement.currency);
    out.months.push_back(std::move(month));
  }
  for (std::size_t i = 0; i < statement.rows.size(); ++i) {
    if (out.use[i] == RowUse::left_out) continue;
    const auto& row = statement.rows[i];
    const int at = month_index(*row.date) - first;
    if (at < 0 || at > last - first) {
      out.use[i] = RowUse::left_out;
      continue;
    }
    add_row(out.months[static_cast<std::size_t>(at)], row, i, out.use[i]);
  }
}

void add_medians(Currency currency, IncomeSummary& out) {
  std::vector<std::int64_t> salary, income;
  for (const auto& month : out.months) {
    if (!month.whole) continue;
    salary.push_back(month.salary.minor());
    income.push_back((month.salary + month.other_income).minor());
  }
  if (salary.size() < kEnoughMonths) return;
  out.monthly_salary = Money(median(salary), currency);
  out.monthly_income = Money(median(income), currency);
}

}  // namespace

IncomeSummary income_of(const Statement& statement) {
  IncomeSummary out;
  const auto holder = key_of(statement.holder.expose());
  for (const auto& row : statement.rows) out.use.push_back(use_of(row, holder));
  out.salaries = salaries_of(statement, out.use);
  if (const auto span = span_of(statement)) {
    out.months_covered = full_months(*span);
    add_months(statement, *span, out);
  }
  out.too_short = out.months_covered < kEnoughMonths || out.months.empty();
  if (!out.too_short) add_medians(statement.currency, out);
  for (std::size_t i = 0; i < out.use.size(); ++i) {
    switch (out.use[i]) {
      case RowUse::own_transfer:
        out.own_transfers.push_back(i);
        break;
      case RowUse::loan_payout:
        out.loan_payouts.push_back(i);
        break;
      case RowUse::refund:
        out.refunds.push_back(i);
        break;
      case RowUse::left_out:
        out.left_out.push_back(i);
        break;
      default:
        break;
    }
  }
  return out;
}

}  // namespace mq::documents
