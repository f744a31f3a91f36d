#include "documents/reading.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "bankcard/bankcard.h"
#include "base/limits.h"

namespace mq::documents {
namespace {

constexpr std::string_view kForLife = "长期";

struct CardPart {
  const char* name;
  vision::CardField vision::CardReading::*field;
};
constexpr std::array kFront = {CardPart{"name", &vision::CardReading::name},
                               CardPart{"sex", &vision::CardReading::sex},
                               CardPart{"nation", &vision::CardReading::nation},
                               CardPart{"birth", &vision::CardReading::birth},
                               CardPart{"address", &vision::CardReading::address},
                               CardPart{"number", &vision::CardReading::number}};
constexpr std::array kBack = {CardPart{"authority", &vision::CardReading::authority},
                              CardPart{"valid_from", &vision::CardReading::valid_from},
                              CardPart{"valid_to", &vision::CardReading::valid_to}};

Place place_of(const std::array<vision::Point, 4>& quad) {
  Place out;
  for (const vision::Point& p : quad) {
    out.corners.push_back({static_cast<int>(std::lround(p.x)), static_cast<int>(std::lround(p.y))});
  }
  return out;
}

FieldValue value_of(const char* name, const vision::CardField& field) {
  FieldValue out;
  out.name = name;
  out.read = Pii<std::string>(field.text == vision::kLongTerm ? std::string(kForLife) : field.text);
  out.confidence = static_cast<int>(std::lround(field.confidence * 10'000));
  out.sure = field.state == vision::FieldState::read;
  out.state = out.sure                                     ? ValueState::read
              : field.state == vision::FieldState::confirm ? ValueState::confirm
                                                           : ValueState::missing;
  for (const auto& quad : field.places) out.places.push_back(place_of(quad));
  return out;
}

// The value that counts, or nothing where there is none.
std::optional<std::string> given(const Reading& reading, std::string_view name) {
  const FieldValue* field = reading.field(name);
  if (field == nullptr || field->text().expose().empty()) return std::nullopt;
  return field->text().expose();
}

// As it is printed: 2010.01.01-长期.
std::optional<std::string> printed_validity(const Reading& reading) {
  auto from = given(reading, "valid_from"), to = given(reading, "valid_to");
  if (!from || !to) return std::nullopt;
  for (auto* text : {&*from, &*to}) std::replace(text->begin(), text->end(), '-', '.');
  return *from + "-" + *to;
}

std::vector<Check> card_checks(const Reading& reading, BusinessDate today) {
  idcard::CardFields fields;
  fields.name = given(reading, "name");
  fields.sex = given(reading, "sex");
  fields.nation = given(reading, "nation");
  fields.birth = given(reading, "birth");
  fields.number = given(reading, "number");
  fields.authority = given(reading, "authority");
  fields.validity = printed_validity(reading);
  std::vector<Check> out;
  for (const auto& finding : idcard::check_card(fields, today)) {
    out.push_back({std::string("card.") + boost::describe::enum_to_string(finding.code, "?"),
                   finding.severity, boost::describe::enum_to_string(finding.field, "?")});
  }
  return out;
}

constexpr std::string_view kHeldCheck = "held.person_";

// In words, never as a figure: nothing unless there are a person and a front to speak of.
std::optional<Check> person_check(const vision::HandHeldReading& held) {
  if (!held.person || !held.card.card || held.card.side != vision::CardSide::front) {
    return std::nullopt;
  }
  Check out{std::string(kHeldCheck), idcard::Severity::note, "portrait"};
  const auto match = vision::fair_matches(held, nullptr).person_portrait;
  out.code += !match ? "not_comparable" : match->match ? "matches" : "differs";
  if (match && !match->match) out.severity = idcard::Severity::doubt;
  return out;
}

// A problem of the card that the photo's own problems say already, or contradict.
bool said_of_photo(const vision::HandHeldReading& held, vision::CardProblem problem) {
  using vision::CardProblem, vision::HeldProblem;
  const auto says = [&](HeldProblem one) {
    return std::find(held.problems.begin(), held.problems.end(), one) != held.problems.end();
  };
  switch (problem) {
    case CardProblem::no_card:
      return says(HeldProblem::no_card);
    case CardProblem::wrong_side:
      return says(HeldProblem::wrong_side);
    case CardProblem::mirrored:
      return says(HeldProblem::mirrored);
    case CardProblem::covered:
      return says(HeldProblem::number_covered);
    default:
      return false;
  }
}

// The codes of a hand-held photo's problems, what stands most in the way first.
std::vector<std::string> held_problems(const vision::HandHeldReading& held) {
  using boost::describe::enum_to_string;
  const auto& of_card = held.card.problems;
  const bool foreign =
      std::find(of_card.begin(), of_card.end(), vision::CardProblem::foreign) != of_card.end();
  std::vector<std::string> out;
  for (const auto problem : held.problems) {
    // Another kind of card is one: to say so helps more.
    if (problem == vision::HeldProblem::no_card && foreign) continue;
    out.push_back(std::string("held.") + enum_to_string(problem, "?"));
  }
  for (const auto problem : of_card) {
    if (!said_of_photo(held, problem)) {
      out.push_back(std::string("card.") + enum_to_string(problem, "?"));
    }
  }
  return out;
}

// Only what a person typed can differ: the bank was found by the number.
std::vector<Check> bank_card_checks(const Reading& reading) {
  const auto number = given(reading, "number"), bank = given(reading, "bank");
  const auto issuer = bankcard::find_issuer(number.value_or(""));
  const auto named = bankcard::banks_named(bank.value_or(""));
  const bool same = std::any_of(named.begin(), named.end(), [&](const auto& one) {
    return issuer && one.code == issuer->bank.code;
  });
  if (!issuer || named.empty() || same) return {};
  return {{"card.issuer_differs", idcard::Severity::fault, "bank"}};
}

bool is_date(const std::string& text) { return BusinessDate::parse(text).ok(); }

bool plausible(Kind kind, const std::string& name, const std::string& text) {
  if (text.empty() || text.size() > limits::kCardFieldBytes) return false;
  if (kind == Kind::bank_card && name == "number") return bankcard::plausible_number(text);
  if (name == "expiry") {
    const auto found = bankcard::find_expiry(text);
    return found && found->expiry.text() == text;
  }
  if (name == "number") return idcard::read_id_number(text).has_value();
  if (name == "name") return idcard::plausible_name(text);
  if (name == "sex") return text == "男" || text == "女";
  if (name == "birth" || name == "valid_from") return is_date(text);
  if (name == "valid_to") return text == kForLife || is_date(text);
  return true;
}

// A number's last letter is a capital on every card.
std::string normal(Kind kind, const std::string& name, std::string text) {
  const bool id_card = kind == Kind::id_card_front || kind == Kind::hand_held;
  if (id_card && name == "number" && !text.empty() && text.back() == 'x') {
    text.back() = 'X';
  }
  return text;
}

}  // namespace

const FieldValue* Reading::field(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return one.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

UploadState state_of(const Reading& reading) {
  for (const FieldValue& field : reading.fields) {
    if (field.state == ValueState::confirm || field.state == ValueState::missing) {
      return UploadState::confirm;
    }
  }
  return UploadState::read;
}

ReadResult result_of(const vision::CardReading& card, vision::CardSide side, BusinessDate today) {
  ReadResult out;
  const bool front = side == vision::CardSide::front;
  const auto take = [&](const auto& parts) {
    for (const CardPart& part : parts) {
      // A photo of the other side says nothing about this one.
      out.reading.fields.push_back(
          value_of(part.name, card.side == side ? card.*part.field : vision::CardField{}));
    }
  };
  if (front) take(kFront);
  if (!front) take(kBack);
  if (front && card.portrait) out.reading.portrait = place_of(*card.portrait);
  for (const auto problem : card.problems) {
    out.problems.push_back(std::string("card.") + boost::describe::enum_to_string(problem, "?"));
  }
  out.reading.checks = card_checks(out.reading, today);
  out.state = card.state == vision::CardState::retake || card.side != side ? UploadState::retake
              : card.state == vision::CardState::read                      ? UploadState::read
                                                                           : UploadState::confirm;
  return out;
}

ReadResult result_of(const vision::HandHeldReading& held, BusinessDate today) {
  ReadResult out = result_of(held.card, vision::CardSide::front, today);
  out.problems = held_problems(held);
  if (!held.problems.empty()) out.state = UploadState::retake;
  if (auto check = person_check(held)) {
    out.reading.checks.insert(out.reading.checks.begin(), std::move(*check));
  }
  return out;
}

ReadResult result_of(const vision::BankCardReading& card) {
  ReadResult out;
  out.reading.fields = {value_of("number", card.number)};
  // Neither is on every card, and nobody has to type it.
  const auto add = [&](FieldValue value) {
    if (value.state != ValueState::missing) out.reading.fields.push_back(std::move(value));
  };
  FieldValue bank = value_of("bank", card.issuer);
  bank.places.clear();  // found by the number, it stands nowhere
  add(std::move(bank));
  add(value_of("expiry", card.expiry));
  for (const auto problem : card.problems) {
    out.problems.push_back(std::string("card.") + boost::describe::enum_to_string(problem, "?"));
  }
  out.state = card.state == vision::CardState::retake ? UploadState::retake
              : card.state == vision::CardState::read ? UploadState::read
                                                      : UploadState::confirm;
  return out;
}

Status take_over(Reading& reading, Kind kind, const std::vector<TypedField>& typed,
                 const PersonId& by, Instant at) {
  Reading changed = reading;
  for (const TypedField& one : typed) {
    const auto field = std::find_if(changed.fields.begin(), changed.fields.end(),
                                    [&](const auto& known) { return known.name == one.name; });
    const std::string text = normal(kind, one.name, one.text.expose());
    if (field == changed.fields.end() || !plausible(kind, one.name, text)) {
      // Only a name of ours goes into the error.
      return Error(DocumentsErrc::bad_field, field == changed.fields.end() ? "" : field->name);
    }
    if (text == field->read.expose()) {
      field->typed.reset();
      field->state = ValueState::confirmed;
    } else {
      field->typed = Typed{Pii<std::string>(text), by, at.us};
      field->state = ValueState::corrected;
    }
  }
  if (kind == Kind::id_card_front || kind == Kind::id_card_back || kind == Kind::hand_held) {
    // What the faces said does not depend on what is typed.
    std::erase_if(changed.checks,
                  [](const Check& one) { return !one.code.starts_with(kHeldCheck); });
    for (auto& check : card_checks(changed, BusinessDate::in_china(at))) {
      changed.checks.push_back(std::move(check));
    }
  }
  if (kind == Kind::bank_card) changed.checks = bank_card_checks(changed);
  reading = std::move(changed);
  return ok();
}

}  // namespace mq::documents
