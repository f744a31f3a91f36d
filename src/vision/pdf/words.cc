#include "vision/pdf/words.h"

#include <GfxState.h>
#include <UTF.h>
#include <UnicodeMapFuncs.h>

#include <algorithm>
#include <cmath>

#include "base/limits.h"

namespace mq::vision {
namespace {

constexpr std::uint8_t kInvisible = 1;
constexpr std::uint8_t kWhite = 2;
constexpr double kLeastOpacity = 0.1;
constexpr double kWhiteLevel = 0.94;  // of 1, in each colour: on paper the eye loses it
constexpr std::size_t kFontNameBytes = 100;

// PDF 32000-1, table 106: modes 0 to 3, and 4 more when the text is added to the clipping path.
enum Painting { kFill = 0, kStroke = 1, kFillAndStroke = 2, kNothing = 3 };

bool is_white(const GfxRGB& colour) {
  return colToDbl(colour.r) > kWhiteLevel && colToDbl(colour.g) > kWhiteLevel &&
         colToDbl(colour.b) > kWhiteLevel;
}

bool is_printable(Unicode u) {
  const bool control = u < 0x20 || (u >= 0x7F && u < 0xA0);
  const bool surrogate = u >= 0xD800 && u < 0xE000;
  return !control && !surrogate && u <= 0x10FFFF && (u & 0xFFFE) != 0xFFFE;
}

float within(double value) {
  constexpr double kFar = 1e6;
  return std::isfinite(value) ? static_cast<float>(std::clamp(value, -kFar, kFar)) : 0.0F;
}

}  // namespace

std::string clean_text(const Unicode* text, int length, std::size_t most) {
  std::string out;
  for (int i = 0; i < length; ++i) {
    char bytes[8];
    const int size = mapUTF8(is_printable(text[i]) ? text[i] : 0xFFFD, bytes, sizeof bytes);
    if (out.size() + static_cast<std::size_t>(size) > most) break;
    out.append(bytes, static_cast<std::size_t>(size));
  }
  return out;
}

WordDevice::WordDevice(PdfSize page)
    : TextOutputDev(nullptr, /*physLayoutA=*/false, /*fixedPitchA=*/0, /*rawOrderA=*/false,
                    /*append=*/false),
      page_(page) {}

std::uint8_t WordDevice::look_at(GfxState* state, double x, double y, double dx, double dy) {
  const int painting = state->getRender() & 3;
  const bool filled = painting == kFill || painting == kFillAndStroke;
  const bool stroked = painting == kStroke || painting == kFillAndStroke;
  const bool fill_seen = filled && state->getFillOpacity() >= kLeastOpacity;
  const bool stroke_seen = stroked && state->getStrokeOpacity() >= kLeastOpacity;
  std::uint8_t mark = 0;
  if (!fill_seen && !stroke_seen) mark |= kInvisible;

  GfxRGB fill{}, stroke{};
  state->getFillRGB(&fill);
  state->getStrokeRGB(&stroke);
  if ((fill_seen || stroke_seen) && (!fill_seen || is_white(fill)) &&
      (!stroke_seen || is_white(stroke))) {
    mark |= kWhite;
  }

  double at_x = 0, at_y = 0;
  state->transform(x + dx / 2, y + dy / 2, &at_x, &at_y);
  const double size = state->getTransformedFontSize();
  double left = 0, top = 0, right = 0, bottom = 0;
  state->getClipBBox(&left, &top, &right, &bottom);
  const bool on_page = at_x >= 0 && at_y >= 0 && at_x <= page_.width && at_y <= page_.height;
  if (!on_page) {
    ++characters_outside_;
  } else if (at_x + size < left || at_x - size > right || at_y + size < top ||
             at_y - size > bottom || right <= left || bottom <= top) {
    mark |= kInvisible;
  }
  return mark;
}

void WordDevice::drawChar(GfxState* state, double x, double y, double dx, double dy,
                          double origin_x, double origin_y, CharCode code, int bytes,
                          const Unicode* text, int length) {
  if (bytes < 0 || marks_.size() + static_cast<std::size_t>(bytes) > limits::kPdfPageTextBytes) {
    too_much_ = true;
    return;
  }
  marks_.insert(marks_.end(), static_cast<std::size_t>(bytes), look_at(state, x, y, dx, dy));
  TextOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, text, length);
}

// Characters of layers that are switched off: counted, not drawn.
void WordDevice::incCharCount(int characters) {
  if (characters < 0 ||
      marks_.size() + static_cast<std::size_t>(characters) > limits::kPdfPageTextBytes) {
    too_much_ = true;
    return;
  }
  marks_.insert(marks_.end(), static_cast<std::size_t>(characters), 0);
  TextOutputDev::incCharCount(characters);
}

void WordDevice::beginActualText(GfxState* /*state*/, const GooString* /*text*/) {}
void WordDevice::endActualText(GfxState* /*state*/) {}

PdfWord WordDevice::word_of(const TextWord& word) const {
  PdfWord out;
  double left = 0, top = 0, right = 0, bottom = 0;
  word.getBBox(&left, &top, &right, &bottom);
  out.left = within(left);
  out.top = within(top);
  out.right = within(right);
  out.bottom = within(bottom);
  out.font_size = within(word.getFontSize());
  const float x = (out.left + out.right) / 2;
  const float y = (out.top + out.bottom) / 2;
  out.outside = x < 0 || y < 0 || x > page_.width || y > page_.height;
  const auto begin = static_cast<std::size_t>(std::max(0, word.getCharPos()));
  const auto end = begin + static_cast<std::size_t>(std::max(0, word.getCharLen()));
  for (std::size_t i = begin; i < std::min(end, marks_.size()); ++i) {
    out.invisible |= (marks_[i] & kInvisible) != 0;
    out.white |= (marks_[i] & kWhite) != 0;
  }
  out.text = clean_text(word.getChar(0), word.getLength(), limits::kPdfWordBytes);
  if (const GooString* name = word.getFontName(0)) {
    for (const char c : name->toStr().substr(0, kFontNameBytes)) {
      out.font += c > ' ' && c <= '~' ? c : '?';
    }
  }
  return out;
}

bool WordDevice::take(PdfPageText& out) {
  out.size = page_;
  out.characters_outside = characters_outside_;
  const auto words = makeWordList();
  const int count = words ? words->getLength() : 0;
  if (count > limits::kPdfPageWords) return false;
  for (int i = 0; i < count; ++i) {
    if (words->get(i)->getLength() > 0) out.words.push_back(word_of(*words->get(i)));
  }
  return true;
}

}  // namespace mq::vision
