#include "documents/statement_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/limits.h"

namespace mq::documents::statements {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The code point at `at` and its bytes; 0 bytes for broken UTF-8.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

CodePoint code_point(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (bytes == 0 || first > 0xF4 || at + bytes > text.size()) return {};
  std::uint32_t value = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  return {value, bytes};
}

// The ASCII character that stands for a wide or typographic one; 0 for none.
char plain(std::uint32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return static_cast<char>(c - 0xFF01 + '!');
  if (c == 0x3000 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A)) return ' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63) return '-';
  if (c == 0x3002 || c == 0x00B7) return '.';
  if (c == 0x3001) return ',';
  return 0;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool take_end(std::string_view& text, std::string_view word) {
  if (!text.ends_with(word)) return false;
  text.remove_suffix(word.size());
  return true;
}

// What recognition makes of digits.
char as_digit(char c) {
  switch (c) {
    case 'O':
    case 'o':
    case 'D':
    case 'Q':
      return '0';
    case 'l':
    case 'I':
    case 'i':
    case '|':
      return '1';
    case 'Z':
    case 'z':
      return '2';
    case 'S':
    case 's':
      return '5';
    case 'b':
      return '6';
    case 'B':
      return '8';
    case 'g':
    case 'q':
      return '9';
    default:
      return c;
  }
}

void take_signs(std::string_view& text, AmountRead& read) {
  for (bool more = true; more && !text.empty();) {
    more = false;
    if (take(text, "-") || take_end(text, "-") || take_end(text, "DR") || take_end(text, "Dr")) {
      read.signed_out = more = true;
    } else if (take(text, "+") || take_end(text, "+") || take_end(text, "CR") ||
               take_end(text, "Cr")) {
      read.signed_in = more = true;
    } else if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
      text = text.substr(1, text.size() - 2);
      read.signed_out = more = true;
    } else {
      for (const std::string_view sign : {"¥", "￥", "RMB", "CNY", "$", "HK$", "元"}) {
        if (take(text, sign) || (sign == "元" && take_end(text, sign))) more = true;
      }
    }
  }
}

// Digits and where they are parted. `parts` are the runs of digits, `marks` the separators between
// them.
struct Digits {
  std::vector<std::string> parts{1};
  std::string marks;
  bool unsure = false;
  int letters = 0;
};

std::optional<Digits> split_digits(std::string_view text) {
  Digits out;
  for (const char raw : text) {
    const char c = as_digit(raw);
    if (is_digit(c)) {
      if (c != raw) ++out.letters;
      out.parts.back().push_back(c);
    } else if (c == '.' || c == ',' || c == '\'') {
      out.unsure |= c == '\'';
      out.marks.push_back(c);
      out.parts.emplace_back();
    } else {
      return std::nullopt;
    }
  }
  out.unsure |= out.letters > 0;
  return out;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [value, bytes] = code_point(text, at);
    if (bytes == 0) {
      ++at;
      continue;
    }
    if (bytes == 1) {
      if (value == '\t' || value == '\n' || value == '\r') out.push_back(' ');
      if (value >= ' ' && value != 0x7F) out.push_back(static_cast<char>(value));
    } else if (const char c = plain(value)) {
      out.push_back(c);
    } else if (value >= 0xA0 && (value < 0x200B || value > 0x200F) && value != 0xFEFF) {
      out += text.substr(at, bytes);
    }
    at += bytes;
  }
  return out;
}

std::string key_of(std::string_view text) {
  std::string out;
  for (const char c : fold(text)) {
    if (c == ' ') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::size_t character_bytes(std::string_view text, std::size_t at) {
  return std::max<std::size_t>(code_point(text, at).bytes, 1);
}

int set_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size(); at += character_bytes(text, at)) {
    width += static_cast<unsigned char>(text[at]) < 0xE0 ? 1 : 2;
  }
  return width;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::optional<AmountRead> read_amount(std::string_view folded) {
  while (!folded.empty() && folded.front() == ' ') folded.remove_prefix(1);
  while (!folded.empty() && folded.back() == ' ') folded.remove_suffix(1);
  AmountRead out;
  take_signs(folded, out);
  if (folded.empty() || (out.signed_in && out.signed_out)) return std::nullopt;
  const auto digits = split_digits(folded);
  if (!digits || digits->parts.front().empty() || digits->parts.back().empty()) return std::nullopt;
  const auto& parts = digits->parts;
  std::size_t count = 0;
  for (const auto& part : parts) count += part.size();
  if (static_cast<std::size_t>(digits->letters) * 2 > count) return std::nullopt;
  out.unsure = digits->unsure;
  // The last separator is the decimal one if two digits follow; one or two decimals after a real
  // point.
  const bool point = !digits->marks.empty() && digits->marks.back() == '.';
  const std::size_t last = parts.back().size();
  const bool decimals = parts.size() > 1 && (last == 2 || (point && last == 1));
  out.decimals = decimals && last == 2;
  if (decimals && !point) out.unsure = true;
  if (parts.size() > 1 && !decimals && last != 3) return std::nullopt;
  const std::size_t whole = parts.size() - (decimals ? 1 : 0);
  for (std::size_t i = 0; i < whole; ++i) {
    if (parts[i].empty()) return std::nullopt;
    if (i > 0 && (parts[i].size() != 3 || digits->marks[i - 1] != ',')) out.unsure = true;
    if (i == 0 && whole > 1 && parts[i].size() > 3) out.unsure = true;
  }
  std::int64_t value = 0;
  for (const auto& part : parts) {
    for (const char c : part) {
      value = value * 10 + (c - '0');
      if (value > limits::kStatementAmountMinor) return std::nullopt;
    }
  }
  for (std::size_t i = decimals ? last : 0; i < 2; ++i) value *= 10;
  if (value > limits::kStatementAmountMinor) return std::nullopt;
  out.minor = value;
  return out;
}

int edits_between(std::string_view a, std::string_view b) {
  constexpr int kMany = 3;
  if (a.size() > b.size() + kMany || b.size() > a.size() + kMany) return kMany;
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return std::min(row[b.size()], kMany);
}

std::optional<std::string> read_time(std::string_view folded) {
  std::string digits, marks;
  std::size_t at = 0;
  for (; at < folded.size() && digits.size() < 7; ++at) {
    const char c = folded[at];
    if (is_digit(c)) {
      digits.push_back(c);
    } else if ((c == ':' || c == '.') && at > 0 && is_digit(folded[at - 1]) && marks.size() < 2) {
      if (c == '.' && marks != ":") break;
      marks.push_back(':');
    } else {
      break;
    }
  }
  if (at < folded.size() && is_letter(folded[at])) return std::nullopt;
  const bool shaped = (marks.size() == 2 && digits.size() == 6) ||
                      (marks.size() == 1 && digits.size() == 4) ||
                      (marks.empty() && digits.size() == 6 && at == folded.size());
  if (!shaped) return std::nullopt;
  std::string out;
  constexpr std::array kMost = {23, 59, 59};
  for (std::size_t i = 0; i * 2 < digits.size(); ++i) {
    const int value = (digits[2 * i] - '0') * 10 + (digits[2 * i + 1] - '0');
    if (value > kMost[i]) return std::nullopt;
    if (i > 0) out.push_back(':');
    out += digits.substr(2 * i, 2);
  }
  return out;
}

}  // namespace mq::documents::statements
