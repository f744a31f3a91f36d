// Rules of reading a statement, one page set by hand for each.
#include "documents/statement.h"

#include <gtest/gtest.h>

#include <limits>

#include "documents/statement_test_support.h"

namespace mq::documents {
namespace {

using test::Paper;

// Heads of one signed amount.
Paper signed_heads(float confidence = 1) {
  Paper paper(confidence);
  paper.at(20, 100, "交易日期")
      .at(120, 100, "摘要")
      .to(340, 100, "交易金额")
      .to(440, 100, "余额")
      .at(460, 100, "对方户名");
  return paper;
}
Paper& row(Paper& paper, float y, const std::string& date, const std::string& what,
           const std::string& amount, const std::string& balance, const std::string& who = "") {
  paper.at(20, y, date).at(120, y, what);
  if (!amount.empty()) paper.to(340, y, amount);
  if (!balance.empty()) paper.to(440, y, balance);
  if (!who.empty()) paper.at(460, y, who);
  return paper;
}

Statement read(const std::vector<StatementPage>& pages) {
  auto statement = read_statement(pages);
  EXPECT_TRUE(statement.ok()) << statement.error().code();
  return statement.ok() ? std::move(statement).value() : Statement{};
}
std::string refusal(const std::vector<StatementPage>& pages) {
  const auto statement = read_statement(pages);
  return statement.ok() ? "read" : statement.error().code();
}
std::vector<std::int64_t> amounts(const Statement& statement) {
  std::vector<std::int64_t> out;
  for (const auto& one : statement.rows) out.push_back(one.amount.minor());
  return out;
}
using Amounts = std::vector<std::int64_t>;

TEST(StatementText, AmountsAreReadExactly) {
  using statements::fold;
  using statements::read_amount;
  const auto minor = [](std::string_view text) {
    const auto amount = read_amount(fold(text));
    return !amount ? -1 : amount->signed_out ? -amount->minor : amount->minor;
  };
  EXPECT_EQ(minor("1,234.56"), 123456);
  EXPECT_EQ(minor("-8,000.00"), -800000);
  EXPECT_EQ(minor("(12.30)"), -1230);
  EXPECT_EQ(minor("5.00DR"), -500);
  EXPECT_EQ(minor("5.00CR"), 500);
  EXPECT_EQ(minor("￥１，２３４．５０"), 123450);
  EXPECT_EQ(minor("−0.07"), -7);
  EXPECT_EQ(minor("100.00-"), -10000);
  EXPECT_EQ(minor("8000"), 800000);
  EXPECT_EQ(minor("0.1"), 10);
  EXPECT_EQ(minor("9,999,999,999.99"), 999999999999);
  for (const std::string_view none :
       {"", "-", "元", "12:30", "1.2345", "工资", "10,000,000,001.00", "12.", ".50", "+-3.00"}) {
    EXPECT_EQ(minor(none), -1) << none;
  }
  EXPECT_TRUE(read_amount("8,O00.00")->unsure);
  EXPECT_EQ(minor("8,O00.00"), 800000);
  EXPECT_TRUE(read_amount("1.234.56")->unsure);
  EXPECT_TRUE(read_amount("1,23")->unsure);
  EXPECT_EQ(minor("8,000,00"), 800000);
  EXPECT_FALSE(read_amount("1,234.56")->unsure);
}

TEST(Statement, TextJoinedToABalanceComesApart) {
  Paper paper(0.9F);
  paper.at(20, 100, "交易日期").to(300, 100, "交易金额").to(400, 100, "余额").at(405, 100, "摘要");
  paper.at(20, 120, "2025-01-03").to(300, 120, "8,000.00").to(400, 120, "9,000.00");
  paper.at(20, 140, "2025-01-04").to(300, 140, "-100.50").at(360, 140, "8,899.50快捷支付");
  const auto statement = read(paper);
  ASSERT_EQ(statement.rows.size(), 2U);
  EXPECT_EQ(statement.rows[1].balance->minor(), 889950);
  EXPECT_EQ(statement.rows[1].description.expose(), "快捷支付");
}

TEST(StatementText, DatesOfEveryForm) {
  const auto iso = [](std::string_view text) {
    const auto date = statements::read_date(statements::fold(text));
    return date && date->date ? date->date->iso() : std::string("none");
  };
  for (const std::string_view same :
       {"2025-01-31", "2025/1/31", "2025.01.31", "20250131", "2025年1月31日", "31 Jan 2025",
        "Jan 31, 2025", "２０２５－０１－３１", "2O25-0l-31", "31-Jan-2025"}) {
    EXPECT_EQ(iso(same), "2025-01-31") << same;
  }
  EXPECT_EQ(iso("01-31"), "2000-01-31");
  // A dash that recognition lost: the digits are all there, and yet it is a guess.
  for (const std::string_view joined : {"2025-0131", "202501-31", "202501-3109:30:44"}) {
    EXPECT_EQ(iso(joined), "2025-01-31") << joined;
    EXPECT_TRUE(statements::read_date(joined)->unsure) << joined;
  }
  for (const std::string_view phone : {"2025-01315", "2025-0131-2", "6222-0131", "2025-1340"}) {
    EXPECT_EQ(iso(phone), "none") << phone;
  }
  for (const std::string_view none :
       {"2025-02-30", "12.50", "1234567890", "1,234.56", "6222", "", "13-40"}) {
    EXPECT_EQ(iso(none), "none") << none;
  }
  EXPECT_EQ(statements::read_time("09:12:11").value_or(""), "09:12:11");
  EXPECT_FALSE(statements::read_time("25:00").has_value());
}

TEST(Statement, OneSignedAmount) {
  Paper paper = signed_heads();
  paper.at(20, 20, "华光银行账户流水")
      .at(20, 40, "户名：张三")
      .at(200, 40, "账号：6222 **** **** 1234");
  paper.at(20, 60, "起止日期：2025-01-01 至 2025-01-31").at(20, 75, "币种：人民币");
  row(paper, 120, "2025-01-03", "工资", "8,000.00", "9,000.00", "远山公司");
  row(paper, 140, "2025-01-04 10:20:30", "消费", "-100.50", "8,899.50", "小店");
  const auto statement = read(paper);
  EXPECT_EQ(amounts(statement), (Amounts{800000, -10050}));
  EXPECT_EQ(statement.bank.expose(), "华光银行");
  EXPECT_EQ(statement.holder.expose(), "张三");
  EXPECT_EQ(statement.account_tail, "****1234");
  EXPECT_EQ(statement.from->iso() + statement.to->iso(), "2025-01-012025-01-31");
  EXPECT_EQ(statement.rows[0].counterparty.expose(), "远山公司");
  EXPECT_EQ(statement.rows[0].description.expose(), "工资");
  EXPECT_EQ(statement.rows[1].time, "10:20:30");
  EXPECT_TRUE(statement.rows[0].flags.has(RowFlag::unchecked))
      << "nothing before it to check it with";
  EXPECT_TRUE(statement.rows[1].flags.none());
  EXPECT_GE(statement.rows[0].box.y, 119);
}

TEST(Statement, IncomeAndOutgoInTheirColumns) {
  Paper paper;
  paper.at(20, 100, "日期")
      .at(120, 100, "摘要")
      .to(300, 100, "收入")
      .to(380, 100, "支出")
      .to(460, 100, "余额");
  paper.at(20, 120, "20250103").at(120, 120, "存入").to(300, 120, "500.00").to(460, 120, "500.00");
  paper.at(20, 140, "20250104").at(120, 140, "取款").to(380, 140, "20.00").to(460, 140, "480.00");
  paper.at(20, 160, "20250105")
      .at(120, 160, "取款")
      .to(300, 160, "0.00")
      .to(380, 160, "80.00")
      .to(460, 160, "400.00");
  const auto statement = read(paper);
  EXPECT_EQ(amounts(statement), (Amounts{50000, -2000, -8000}));
  EXPECT_FALSE(statement.rows[2].flags.has(RowFlag::balance_breaks));
}

TEST(Statement, DebitAndCreditFollowTheBalances) {
  // Of a book that calls incoming money 借方.
  Paper paper;
  paper.at(20, 100, "记账日期")
      .at(120, 100, "摘要")
      .to(300, 100, "借方")
      .to(380, 100, "贷方")
      .to(460, 100, "余额");
  paper.at(20, 120, "2025-01-03").to(300, 120, "500.00").to(460, 120, "500.00");
  paper.at(20, 140, "2025-01-04").to(380, 140, "20.00").to(460, 140, "480.00");
  paper.at(20, 160, "2025-01-05").to(300, 160, "70.00").to(460, 160, "550.00");
  EXPECT_EQ(amounts(read(paper)), (Amounts{50000, -2000, 7000}));
}

TEST(Statement, DirectionInAColumnOfItsOwn) {
  Paper paper;
  paper.at(20, 100, "交易日期")
      .at(120, 100, "借贷标志")
      .to(300, 100, "发生额")
      .to(400, 100, "余额")
      .at(430, 100, "用途");
  paper.at(20, 120, "2025-01-03")
      .at(130, 120, "贷")
      .to(300, 120, "500.00")
      .to(400, 120, "900.00")
      .at(430, 120, "货款");
  paper.at(20, 140, "2025-01-04")
      .at(130, 140, "借")
      .to(300, 140, "20.00")
      .to(400, 140, "880.00")
      .at(430, 140, "餐饮");
  EXPECT_EQ(amounts(read(paper)), (Amounts{50000, -2000}));
}

TEST(Statement, BareAmountsGoTheWayOfTheBalance) {
  Paper paper = signed_heads();
  row(paper, 120, "2025-01-03", "一", "10.00", "110.00");
  row(paper, 140, "2025-01-04", "二", "30.00", "80.00");
  row(paper, 160, "2025-01-05", "三", "5.00", "85.00");
  const auto statement = read(paper);
  EXPECT_EQ(amounts(statement), (Amounts{1000, -3000, 500}));
  EXPECT_TRUE(statement.rows[0].flags.has(RowFlag::amount_unsure));
  EXPECT_TRUE(statement.rows[1].flags.none());
}

TEST(Statement, EnglishHeadsNewestFirst) {
  Paper paper;
  paper.at(20, 100, "Date")
      .at(120, 100, "Description")
      .to(340, 100, "Amount")
      .to(440, 100, "Balance");
  paper.at(20, 120, "05 Jan 2025")
      .at(120, 120, "Card payment at shop")
      .to(340, 120, "(30.00)")
      .to(440, 120, "70.00");
  paper.at(20, 140, "04 Jan 2025")
      .at(120, 140, "Salary")
      .to(340, 140, "60.00")
      .to(440, 140, "100.00");
  const auto statement = read(paper);
  EXPECT_EQ(statement.order, RowOrder::descending);
  EXPECT_EQ(amounts(statement), (Amounts{-3000, 6000}));
  EXPECT_EQ(statement.rows[0].description.expose(), "Card payment at shop");
  EXPECT_EQ(statement.rows[0].date->iso(), "2025-01-05");
  EXPECT_TRUE(statement.rows[0].flags.none());
}

TEST(Statement, WrappedRowsRepeatedHeadsAndFooters) {
  Paper first = signed_heads(), second = signed_heads();
  row(first, 120, "2025-01-03", "转账", "10.00", "110.00", "一家名字很长的");
  first.at(120, 132, "附言第二行").at(460, 132, "公司");
  row(first, 160, "2025-01-04", "消费", "-10.00", "100.00", "小店");
  first.at(20, 180, "本页合计")
      .to(340, 180, "0.00")
      .to(440, 180, "100.00")
      .at(20, 780, "第1页/共2页");
  row(second, 120, "2025-01-05", "消费", "-1.00", "99.00", "小店");
  second.at(20, 140, "期末余额：99.00").at(20, 780, "打印日期：2025-02-01");
  const auto statement = read({first.page(), second.page()});
  ASSERT_EQ(statement.rows.size(), 3U);
  EXPECT_EQ(statement.rows[0].description.expose(), "转账附言第二行");
  EXPECT_EQ(statement.rows[0].counterparty.expose(), "一家名字很长的公司");
  EXPECT_EQ(statement.rows[1].description.expose(), "消费");
  EXPECT_EQ(statement.rows[2].page, 1U);
  EXPECT_EQ(statement.closing->minor(), 9900);
  EXPECT_TRUE(statement.rows[2].flags.none());
}

TEST(Statement, HeadsOnTheFirstPageServeTheOthers) {
  Paper first = signed_heads(), second;
  row(first, 120, "2025-01-03", "转账", "10.00", "110.00");
  row(second, 40, "2025-01-04", "消费", "-10.00", "100.00");
  EXPECT_EQ(amounts(read({first.page(), second.page()})), (Amounts{1000, -1000}));
}

TEST(Statement, FlagsSayWhatIsWrong) {
  Paper paper = signed_heads();
  paper.at(20, 40, "起止日期：2025-01-01 至 2025-01-31").at(20, 60, "期初余额：100.00");
  row(paper, 120, "2025-01-03", "一", "+10.00", "110.00");
  row(paper, 140, "2025-01-04", "二", "-10.00", "90.00");
  row(paper, 160, "2025-02-05", "三", "+10.00", "100.00");
  row(paper, 180, "2025-02-05", "三", "+10.00", "100.00");
  row(paper, 200, "2025-02-31", "四", "-1.00", "99.00");
  const auto statement = read(paper);
  ASSERT_EQ(statement.rows.size(), 5U);
  EXPECT_TRUE(statement.rows[0].flags.none()) << "the opening balance checks it";
  EXPECT_TRUE(statement.rows[1].flags.has(RowFlag::balance_breaks));
  EXPECT_TRUE(statement.rows[2].flags.has(RowFlag::out_of_period));
  EXPECT_FALSE(statement.rows[2].flags.has(RowFlag::repeated_row));
  EXPECT_TRUE(statement.rows[3].flags.has(RowFlag::repeated_row));
  EXPECT_TRUE(statement.rows[4].flags.has(RowFlag::date_unsure));
  EXPECT_FALSE(statement.rows[4].date.has_value());
}

TEST(Statement, ADateOutOfOrderIsUnsure) {
  Paper paper = signed_heads(0.9F);
  row(paper, 120, "2025-01-03", "一", "+10.00", "110.00");
  row(paper, 140, "2025-07-04", "二", "-10.00", "100.00");
  row(paper, 160, "2025-01-05", "三", "+10.00", "110.00");
  row(paper, 180, "2025-01-06", "四", "+10.00", "120.00");
  const auto statement = read(paper);
  EXPECT_FALSE(statement.rows[0].flags.has(RowFlag::date_unsure));
  EXPECT_TRUE(statement.rows[1].flags.has(RowFlag::date_unsure));
  EXPECT_FALSE(statement.rows[2].flags.has(RowFlag::date_unsure));
}

// Five rows, of which the third has the given amount and balance; 30.00 and 160.00 are right.
Statement with_third(float confidence, const std::string& amount, const std::string& balance) {
  Paper paper = signed_heads(confidence);
  row(paper, 120, "2025-01-03", "一", "+10.00", "110.00");
  row(paper, 140, "2025-01-04", "二", "+20.00", "130.00");
  row(paper, 160, "2025-01-05", "三", amount, balance);
  row(paper, 180, "2025-01-06", "四", "-60.00", "100.00");
  row(paper, 200, "2025-01-07", "五", "+50.00", "150.00");
  return read(paper);
}

TEST(Statement, AMisreadDigitWithTwoWitnessesIsRepaired) {
  const auto amount = with_third(0.9F, "+80.00", "160.00");
  EXPECT_EQ(amount.rows[2].amount.minor(), 3000);
  EXPECT_TRUE(amount.rows[2].flags.has(RowFlag::repaired));
  EXPECT_FALSE(amount.rows[2].flags.has(RowFlag::balance_breaks));
  ASSERT_EQ(amount.rows[2].repairs.size(), 1U);
  EXPECT_EQ(amount.rows[2].repairs[0].as_read, "+80.00");
  const auto balance = with_third(0.9F, "+30.00", "168.00");
  EXPECT_EQ(balance.rows[2].balance->minor(), 16000);
  ASSERT_EQ(balance.rows[2].repairs.size(), 1U);
  EXPECT_EQ(balance.rows[2].repairs[0].field, Repair::Field::balance);
  EXPECT_TRUE(balance.rows[3].flags.none());
}

TEST(Statement, NothingIsRepairedWithoutProof) {
  const auto exact = with_third(1, "+80.00", "160.00");
  EXPECT_EQ(exact.rows[2].amount.minor(), 8000)
      << "a text layer is not misread: this is a change by somebody";
  EXPECT_TRUE(exact.rows[2].flags.has(RowFlag::balance_breaks));
  const auto far = with_third(0.9F, "+87.15", "160.00");
  EXPECT_EQ(far.rows[2].amount.minor(), 8715) << "no single digit explains it";
  EXPECT_TRUE(far.rows[2].flags.has(RowFlag::balance_breaks));
  const auto both = with_third(0.9F, "+80.00", "168.00");
  EXPECT_TRUE(both.rows[2].flags.has(RowFlag::balance_breaks));
  EXPECT_FALSE(both.rows[2].flags.has(RowFlag::repaired));
}

TEST(Statement, RowsOfAnotherCurrencyTakeNoPart) {
  Paper paper = signed_heads();
  paper.at(540, 100, "币种").at(20, 40, "币种：人民币");
  row(paper, 120, "2025-01-03", "一", "+10.00", "110.00").at(540, 120, "人民币");
  row(paper, 140, "2025-01-03", "二", "+10.00", "10.00").at(540, 140, "美元");
  row(paper, 160, "2025-01-04", "三", "-10.00", "100.00").at(540, 160, "人民币");
  const auto statement = read(paper);
  ASSERT_EQ(statement.rows.size(), 3U);
  EXPECT_TRUE(statement.rows[1].flags.has(RowFlag::other_currency));
  EXPECT_EQ(statement.rows[1].amount.currency(), Currency::USD);
  EXPECT_TRUE(statement.rows[2].flags.none());
  EXPECT_EQ(income_of(statement).use[1], RowUse::left_out);
}

TEST(Statement, RefusesWhatIsNone) {
  EXPECT_EQ(refusal({}), "documents.statement_no_header");
  Paper letter;
  letter.at(20, 20, "尊敬的客户").at(20, 40, "交易日期");
  EXPECT_EQ(refusal(letter), "documents.statement_no_header");
  Paper empty = signed_heads();
  empty.at(20, 120, "本页合计").to(440, 120, "0.00");
  EXPECT_EQ(refusal(empty), "documents.statement_no_rows");
  EXPECT_EQ(refusal(std::vector<StatementPage>(limits::kStatementPages + 1, signed_heads().page())),
            "documents.statement_too_large");
  Paper crowded = signed_heads();
  for (std::size_t i = 0; i < limits::kStatementPageTexts; ++i) crowded.at(20, 200, "x");
  EXPECT_EQ(refusal(crowded), "documents.statement_too_large");
  Paper long_text = signed_heads();
  long_text.at(20, 200, std::string(limits::kStatementTextBytes + 1, 'x'));
  EXPECT_EQ(refusal(long_text), "documents.statement_too_large");
  for (const float bad : {0.0F, -1.0F, std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    Paper broken = signed_heads();
    broken.page().texts[0].box.height = bad;
    EXPECT_EQ(refusal(broken), "documents.statement_malformed") << bad;
    Paper flat = signed_heads();
    flat.page().width = bad;
    EXPECT_EQ(refusal(flat), "documents.statement_malformed") << bad;
  }
  Paper sure = signed_heads();
  sure.page().texts[0].confidence = 1.5F;
  EXPECT_EQ(refusal(sure), "documents.statement_malformed");
}

TEST(CompareLayers, OnlyAConfidentReadingAccuses) {
  Paper layer = signed_heads();
  row(layer, 120, "2025-01-03", "一", "+90.00", "110.00");
  const auto seen_as = [&](float confidence, const std::string& amount) {
    Paper picture = signed_heads(confidence);
    row(picture, 120, "2025-01-03", "一", amount, "110.00");
    const auto found = compare_layers(layer.page(), picture.page());
    return found.ok() ? found->size() : 99U;
  };
  EXPECT_EQ(seen_as(0.95F, "90.00"), 0U) << "a sign is easily lost";
  EXPECT_EQ(seen_as(0.95F, "+10.00"), 1U);
  EXPECT_EQ(seen_as(0.6F, "+10.00"), 0U);
  StatementPage broken = layer.page();
  broken.width = 0;
  EXPECT_EQ(compare_layers(layer.page(), broken).error().code(), "documents.statement_malformed");
}

}  // namespace
}  // namespace mq::documents
