// The tables the program carries. Private to this folder.
#pragma once

#include <string_view>

namespace mq::bankcard {

std::string_view shipped_banks();    // src/bankcard/banks.txt
std::string_view shipped_issuers();  // src/bankcard/issuers.txt

}  // namespace mq::bankcard
