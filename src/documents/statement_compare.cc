#include <algorithm>
#include <array>
#include <cmath>

#include "documents/statement_layout.h"
#include "documents/statement_text.h"

namespace mq::documents {
namespace {

using statements::Token;

constexpr float kConfident = 0.9F;
// A reading this much narrower than the word is a part of it: the line was cut within the word.
constexpr float kPart = 0.75F;

// What a word says, so that "1,234.50" and "¥1234.50" are the same. Nothing for words that are no
// value.
struct Value {
  bool is_date = false;
  std::int64_t number = 0;  // minor units or days
  bool operator==(const Value&) const = default;
};

std::optional<Value> value_of(const std::string& text) {
  Value out;
  if (const auto date = statements::read_date(text); date && !date->without_year) {
    if (!date->date) return std::nullopt;
    out.is_date = true;
    out.number = date->date->days;
    return out;
  }
  const auto read = statements::read_amount(text);
  if (!read || !read->decimals) return std::nullopt;
  out.number = read->signed_out ? -read->minor : read->minor;
  return out;
}

// Signs and currency marks are small and recognition drops them: only another number counts.
bool same(const Value& a, const Value& b) {
  return a.is_date == b.is_date && (a.number == b.number || (!a.is_date && a.number == -b.number));
}

struct Seen {
  Token token;
  std::optional<Value> value;  // nothing: a text that says no value, or more than one
};

std::vector<Token> words_of(const StatementPage& page) {
  std::vector<Token> out;
  for (auto& line : statements::lines_of(page).lines) {
    for (auto& token : line.tokens) out.push_back(std::move(token));
  }
  return out;
}

// The words of the picture in the units of the text layer, by height on the page.
std::vector<Seen> seen_in(const StatementPage& picture, const StatementPage& layer) {
  const float across = layer.width / picture.width, down = layer.height / picture.height;
  std::vector<Seen> out;
  for (auto& token : words_of(picture)) {
    const auto value = value_of(token.text);
    token.left *= across;
    token.right *= across;
    token.y *= down;
    token.height *= down;
    out.push_back({std::move(token), value});
  }
  std::sort(out.begin(), out.end(),
            [](const Seen& a, const Seen& b) { return a.token.y < b.token.y; });
  return out;
}

// The readings at the word's place: on its line, and overlapping it or less than a letter away. A
// reading that was joined with others may stand further off.
template <class Visit>
void visit_place(const std::vector<Seen>& seen, const Token& at, Visit visit) {
  const float reach = std::max(at.height, 1.0F);
  auto from = std::lower_bound(seen.begin(), seen.end(), at.y - reach * 0.7F,
                               [](const Seen& s, float y) { return s.token.y < y; });
  for (; from != seen.end() && from->token.y <= at.y + reach * 0.7F; ++from) {
    const auto& token = from->token;
    const float gap = std::max({0.0F, token.left - at.right, at.left - token.right});
    visit(*from, gap, reach);
  }
}

enum class Finding { same, different, nothing };

Finding look(const std::vector<Seen>& seen, const Token& word, const Value& value,
             std::string& other) {
  Finding out = Finding::nothing;
  float nearest = 0;
  bool confident = false, covered = false;
  visit_place(seen, word, [&](const Seen& reading, float gap, float reach) {
    if (gap <= reach * 6 && reading.value && same(*reading.value, value)) out = Finding::same;
    if (out == Finding::same || gap > reach * 0.5F) return;
    if (!reading.value || reading.value->is_date != value.is_date) {
      covered = covered || gap <= 0;
      return;
    }
    if (out == Finding::different && gap >= nearest) return;
    out = Finding::different;
    nearest = gap;
    confident = reading.token.confidence >= kConfident &&
                reading.token.right - reading.token.left >= kPart * (word.right - word.left);
    other = reading.token.text;
  });
  // Something stands there that was hard to read, or was read together with its neighbours: neither a
  // proof nor an accusation.
  if (out == Finding::different) return confident ? out : Finding::same;
  return out == Finding::nothing && covered ? Finding::same : out;
}

}  // namespace

Result<std::vector<TextMismatch>> compare_layers(const StatementPage& text_layer,
                                                 const StatementPage& ocr_of_picture) {
  MQ_REQUIRE(statements::check_limits(std::array{text_layer, ocr_of_picture}));
  const auto seen = seen_in(ocr_of_picture, text_layer);
  std::vector<TextMismatch> out;
  std::size_t found = 0, all = 0;
  for (const auto& word : words_of(text_layer)) {
    const auto value = value_of(word.text);
    if (!value) continue;
    ++all;
    std::string other;
    const auto finding = look(seen, word, *value, other);
    if (finding == Finding::same) {
      ++found;
      continue;
    }
    TextMismatch mismatch;
    mismatch.kind = finding == Finding::different ? MismatchKind::different : MismatchKind::absent;
    mismatch.box = word.source;
    mismatch.text_layer = word.text;
    mismatch.picture = other;
    out.push_back(std::move(mismatch));
  }
  // Where recognition found little of the page, what it did not find says nothing.
  if (found * 10 < all * 9) {
    std::erase_if(out, [](const TextMismatch& m) { return m.kind == MismatchKind::absent; });
  }
  return out;
}

}  // namespace mq::documents
