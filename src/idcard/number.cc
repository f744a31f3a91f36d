#include "idcard/number.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

constexpr std::size_t kLength = 18;
constexpr int kRepairs = 6;
constexpr int kFirstBirthYear = 1880, kLastBirthYear = 2099;

char check_character(std::string_view number) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  static constexpr char kCheck[] = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (number[i] - '0') * kWeights[i];
  return kCheck[sum % 11];
}

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<BusinessDate> birth_of(std::string_view yyyymmdd) {
  return BusinessDate::parse(std::string(yyyymmdd.substr(0, 4)) + "-" +
                             std::string(yyyymmdd.substr(4, 2)) + "-" +
                             std::string(yyyymmdd.substr(6, 2)));
}

// What a character may stand for, the likeliest first; empty for none.
struct Options {
  std::array<char, 2> values{};
  int count = 0;
  bool repaired = false;
};

Options options_of(char32_t point, bool last) {
  Options options;
  const auto add = [&options](int value) {
    options.values[static_cast<std::size_t>(options.count++)] = static_cast<char>('0' + value);
  };
  if (last && (point == 'X' || point == 'x')) {
    options.values[0] = 'X';
    options.count = 1;
    return options;
  }
  static constexpr std::u32string_view kLikeX = U"×✕ХχΧⅩхⅹKY";
  if (last && kLikeX.find(point) != std::u32string_view::npos) {
    options.values[0] = 'X';
    options.count = 1;
    options.repaired = true;
    return options;
  }
  const int value = digit_of(point);
  if (value < 0) return options;
  options.repaired = !digit(point);
  add(value);
  if (point == 'B') add(3);
  if (point == 'G') add(0);
  return options;
}

// The only number that eighteen code points can stand for.
std::optional<NumberReading> only_reading(std::u32string_view window) {
  std::array<Options, kLength> options;
  std::vector<std::size_t> open;
  NumberReading reading;
  for (std::size_t i = 0; i < kLength; ++i) {
    options[i] = options_of(window[i], i + 1 == kLength);
    if (options[i].count == 0) return std::nullopt;
    reading.repairs += options[i].repaired ? 1 : 0;
    if (reading.repairs > kRepairs) return std::nullopt;
    if (options[i].count > 1) open.push_back(i);
    reading.number.push_back(options[i].values[0]);
  }
  bool found = false;
  std::string number = reading.number;
  for (unsigned choice = 0; choice < 1u << open.size(); ++choice) {
    for (std::size_t k = 0; k < open.size(); ++k) {
      number[open[k]] = options[open[k]].values[(choice >> k) & 1];
    }
    const auto facts = read_id_number(number);
    if (!facts) continue;
    const int year = facts->birth.ymd().year;
    if (year < kFirstBirthYear || year > kLastBirthYear) continue;
    if (found) return std::nullopt;
    found = true;
    reading.number = number;
    reading.facts = *facts;
  }
  if (!found) return std::nullopt;
  return reading;
}

}  // namespace

std::optional<IdNumberFacts> read_id_number(std::string_view number) {
  if (inspect_id_number(number) != NumberState::valid) return std::nullopt;
  IdNumberFacts facts;
  facts.birth = *birth_of(number.substr(6, 8));
  facts.male = (number[16] - '0') % 2 == 1;
  for (const char c : number.substr(0, 6)) facts.region = facts.region * 10 + (c - '0');
  return facts;
}

NumberState inspect_id_number(std::string_view number) {
  if (number.size() == 15 && digits(number) &&
      birth_of("19" + std::string(number.substr(6, 6))).ok()) {
    return NumberState::old_format;
  }
  if (number.size() != kLength || !digits(number.substr(0, 17))) return NumberState::malformed;
  const char last = number[17] == 'x' ? 'X' : number[17];
  if (last != 'X' && !digits({&last, 1})) return NumberState::malformed;
  if (!birth_of(number.substr(6, 8)).ok()) return NumberState::no_such_birth;
  return last == check_character(number) ? NumberState::valid : NumberState::wrong_check;
}

std::optional<NumberReading> repair_id_number(std::string_view text) {
  const auto points = decode(text, limits::kCardFieldBytes);
  if (!points) return std::nullopt;
  const auto window = squeezed(*points);
  return window.size() == kLength ? only_reading(window) : std::nullopt;
}

std::vector<NumberReading> find_id_numbers(std::string_view text) {
  std::vector<NumberReading> found;
  const auto points = decode(text, limits::kCardTextBytes);
  if (!points) return found;
  const auto all = squeezed(*points);
  for (std::size_t at = 0; at + kLength <= all.size(); ++at) {
    auto reading = only_reading(std::u32string_view(all).substr(at, kLength));
    if (!reading) continue;
    reading->alone = (at == 0 || !digit(all[at - 1])) &&
                     (at + kLength == all.size() || !digit(all[at + kLength]));
    const auto same = std::find_if(found.begin(), found.end(), [&reading](const auto& other) {
      return other.number == reading->number;
    });
    if (same == found.end()) {
      found.push_back(std::move(*reading));
    } else if (std::pair(!reading->alone, reading->repairs) <
               std::pair(!same->alone, same->repairs)) {
      *same = std::move(*reading);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(!a.alone, a.repairs) < std::pair(!b.alone, b.repairs);
  });
  return found;
}

int age_on(BusinessDate birth, BusinessDate day) {
  const auto from = birth.ymd(), to = day.ymd();
  const bool before_birthday =
      to.month < from.month || (to.month == from.month && to.day < from.day);
  return to.year - from.year - (before_birthday ? 1 : 0);
}

}  // namespace mq::idcard
