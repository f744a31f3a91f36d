// Personal names as cards print them. Pure.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::idcard {

// How many people bear a surname; the counts are of researchers' names (README.md), so this tells a
// likely reading from an unlikely one, nothing about a person.
enum class SurnameClass { common, known, rare };
BOOST_DESCRIBE_ENUM(SurnameClass, common, known, rare)

// The surname a name begins with: a compound one (欧阳) before a single one.
struct Surname {
  std::string text;
  SurnameClass kind{};
};
std::optional<Surname> surname_of(std::string_view name);

// One of the 3 755 characters of level 1 of GB/T 2312, which texts are nearly all made of.
bool common_character(std::string_view character);

// What is unusual about a name. Each is a reason to have it confirmed, none to refuse it: people
// with one character, or with a surname in no list, exist.
enum class NameIssue {
  unreadable,  // empty, not UTF-8, or above limits::kCardFieldBytes
  one_character,
  surname_unknown,     // names with a middle dot have no Chinese surname and are not asked for one
  outside_repertoire,  // a character that the reader cannot tell from others
  dot_misplaced,       // at an end, or two in a row
  too_long,            // above 50 characters
  longer_than_chip,    // above the 15 characters that the card's chip holds (GA 490)
  digit_or_latin,
  other_character,  // neither ideograph, digit, letter nor middle dot
  repeated,         // three equal characters in a row, or nothing but one character
};
BOOST_DESCRIBE_ENUM(NameIssue, unreadable, one_character, surname_unknown, outside_repertoire,
                    dot_misplaced, too_long, longer_than_chip, digit_or_latin, other_character,
                    repeated)

struct NameFinding {
  std::string name;         // without spaces; every middle dot is U+00B7
  bool normalised = false;  // differs from the text by more than its spaces
  std::optional<Surname> surname;
  std::vector<NameIssue> issues;  // in the order above, each once; empty: plausible
};

// `in_repertoire` says which characters a reader knows; without it, all are.
NameFinding inspect_name(std::string_view text,
                         const std::function<bool(char32_t)>& in_repertoire = {});

// A name as somebody may type it: 1–50 Chinese or Latin letters, the middle dot · or a space
// between parts.
bool plausible_name(std::string_view name);

}  // namespace mq::idcard
