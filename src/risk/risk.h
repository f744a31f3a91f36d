// Credit decision by rules: versioned data over named facts, with reason codes. Pure: no storage,
// no clock, no random; deciding again from stored facts gives the same answer. Thread-safe.
//
// No floating point: amounts compare as minor units, shares as whole billionths.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "terms/terms.h"

namespace mq::risk {

enum class RiskErrc {
  bad_rule_set,      // malformed, an unknown fact or operator, a value of the wrong kind, a reason
                     // without text
  unknown_rule_set,  // no rule set of that version is in this program
  bad_facts,  // negative amounts, nothing asked for, a currency other than CNY, malformed stored
              // facts
};
BOOST_DESCRIBE_ENUM(RiskErrc, bad_rule_set, unknown_rule_set, bad_facts)
constexpr std::string_view error_domain(RiskErrc) { return "risk"; }

// What a decision looks at. All amounts CNY. Stored as JSON with the decision.
struct Facts {
  BusinessDate decided_on;  // picks the dated rules
  int age_years = 0;
  std::string identity_state;  // state of the verification, "passed" or anything else
  Money monthly_income;
  Money other_monthly_debt;  // what the applicant already pays a month
  Money instalment;          // what a month of the loan asked for weighs: see monthly_burden
  Money amount;
  int term_months = 0;
  terms::RepaymentMethod method = terms::RepaymentMethod::equal_instalment;
  int active_loans = 0;
  Money consumer_exposure;  // outstanding consumer credit without the loan asked for
  std::string use_of_funds;
  // What the applicant's bank statements say (documents/income_evidence.h); absent in decisions of
  // rule set 1, which did not ask.
  std::optional<std::string> statement;    // "none", "sound", "doubtful", "other_holder"
  std::optional<Money> documented_income;  // a month, of a sound statement
};
BOOST_DESCRIBE_STRUCT(Facts, (),
                      (decided_on, age_years, identity_state, monthly_income, other_monthly_debt,
                       instalment, amount, term_months, method, active_loans, consumer_exposure,
                       use_of_funds, statement, documented_income))

// (other debt + instalment) / income in billionths, rounded up so that "> 0.40" is exact; capped at
// 1000. No income: 1000.
Rate debt_to_income(const Facts& facts);

// Stated income / documented income in billionths, rounded up and capped like debt_to_income. Zero
// when nothing is documented: there is nothing to compare with.
Rate stated_to_documented_income(const Facts& facts);

// What one month of a loan weighs: its highest payment; where the principal is due at the end, all
// payments spread over the term.
Money monthly_burden(const terms::Schedule& schedule);

enum class Operator { less_than, at_most, greater_than, at_least, one_of, none_of };
BOOST_DESCRIBE_ENUM(Operator, less_than, at_most, greater_than, at_least, one_of, none_of)

enum class Effect { decline, refer };
BOOST_DESCRIBE_ENUM(Effect, decline, refer)

struct Condition {
  std::string fact;  // a field of Facts, or one of those that are made of them (facts.cc)
  Operator op = Operator::one_of;
  std::int64_t number = 0;         // count, minor units or billionths, by the fact's kind
  std::vector<std::string> texts;  // for one_of, none_of
};

struct Rule {
  std::string code;  // "risk.…", the reason it gives
  Effect effect = Effect::decline;
  std::vector<Condition> when;                       // it fires when all hold
  std::optional<BusinessDate> valid_from, valid_to;  // last day
};

struct RuleSet {
  std::string version;
  std::string sha256;  // of the text it was read from, hex
  std::vector<Rule> rules;
};

// Reads and checks a rule set. Format: see README.md. Error: bad_rule_set with the place in the
// detail.
Result<RuleSet> load_rule_set(std::string_view json);
// The newest rule set of this program. It is checked at the first call; a broken one is a CHECK.
const RuleSet& current_rule_set();
// Any version this program holds: for replays. Error: unknown_rule_set.
Result<const RuleSet*> find_rule_set(std::string_view version);

enum class Outcome { approve, decline, refer };
BOOST_DESCRIBE_ENUM(Outcome, approve, decline, refer)

struct Reason {
  std::string code;
  bool operator==(const Reason&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (code))

struct Decision {
  Outcome outcome = Outcome::decline;
  std::vector<Reason>
      reasons;  // every rule that fired, declines first, else in the order of the rule set
  std::string facts_json;  // exactly what was used; replay() takes it
  std::string rule_set_version, rule_set_sha256;
  bool operator==(const Decision&) const = default;
};

// Any decline declines, else any refer refers, else approve. Error: bad_facts.
Result<Decision> decide(const RuleSet& rule_set, const Facts& facts);
// The decision again, from what was stored. Errors: bad_facts, unknown_rule_set.
Result<Decision> replay(std::string_view rule_set_version, std::string_view facts_json);

// Text for the applicant and the reviewer; language "en", anything else is Chinese. Unknown codes
// give a general sentence.
std::string_view reason_text(std::string_view code, std::string_view language);

}  // namespace mq::risk
