#include "identity/id_number.h"

#include <string>

#include "base/limits.h"
#include "runtime/text.h"

namespace mq::identity {
namespace {

// Reads one code point of well-formed UTF-8 at `at` and moves behind it.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const int extra = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  char32_t point = extra == 0 ? lead : lead & (0x3f >> extra);
  for (int i = 1; i <= extra; ++i) {
    const auto next = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
    point = (point << 6) | (next & 0x3f);
  }
  at += static_cast<std::size_t>(extra) + 1;
  return point;
}

bool letter(char32_t point) {
  return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') ||
         (point >= 0x3400 && point <= 0x9fff) || (point >= 0xf900 && point <= 0xfaff) ||
         (point >= 0x20000 && point <= 0x323af) || point == 0x3007;
}

}  // namespace

std::optional<IdNumberFacts> read_id_number(std::string_view number) {
  static constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  static constexpr char kCheck[] = "10X98765432";
  if (number.size() != 18) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    if (number[i] < '0' || number[i] > '9') return std::nullopt;
    sum += (number[i] - '0') * kWeights[i];
  }
  const char last = number[17] == 'x' ? 'X' : number[17];
  if (last != kCheck[sum % 11]) return std::nullopt;
  const auto birth = BusinessDate::parse(std::string(number.substr(6, 4)) + "-" +
                                         std::string(number.substr(10, 2)) + "-" +
                                         std::string(number.substr(12, 2)));
  if (!birth.ok()) return std::nullopt;
  return IdNumberFacts{*birth, (number[16] - '0') % 2 == 1};
}

int age_on(BusinessDate birth, BusinessDate day) {
  const auto from = birth.ymd(), to = day.ymd();
  const bool before_birthday =
      to.month < from.month || (to.month == from.month && to.day < from.day);
  return to.year - from.year - (before_birthday ? 1 : 0);
}

bool plausible_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kNameBytes || !runtime::valid_utf8(name)) return false;
  bool after_letter = false;
  for (std::size_t at = 0; at < name.size();) {
    const auto point = next_code_point(name, at);
    const bool dot = point == 0x00b7 || point == ' ';
    if (!letter(point) && !(dot && after_letter)) return false;
    after_letter = !dot;
  }
  return after_letter;
}

}  // namespace mq::identity
