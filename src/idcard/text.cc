#include "idcard/text.h"

#include <algorithm>
#include <vector>

#include "idcard/tables.h"
#include "runtime/text.h"

namespace mq::idcard {

std::vector<std::string_view> table_lines(std::string_view table) {
  std::vector<std::string_view> lines;
  for (const auto line : runtime::split(table, '\n')) {
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  return lines;
}

std::optional<std::u32string> decode(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes || !runtime::valid_utf8(text)) return std::nullopt;
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t extra = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t point = extra == 0 ? lead : lead & (0x3fu >> extra);
    for (std::size_t i = 1; i <= extra; ++i) {
      point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
    }
    points.push_back(point);
    at += extra + 1;
  }
  return points;
}

std::string encode(std::u32string_view points) {
  std::string out;
  const auto put = [&out](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  for (const char32_t p : points) {
    if (p < 0x80) {
      put(p);
    } else if (p < 0x800) {
      put(0xc0 | (p >> 6));
      put(0x80 | (p & 0x3f));
    } else if (p < 0x10000) {
      put(0xe0 | (p >> 12));
      put(0x80 | ((p >> 6) & 0x3f));
      put(0x80 | (p & 0x3f));
    } else {
      put(0xf0 | (p >> 18));
      put(0x80 | ((p >> 12) & 0x3f));
      put(0x80 | ((p >> 6) & 0x3f));
      put(0x80 | (p & 0x3f));
    }
  }
  return out;
}

bool space(char32_t p) {
  return p == ' ' || (p >= 0x09 && p <= 0x0d) || p == 0x85 || p == 0xa0 || p == 0x1680 ||
         (p >= 0x2000 && p <= 0x200b) || p == 0x2028 || p == 0x2029 || p == 0x202f || p == 0x205f ||
         p == 0x3000 || p == 0xfeff;
}

bool digit(char32_t p) { return p >= '0' && p <= '9'; }

bool chinese(char32_t p) {
  return (p >= 0x3400 && p <= 0x9fff) || (p >= 0xf900 && p <= 0xfaff) ||
         (p >= 0x20000 && p <= 0x323af) || p == 0x3007;
}

char32_t narrow(char32_t p) { return p >= 0xff01 && p <= 0xff5e ? p - 0xff01 + '!' : p; }

std::u32string squeezed(std::u32string_view text) {
  std::u32string out;
  for (const char32_t p : text) {
    if (!space(p)) out.push_back(narrow(p));
  }
  return out;
}

int edit_distance(std::u32string_view a, std::u32string_view b, int limit) {
  const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
  if (longer - shorter > static_cast<std::size_t>(limit)) return limit + 1;
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    int best = row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
  }
  return std::min(row[b.size()], limit + 1);
}

int digit_of(char32_t p) {
  if (digit(p)) return static_cast<int>(p - '0');
  static constexpr struct {
    std::u32string_view like;
    int digit;
  } kLookAlikes[] = {{U"OoDQ〇○", 0}, {U"lI|!i]", 1}, {U"Zz", 2}, {U"A", 4}, {U"Ss", 5},
                     {U"Gb", 6},      {U"T?", 7},     {U"B", 8},  {U"gq", 9}};
  for (const auto& [like, value] : kLookAlikes) {
    if (like.find(p) != std::u32string_view::npos) return value;
  }
  return -1;
}

}  // namespace mq::idcard
