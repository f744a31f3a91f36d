#include "vision/worker/card_wire.h"

#include <cmath>

#include "base/limits.h"
#include "vision/worker/wire.h"

namespace mq::vision {
namespace {

constexpr std::uint8_t kAnySide = 2;
constexpr std::size_t kMostPlaces = 8;  // an address has three lines
constexpr std::size_t kMostProblems = 16;
// A corner of a card that is partly outside lies outside too, but not further than this.
constexpr float kFarthest = 1e6F;

constexpr CardField CardReading::*kFields[] = {
    &CardReading::name,      &CardReading::sex,        &CardReading::nation,
    &CardReading::birth,     &CardReading::address,    &CardReading::number,
    &CardReading::authority, &CardReading::valid_from, &CardReading::valid_to};

using Quad = std::array<Point, 4>;

void put_quad(Writer& out, const Quad& quad) {
  for (const Point& p : quad) {
    out.put(p.x);
    out.put(p.y);
  }
}

Quad get_quad(Reader& in) {
  Quad out{};
  for (Point& p : out) {
    for (float* v : {&p.x, &p.y}) {
      *v = in.number();
      if (std::abs(*v) > kFarthest) in.fail();
    }
  }
  return out;
}

void put_quad(Writer& out, const std::optional<Quad>& quad) {
  out.put(static_cast<std::uint8_t>(quad.has_value()));
  if (quad) put_quad(out, *quad);
}

std::optional<Quad> get_optional_quad(Reader& in) {
  if (!in.flag()) return std::nullopt;
  return get_quad(in);
}

// What a screen, a log of ours or a database could stumble over is not text of a card.
bool printable_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const int more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0x20 || lead == 0x7F || lead > 0xF4 || (lead >= 0x80 && lead < 0xC2)) return false;
    if (at + static_cast<std::size_t>(more) >= text.size()) return false;
    std::uint32_t point = more == 0 ? lead : lead & (0x3FU >> more);
    for (int i = 1; i <= more; ++i) {
      const auto next = static_cast<std::uint8_t>(text[at + static_cast<std::size_t>(i)]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3FU);
    }
    const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    const bool control = point >= 0x80 && point < 0xA0;
    if (overlong || surrogate || control || point > 0x10FFFF) return false;
    at += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

void put_field(Writer& out, const CardField& read) {
  // More than any field holds is noise that was taken for one.
  const CardField field = read.text.size() > limits::kCardFieldBytes ? CardField{} : read;
  out.put_text(field.text);
  out.put(field.confidence);
  out.put(static_cast<std::uint8_t>(field.state));
  const std::size_t places = std::min(field.places.size(), kMostPlaces);
  out.put(static_cast<std::uint8_t>(places));
  for (std::size_t i = 0; i < places; ++i) put_quad(out, field.places[i]);
}

CardField get_field(Reader& in) {
  CardField out;
  out.text = in.text(limits::kCardFieldBytes);
  if (!printable_utf8(out.text)) in.fail();
  out.confidence = in.number();
  if (out.confidence < 0 || out.confidence > 1) in.fail();
  out.state =
      static_cast<FieldState>(in.between<std::uint8_t>(0, static_cast<int>(FieldState::missing)));
  const auto places = in.between<std::uint8_t>(0, kMostPlaces);
  for (int i = 0; i < places && !in.failed(); ++i) out.places.push_back(get_quad(in));
  return out;
}

}  // namespace

Bytes encode_card_request(ByteView picture, std::optional<CardSide> side) {
  Bytes out;
  out.reserve(picture.size() + 1);
  out.push_back(side ? static_cast<std::uint8_t>(*side) : kAnySide);
  out.insert(out.end(), picture.begin(), picture.end());
  return out;
}

std::optional<CardRequest> decode_card_request(ByteView body) {
  if (body.empty() || body[0] > kAnySide) return std::nullopt;
  CardRequest out;
  if (body[0] != kAnySide) out.side = static_cast<CardSide>(body[0]);
  out.picture = body.subspan(1);
  return out;
}

Bytes encode(const CardReading& reading) {
  Writer out;
  out.put(static_cast<std::uint8_t>(reading.side));
  out.put(static_cast<std::uint8_t>(reading.state));
  const std::size_t problems = std::min(reading.problems.size(), kMostProblems);
  out.put(static_cast<std::uint8_t>(problems));
  for (std::size_t i = 0; i < problems; ++i) {
    out.put(static_cast<std::uint8_t>(reading.problems[i]));
  }
  for (const auto field : kFields) put_field(out, reading.*field);
  put_quad(out, reading.card);
  put_quad(out, reading.portrait);
  out.put(reading.width);
  return out.take();
}

std::optional<CardReading> decode_card(ByteView body) {
  Reader in(body);
  CardReading out;
  out.side = static_cast<CardSide>(in.between<std::uint8_t>(0, static_cast<int>(CardSide::back)));
  out.state =
      static_cast<CardState>(in.between<std::uint8_t>(0, static_cast<int>(CardState::retake)));
  const auto problems = in.between<std::uint8_t>(0, kMostProblems);
  constexpr auto kLastProblem = static_cast<std::uint8_t>(CardProblem::screen);
  for (int i = 0; i < problems; ++i) {
    out.problems.push_back(static_cast<CardProblem>(in.between<std::uint8_t>(0, kLastProblem)));
  }
  for (const auto field : kFields) out.*field = get_field(in);
  out.card = get_optional_quad(in);
  out.portrait = get_optional_quad(in);
  out.width = in.number();
  if (!in.finished() || out.width < 0 || out.width > kFarthest) return std::nullopt;
  return out;
}

Bytes encode(const PictureSize& size) {
  Writer out;
  out.put(std::int32_t{size.width});
  out.put(std::int32_t{size.height});
  return out.take();
}

std::optional<PictureSize> decode_size(ByteView body) {
  Reader in(body);
  constexpr std::int32_t kMostPixels = limits::kImagePixels;
  PictureSize out;
  out.width = in.between<std::int32_t>(1, kMostPixels);
  out.height = in.between<std::int32_t>(1, kMostPixels);
  if (!in.finished() || std::int64_t{out.width} * out.height > limits::kImagePixels) {
    return std::nullopt;
  }
  return out;
}

}  // namespace mq::vision
