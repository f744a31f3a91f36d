// What is publicly known about resident ID cards (居民身份证), applied to what was read from one:
// which numbers, regions, nations, names, periods and authorities there are. Pure functions over
// text and dates, safe from any thread; the tables are parsed at the first use.
//
// A finding is for a person to look at. Only a fault says that card and reading cannot both be
// right.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "idcard/address.h"
#include "idcard/authority.h"
#include "idcard/name.h"
#include "idcard/nation.h"
#include "idcard/number.h"
#include "idcard/region.h"
#include "idcard/validity.h"

namespace mq::idcard {

enum class CardField { name, sex, nation, birth, number, validity, authority };
BOOST_DESCRIBE_ENUM(CardField, name, sex, nation, birth, number, validity, authority)

enum class Severity {
  fault,  // cannot be so on a valid resident ID card: misread, expired or not genuine
  doubt,  // possible but unusual, or not read for sure: to be confirmed
  note,   // worth knowing, nothing to do
};
BOOST_DESCRIBE_ENUM(Severity, fault, doubt, note)

// clang-format off
enum class CardFinding {
  number_unreadable, number_old_format, number_no_such_birth, number_wrong_check,
  number_repaired,        // a look-alike was read in place of a digit
  region_unknown, region_not_yet, region_abolished,
  region_other_document,  // a residence permit or a foreigner's card: no resident ID card
  birth_unreadable, birth_differs, birth_in_future, birth_too_long_ago,
  sex_unreadable, sex_differs,
  nation_unknown, nation_inexact, nation_outside_the_56,
  name_unreadable, name_one_character, name_surname_unknown, name_outside_repertoire,
  name_dot_misplaced, name_too_long, name_longer_than_chip, name_digit_or_latin,
  name_other_character, name_repeated, name_normalised,
  validity_unreadable, validity_inexact, validity_order, validity_span, validity_span_for_age,
  validity_before_birth, validity_before_cards, validity_in_future, validity_expired,
  authority_unknown, authority_not_police, authority_elsewhere,
};
// clang-format on
BOOST_DESCRIBE_ENUM(CardFinding, number_unreadable, number_old_format, number_no_such_birth,
                    number_wrong_check, number_repaired, region_unknown, region_not_yet,
                    region_abolished, region_other_document, birth_unreadable, birth_differs,
                    birth_in_future, birth_too_long_ago, sex_unreadable, sex_differs,
                    nation_unknown, nation_inexact, nation_outside_the_56, name_unreadable,
                    name_one_character, name_surname_unknown, name_outside_repertoire,
                    name_dot_misplaced, name_too_long, name_longer_than_chip, name_digit_or_latin,
                    name_other_character, name_repeated, name_normalised, validity_unreadable,
                    validity_inexact, validity_order, validity_span, validity_span_for_age,
                    validity_before_birth, validity_before_cards, validity_in_future,
                    validity_expired, authority_unknown, authority_not_police, authority_elsewhere)

// Codes only: a finding holds nothing of what was read.
struct Finding {
  CardFinding code{};
  Severity severity{};
  CardField field{};
  bool operator==(const Finding&) const = default;
};
BOOST_DESCRIBE_STRUCT(Finding, (), (code, severity, field))

// What was read, as text. A field that was not looked for is absent and has no findings; one that
// was looked for and is empty is unreadable.
struct CardFields {
  std::optional<std::string> name, sex, nation;
  std::optional<std::string> birth;  // 1949-12-31, 1949.12.31, 19491231 or 1949年12月31日
  std::optional<std::string> number, validity, authority;
};

// A birth date as cards print it; look-alikes as in parse_validity.
std::optional<BusinessDate> parse_birth(std::string_view text);

// All findings, in the order of CardFinding, each once. A field is checked against another one only
// where both could be read. `today` decides what lies in the future and what has expired;
// `in_repertoire` as in inspect_name.
std::vector<Finding> check_card(const CardFields& fields, BusinessDate today,
                                const std::function<bool(char32_t)>& in_repertoire = {});

// The worst severity; nothing if there is no finding.
std::optional<Severity> worst(const std::vector<Finding>& findings);

}  // namespace mq::idcard
