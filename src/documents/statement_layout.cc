#include "documents/statement_layout.h"

#include <algorithm>
#include <cmath>

#include "documents/statement_text.h"

namespace mq::documents::statements {
namespace {

constexpr float kMostSlope =
    0.06F;  // 3.4 degrees: more than that is turned back before recognition
constexpr float kSlopeStep = 0.001F;
constexpr float kTitleEnds = 0.2F;  // of the page

bool is_digit(char c) { return c >= '0' && c <= '9'; }

float usual_height(const StatementPage& page) {
  std::vector<float> heights;
  for (const auto& text : page.texts) heights.push_back(text.box.height);
  if (heights.empty()) return 1;
  // A turned line's box is taller than its letters: the lower half tells more.
  const auto at = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() * 2 / 5);
  std::nth_element(heights.begin(), at, heights.end());
  return *at;
}

// Words of one line fall into the same few bins when the page is upright: the sum of squares is
// largest then.
double sharpness(const StatementPage& page, float slope, float bin) {
  std::vector<int> bins;
  for (const auto& text : page.texts) {
    const float x = text.box.x + text.box.width / 2, y = text.box.y + text.box.height / 2;
    const float upright = (y - x * slope + page.width * kMostSlope) / bin;
    // No page is taller than this many bins unless its boxes are far outside of it.
    if (upright < 0 || upright > 20'000) continue;
    const auto at = static_cast<std::size_t>(upright);
    if (bins.size() <= at + 1) bins.resize(at + 2);
    ++bins[at];
    ++bins[at + 1];
  }
  double sum = 0;
  for (const int count : bins) sum += static_cast<double>(count) * count;
  return sum;
}

// Bytes after which recognition joined two cells: "8,000.00|12,000.00", "2025-01-03|工资",
// "工资|8,000.00", "8,000.00|工资".
std::size_t seam_in(std::string_view word) {
  if (const auto date = read_date(word);
      date && date->date && !date->without_year && date->bytes >= 8) {
    if (date->bytes < word.size()) return date->bytes;
    return 0;
  }
  const auto tail_is_amount = [&](std::size_t at) {
    const auto read = read_amount(word.substr(at));
    return read && read->decimals && !read->unsure;
  };
  for (std::size_t at = 0; at + 1 < word.size(); ++at) {
    const char c = word[at];
    // Two decimals and the next amount follow.
    if (c == '.' && at + 3 < word.size() && is_digit(word[at + 1]) && is_digit(word[at + 2]) &&
        (is_digit(word[at + 3]) || word[at + 3] == '-' || word[at + 3] == '+') &&
        tail_is_amount(at + 3)) {
      return at + 3;
    }
    // An amount from the beginning, and a Chinese word that is not its unit.
    if (c == '.' && at + 3 < word.size() && is_digit(word[at + 1]) && is_digit(word[at + 2]) &&
        static_cast<unsigned char>(word[at + 3]) >= 0xE0 &&
        !word.substr(at + 3).starts_with("元")) {
      const auto read = read_amount(word.substr(0, at + 3));
      if (read && read->decimals) return at + 3;
    }
    // The end of a Chinese word, and an amount to the end.
    const bool wide = static_cast<unsigned char>(c) >= 0x80;
    const bool next_plain = static_cast<unsigned char>(word[at + 1]) < 0x80;
    if (wide && next_plain && tail_is_amount(at + 1)) return at + 1;
  }
  return 0;
}

std::vector<std::string> cut(std::string_view folded) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < folded.size();) {
    if (folded[at] == ' ') {
      ++at;
      continue;
    }
    auto end = std::min(folded.find(' ', at), folded.size());
    std::string_view word = folded.substr(at, end - at);
    while (const auto seam = seam_in(word)) {
      words.emplace_back(word.substr(0, seam));
      word.remove_prefix(seam);
    }
    words.emplace_back(word);
    at = end;
  }
  return words;
}

