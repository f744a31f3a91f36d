// Bank statements (流水): from placed text to rows, checks and income. Pure: no clock, no database,
// no network.
//
// The text comes from a PDF's text layer (exact words) or from text recognition (lines, perhaps of
// several cells, perhaps slightly turned, perhaps misread). Columns are found from their header
// words, never from fixed positions. Nothing is guessed in silence: what is doubtful about a row is
// in its flags.
//
// Everything here is personal data: never log a row, a sum or a text.
#pragma once

#include <boost/describe.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/pii.h"
#include "base/result.h"
#include "base/time.h"
#include "documents/errors.h"
#include "vision/vision.h"

namespace mq::documents {

// One word, cell or line with its upright box; y points down.
struct PlacedText {
  vision::Box box;
  std::string text;  // UTF-8
  // 0..1. Exactly 1 says that the text cannot be misread (a text layer): it is never repaired.
  float confidence = 1;
};

// Boxes, width and height share one unit: pixels or points.
struct StatementPage {
  float width = 0;
  float height = 0;
  std::vector<PlacedText> texts;
};

enum class RowFlag {
  balance_breaks,  // the balance is not the one before plus the amount
  unchecked,       // there is no balance, or none before it, to check the amount with
  amount_unsure,   // amount or balance was hard to read, and the balances do not prove it
  date_unsure,     // the date was hard to read, is missing, or does not lie between its neighbours'
  out_of_period,   // outside the printed period
  repeated_row,    // the same as an earlier row, balance included
  repaired,        // a misread amount or balance was put right: `repairs` keeps what was read
  other_currency,  // not in the statement's currency; takes no part in checks and income
  picture_differs  // the page's picture shows another amount, balance or date than its text
};
BOOST_DESCRIBE_ENUM(RowFlag, balance_breaks, unchecked, amount_unsure, date_unsure, out_of_period,
                    repeated_row, repaired, other_currency, picture_differs)

class RowFlags {
 public:
  bool has(RowFlag flag) const { return (bits_ & bit(flag)) != 0; }
  void set(RowFlag flag) { bits_ |= bit(flag); }
  void clear(RowFlag flag) { bits_ &= ~bit(flag); }
  bool none() const { return bits_ == 0; }

 private:
  static unsigned bit(RowFlag flag) { return 1U << static_cast<unsigned>(flag); }
  unsigned bits_ = 0;
};

struct Repair {
  enum class Field { amount, balance } field = Field::amount;
  std::string as_read;
};

struct StatementRow {
  std::optional<BusinessDate> date;  // absent: not readable, flagged date_unsure
  std::string time;                  // "09:12:11", "09:12" or empty
  Pii<std::string> description;      // 摘要, 用途 and 附言 in the order of their columns
  Pii<std::string> counterparty;
  Money amount;                  // in positive, out negative
  std::optional<Money> balance;  // after this row
  std::size_t page = 0;          // from 0
  vision::Box box;               // in the unit of its page, all lines of the row
  float confidence = 1;          // the worst of its amount, balance and date
  RowFlags flags;
  std::vector<Repair> repairs;
};

enum class RowOrder { ascending, descending };
BOOST_DESCRIBE_ENUM(RowOrder, ascending, descending)

struct Statement {
  Pii<std::string> bank;     // as printed; may be empty
  Pii<std::string> holder;   // may be empty
  std::string account_tail;  // "****1234", or empty
  Currency currency = Currency::CNY;
  bool currency_printed = false;          // otherwise CNY is assumed
  std::optional<BusinessDate> from, to;   // the printed period
  std::optional<Money> opening, closing;  // as printed
  RowOrder order = RowOrder::ascending;
  std::vector<StatementRow> rows;  // in the order of the statement
};

// Errors: documents.statement_too_large (limits::kStatement…), statement_malformed (a page or a box
// that is not finite or has no size), statement_no_header (no line of column heads),
// statement_no_rows.
//
// Two figures check a row: its amount and the balances around it. Amounts from a text layer are
// never changed. A recognised amount or balance is put right only where both neighbouring balances
// give the same value and it is one character away from what was read.
Result<Statement> read_statement(std::span<const StatementPage> pages);

// What a row is counted as. The words and the order of the rules are in statement_income.cc.
enum class RowUse {
  salary,        // an inflow of a salary source
  other_income,  // any other inflow: interest, business, gifts
  own_transfer,  // between the holder's own accounts and products; not income
  loan_payout,   // borrowed money; not income
  refund,        // money that came back; not income
  outflow,
  left_out  // repeated, of another currency, without date, breaking the balance, or seen otherwise
};
BOOST_DESCRIBE_ENUM(RowUse, salary, other_income, own_transfer, loan_payout, refund, outflow,
                    left_out)

struct MonthFigures {
  BusinessDate month;          // its first day
  bool whole = false;          // the statement covers every day of it
  Money inflow, outflow;       // all rows but those left out; the outflow is positive
  Money salary, other_income;  // what counts as income
  std::vector<std::size_t> inflow_rows, outflow_rows, salary_rows, other_income_rows;
};

// One payer that looks like an employer: paid in at least three months and in two thirds of the
// months from its first payment to its last, at most twice a month in the mean, and two thirds of
// its months' sums within 30 % of their median (50 % when the text speaks of wages). Without such
// words the payer must be named as an organisation.
struct SalarySource {
  Pii<std::string> payer;   // empty: a payroll entry that names nobody
  bool wage_words = false;  // 工资, 薪, 代发, salary, …
  int months = 0;
  Money typical_month;  // median of the months' sums
  std::vector<std::size_t> rows;
};

struct IncomeSummary {
  // Fewer than three months between the first and the last day: no monthly figure can be relied on.
  bool too_short = true;
  int months_covered = 0;            // full months between the first and the last day
  std::vector<MonthFigures> months;  // without gaps
  std::vector<SalarySource> salaries;
  // Medians over the months covered whole; absent when there are fewer than three.
  std::optional<Money> monthly_salary, monthly_income;
  std::vector<RowUse> use;  // of every row, by its index
  std::vector<std::size_t> own_transfers, loan_payouts, refunds, left_out;  // row indices
};

IncomeSummary income_of(const Statement& statement);

enum class MismatchKind {
  different,  // the picture confidently shows another value at this place
  absent      // the picture shows no value there, though it was read all around
};
BOOST_DESCRIBE_ENUM(MismatchKind, different, absent)

struct TextMismatch {
  MismatchKind kind = MismatchKind::different;
  vision::Box box;                  // in the text layer's unit
  std::string text_layer, picture;  // as read; `picture` is empty when absent
};

// Amounts, balances and dates of a PDF page's text layer that its picture does not show: the layer
// that programs read was changed, not the one that people see. The two pages may differ in scale. A
// reading of less than 0.9 confidence never accuses anybody. Errors: statement_too_large,
// statement_malformed.
Result<std::vector<TextMismatch>> compare_layers(const StatementPage& text_layer,
                                                 const StatementPage& ocr_of_picture);

}  // namespace mq::documents
