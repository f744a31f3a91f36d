// Text as a recogniser of printed characters gives it: code points, look-alikes, distances. Private
// to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mq::idcard {

// The code points of well-formed UTF-8 of at most `max_bytes` bytes; nothing for anything else.
std::optional<std::u32string> decode(std::string_view text, std::size_t max_bytes);
std::string encode(std::u32string_view points);

bool space(char32_t point);       // every space of Unicode, tabs, line ends, zero-width ones
bool digit(char32_t point);       // 0–9
bool chinese(char32_t point);     // ideographs, and 〇
char32_t narrow(char32_t point);  // full-width forms of ASCII become ASCII

// Narrow, without spaces.
std::u32string squeezed(std::u32string_view text);

// Characters to insert, delete or replace; `limit` + 1 as soon as it is sure to be more than
// `limit`.
int edit_distance(std::u32string_view a, std::u32string_view b, int limit);

// The digit that a character is easily read instead of (0–9), or -1; a digit is itself.
int digit_of(char32_t point);

}  // namespace mq::idcard
