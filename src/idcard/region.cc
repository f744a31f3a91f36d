#include "idcard/region.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/check.h"
#include "idcard/tables.h"
#include "runtime/text.h"

namespace mq::idcard {
namespace {

constexpr int kNumbersSince = 1984;
constexpr int kLagYears = 1;
constexpr int kOpenYear = 9999;

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  MQ_CHECK(error == std::errc{} && end == text.data() + text.size());
  return value;
}

std::vector<Region> parse_table() {
  std::vector<Region> table;
  for (const auto line : table_lines(shipped_regions())) {
    const auto parts = runtime::split(line, ' ');
    MQ_CHECK(parts.size() == 4 || parts.size() == 5);
    Region region;
    region.code = number(parts[0]);
    region.first_year = number(parts[1]);
    if (parts[2] != "-") region.last_year = number(parts[2]);
    region.name = parts[3];
    if (parts.size() == 5) region.successor = number(parts[4]);
    table.push_back(region);
  }
  return table;
}

bool municipality(int code) {
  const int province = code / 10000;
  return province == 11 || province == 12 || province == 31 || province == 50;
}

// "01" of a prefecture's counties: its urban districts together, without a row of its own.
int listed_code(int code) { return code % 100 == 1 && regions_of(code).empty() ? code - 1 : code; }

std::string_view name_in(int code, int year) {
  const Region* region = region_in(code, year);
  return region ? region->name : std::string_view{};
}

// A parent's row can begin a year after its first child's: the nearest name it had.
std::string_view nearest_name(int code, int year) {
  if (const auto name = name_in(code, year); !name.empty()) return name;
  std::string_view best;
  int distance = kOpenYear;
  for (const Region& region : regions_of(code)) {
    const int away = region.first_year > year ? region.first_year - year
                                              : year - region.last_year.value_or(year);
    if (away < distance) distance = away, best = region.name;
  }
  return best;
}

}  // namespace

std::span<const Region> regions() {
  static const std::vector<Region> table = parse_table();
  return table;
}

std::span<const Region> regions_of(int code) {
  const auto all = regions();
  const auto [from, to] =
      std::equal_range(all.begin(), all.end(), Region{code, 0, std::nullopt, {}, 0},
                       [](const Region& a, const Region& b) { return a.code < b.code; });
  return {from, to};
}

const Region* region_in(int code, int year) {
  const Region* found = nullptr;  // the later of two names that share the year of the change
  for (const Region& region : regions_of(code)) {
    if (region.in_force(year, year)) found = &region;
  }
  return found;
}

RegionNames region_names(int code, int year) {
  RegionNames names;
  names.province = nearest_name(code / 10000 * 10000, year);
  const int prefecture = code / 100 * 100;
  if (!municipality(code) && prefecture % 10000 != 0) {
    names.prefecture = nearest_name(prefecture, year);
  }
  if (code % 100 != 0) names.county = name_in(code, year);
  return names;
}

RegionCheck check_region(int code, BusinessDate birth, std::optional<BusinessDate> issue) {
  RegionCheck check;
  if (code == 810000 || code == 820000 || code == 830000) {
    check.state = RegionState::residence_permit;
    return check;
  }
  if (code / 100000 == 9) {
    check.state = RegionState::foreign_permanent;
    return check;
  }
  const auto rows = regions_of(listed_code(code));
  // A whole province, or nothing, is no place of registration.
  if (rows.empty() || code % 10000 == 0) return check;
  check.first_year = rows.front().first_year;
  check.last_year = rows.back().last_year;
  check.successor = rows.back().successor;
  const int from = std::max(birth.ymd().year, kNumbersSince) - kLagYears;
  const int to = (issue ? issue->ymd().year : kOpenYear - kLagYears) + kLagYears;
  const auto fitting = std::find_if(
      rows.begin(), rows.end(), [&](const Region& region) { return region.in_force(from, to); });
  if (fitting == rows.end()) {
    check.state = rows.front().first_year > to ? RegionState::not_yet : RegionState::abolished;
    check.names = region_names(rows.front().code, rows.front().first_year);
    return check;
  }
  check.state = RegionState::known;
  const int year =
      std::clamp(from + kLagYears, fitting->first_year, fitting->last_year.value_or(kOpenYear));
  check.names = region_names(fitting->code, year);
  return check;
}

}  // namespace mq::idcard
