#include <algorithm>

#include "base/limits.h"
#include "idcard/idcard.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

// The longest life on record ended at 122.
constexpr int kOldestAge = 123;

class Findings {
 public:
  void add(CardFinding code, Severity severity, CardField field) {
    Finding finding;
    finding.code = code;
    finding.severity = severity;
    finding.field = field;
    if (std::find(all_.begin(), all_.end(), finding) == all_.end()) all_.push_back(finding);
  }
  std::vector<Finding> sorted() && {
    std::sort(all_.begin(), all_.end(),
              [](const Finding& a, const Finding& b) { return a.code < b.code; });
    return std::move(all_);
  }

 private:
  std::vector<Finding> all_;
};

std::optional<IdNumberFacts> check_number(const std::string& text, Findings& out) {
  constexpr auto kField = CardField::number;
  const auto points = decode(text, limits::kCardFieldBytes);
  const std::string number = points ? encode(squeezed(*points)) : std::string{};
  switch (inspect_id_number(number)) {
    case NumberState::valid:
      return read_id_number(number);
    case NumberState::old_format:
      out.add(CardFinding::number_old_format, Severity::fault, kField);
      return std::nullopt;
    case NumberState::no_such_birth:
      out.add(CardFinding::number_no_such_birth, Severity::fault, kField);
      return std::nullopt;
    case NumberState::wrong_check:
      out.add(CardFinding::number_wrong_check, Severity::fault, kField);
      return std::nullopt;
    case NumberState::malformed:
      break;
  }
  if (const auto repaired = repair_id_number(text)) {
    out.add(CardFinding::number_repaired, Severity::doubt, kField);
    return repaired->facts;
  }
  out.add(CardFinding::number_unreadable, Severity::fault, kField);
  return std::nullopt;
}

void check_number_region(const IdNumberFacts& facts, std::optional<BusinessDate> issue,
                         Findings& out) {
  constexpr auto kField = CardField::number;
  switch (check_region(facts.region, facts.birth, issue).state) {
    case RegionState::known:
      return;
    // Lists and registers differ by years, and the table is not complete: no fault.
    case RegionState::unknown:
      return out.add(CardFinding::region_unknown, Severity::doubt, kField);
    case RegionState::not_yet:
      return out.add(CardFinding::region_not_yet, Severity::doubt, kField);
    case RegionState::abolished:
      return out.add(CardFinding::region_abolished, Severity::doubt, kField);
    case RegionState::residence_permit:
    case RegionState::foreign_permanent:
      return out.add(CardFinding::region_other_document, Severity::fault, kField);
  }
}

void check_birth(const CardFields& fields, const std::optional<IdNumberFacts>& number,
                 std::optional<BusinessDate> birth, BusinessDate today, Findings& out) {
  constexpr auto kField = CardField::birth;
  if (fields.birth && !birth) out.add(CardFinding::birth_unreadable, Severity::doubt, kField);
  if (number && birth && number->birth != *birth) {
    out.add(CardFinding::birth_differs, Severity::fault, kField);
  }
  const auto check_day = [&](BusinessDate day, CardField field) {
    if (today < day) out.add(CardFinding::birth_in_future, Severity::fault, field);
    if (age_on(day, today) >= kOldestAge) {
      out.add(CardFinding::birth_too_long_ago, Severity::doubt, field);
    }
  };
  if (birth) {
    check_day(*birth, kField);
  } else if (number) {
    check_day(number->birth, CardField::number);
  }
}

void check_sex(const std::string& text, const std::optional<IdNumberFacts>& number, Findings& out) {
  constexpr auto kField = CardField::sex;
  const auto points = decode(text, limits::kCardFieldBytes);
  const auto sex = points ? squeezed(*points) : std::u32string{};
  if (sex != U"男" && sex != U"女") {
    out.add(CardFinding::sex_unreadable, Severity::doubt, kField);
  } else if (number && number->male != (sex == U"男")) {
    // It happens: some numbers were given with the wrong digit, and kept.
    out.add(CardFinding::sex_differs, Severity::doubt, kField);
  }
}

void check_nation(const std::string& text, Findings& out) {
  constexpr auto kField = CardField::nation;
  const auto match = match_nation(text);
  if (!match) return out.add(CardFinding::nation_unknown, Severity::doubt, kField);
  if (!match->exact) out.add(CardFinding::nation_inexact, Severity::doubt, kField);
  if (match->code == 0) out.add(CardFinding::nation_outside_the_56, Severity::note, kField);
}

void check_name(const std::string& text, const std::function<bool(char32_t)>& in_repertoire,
                Findings& out) {
  constexpr auto kField = CardField::name;
  const auto finding = inspect_name(text, in_repertoire);
  for (const NameIssue issue : finding.issues) {
    switch (issue) {
      case NameIssue::unreadable:
        out.add(CardFinding::name_unreadable, Severity::doubt, kField);
        break;
      case NameIssue::one_character:
        out.add(CardFinding::name_one_character, Severity::doubt, kField);
        break;
      case NameIssue::surname_unknown:
        out.add(CardFinding::name_surname_unknown, Severity::doubt, kField);
        break;
      case NameIssue::outside_repertoire:
        out.add(CardFinding::name_outside_repertoire, Severity::doubt, kField);
        break;
      case NameIssue::dot_misplaced:
        out.add(CardFinding::name_dot_misplaced, Severity::doubt, kField);
        break;
      case NameIssue::too_long:
        out.add(CardFinding::name_too_long, Severity::doubt, kField);
        break;
      case NameIssue::longer_than_chip:
        out.add(CardFinding::name_longer_than_chip, Severity::note, kField);
        break;
      case NameIssue::digit_or_latin:
        out.add(CardFinding::name_digit_or_latin, Severity::doubt, kField);
        break;
      case NameIssue::other_character:
        out.add(CardFinding::name_other_character, Severity::doubt, kField);
        break;
      case NameIssue::repeated:
        out.add(CardFinding::name_repeated, Severity::doubt, kField);
        break;
    }
  }
  if (finding.normalised) out.add(CardFinding::name_normalised, Severity::note, kField);
}

