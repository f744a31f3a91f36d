#include "idcard/authority.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "idcard/region.h"
#include "idcard/text.h"

namespace mq::idcard {
namespace {

constexpr int kSealYears = 10;
constexpr int kMostDistance = 2;
constexpr int kChain = 6;

using Names = std::vector<std::string>;

// The region and what took its place, one after the other.
std::vector<int> chain_of(int region) {
  std::vector<int> chain;
  for (int code = region; code != 0 && static_cast<int>(chain.size()) < kChain;) {
    if (std::find(chain.begin(), chain.end(), code) != chain.end()) break;
    chain.push_back(code);
    const auto rows = regions_of(code);
    code = rows.empty() ? 0 : rows.back().successor;
  }
  return chain;
}

bool municipality(int code) {
  const int province = code / 10000;
  return province == 11 || province == 12 || province == 31 || province == 50;
}

// The code of the city or prefecture that a county belongs to; a municipality is its own.
int prefecture_of(int code) { return municipality(code) ? code / 10000 * 10000 : code / 100 * 100; }

// 朝阳区 → 朝阳; two characters stay as they are: 通县, 城区.
std::string_view shortened(std::string_view name) {
  constexpr std::size_t kBytes = 3;
  if (name.size() < 3 * kBytes) return name;
  for (const std::string_view end : {"区", "县", "市"}) {
    if (name.ends_with(end)) return name.substr(0, name.size() - kBytes);
  }
  return name;
}

// Every way the county of `row` can stand at the beginning of a name.
Names county_beginnings(std::string_view county, std::string_view city) {
  Names names{std::string(county)};
  if (!city.empty()) {
    names.push_back(std::string(city) + std::string(county));
    names.push_back(std::string(city) + "公安局" + std::string(shortened(county)));
  }
  return names;
}

bool begins(std::string_view text, const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [text](const std::string& name) { return text.starts_with(name); });
}

bool of_county(std::string_view text, const std::vector<int>& chain) {
  for (const int code : chain) {
    if (code % 100 == 0) continue;
    for (const Region& county : regions_of(code)) {
      if (begins(text, county_beginnings(county.name, {}))) return true;
      for (const int other : chain) {
        for (const Region& city : regions_of(prefecture_of(other))) {
          if (begins(text, county_beginnings(county.name, city.name))) return true;
        }
      }
    }
  }
  return false;
}

bool of_prefecture(std::string_view text, const std::vector<int>& chain) {
  for (const int code : chain) {
    for (const Region& city : regions_of(prefecture_of(code))) {
      if (text.starts_with(city.name)) return true;
    }
  }
  return false;
}

struct Place {
  int code = 0;
  std::size_t bytes = 0;
};

int nearness(int code, int region) {
  if (code == region) return 3;
  if (prefecture_of(code) == prefecture_of(region)) return 2;
  return code / 10000 == region / 10000 ? 1 : 0;
}

// The place a text begins with: the longest name that fits, of equal ones the nearest.
std::optional<Place> longest_place(std::string_view text, int region, int year) {
  std::optional<Place> best;
  for (const Region& row : regions()) {
    if (!row.in_force(year - kSealYears, year) || !text.starts_with(row.name)) continue;
    const bool longer = !best || row.name.size() > best->bytes;
    const bool nearer = best && row.name.size() == best->bytes &&
                        nearness(row.code, region) > nearness(best->code, region);
    if (longer || nearer) best = Place{row.code, row.name.size()};
  }
  return best;
}

bool police(std::string_view text) {
  return text.ends_with("公安局") || text.ends_with("公安分局") ||
         (text.ends_with("分局") && text.find("公安局") != std::string_view::npos);
}

// The names an authority of a region may have.
Names usual_names(const Region& row, std::string_view city) {
  const std::string name(row.name);
  if (row.code % 100 == 0 || !name.ends_with("区") || city.empty()) return {name + "公安局"};
  const std::string whole(city), part(shortened(row.name));
  return {whole + "公安局" + part + "分局", whole + "公安局" + name + "分局",
          whole + name + "公安局", whole + name + "公安分局", name + "公安局"};
}

}  // namespace

AuthorityFinding place_authority(std::string_view authority, int region, int issue_year) {
  AuthorityFinding finding;
  const auto points = decode(authority, limits::kCardFieldBytes);
  if (!points) return finding;
  const std::string text = encode(squeezed(*points));
  finding.police = police(text);

  const auto chain = chain_of(region);
  const int home = chain.empty() ? region : chain.back();
  std::string_view rest = text;
  bool in_province = false;
  for (const int code : chain) {
    if (municipality(code)) continue;  // it stands for the city
    const auto province = regions_of(code / 10000 * 10000);
    if (province.empty() || !rest.starts_with(province.front().name)) continue;
    rest.remove_prefix(province.front().name.size());
    in_province = true;
    break;
  }
  if (of_county(rest, chain)) {
    finding.place = AuthorityPlace::county;
  } else if (of_prefecture(rest, chain)) {
    finding.place = AuthorityPlace::prefecture;
  } else if (in_province) {
    finding.place = AuthorityPlace::province;
  } else if (const auto place = longest_place(rest, home, issue_year)) {
    const int near = nearness(place->code, home);
    finding.place = near >= 2   ? AuthorityPlace::prefecture
                    : near == 1 ? AuthorityPlace::province
                                : AuthorityPlace::elsewhere;
  }
  return finding;
}

std::vector<AuthorityCandidate> nearest_authorities(std::string_view text, int region,
                                                    int issue_year, std::size_t most) {
  std::vector<AuthorityCandidate> found;
  const auto points = decode(text, limits::kCardFieldBytes);
  if (!points) return found;
  const auto read = squeezed(*points);
  int limit = std::min(kMostDistance, (static_cast<int>(read.size()) - 1) / 4);
  if (limit < 0) return found;
  for (const Region& row : regions()) {
    if (row.code % 10000 == 0 && !municipality(row.code)) continue;
    if (!row.in_force(issue_year, issue_year)) continue;
    const Region* city =
        row.code % 100 == 0 ? nullptr : region_in(prefecture_of(row.code), issue_year);
    for (auto& name : usual_names(row, city ? city->name : std::string_view{})) {
      const int distance = edit_distance(read, *decode(name, limits::kCardFieldBytes), limit);
      if (distance > limit) continue;
      if (distance < limit) found.clear();
      limit = distance;
      AuthorityCandidate candidate;
      candidate.name = std::move(name);
      candidate.region = row.code;
      candidate.distance = distance;
      found.push_back(std::move(candidate));
    }
  }
  std::stable_sort(found.begin(), found.end(), [region](const auto& a, const auto& b) {
    return nearness(a.region, region) > nearness(b.region, region);
  });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace mq::idcard
