#include "idcard/address.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "idcard/region.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

constexpr std::pair<int, std::string_view> kShort[] = {
    {150000, "内蒙古"}, {450000, "广西"}, {540000, "西藏"}, {640000, "宁夏"}, {650000, "新疆"}};
constexpr std::size_t kLongEnough = 3;  // characters of a name of which one may be misread

using Names = std::vector<std::string_view>;

bool of_province(int code) { return code % 10000 == 0; }
bool of_prefecture(int code) { return code % 100 == 0 && !of_province(code); }
bool of_county(int code) { return code % 100 != 0; }
int province_of(int code) { return code / 10000 * 10000; }
int prefecture_of(int code) { return code / 100 * 100; }

bool municipality(int code) {
  const int province = code / 10000;
  return province == 11 || province == 12 || province == 31 || province == 50;
}

struct Place {
  int code = 0;
  std::string_view name;
};

// The place with the longest name that the text begins with, of those that `fits` allows.
template <typename Fits>
Place longest(std::string_view text, Fits fits) {
  Place best;
  for (const Region& row : regions()) {
    if (row.name.size() > best.name.size() && text.starts_with(row.name) && fits(row.code))
      best = {row.code, row.name};
  }
  return best;
}

Place province_at(std::string_view text) {
  Place best = longest(text, of_province);
  for (const auto& [code, name] : kShort) {
    if (best.code == 0 && text.starts_with(name)) best = {code, name};
  }
  return best;
}

// 朝阳区, but not 神农架林区, which stands below the province itself.
bool district(std::string_view name) {
  return name.ends_with("区") && !name.ends_with("林区") && !name.ends_with("特区") &&
         !name.ends_with("矿区");
}

// Whether the text begins with the name but for one character: replaced, lost or added.
bool nearly_begins(const std::u32string& text, const std::u32string& name) {
  if (name.size() < kLongEnough) return false;
  for (std::size_t n = name.size() - 1; n <= name.size() + 1; ++n) {
    if (n <= text.size() && edit_distance(text.substr(0, n), name, 1) <= 1) return true;
  }
  return false;
}

std::u32string points(std::string_view text) {
  return decode(text, limits::kCardFieldBytes).value_or(std::u32string());
}

bool near_county_of(std::string_view text, int prefecture) {
  const std::u32string read = points(text);
  const auto all = regions();
  return std::any_of(all.begin(), all.end(), [&](const Region& row) {
    return of_county(row.code) && prefecture_of(row.code) == prefecture &&
           nearly_begins(read, points(row.name));
  });
}

Names names_of(int code) {
  Names out;
  for (const Region& row : regions_of(code)) out.push_back(row.name);
  for (const auto& [province, name] : kShort) {
    if (code == province) out.push_back(name);
  }
  return out;
}

// How an address in the region can begin.
std::vector<std::string> forms_of(int region) {
  std::vector<std::string> out;
  const Names counties = of_county(region) ? names_of(region) : Names{""};
  Names prefectures = municipality(region) ? Names{} : names_of(prefecture_of(region));
  if (of_county(region)) prefectures.emplace_back("");
  for (const auto province : names_of(province_of(region))) {
    for (const auto prefecture : prefectures) {
      for (const auto county : counties)
        out.push_back(std::string(province) + std::string(prefecture) + std::string(county));
    }
  }
  return out;
}

// What the address says by itself.
AddressPlace place_of(std::string_view text) {
  const Place province = province_at(text);
  text.remove_prefix(province.name.size());
  const Place prefecture = longest(text, [&](int code) {
    return of_prefecture(code) && (province.code == 0 || province_of(code) == province.code);
  });
  text.remove_prefix(prefecture.name.size());
  const int in_province = prefecture.code != 0 ? province_of(prefecture.code) : province.code;
  Place county = longest(text, [&](int code) {
    return of_county(code) && (prefecture.code == 0 || prefecture_of(code) == prefecture.code) &&
           (in_province == 0 || province_of(code) == in_province);
  });
  if (county.code == 0 && prefecture.code != 0) {
    if (near_county_of(text, prefecture.code)) return AddressPlace::nearly;
    return AddressPlace::known;
  }
  if (county.code == 0) return AddressPlace::unknown;
  const bool has_city = prefecture.code != 0 || municipality(province.code);
  return has_city || !district(county.name) ? AddressPlace::known : AddressPlace::unknown;
}

}  // namespace

AddressPlace place_address(std::string_view address, int region) {
  const auto read = decode(address, limits::kCardFieldBytes);
  if (!read) return AddressPlace::unknown;
  const std::u32string narrow = squeezed(*read);
  const std::string text = encode(narrow);
  const AddressPlace place = place_of(text);
  if (region == 0 || place == AddressPlace::nearly) return place;
  const auto forms = forms_of(region);
  const auto begins = [&](const std::string& form) { return text.starts_with(form); };
  if (std::any_of(forms.begin(), forms.end(), begins)) return AddressPlace::known;
  const auto nearly = [&](const std::string& form) { return nearly_begins(narrow, points(form)); };
  return std::any_of(forms.begin(), forms.end(), nearly) ? AddressPlace::nearly : place;
}

}  // namespace mq::idcard
