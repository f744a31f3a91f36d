// Any text gives readings that hold what their headers promise, in bounded time.
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "idcard/idcard.h"
#include "runtime/text.h"

using namespace mq::idcard;

namespace {

const mq::BusinessDate kToday = mq::BusinessDate::from_ymd(2026, 1, 1);

void check_readings(const std::string& text) {
  if (const auto number = repair_id_number(text)) {
    MQ_CHECK(read_id_number(number->number) && number->repairs >= 0 && number->repairs <= 6);
    MQ_CHECK(repair_id_number(number->number)->number == number->number);
    check_region(number->facts.region, number->facts.birth, kToday);
  }
  for (const auto& found : find_id_numbers(text)) {
    MQ_CHECK(inspect_id_number(found.number) == NumberState::valid);
  }
  if (const auto match = match_nation(text)) {
    MQ_CHECK(!match->name.empty() && mq::runtime::valid_utf8(match->name));
    MQ_CHECK(match->exact == (match->distance == 0));
  }
  const auto name = inspect_name(text);
  MQ_CHECK(mq::runtime::valid_utf8(name.name) &&
           std::is_sorted(name.issues.begin(), name.issues.end()));
  if (plausible_name(text)) MQ_CHECK(!text.empty() && text.size() <= mq::limits::kNameBytes);
  if (const auto period = parse_validity(text)) {
    const auto issues = check_validity(period->validity, kToday, kToday);
    MQ_CHECK(std::is_sorted(issues.begin(), issues.end()));
  }
  if (const auto birth = parse_birth(text)) MQ_CHECK(birth->iso().size() == 10);
}

}  // namespace

// The first byte chooses the year of the authority; line ends part the fields of a card.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int year = 1950 + data[0];
  const std::string all(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_readings(all);
  std::vector<std::string> parts;
  for (const auto part : mq::runtime::split(all, '\n')) parts.emplace_back(part);
  parts.resize(7);
  check_readings(parts[0]);
  for (const auto& candidate : nearest_authorities(parts[6], 110105, year)) {
    MQ_CHECK(candidate.distance <= 2 &&
             place_authority(candidate.name, candidate.region, year).police);
  }
  CardFields fields;
  fields.name = parts[0];
  fields.sex = parts[1];
  fields.nation = parts[2];
  fields.birth = parts[3];
  fields.number = parts[4];
  fields.validity = parts[5];
  fields.authority = parts[6];
  const auto findings = check_card(fields, kToday);
  MQ_CHECK(std::is_sorted(findings.begin(), findings.end(),
                          [](const Finding& a, const Finding& b) { return a.code < b.code; }));
  return 0;
}
