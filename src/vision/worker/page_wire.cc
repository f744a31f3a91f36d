#include "vision/worker/page_wire.h"

#include <cmath>

#include "base/limits.h"
#include "vision/worker/wire.h"

namespace mq::vision {
namespace {

// Beyond every page, however far perspective moves its edge.
constexpr float kMostPlace = 100'000;

float place(Reader& in) {
  const float value = in.number();
  if (std::abs(value) > kMostPlace) in.fail();
  return value;
}

float size(Reader& in) {
  const float value = place(in);
  if (value <= 0) in.fail();
  return value;
}

}  // namespace

Bytes encode(const PageReading& page) {
  Writer out;
  out.put(std::int32_t{page.width});
  out.put(std::int32_t{page.height});
  out.put(static_cast<std::uint32_t>(page.lines.size()));
  for (const PlacedLine& line : page.lines) {
    for (const float value : {line.box.x, line.box.y, line.box.width, line.box.height, line.confidence}) {
      out.put(value);
    }
    out.put_text(line.text);
  }
  return out.take();
}

std::optional<PageReading> decode_page(ByteView body) {
  Reader in(body);
  PageReading out;
  constexpr std::int32_t kMostSide = limits::kImagePixels / limits::kImageMinSide;
  out.width = in.between<std::int32_t>(1, kMostSide);
  out.height = in.between<std::int32_t>(1, kMostSide);
  const auto lines = in.between<std::uint32_t>(0, limits::kPageCells);
  for (std::uint32_t i = 0; i < lines && !in.failed(); ++i) {
    PlacedLine line;
    line.box.x = place(in);
    line.box.y = place(in);
    line.box.width = size(in);
    line.box.height = size(in);
    line.confidence = in.number();
    if (line.confidence < 0 || line.confidence > 1) in.fail();
    line.text = in.text(limits::kPageCellBytes);
    out.lines.push_back(std::move(line));
  }
  if (!in.finished()) return std::nullopt;
  return out;
}

}  // namespace mq::vision
