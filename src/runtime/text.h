// Text that came from outside: UTF-8 checks and small parsing helpers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mq::runtime {

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);
// The text itself, or, when it is not UTF-8, a copy with every byte above 0x7f replaced by '?'.
std::string printable_utf8(std::string_view text);

bool iequals(std::string_view a, std::string_view b);  // ASCII letters only
std::string lower(std::string_view text);              // ASCII letters only
std::string_view trim(std::string_view text);          // spaces and tabs
// The parts between `separator`; "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace mq::runtime
