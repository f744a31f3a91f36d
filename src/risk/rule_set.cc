#include <array>
#include <set>

#include "base/check.h"
#include "crypto/hash.h"
#include "risk/facts.h"
#include "risk/reasons.h"
#include "risk/rule_data.h"
#include "runtime/json.h"

namespace mq::risk {
namespace {

// A rule set as it is written; `value` is a decimal text for numbers and a list of texts for texts.
// "operator" is a word of the language, so objects are read by hand where it appears.
struct RuleDocument {
  std::string code;
  Effect effect = Effect::decline;
  std::vector<boost::json::value> when;
  std::optional<BusinessDate> valid_from, valid_to;
};
BOOST_DESCRIBE_STRUCT(RuleDocument, (), (code, effect, when, valid_from, valid_to))

struct RuleSetDocument {
  std::string version;
  std::vector<RuleDocument> rules;
};
BOOST_DESCRIBE_STRUCT(RuleSetDocument, (), (version, rules))

Error bad(const std::string& code, std::string_view what) {
  return Error(RiskErrc::bad_rule_set, code + ": " + std::string(what));
}

Result<std::int64_t> read_number(FactKind kind, const std::string& text) {
  if (kind == FactKind::money) {
    MQ_TRY(const Money amount, Money::parse(text));
    return amount.minor();
  }
  MQ_TRY(const Rate rate, Rate::parse(text));
  if (kind == FactKind::share) return rate.nano();
  if (rate.nano() % Rate::kScale != 0) return Error(RiskErrc::bad_rule_set, "not a whole number");
  return rate.nano() / Rate::kScale;
}

Result<Condition> read_condition(const std::string& code, const boost::json::value& in) {
  const auto* object = in.if_object();
  if (object == nullptr || object->size() != 3 || !object->contains("fact") ||
      !object->contains("operator") || !object->contains("value")) {
    return bad(code, "a condition has exactly fact, operator and value");
  }
  const auto* fact = object->at("fact").if_string();
  const auto* op = object->at("operator").if_string();
  if (fact == nullptr || op == nullptr) return bad(code, "fact and operator are texts");
  Condition condition;
  condition.fact = std::string(*fact);
  const auto* spec = find_fact(condition.fact);
  if (spec == nullptr) return bad(code, "unknown fact");
  if (!boost::describe::enum_from_string(op->c_str(), condition.op)) {
    return bad(code, "unknown operator");
  }
  const bool wants_texts = condition.op == Operator::one_of || condition.op == Operator::none_of;
  if (wants_texts != (spec->kind == FactKind::text)) {
    return bad(code, "the operator does not suit the fact");
  }
  const auto& value = object->at("value");
  if (wants_texts) {
    const auto read = runtime::detail::read_value(value, condition.texts, "value");
    if (!read.ok() || condition.texts.empty()) return bad(code, "a list of texts is expected");
    return condition;
  }
  const auto* text = value.if_string();
  if (text == nullptr) return bad(code, "a number in a text is expected");
  const auto number = read_number(spec->kind, std::string(*text));
  if (!number.ok()) return bad(code, "the value does not suit the fact");
  condition.number = *number;
  return condition;
}

Result<Rule> read_rule(const RuleDocument& in) {
  if (!has_reason_text(in.code)) return bad(in.code, "a reason without text");
  if (in.when.empty()) return bad(in.code, "a rule without conditions always fires");
  if (in.valid_from && in.valid_to && *in.valid_to < *in.valid_from) {
    return bad(in.code, "valid_to lies before valid_from");
  }
  Rule rule{in.code, in.effect, {}, in.valid_from, in.valid_to};
  for (const auto& item : in.when) {
    MQ_TRY(auto condition, read_condition(in.code, item));
    rule.when.push_back(std::move(condition));
  }
  return rule;
}

RuleSet load_own(std::string_view text) {
  auto loaded = load_rule_set(text);
  MQ_CHECK(loaded.ok());
  return std::move(loaded).value();
}

// Oldest first; the last one is current.
const std::array<RuleSet, 2>& own_rule_sets() {
  static const std::array<RuleSet, 2> sets = {load_own(kRulesV1), load_own(kRulesV2)};
  return sets;
}

}  // namespace

Result<RuleSet> load_rule_set(std::string_view json) {
  auto document = runtime::from_json<RuleSetDocument>(json);
  if (!document.ok()) return Error(RiskErrc::bad_rule_set, document.error().detail());
  if (document->version.empty() || document->rules.empty()) {
    return Error(RiskErrc::bad_rule_set, "no version or no rules");
  }
  RuleSet set{document->version, crypto::hex(crypto::sha256(as_bytes(json))), {}};
  std::set<std::string> codes;
  for (const auto& item : document->rules) {
    if (!codes.insert(item.code).second) return bad(item.code, "appears twice");
    MQ_TRY(auto rule, read_rule(item));
    set.rules.push_back(std::move(rule));
  }
  return set;
}

const RuleSet& current_rule_set() { return own_rule_sets().back(); }

Result<const RuleSet*> find_rule_set(std::string_view version) {
  for (const auto& set : own_rule_sets()) {
    if (set.version == version) return &set;
  }
  return RiskErrc::unknown_rule_set;
}

}  // namespace mq::risk
