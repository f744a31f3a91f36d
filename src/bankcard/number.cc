#include "bankcard/number.h"

#include <algorithm>
#include <tuple>

#include "bankcard/issuer.h"
#include "bankcard/text.h"
#include "base/limits.h"

namespace mq::bankcard {
namespace {

constexpr int kRepairs = 4;
constexpr std::size_t kWorthShowing = 12;

bool luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
    twice = !twice;
  }
  return sum % 10 == 0;
}

// Digits that stand together, and where in the text each of them stood.
struct Run {
  std::string digits;
  std::vector<std::size_t> at;
  std::vector<bool> repaired;
};

// Letters at the ends that belong to a word: the D of DEBIT behind a number is no 0.
void without_words(std::u32string_view points, Run& run) {
  const auto letter = [&](std::size_t i) {
    return i < points.size() && !between_groups(points[i]);
  };
  while (!run.digits.empty() && run.repaired.back() && letter(run.at.back() + 1)) {
    run.digits.pop_back();
    run.at.pop_back();
    run.repaired.pop_back();
  }
  std::size_t drop = 0;
  while (drop < run.digits.size() && run.repaired[drop] && run.at[drop] > 0 &&
         letter(run.at[drop] - 1))
    ++drop;
  const auto from = static_cast<std::ptrdiff_t>(drop);
  run.digits.erase(0, drop);
  run.at.erase(run.at.begin(), run.at.begin() + from);
  run.repaired.erase(run.repaired.begin(), run.repaired.begin() + from);
}

std::vector<Run> runs_of(std::u32string_view points) {
  std::vector<Run> out;
  Run run;
  const auto finish = [&] {
    without_words(points, run);
    if (!run.digits.empty()) out.push_back(std::move(run));
    run = {};
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (between_groups(points[i])) continue;
    const int value = digit_of(points[i]);
    if (value < 0) {
      finish();
      continue;
    }
    run.digits.push_back(static_cast<char>('0' + value));
    run.at.push_back(i);
    run.repaired.push_back(!digit(points[i]));
  }
  finish();
  return out;
}

void add_numbers(const Run& run, std::vector<NumberReading>& found) {
  // A part of a run that may be a whole number is none: one in ten parts has a right check digit by
  // chance.
  const std::size_t shortest =
      run.digits.size() <= kLongestNumber ? run.digits.size() : kShortestNumber;
  for (std::size_t size = std::max(shortest, kShortestNumber);
       size <= std::min(kLongestNumber, run.digits.size()); ++size) {
    for (std::size_t at = 0; at + size <= run.digits.size(); ++at) {
      NumberReading one;
      one.number = run.digits.substr(at, size);
      if (!printed_number(one.number)) continue;
      const auto begin = run.repaired.begin() + static_cast<std::ptrdiff_t>(at);
      one.repairs =
          static_cast<int>(std::count(begin, begin + static_cast<std::ptrdiff_t>(size), true));
      if (one.repairs > kRepairs) continue;
      one.alone = size == run.digits.size();
      one.first = run.at[at];
      one.after = run.at[at + size - 1] + 1;
      const bool known = std::any_of(found.begin(), found.end(), [&](const NumberReading& other) {
        return other.number == one.number && other.alone >= one.alone &&
               other.repairs <= one.repairs;
      });
      if (!known) found.push_back(std::move(one));
    }
  }
}

}  // namespace

bool plausible_number(std::string_view number) {
  if (number.size() < kShortestNumber || number.size() > kLongestNumber) return false;
  return std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         luhn(number);
}

bool printed_number(std::string_view number) {
  if (!plausible_number(number) || number[0] < '3' || number[0] > '6') return false;
  return number[0] != '6' || number[1] == '2' || find_issuer(number);
}

std::vector<NumberReading> find_card_numbers(std::string_view row) {
  std::vector<NumberReading> found;
  const auto points = decode(row, limits::kCardTextBytes);
  if (!points) return found;
  for (const Run& run : runs_of(*points)) add_numbers(run, found);
  const auto order = [](const NumberReading& one) {
    return std::tuple(!one.alone, one.repairs, !find_issuer(one.number).has_value(), one.first);
  };
  std::stable_sort(found.begin(), found.end(), [&](const NumberReading& a, const NumberReading& b) {
    return order(a) < order(b);
  });
  // Of the same number read twice, the more certain one.
  std::vector<NumberReading> out;
  for (NumberReading& one : found) {
    const bool seen = std::any_of(out.begin(), out.end(),
                                  [&](const auto& other) { return other.number == one.number; });
    if (!seen) out.push_back(std::move(one));
  }
  return out;
}

std::string longest_digits(std::string_view row) {
  std::string out;
  const auto points = decode(row, limits::kCardTextBytes);
  if (!points) return out;
  for (Run& run : runs_of(*points)) {
    if (run.digits.size() > out.size()) out = std::move(run.digits);
  }
  return out.size() < kWorthShowing ? std::string() : out;
}

}  // namespace mq::bankcard
