#include <algorithm>
#include <array>

#include "base/check.h"
#include "ledger/ledger.h"

namespace mq::ledger {
namespace {

using enum Account;
using enum AccountType;

constexpr std::array kChart{
    AccountInfo{bank, "银行存款", "Bank", asset, Side::debit},
    AccountInfo{clearing_channel, "渠道在途资金", "Channel clearing", asset, Side::debit},
    AccountInfo{interest_receivable, "应收利息", "Interest receivable", asset, Side::debit},
    AccountInfo{fee_receivable, "应收费用", "Fees receivable", asset, Side::debit},
    AccountInfo{penalty_receivable, "应收罚息", "Penalty interest receivable", asset, Side::debit},
    AccountInfo{loans_receivable, "贷款本金", "Loans receivable", asset, Side::debit},
    AccountInfo{allowance, "贷款损失准备", "Allowance for loan losses", asset, Side::credit},
    AccountInfo{partner_payable, "应付合作机构款", "Payable to partners", liability, Side::credit},
    AccountInfo{borrower_credit, "借款人溢缴款", "Borrower credit balances", liability,
                Side::credit},
    AccountInfo{interest_income, "利息收入", "Interest income", income, Side::credit},
    AccountInfo{fee_income, "手续费收入", "Fee income", income, Side::credit},
    AccountInfo{penalty_income, "罚息收入", "Penalty interest income", income, Side::credit},
    AccountInfo{recovery_income, "已核销贷款收回", "Recoveries of written-off loans", income,
                Side::credit},
    AccountInfo{impairment_loss, "信用减值损失", "Impairment loss", expense, Side::debit},
};

}  // namespace

std::span<const AccountInfo> chart_of_accounts() { return kChart; }

const AccountInfo& info(Account account) {
  const auto found =
      std::find_if(kChart.begin(), kChart.end(),
                   [account](const AccountInfo& entry) { return entry.account == account; });
  MQ_CHECK(found != kChart.end());
  return *found;
}

std::string_view to_string(Account account) {
  return boost::describe::enum_to_string(account, "?");
}

Result<Account> parse_account(std::string_view name) {
  for (const auto& entry : kChart) {
    if (to_string(entry.account) == name) return entry.account;
  }
  return LedgerErrc::unknown_account;
}

}  // namespace mq::ledger
