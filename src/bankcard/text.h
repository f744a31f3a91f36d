// Text as a recogniser of printed characters gives it. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mq::bankcard {

// The code points of well-formed UTF-8 of at most `most` bytes, full-width forms of ASCII as ASCII;
// nothing for anything else.
std::optional<std::u32string> decode(std::string_view text, std::size_t most);

bool digit(char32_t point);           // 0–9
bool between_groups(char32_t point);  // a space, a dash or a middle dot

// The digit that a character is easily read instead of (0–9), or -1; a digit is itself.
int digit_of(char32_t point);

}  // namespace mq::bankcard
