#include "vision/worker/bank_card_wire.h"

#include <algorithm>
#include <cmath>

#include "base/limits.h"
#include "runtime/text.h"
#include "vision/worker/wire.h"

namespace mq::vision {
namespace {

// A number may have been read in as many lines as digits.
constexpr std::uint8_t kMostPlaces = 64;
constexpr std::uint8_t kMostProblems = static_cast<std::uint8_t>(CardProblem::screen) + 1;
constexpr std::uint8_t kKinds = static_cast<std::uint8_t>(bankcard::CardKind::prepaid) + 1;
// Corners lie in the picture or a little outside of it.
constexpr float kMostPixels = 2.0F * limits::kImagePixels;

void put_field(Writer& out, const CardField& field) {
  out.put_text(field.text);
  out.put(field.confidence);
  out.put(static_cast<std::uint8_t>(field.state));
  const std::size_t places = std::min<std::size_t>(field.places.size(), kMostPlaces);
  out.put(static_cast<std::uint8_t>(places));
  for (std::size_t i = 0; i < places; ++i) {
    for (const Point& p : field.places[i]) {
      out.put(p.x);
      out.put(p.y);
    }
  }
}

float coordinate(Reader& in) {
  const float value = in.number();
  if (std::abs(value) > kMostPixels) in.fail();
  return value;
}

CardField get_field(Reader& in) {
  CardField out;
  out.text = in.text(limits::kCardFieldBytes);
  if (!runtime::valid_utf8(out.text)) in.fail();
  out.confidence = in.number();
  if (out.confidence < 0 || out.confidence > 1) in.fail();
  out.state = static_cast<FieldState>(
      in.between<std::uint8_t>(0, static_cast<std::uint8_t>(FieldState::missing)));
  if ((out.state == FieldState::missing) != out.text.empty()) in.fail();
  const auto places = in.between<std::uint8_t>(0, kMostPlaces);
  for (int i = 0; i < places && !in.failed(); ++i) {
    auto& place = out.places.emplace_back();
    for (Point& p : place) {
      p.x = coordinate(in);
      p.y = coordinate(in);
    }
  }
  return out;
}

bool digits_only(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What a reader that keeps its own rules can say.
bool believable(const BankCardReading& reading) {
  if (!digits_only(reading.number.text)) return false;
  const bool number = bankcard::printed_number(reading.number.text);
  if (reading.number.state == FieldState::read && !number) return false;
  if (reading.state != CardState::retake && (!number || !reading.problems.empty())) return false;
  return reading.state != CardState::read ||
         (reading.number.state == FieldState::read && reading.issuer.state == FieldState::read);
}

}  // namespace

Bytes encode(const BankCardReading& reading) {
  Writer out;
  out.put(static_cast<std::uint8_t>(reading.state));
  out.put(static_cast<std::uint8_t>(reading.problems.size()));
  for (const CardProblem problem : reading.problems) out.put(static_cast<std::uint8_t>(problem));
  put_field(out, reading.number);
  put_field(out, reading.issuer);
  put_field(out, reading.expiry);
  out.put(reading.kind ? static_cast<std::uint8_t>(*reading.kind) : kKinds);
  return out.take();
}

std::optional<BankCardReading> decode_bank_card(ByteView body) {
  Reader in(body);
  BankCardReading out;
  out.state = static_cast<CardState>(
      in.between<std::uint8_t>(0, static_cast<std::uint8_t>(CardState::retake)));
  const auto problems = in.between<std::uint8_t>(0, kMostProblems);
  for (int i = 0; i < problems && !in.failed(); ++i) {
    out.problems.push_back(
        static_cast<CardProblem>(in.between<std::uint8_t>(0, kMostProblems - 1)));
  }
  out.number = get_field(in);
  out.issuer = get_field(in);
  out.expiry = get_field(in);
  const auto kind = in.between<std::uint8_t>(0, kKinds);
  if (kind != kKinds) out.kind = static_cast<bankcard::CardKind>(kind);
  if (!in.finished() || !believable(out)) return std::nullopt;
  return out;
}

}  // namespace mq::vision
