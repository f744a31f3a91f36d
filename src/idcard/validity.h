// The period of validity on the back of a card (有效期限). Pure; today is handed in.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace mq::idcard {

struct Validity {
  BusinessDate from;               // the day of issue
  std::optional<BusinessDate> to;  // nothing: 长期, for life
};

struct ValidityReading {
  Validity validity;
  bool exact = false;  // the text was 2010.01.01-2030.01.01 or 2010.01.01-长期, spaces aside
};

// A period in a text of at most limits::kCardFieldBytes: two dates, or one and 长期. The label
// 有效期限, spaces, any dots and dashes and full-width forms do not count; letters stand for the
// digits they resemble, 長 for 长, and one of the two characters of 长期 is enough. Nothing for
// anything else.
std::optional<ValidityReading> parse_validity(std::string_view text);

// Resident Identity Card Law, article 5: 5 years when younger than 16 at the issue, 10 from 16 to
// 25, 20 from 26 to 45, for life from 46 on (2004; the regulations of 1985 said the same from 16
// on).
enum class ValidityIssue {
  order,         // ends before it begins
  span,          // neither 5, 10 or 20 years nor for life
  span_for_age,  // a span of the law, but that of another age. The age of up to 90 days before the
                 // issue counts as well: an application has its card within 60 days, 90 in remote
                 // places (art. 12)
  before_birth,  // issued before the person was born
  before_cards,  // before 2004: the cards in use are issued under the law of 1 January 2004
  in_future,     // issued after today
  expired,       // its last day, which still counts, is before today
};
BOOST_DESCRIBE_ENUM(ValidityIssue, order, span, span_for_age, before_birth, before_cards, in_future,
                    expired)

// What is wrong, in the order above, each once. A period that began on 29 February ends on 28
// February or 1 March in common years: both are accepted.
std::vector<ValidityIssue> check_validity(const Validity& validity,
                                          std::optional<BusinessDate> birth, BusinessDate today);

}  // namespace mq::idcard
