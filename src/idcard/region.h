// Administrative divisions: the first six digits of an identity number (GB/T 2260). Pure.
//
// The table knows the codes in force from 1980 to September 2026 by year, not by day (README.md
// says where it comes from and what is doubtful).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"

namespace mq::idcard {

// One name of one code. Both years count; 1980 means 1980 or before.
struct Region {
  int code = 0;
  int first_year = 0;
  std::optional<int> last_year;  // nothing: in force
  std::string_view name;
  int successor = 0;  // the one code that took its place when it was abolished, if known
  bool in_force(int from_year, int to_year) const {
    return first_year <= to_year && (!last_year || *last_year >= from_year);
  }
};

std::span<const Region> regions();             // sorted by code, then by year
std::span<const Region> regions_of(int code);  // the names of one code
const Region* region_in(int code, int year);   // null: the code was not in force

// The names a code had in a year; empty where there is no such level (the municipalities have no
// prefecture, a prefecture's own code no county).
struct RegionNames {
  std::string_view province, prefecture, county;
};
RegionNames region_names(int code, int year);

enum class RegionState {
  known,
  unknown,            // in no list
  not_yet,            // came into force after the card was issued
  abolished,          // had ended before a number could be given to this person
  residence_permit,   // 810000, 820000, 830000: residents of Hong Kong, Macao and Taiwan
  foreign_permanent,  // begins with 9: foreign permanent residents, cards since 2023
};
BOOST_DESCRIBE_ENUM(RegionState, known, unknown, not_yet, abolished, residence_permit,
                    foreign_permanent)

struct RegionCheck {
  RegionState state = RegionState::unknown;
  RegionNames names;  // when the number may have been given; empty if the code is unknown
  std::optional<int> first_year, last_year;
  int successor = 0;
};

// A number has the code of the place where the person was registered when it was given (address
// code of GB 11643-1999), and keeps it when the person moves or the place gets another code.
// Numbers were given from 6 April 1984 on (trial provisions of the State Council), to the people
// born before too; since 1 October 1999 with the entry of the birth. A code is therefore known if
// it was in force at any time from the birth, or 1984 if that is later, to the issue of the card,
// give or take the year in which the registers followed a change. Without `issue` nothing is too
// late.
RegionCheck check_region(int code, BusinessDate birth, std::optional<BusinessDate> issue);

}  // namespace mq::idcard
