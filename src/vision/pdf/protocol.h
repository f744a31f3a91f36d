// What the server and a PDF child say to each other (worker/frame.h). Every number and text of an
// answer is checked. A child takes one document (`open`, the file itself; answered with `facts`),
// then questions about its pages.
#pragma once

#include <optional>

#include "base/limits.h"
#include "vision/pdf/pdf.h"
#include "vision/worker/frame.h"

namespace mq::vision {

enum class PdfKind : std::uint8_t {
  ready = kReadyFrame,
  error = kErrorFrame,
  open = 3,
  facts = 4,
  text = 5,  // PdfQuestion, answered with words
  words = 6,
  render = 7,  // PdfQuestion, answered with jpeg
  jpeg = 8
};

struct PdfQuestion {
  std::int32_t page = 0;
  std::int32_t dpi = 0;
};

// The document itself is the longest.
inline constexpr std::size_t kPdfFrameBytes = limits::kPdfBytes + 64;

Bytes encode(const PdfQuestion& question);
Bytes encode(const PdfFacts& facts);
Bytes encode(const PdfPageText& page);
// Nothing when the bytes are not exactly one such thing within the limits.
std::optional<PdfQuestion> decode_pdf_question(ByteView body);
std::optional<PdfFacts> decode_pdf_facts(ByteView body);
std::optional<PdfPageText> decode_pdf_page_text(ByteView body);

}  // namespace mq::vision
