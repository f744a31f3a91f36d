// Any placed text gives an error or a statement that keeps its promises, and an income that adds
// up.
#include <fuzzer/FuzzedDataProvider.h>

#include "base/check.h"
#include "base/limits.h"
#include "documents/statement.h"

namespace mq::documents {
namespace {

constexpr const char* kWords[] = {"交易日期",
                                  "摘要",
                                  "对方户名",
                                  "收入",
                                  "支出",
                                  "余额",
                                  "交易金额",
                                  "借贷标志",
                                  "Date",
                                  "Amount",
                                  "Balance",
                                  "2025-01-03",
                                  "20250104",
                                  "2025年1月5日",
                                  "01-06",
                                  "31 Jan 2025",
                                  "09:12:11",
                                  "1,234.56",
                                  "-8,000.00",
                                  "(12.30)",
                                  "5.00CR",
                                  "8000",
                                  "借",
                                  "贷",
                                  "工资",
                                  "退款",
                                  "户名：张三",
                                  "账号：6222020012341234",
                                  "币种：美元",
                                  "期初余额：1,000.00",
                                  "起止日期：2025-01-01 至 2025-06-30",
                                  "合计",
                                  "第1页",
                                  "2025-01-03 工资 8,000.00 12,000.00",
                                  "8,000.0012,000.00"};

StatementPage page_from(FuzzedDataProvider& in) {
  StatementPage page;
  page.width = in.ConsumeBool() ? 595 : in.ConsumeFloatingPoint<float>();
  page.height = 842;
  const int texts = in.ConsumeIntegralInRange(0, 60);
  for (int i = 0; i < texts; ++i) {
    PlacedText text;
    const bool odd = in.ConsumeIntegralInRange(0, 15) == 0;
    text.box.x = odd ? in.ConsumeFloatingPoint<float>()
                     : static_cast<float>(in.ConsumeIntegralInRange(0, 9) * 60);
    text.box.y = static_cast<float>(in.ConsumeIntegralInRange(0, 40) * 12);
    text.text = in.ConsumeIntegralInRange(0, 3) == 0 ? in.ConsumeRandomLengthString(40)
                                                     : in.PickValueInArray(kWords);
    text.box.width = static_cast<float>(text.text.size()) * 4 + 1;
    text.box.height = in.ConsumeBool() ? 10 : static_cast<float>(in.ConsumeIntegralInRange(0, 200));
    text.confidence = in.ConsumeBool() ? 1 : in.ConsumeProbability<float>();
    page.texts.push_back(std::move(text));
  }
  return page;
}

void check(const Statement& statement) {
  MQ_CHECK(!statement.rows.empty() && statement.rows.size() <= limits::kStatementRows);
  for (const auto& row : statement.rows) {
    MQ_CHECK(row.date || row.flags.has(RowFlag::date_unsure));
    MQ_CHECK(row.flags.has(RowFlag::repaired) == !row.repairs.empty());
    MQ_CHECK(row.confidence >= 0 && row.confidence <= 1);
    MQ_CHECK(row.flags.has(RowFlag::other_currency) || row.amount.currency() == statement.currency);
  }
  const auto income = income_of(statement);
  MQ_CHECK(income.use.size() == statement.rows.size());
  for (const auto& month : income.months) {
    Money sum = Money::zero(statement.currency);
    for (const auto row : month.inflow_rows) sum += statement.rows[row].amount;
    MQ_CHECK(sum == month.inflow && month.salary + month.other_income <= month.inflow);
  }
}

}  // namespace
}  // namespace mq::documents

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mq::documents;
  FuzzedDataProvider in(data, size);
  std::vector<StatementPage> pages;
  const int count = in.ConsumeIntegralInRange(1, 3);
  for (int i = 0; i < count; ++i) pages.push_back(page_from(in));
  if (const auto statement = read_statement(pages); statement.ok()) check(*statement);
  if (const auto found = compare_layers(pages.front(), pages.back()); found.ok()) {
    MQ_CHECK(found->size() <= pages.front().texts.size() * 40);
  }
  return 0;
}
