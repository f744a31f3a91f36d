#include "api/views.h"

namespace mq::api {

std::vector<ReasonBody> reasons_view(const std::vector<identity::Reason>& reasons,
                                     const std::string& language) {
  std::vector<ReasonBody> out;
  const bool en = language == "en";
  for (const auto reason : reasons) {
    const auto& text = identity::reason_text(reason);
    out.push_back({"identity." + std::string(boost::describe::enum_to_string(reason, "?")),
                   std::string(en ? text.text_en : text.text_zh),
                   std::string(en ? text.next_en : text.next_zh)});
  }
  return out;
}

std::vector<ReasonBody> reasons_view(const std::vector<risk::Reason>& reasons,
                                     const std::string& language) {
  std::vector<ReasonBody> out;
  for (const auto& reason : reasons) {
    out.push_back({reason.code, std::string(risk::reason_text(reason.code, language)), {}});
  }
  return out;
}

VerificationBody view(const identity::Verification& verification, const std::string& language) {
  VerificationBody body{verification.id,
                        verification.state,
                        {},
                        verification.attempts_left,
                        reasons_view(verification.reasons, language),
                        verification.created_at,
                        verification.updated_at};
  if (verification.state == identity::State::collecting) {
    if (!verification.card) body.needs.push_back("card");
    if (!verification.selfie) body.needs.push_back("selfie");
  } else if (verification.state == identity::State::retry) {
    body.needs.push_back("selfie");
  }
  return body;
}

ApplicationBody view(const origination::Application& application, const std::string& language,
                     std::optional<std::string> payout_card_masked) {
  ApplicationBody body;
  body.application_id = application.id;
  body.state = origination::to_string(application.state);
  body.product_id = application.product_id;
  body.product_version = application.product_version;
  body.amount = application.amount;
  body.term_months = application.term_months;
  body.reasons = reasons_view(application.reasons, language);
  const bool offered = application.state != origination::State::referred &&
                       application.state != origination::State::declined &&
                       application.state != origination::State::cancelled;
  if (application.sheet && offered) {
    const auto& sheet = *application.sheet;
    CostSheetBody out;
    out.principal = sheet.principal;
    out.items = sheet.items;
    out.contingent = sheet.contingent;
    out.total_cost = sheet.total_cost;
    out.total_payment = sheet.total_payment;
    out.irr_simple = sheet.irr_simple;
    out.irr_compound = sheet.irr_compound;
    out.annual_rate = sheet.annual_rate;
    out.sha256 = application.sheet_sha256;
    out.schedule = sheet.schedule;
    body.cost_sheet = std::move(out);
  }
  if (!application.contract_sha256.empty()) body.contract_sha256 = application.contract_sha256;
  body.loan_id = application.loan;
  body.payout_card_masked = std::move(payout_card_masked);
  body.created_at = application.created_at;
  body.updated_at = application.updated_at;
  return body;
}

RepaymentBody view(const servicing::Repayment& repayment) {
  RepaymentBody body{repayment.id, repayment.amount, repayment.state, repayment.at, {}};
  if (repayment.state == servicing::RepaymentState::succeeded) {
    body.allocation =
        AllocationBody{repayment.to_interest, repayment.to_principal, repayment.to_credit};
  }
  return body;
}

LoanBody view(const servicing::Loan& loan, BusinessDate today) {
  LoanBody body{loan.id,          loan.application, loan.state,       loan.principal,
                loan.outstanding_principal(), loan.annual_rate, loan.method, loan.term_months,
                loan.disbursed_on, {}, {}, {}};
  for (const auto& instalment : loan.schedule) {
    body.schedule.push_back({instalment.no, instalment.due, instalment.payment(),
                             instalment.principal, instalment.interest, instalment.paid(),
                             servicing::state_on(instalment, today)});
    if (!body.next_due && instalment.open().is_positive()) {
      body.next_due = NextDueBody{instalment.no, instalment.due, instalment.open()};
    }
  }
  for (const auto& repayment : loan.repayments) body.repayments.push_back(view(repayment));
  return body;
}

Result<std::optional<std::string>> masked_field(Services& services, const PersonId& person,
                                                vault::Field field) {
  MQ_TRY(const auto keys, services.vault.unlock(person, {vault::class_of(field)}));
  auto value = services.database.read(
      [&](storage::Transaction& tx) { return services.vault.get(tx, keys, field); });
  if (!value.ok() && value.error().is(vault::VaultErrc::not_found)) {
    return std::optional<std::string>{};
  }
  if (!value.ok()) return value.error();
  return std::optional(vault::masked(field, *value));
}

Result<BusinessDate> business_date(Services& services) {
  return services.database.read([](storage::Transaction& tx) {
    return Result<BusinessDate>(servicing::Servicing::business_date(tx));
  });
}

}  // namespace mq::api
