// Texts of reason codes: private to risk/.
#pragma once

#include <string_view>

namespace mq::risk {

bool has_reason_text(std::string_view code);

}  // namespace mq::risk
