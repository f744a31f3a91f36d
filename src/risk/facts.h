// Named facts: what a rule may look at. Private to risk/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "risk/risk.h"

namespace mq::risk {

enum class FactKind { count, money, share, text };

struct FactSpec {
  std::string_view name;
  FactKind kind;
  std::int64_t (*number)(const Facts&);  // count, minor units or billionths; null for texts
  std::string (*text)(const Facts&);     // null for numbers
};

// Null when there is no such fact.
const FactSpec* find_fact(std::string_view name);

Status check_facts(const Facts& facts);  // bad_facts

}  // namespace mq::risk
