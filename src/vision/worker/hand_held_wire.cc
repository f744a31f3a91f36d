#include "vision/worker/hand_held_wire.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/text.h"
#include "vision/worker/face_wire.h"

namespace mq::vision {
namespace {

constexpr std::uint8_t kMostProblems = 32, kMostPlaces = 32;
constexpr std::size_t kMostText = 512;  // bytes of a field
constexpr float kFarthest = 1e7F;  // pixels: a corner may lie outside of the picture, not anywhere
constexpr std::int32_t kMostPeople = limits::kImageMaxFaces;

template <class E>
void put_code(Writer& out, E code) {
  out.put(static_cast<std::uint8_t>(code));
}

template <class E>
E get_code(Reader& in, E last) {
  return static_cast<E>(in.between<std::uint8_t>(0, static_cast<std::uint8_t>(last)));
}

template <class E>
void put_codes(Writer& out, const std::vector<E>& codes) {
  out.put(static_cast<std::uint8_t>(codes.size()));
  for (const E code : codes) put_code(out, code);
}

template <class E>
std::vector<E> get_codes(Reader& in, E last) {
  std::vector<E> out;
  const auto count = in.between<std::uint8_t>(0, kMostProblems);
  for (int i = 0; i < count && !in.failed(); ++i) out.push_back(get_code(in, last));
  return out;
}

float length(Reader& in, float least, float most) {
  const float value = in.number();
  if (value < least || value > most) in.fail();
  return value;
}

void put_quad(Writer& out, const std::array<Point, 4>& quad) {
  for (const Point& p : quad) {
    out.put(p.x);
    out.put(p.y);
  }
}

std::array<Point, 4> get_quad(Reader& in) {
  std::array<Point, 4> out;
  for (Point& p : out) {
    p.x = length(in, -kFarthest, kFarthest);
    p.y = length(in, -kFarthest, kFarthest);
  }
  return out;
}

void put_field(Writer& out, const CardField& field) {
  out.put_text(field.text.substr(0, kMostText));
  out.put(field.confidence);
  put_code(out, field.state);
  const std::size_t places = std::min<std::size_t>(field.places.size(), kMostPlaces);
  out.put(static_cast<std::uint8_t>(places));
  for (std::size_t i = 0; i < places; ++i) put_quad(out, field.places[i]);
}

CardField get_field(Reader& in) {
  CardField out;
  out.text = in.text(kMostText);
  if (!runtime::valid_utf8(out.text)) in.fail();
  out.confidence = length(in, 0, 1);
  out.state = get_code(in, FieldState::missing);
  const auto places = in.between<std::uint8_t>(0, kMostPlaces);
  for (int i = 0; i < places && !in.failed(); ++i) out.places.push_back(get_quad(in));
  return out;
}

template <class Card>
auto fields_of(Card& card) {
  return std::array{&card.name,   &card.sex,       &card.nation,     &card.birth,   &card.address,
                    &card.number, &card.authority, &card.valid_from, &card.valid_to};
}

void put_card(Writer& out, const CardReading& card) {
  put_code(out, card.side);
  put_code(out, card.state);
  put_codes(out, card.problems);
  for (const CardField* field : fields_of(card)) put_field(out, *field);
  for (const auto* quad : {&card.card, &card.portrait}) {
    out.put(static_cast<std::uint8_t>(quad->has_value()));
    if (*quad) put_quad(out, **quad);
  }
  out.put(card.width);
}

CardReading get_card(Reader& in) {
  CardReading out;
  out.side = get_code(in, CardSide::back);
  out.state = get_code(in, CardState::retake);
  out.problems = get_codes(in, CardProblem::screen);
  for (CardField* field : fields_of(out)) *field = get_field(in);
  for (auto* quad : {&out.card, &out.portrait}) {
    if (in.flag()) *quad = get_quad(in);
  }
  out.width = length(in, 0, kFarthest);
  return out;
}

void put_optional(Writer& out, const std::optional<Face>& face) {
  out.put(static_cast<std::uint8_t>(face.has_value()));
  if (face) put_face(out, *face);
}

std::optional<Face> get_optional(Reader& in) {
  if (!in.flag() || in.failed()) return std::nullopt;
  return get_face(in);
}

}  // namespace

Bytes encode(const HandHeldReading& reading) {
  Writer out;
  put_codes(out, reading.problems);
  put_card(out, reading.card);
  put_optional(out, reading.person);
  put_optional(out, reading.portrait);
  out.put(reading.portrait_eyes);
  out.put(std::int32_t{reading.people});
  return out.take();
}

std::optional<HandHeldReading> decode_hand_held(ByteView body) {
  Reader in(body);
  HandHeldReading out;
  out.problems = get_codes(in, HeldProblem::card_apart);
  out.card = get_card(in);
  out.person = get_optional(in);
  out.portrait = get_optional(in);
  out.portrait_eyes = length(in, 0, kFarthest);
  out.people = in.between<std::int32_t>(0, kMostPeople);
  if (!in.finished() || out.person.has_value() != (out.people > 0)) return std::nullopt;
  return out;
}

}  // namespace mq::vision