void check_period(const std::optional<ValidityReading>& reading, std::optional<BusinessDate> birth,
                  BusinessDate today, Findings& out) {
  constexpr auto kField = CardField::validity;
  if (!reading) return out.add(CardFinding::validity_unreadable, Severity::doubt, kField);
  if (!reading->exact) out.add(CardFinding::validity_inexact, Severity::note, kField);
  for (const ValidityIssue issue : check_validity(reading->validity, birth, today)) {
    switch (issue) {
      case ValidityIssue::order:
        out.add(CardFinding::validity_order, Severity::fault, kField);
        break;
      case ValidityIssue::span:
        out.add(CardFinding::validity_span, Severity::fault, kField);
        break;
      case ValidityIssue::span_for_age:
        out.add(CardFinding::validity_span_for_age, Severity::doubt, kField);
        break;
      case ValidityIssue::before_birth:
        out.add(CardFinding::validity_before_birth, Severity::fault, kField);
        break;
      case ValidityIssue::before_cards:
        out.add(CardFinding::validity_before_cards, Severity::doubt, kField);
        break;
      case ValidityIssue::in_future:
        out.add(CardFinding::validity_in_future, Severity::fault, kField);
        break;
      case ValidityIssue::expired:
        out.add(CardFinding::validity_expired, Severity::fault, kField);
        break;
    }
  }
}

void check_authority(const std::string& text, const std::optional<IdNumberFacts>& number,
                     BusinessDate issued, Findings& out) {
  constexpr auto kField = CardField::authority;
  const auto finding = place_authority(text, number ? number->region : 0, issued.ymd().year);
  if (!finding.police) out.add(CardFinding::authority_not_police, Severity::doubt, kField);
  if (finding.place == AuthorityPlace::unknown) {
    out.add(CardFinding::authority_unknown, Severity::doubt, kField);
  } else if (number && (finding.place == AuthorityPlace::elsewhere ||
                        finding.place == AuthorityPlace::province)) {
    out.add(CardFinding::authority_elsewhere, Severity::note, kField);
  }
}

}  // namespace

std::optional<BusinessDate> parse_birth(std::string_view text) {
  const auto points = decode(text, limits::kCardFieldBytes);
  if (!points) return std::nullopt;
  // Numbers and what separates them: 1949年12月31日, 1949-1-5, 19491231.
  std::vector<std::string> parts(1);
  for (const char32_t p : squeezed(*points)) {
    static constexpr std::u32string_view kBetween = U"年月日.-/·。．—–";
    if (const int value = digit_of(p); value >= 0) {
      parts.back().push_back(static_cast<char>('0' + value));
    } else if (kBetween.find(p) == std::u32string_view::npos) {
      return std::nullopt;
    } else if (!parts.back().empty()) {
      parts.emplace_back();
    }
  }
  if (parts.back().empty()) parts.pop_back();
  if (parts.size() == 1 && parts[0].size() == 8) {
    parts = {parts[0].substr(0, 4), parts[0].substr(4, 2), parts[0].substr(6, 2)};
  }
  if (parts.size() != 3 || parts[0].size() != 4) return std::nullopt;
  for (std::size_t i = 1; i < 3; ++i) {
    if (parts[i].size() == 1) parts[i].insert(0, "0");
  }
  const auto date = BusinessDate::parse(parts[0] + "-" + parts[1] + "-" + parts[2]);
  return date.ok() ? std::optional(*date) : std::nullopt;
}

std::vector<Finding> check_card(const CardFields& fields, BusinessDate today,
                                const std::function<bool(char32_t)>& in_repertoire) {
  Findings out;
  std::optional<IdNumberFacts> number;
  if (fields.number) number = check_number(*fields.number, out);
  const auto birth = fields.birth ? parse_birth(*fields.birth) : std::nullopt;
  const auto period = fields.validity ? parse_validity(*fields.validity) : std::nullopt;
  const auto issue = period ? std::optional(period->validity.from) : std::nullopt;

  if (number) check_number_region(*number, issue, out);
  check_birth(fields, number, birth, today, out);
  if (fields.sex) check_sex(*fields.sex, number, out);
  if (fields.nation) check_nation(*fields.nation, out);
  if (fields.name) check_name(*fields.name, in_repertoire, out);
  if (fields.validity) {
    check_period(period, number ? std::optional(number->birth) : birth, today, out);
  }
  if (fields.authority) check_authority(*fields.authority, number, issue.value_or(today), out);
  return std::move(out).sorted();
}

std::optional<Severity> worst(const std::vector<Finding>& findings) {
  std::optional<Severity> worst;
  for (const Finding& finding : findings) {
    if (!worst || finding.severity < *worst) worst = finding.severity;
  }
  return worst;
}

}  // namespace mq::idcard
