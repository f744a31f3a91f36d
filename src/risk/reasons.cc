#include "risk/reasons.h"

#include <algorithm>
#include <array>

#include "risk/risk.h"

namespace mq::risk {
namespace {

struct ReasonText {
  std::string_view code, zh, en;
};

constexpr std::array kTexts = {
    ReasonText{"risk.identity_not_passed", "身份核验尚未通过，请先完成身份核验。",
               "Your identity has not been verified. Please finish the identity check first."},
    ReasonText{"risk.under_age", "申请人未满 18 周岁，不能申请贷款。",
               "Applicants must be at least 18 years old."},
    ReasonText{"risk.over_age", "申请人年龄超过本产品的上限 65 周岁。",
               "Applicants of this product must not be older than 65."},
    ReasonText{"risk.income_too_low", "每月收入低于本产品的最低要求。",
               "The monthly income is below the minimum for this product."},
    ReasonText{"risk.active_loan", "您有一笔尚未结清的贷款，结清后可再次申请。",
               "You have a loan that is not settled yet. You can apply again once it is."},
    ReasonText{"risk.above_consumer_limit",
               "连同尚未偿还的消费贷款，金额将超过每人 20 万元的限额。",
               "With your outstanding consumer credit the amount would pass the limit of "
               "CNY 200,000 a person."},
    ReasonText{"risk.bullet_too_long", "到期一次还本的贷款期限不得超过 12 个月。",
               "A loan repaid in one payment may not run longer than 12 months."},
    ReasonText{"risk.use_not_allowed", "所填用途不在允许的范围内。",
               "The stated use of the funds is not one this product allows."},
    ReasonText{"risk.debt_too_high",
               "每月还款合计超过收入的 55%，负担过重。可以减少金额或延长期限。",
               "Monthly payments would take more than 55 % of the income. A smaller amount or a "
               "longer term may help."},
    ReasonText{
        "risk.debt_to_review", "每月还款合计超过收入的 40%，需要人工审核。",
        "Monthly payments would take more than 40 % of the income; a person will review it."},
    ReasonText{"risk.statement_to_review", "您提交的银行流水需要人工核对。",
               "The bank statement you handed in needs to be checked by a person."},
    ReasonText{"risk.income_not_documented", "银行流水显示的收入低于所填收入，需要人工审核。",
               "Your bank statement shows less income than you stated; a person will review it."},
};
constexpr ReasonText kGeneral = {"", "本次申请未通过审核。您可以要求人工复核并说明理由。",
                                 "The application was not accepted. You may ask for a review by a "
                                 "person and for the reasons."};

const ReasonText* find_text(std::string_view code) {
  const auto found = std::find_if(kTexts.begin(), kTexts.end(),
                                  [&](const ReasonText& text) { return text.code == code; });
  return found == kTexts.end() ? nullptr : &*found;
}

}  // namespace

bool has_reason_text(std::string_view code) { return find_text(code) != nullptr; }

std::string_view reason_text(std::string_view code, std::string_view language) {
  const auto* text = find_text(code);
  if (text == nullptr) text = &kGeneral;
  return language == "en" ? text->en : text->zh;
}

}  // namespace mq::risk