// Places of the words in their box: letters as wide as the height says, what is left over between
// the words.
void place(const std::vector<std::string>& words, const PlacedText& from, float slope, float height,
           std::vector<Token>& out) {
  const auto& box = from.box;
  int units = 0;
  for (const auto& word : words) units += set_width(word);
  const auto gaps = static_cast<float>(words.size() - 1);
  const float natural = static_cast<float>(units) * height * 0.5F;
  float unit = height * 0.5F, gap = gaps > 0 ? (box.width - natural) / gaps : 0;
  if (gaps == 0 || gap < unit * 0.5F) {
    unit = box.width / (static_cast<float>(units) + gaps);
    gap = unit;
  }
  const float centre_x = box.x + box.width / 2, centre_y = box.y + box.height / 2;
  float at = box.x + centre_y * slope;
  for (const auto& word : words) {
    Token token;
    token.left = at;
    token.right = at + static_cast<float>(set_width(word)) * unit;
    token.y = centre_y - centre_x * slope;
    token.height = height;
    token.text = word;
    token.confidence = from.confidence;
    token.source = box;
    at = token.right + gap;
    out.push_back(std::move(token));
  }
}

}  // namespace

vision::Box joined(const vision::Box& a, const vision::Box& b) {
  if (a.width <= 0 && a.height <= 0) return b;
  vision::Box out;
  out.x = std::min(a.x, b.x);
  out.y = std::min(a.y, b.y);
  out.width = std::max(a.x + a.width, b.x + b.width) - out.x;
  out.height = std::max(a.y + a.height, b.y + b.height) - out.y;
  return out;
}

std::string text_of(const std::vector<Token>& tokens) {
  std::string out;
  for (const auto& token : tokens) {
    if (!out.empty()) out.push_back(' ');
    out += token.text;
  }
  return out;
}

float slope_of(const StatementPage& page) {
  const float bin = std::max(usual_height(page) / 4, page.height / 5'000);
  const double upright = sharpness(page, 0, bin);
  double best = upright;
  float slope = 0;
  for (int step = 1; static_cast<float>(step) * kSlopeStep <= kMostSlope; ++step) {
    for (const float candidate :
         {static_cast<float>(step) * kSlopeStep, static_cast<float>(-step) * kSlopeStep}) {
      const double sharp = sharpness(page, candidate, bin);
      if (sharp <= best) continue;
      best = sharp;
      slope = candidate;
    }
  }
  // A page that is upright has a little chance of looking sharper otherwise.
  return best > upright * 1.1 ? slope : 0;
}

PageLines lines_of(const StatementPage& page) {
  PageLines out;
  const float slope = slope_of(page), usual = usual_height(page);
  std::vector<Token> tokens;
  for (const auto& text : page.texts) {
    const auto words = cut(fold(text.text));
    if (words.empty()) continue;
    const float height =
        std::max(text.box.height - text.box.width * std::abs(slope), text.box.height * 0.3F);
    const bool title = text.box.y < page.height * kTitleEnds && height < usual * 5;
    if (height > usual * 2.2F && !title) continue;
    place(words, text, slope, height, tokens);
  }
  std::stable_sort(tokens.begin(), tokens.end(),
                   [](const Token& a, const Token& b) { return a.y < b.y; });
  for (auto& token : tokens) {
    const float reach = std::min(token.height, usual * 1.2F) * 0.5F;
    if (out.lines.empty() || token.y - out.lines.back().y > reach) {
      out.lines.emplace_back();
      out.lines.back().y = token.y;
    }
    auto& line = out.lines.back();
    line.tokens.push_back(std::move(token));
    const auto count = static_cast<float>(line.tokens.size());
    line.y += (line.tokens.back().y - line.y) / count;
  }
  for (auto& line : out.lines) {
    std::stable_sort(line.tokens.begin(), line.tokens.end(),
                     [](const Token& a, const Token& b) { return a.left < b.left; });
  }
  out.text_height = usual;
  out.width = page.width;
  return out;
}

}  // namespace mq::documents::statements
