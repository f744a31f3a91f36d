// The rule sets of this program as text: private to risk/.
#pragma once

#include <string_view>

namespace mq::risk {

extern const std::string_view kRulesV1, kRulesV2;

}  // namespace mq::risk
