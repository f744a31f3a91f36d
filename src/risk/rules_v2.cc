#include "risk/rule_data.h"

namespace mq::risk {

// Version 1 and what bank statements say: a person looks at those that are doubted, that name
// somebody else, or that show clearly less than the applicant stated. Released text never changes
// (rules_v1.cc).
const std::string_view kRulesV2 = R"json({
  "version": "2",
  "rules": [
    {"code": "risk.identity_not_passed", "effect": "decline",
     "when": [{"fact": "identity_state", "operator": "none_of", "value": ["passed"]}]},
    {"code": "risk.under_age", "effect": "decline",
     "when": [{"fact": "age_years", "operator": "less_than", "value": "18"}]},
    {"code": "risk.over_age", "effect": "decline",
     "when": [{"fact": "age_years", "operator": "greater_than", "value": "65"}]},
    {"code": "risk.income_too_low", "effect": "decline",
     "when": [{"fact": "monthly_income", "operator": "less_than", "value": "1500.00"}]},
    {"code": "risk.active_loan", "effect": "decline",
     "when": [{"fact": "active_loans", "operator": "at_least", "value": "1"}]},
    {"code": "risk.above_consumer_limit", "effect": "decline", "valid_from": "2020-07-17",
     "when": [{"fact": "consumer_exposure_after", "operator": "greater_than",
               "value": "200000.00"}]},
    {"code": "risk.bullet_too_long", "effect": "decline", "valid_from": "2020-07-17",
     "when": [{"fact": "method", "operator": "one_of", "value": ["bullet"]},
              {"fact": "term_months", "operator": "greater_than", "value": "12"}]},
    {"code": "risk.use_not_allowed", "effect": "decline",
     "when": [{"fact": "use_of_funds", "operator": "none_of",
               "value": ["education", "medical", "renovation", "consumption", "travel"]}]},
    {"code": "risk.debt_too_high", "effect": "decline",
     "when": [{"fact": "debt_to_income", "operator": "greater_than", "value": "0.55"}]},
    {"code": "risk.debt_to_review", "effect": "refer",
     "when": [{"fact": "debt_to_income", "operator": "greater_than", "value": "0.40"},
              {"fact": "debt_to_income", "operator": "at_most", "value": "0.55"}]},
    {"code": "risk.statement_to_review", "effect": "refer",
     "when": [{"fact": "statement", "operator": "one_of", "value": ["doubtful", "other_holder"]}]},
    {"code": "risk.income_not_documented", "effect": "refer",
     "when": [{"fact": "stated_to_documented_income", "operator": "greater_than", "value": "1.20"}]}
  ]
})json";

}  // namespace mq::risk
