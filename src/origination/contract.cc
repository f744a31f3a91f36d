// The contract text. Pure: the same facts give the same text.
#include "origination/contract.h"

namespace mq::origination {
namespace {

std::string method_zh(terms::RepaymentMethod method) {
  switch (method) {
    case terms::RepaymentMethod::equal_instalment:
      return "等额本息";
    case terms::RepaymentMethod::equal_principal:
      return "等额本金";
    case terms::RepaymentMethod::interest_first:
      return "先息后本";
    case terms::RepaymentMethod::bullet:
      return "到期还本付息";
  }
  check_failed("unknown repayment method");
}

}  // namespace

std::string contract_markdown(const ContractFacts& facts) {
  const auto& sheet = facts.sheet;
  std::string text = "# 个人借款合同\n\n";
  text += "合同编号：" + facts.contract.str() + "  \n";
  text += "防篡改随机数：" + facts.nonce + "\n\n";
  text += "## 一、当事人\n\n";
  text += "出借人：面签演示贷款机构（本文本由出借人部署时替换为其名称与牌照编号）  \n";
  text += "借款人：" + facts.name.expose() + "，身份证号 " + facts.id_number.expose() + "\n\n";
  text += "## 二、借款\n\n";
  text += "- 借款本金：" + sheet.principal.str() + " 元\n";
  text += "- 期限：" + std::to_string(sheet.term_months) + " 个月，自放款日起算\n";
  text += "- 年利率：" + Rate::from_nano(sheet.annual_rate.nano() * 100).str() + "%\n";
  text += "- 还款方式：" + method_zh(sheet.method) + "\n";
  text += "- 用途：" + facts.use_of_funds + "\n";
  text += "- 收款及还款账户：" + facts.card_masked + "\n\n";
  text += "## 三、综合融资成本\n\n";
  text += "- 利息及费用合计：" + sheet.total_cost.str() + " 元\n";
  text += "- 还款总额：" + sheet.total_payment.str() + " 元\n";
  text += "- 年化成本：单利 " + sheet.irr_simple + "，复利（IRR）" + sheet.irr_compound + "\n";
  text += "- 费用总额表 SHA-256：" + facts.sheet_sha256 + "\n\n";
  text += "未列入费用总额表的任何费用均不收取。\n\n";
  text += "## 四、还款计划（以今日放款为例，实际日期自放款日起算）\n\n";
  text += "| 期 | 到期日 | 应还 | 本金 | 利息 | 剩余本金 |\n|---|---|---|---|---|---|\n";
  for (const auto& row : sheet.schedule) {
    text += "| " + std::to_string(row.no) + " | " + row.due.iso() + " | " + row.payment.str() +
            " | " + row.principal.str() + " | " + row.interest.str() + " | " + row.balance.str() +
            " |\n";
  }
  text += "\n## 五、或有费用\n\n";
  for (const auto& item : sheet.contingent) text += "- " + item.name + "：" + item.method + "\n";
  text += "\n## 六、取消与提前还款\n\n放款前您可随时取消，不承担费用。您可以提前还款，不收取违约金。\n\n";
  text += "## 七、签署\n\n借款人以短信验证码对本合同文本的 SHA-256 值进行确认，签署记录存入审计日志，借款人可下载证明并离线验证。\n";
  return text;
}

}  // namespace mq::origination
