#include "vision/document/card_fields.h"

#include <algorithm>
#include <span>

#include "vision/document/card_quality.h"

namespace mq::vision {
namespace {

// Below these the least sure character of a field is shown to the person. Of the fields read right
// on the synthetic cards of tools/make-cards fewer than one in a hundred lie below; most misread
// ones do.
constexpr float kSureNumber = 0.80F;
// The check character follows from the other seventeen: where those are sure and it agrees with
// them, little certainty of its own will do. Readers are never sure of a small X.
constexpr float kSureCheck = 0.30F;
constexpr float kSureText = 0.80F;

// Addresses are made of common characters; others are mostly old forms of them (黃, 內).
constexpr float kSureRareText = 0.95F;
constexpr int kCardsOfToday = 2020;  // the year of names of places where a card's is not read

bool sure(const Passage& passage, float least) {
  return !passage.empty() && passage.least >= least;
}

bool sure_of_number(const Passage& number) {
  if (number.empty()) return false;
  const auto least = [](std::span<const Glyph> glyphs, float confidence) {
    return std::all_of(glyphs.begin(), glyphs.end(),
                       [&](const Glyph& glyph) { return glyph.confidence >= confidence; });
  };
  const std::span<const Glyph> glyphs(number.glyphs);
  return least(glyphs.first(glyphs.size() - 1), kSureNumber) && least(glyphs.last(1), kSureCheck);
}

FieldState known(bool is) { return is ? FieldState::read : FieldState::confirm; }

void fill_number(const FrontText& text, CardReading& out) {
  out.number = field_of(text.number);
  if (text.number.empty()) return;
  out.number.state = FieldState::confirm;
  if (!text.valid_number) return;
  out.number.text = text.valid_number->number;
  const auto birth = idcard::parse_birth(text.birth.text);
  // One misread digit in eleven keeps the check character right; the printed birth vouches for
  // eight of them.
  const bool vouched = birth && *birth == text.valid_number->facts.birth;
  out.number.state = known(vouched && text.valid_number->repairs == 0 && text.valid_number->alone &&
                           text.numbers == 1 && sure_of_number(text.number));
}

void fill_birth(const FrontText& text, CardReading& out) {
  out.birth = field_of(text.birth);
  if (text.birth.empty()) {
    // What the number says of it, to be looked at: nothing of the birth itself was read.
    if (!text.valid_number || !text.valid_number->alone || text.numbers > 1) return;
    out.birth.text = text.valid_number->facts.birth.iso();
    out.birth.state = FieldState::confirm;
    return;
  }
  const auto birth = idcard::parse_birth(text.birth.text);
  if (birth) out.birth.text = birth->iso();
  out.birth.state = known(birth && text.valid_number && *birth == text.valid_number->facts.birth);
}

void fill_sex(const FrontText& text, CardReading& out) {
  out.sex = field_of(text.sex);
  if (text.sex.empty()) return;
  out.sex.text = text.sex.glyphs.front().text;
  const bool male = out.sex.text == "男";
  out.sex.state = known((male || out.sex.text == "女") && text.valid_number &&
                        male == text.valid_number->facts.male);
}

void fill_nation(const FrontText& text, CardReading& out) {
  out.nation = field_of(text.nation);
  if (text.nation.empty()) return;
  const auto nation = idcard::match_nation(text.nation.text);
  if (nation && nation->kind == idcard::NationKind::nation) out.nation.text = nation->name;
  out.nation.state = known(nation && nation->exact && sure(text.nation, kSureText));
}

bool sure_of_rare(const Passage& passage) {
  return std::all_of(passage.glyphs.begin(), passage.glyphs.end(), [](const Glyph& glyph) {
    const bool ascii = glyph.text.size() == 1;
    return ascii || idcard::common_character(glyph.text) || glyph.confidence >= kSureRareText;
  });
}

void fill_address(const FrontText& text, CardReading& out) {
  out.address = field_of(text.address);
  if (text.address.empty()) return;
  const int region = text.valid_number ? text.valid_number->facts.region : 0;
  const bool place =
      idcard::place_address(text.address.text, region) == idcard::AddressPlace::known;
  out.address.state = known(place && sure(text.address, kSureText) && sure_of_rare(text.address));
}

}  // namespace

CardField field_of(const Passage& passage) {
  CardField out;
  out.text = passage.text;
  out.confidence = passage.empty() ? 0 : passage.least;
  out.places = passage.places;
  out.state = passage.empty() ? FieldState::missing : FieldState::confirm;
  return out;
}

void fill_front(const FrontText& text, CardReading& out) {
  out.side = CardSide::front;
  fill_number(text, out);
  fill_birth(text, out);
  fill_sex(text, out);
  fill_nation(text, out);
  out.name = field_of(text.name);
  fill_address(text, out);
}

void fill_back(const BackText& text, CardReading& out) {
  out.side = CardSide::back;
  out.authority = field_of(text.authority);
  if (!text.authority.empty()) {
    const auto read = idcard::parse_validity(text.validity.text);
    const int year = read ? read->validity.from.ymd().year : kCardsOfToday;
    const auto found = idcard::place_authority(text.authority.text, 0, year);
    const bool place = found.police && found.place != idcard::AuthorityPlace::unknown;
    out.authority.state = known(place && sure(text.authority, kSureText));
  }
  out.valid_from = out.valid_to = field_of(text.validity);
  if (text.validity.empty()) return;
  const auto read = idcard::parse_validity(text.validity.text);
  if (!read) return;
  out.valid_from.text = read->validity.from.iso();
  out.valid_to.text = read->validity.to ? read->validity.to->iso() : kLongTerm;
  // A misread digit mostly gives a span that no card has.
  const auto issues = idcard::check_validity(read->validity, std::nullopt, read->validity.from);
  const bool possible =
      std::find_if(issues.begin(), issues.end(), [](idcard::ValidityIssue issue) {
        return issue == idcard::ValidityIssue::order || issue == idcard::ValidityIssue::span;
      }) == issues.end();
  out.valid_from.state = out.valid_to.state =
      known(possible && read->exact && sure(text.validity, kSureText));
}

CardState state_of(const CardReading& reading) {
  const auto worst = [](std::initializer_list<const CardField*> fields) {
    FieldState out = FieldState::read;
    for (const CardField* field : fields) out = std::max(out, field->state);
    return out;
  };
  for (const CardProblem problem : reading.problems) {
    if (allowed_with(problem) == CardState::retake) return CardState::retake;
  }
  if (reading.side == CardSide::front) {
    if (worst({&reading.name, &reading.number}) == FieldState::missing) return CardState::retake;
    const FieldState all = worst({&reading.name, &reading.sex, &reading.nation, &reading.birth,
                                  &reading.address, &reading.number});
    return all == FieldState::read ? CardState::read : CardState::confirm;
  }
  const FieldState all = worst({&reading.authority, &reading.valid_from, &reading.valid_to});
  return all == FieldState::missing ? CardState::retake
         : all == FieldState::read  ? CardState::read
                                    : CardState::confirm;
}

}  // namespace mq::vision
