// JSON forms of the capabilities' objects, shared by the borrower's and the staff's side. Private to api/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/handlers.h"

namespace mq::api {

struct ReasonBody {
  std::string code, text;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(ReasonBody, (), (code, text, next))

struct VerificationBody {
  VerificationId verification_id;
  identity::State state{};
  std::vector<std::string> needs;  // "card", "selfie"
  int attempts_left = 0;
  std::vector<ReasonBody> reasons;
  Instant created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(VerificationBody, (),
                      (verification_id, state, needs, attempts_left, reasons, created_at,
                       updated_at))
VerificationBody view(const identity::Verification& verification, const std::string& language);
std::vector<ReasonBody> reasons_view(const std::vector<identity::Reason>& reasons,
                                     const std::string& language);

struct CostSheetBody {
  Money principal;
  std::vector<origination::CostItem> items;
  std::vector<origination::ContingentItem> contingent;
  Money total_cost, total_payment;
  std::string irr_simple, irr_compound;
  Rate annual_rate;
  int minimum_reading_s = origination::kMinimumReadingSeconds;
  std::string sha256;
  std::vector<origination::SheetRow> schedule;
};
BOOST_DESCRIBE_STRUCT(CostSheetBody, (),
                      (principal, items, contingent, total_cost, total_payment, irr_simple,
                       irr_compound, annual_rate, minimum_reading_s, sha256, schedule))

struct ApplicationBody {
  ApplicationId application_id;
  std::string state;
  std::string product_id;
  int product_version = 0;
  Money amount;
  int term_months = 0;
  std::vector<ReasonBody> reasons;
  std::optional<CostSheetBody> cost_sheet;  // from approved on
  std::optional<std::string> contract_sha256;
  std::optional<LoanId> loan_id;
  std::optional<std::string> payout_card_masked;
  Instant created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(ApplicationBody, (),
                      (application_id, state, product_id, product_version, amount, term_months,
                       reasons, cost_sheet, contract_sha256, loan_id, payout_card_masked,
                       created_at, updated_at))
ApplicationBody view(const origination::Application& application, const std::string& language,
                     std::optional<std::string> payout_card_masked);
std::vector<ReasonBody> reasons_view(const std::vector<risk::Reason>& reasons,
                                     const std::string& language);

struct InstalmentBody {
  int no = 0;
  BusinessDate due;
  Money payment, principal, interest, paid;
  servicing::InstalmentState state{};
};
BOOST_DESCRIBE_STRUCT(InstalmentBody, (), (no, due, payment, principal, interest, paid, state))
struct NextDueBody {
  int no = 0;
  BusinessDate due;
  Money amount;
};
BOOST_DESCRIBE_STRUCT(NextDueBody, (), (no, due, amount))
struct AllocationBody {
  Money interest, principal, credit;
};
BOOST_DESCRIBE_STRUCT(AllocationBody, (), (interest, principal, credit))
struct RepaymentBody {
  servicing::RepaymentId repayment_id;
  Money amount;
  servicing::RepaymentState state{};
  Instant at;
  std::optional<AllocationBody> allocation;
};
BOOST_DESCRIBE_STRUCT(RepaymentBody, (), (repayment_id, amount, state, at, allocation))
struct LoanBody {
  LoanId loan_id;
  ApplicationId application_id;
  servicing::LoanState state{};
  Money principal, outstanding_principal;
  Rate annual_rate;
  terms::RepaymentMethod method{};
  int term_months = 0;
  std::optional<BusinessDate> disbursed_on;
  std::vector<InstalmentBody> schedule;
  std::optional<NextDueBody> next_due;
  std::vector<RepaymentBody> repayments;
};
BOOST_DESCRIBE_STRUCT(LoanBody, (),
                      (loan_id, application_id, state, principal, outstanding_principal,
                       annual_rate, method, term_months, disbursed_on, schedule, next_due,
                       repayments))
LoanBody view(const servicing::Loan& loan, BusinessDate today);
RepaymentBody view(const servicing::Repayment& repayment);

// A masked field of a person, or nothing while none is stored.
Result<std::optional<std::string>> masked_field(Services& services, const PersonId& person,
                                                vault::Field field);
Result<BusinessDate> business_date(Services& services);

}  // namespace mq::api
