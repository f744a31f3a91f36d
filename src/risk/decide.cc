#include <algorithm>

#include "base/check.h"
#include "risk/facts.h"
#include "runtime/json.h"

namespace mq::risk {
namespace {

bool holds(const Condition& condition, const Facts& facts) {
  const auto* spec = find_fact(condition.fact);
  MQ_CHECK(spec != nullptr);
  if (spec->kind == FactKind::text) {
    const auto& texts = condition.texts;
    const bool listed = std::find(texts.begin(), texts.end(), spec->text(facts)) != texts.end();
    return listed == (condition.op == Operator::one_of);
  }
  const std::int64_t value = spec->number(facts);
  switch (condition.op) {
    case Operator::less_than:
      return value < condition.number;
    case Operator::at_most:
      return value <= condition.number;
    case Operator::greater_than:
      return value > condition.number;
    case Operator::at_least:
      return value >= condition.number;
    case Operator::one_of:
    case Operator::none_of:
      break;
  }
  check_failed("a list operator on a number");
}

bool fires(const Rule& rule, const Facts& facts) {
  if (rule.valid_from && facts.decided_on < *rule.valid_from) return false;
  if (rule.valid_to && facts.decided_on > *rule.valid_to) return false;
  return std::all_of(rule.when.begin(), rule.when.end(),
                     [&](const Condition& condition) { return holds(condition, facts); });
}

}  // namespace

Result<Decision> decide(const RuleSet& rule_set, const Facts& facts) {
  MQ_REQUIRE(check_facts(facts));
  Decision decision{
      Outcome::approve, {}, runtime::to_json(facts), rule_set.version, rule_set.sha256};
  std::vector<Reason> refers;
  for (const auto& rule : rule_set.rules) {
    if (!fires(rule, facts)) continue;
    (rule.effect == Effect::decline ? decision.reasons : refers).push_back({rule.code});
  }
  if (!decision.reasons.empty()) {
    decision.outcome = Outcome::decline;
  } else if (!refers.empty()) {
    decision.outcome = Outcome::refer;
  }
  decision.reasons.insert(decision.reasons.end(), refers.begin(), refers.end());
  return decision;
}

Result<Decision> replay(std::string_view rule_set_version, std::string_view facts_json) {
  MQ_TRY(const RuleSet* rule_set, find_rule_set(rule_set_version));
  const auto facts = runtime::from_json<Facts>(facts_json);
  if (!facts.ok()) return Error(RiskErrc::bad_facts, facts.error().detail());
  MQ_TRY(auto decision, decide(*rule_set, *facts));
  decision.facts_json = facts_json;  // facts that are younger than it were not used then
  return decision;
}

}  // namespace mq::risk
