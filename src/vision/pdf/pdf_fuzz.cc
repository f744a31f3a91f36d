// A document from outside, the content of its page, and what a child that has been taken over could
// send: every answer is refused or within the limits.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "runtime/text.h"
#include "vision/pdf/document.h"
#include "vision/pdf/protocol.h"
#include "vision/pdf/sample.h"

namespace mq::vision {
namespace {

void same(const Bytes& again, ByteView body) {
  MQ_CHECK(std::equal(again.begin(), again.end(), body.begin(), body.end()));
}

void facts(ByteView body) {
  const auto read = decode_pdf_facts(body);
  if (!read) return;
  MQ_CHECK(read->pages >= 1 && read->pages <= limits::kPdfPages);
  MQ_CHECK(read->sizes.size() == static_cast<std::size_t>(read->pages));
  same(encode(*read), body);
}

void words(ByteView body) {
  const auto read = decode_pdf_page_text(body);
  if (!read) return;
  for (const PdfWord& word : read->words) {
    MQ_CHECK(runtime::valid_utf8(word.text) && word.text.size() <= limits::kPdfWordBytes);
    MQ_CHECK(std::isfinite(word.left) && std::isfinite(word.font_size));
  }
  same(encode(*read), body);
}

// What the child makes of a document, the parent accepts.
void document(Bytes pdf, bool draw) {
  const auto opened = Document::open(std::move(pdf));
  if (!opened.ok()) return;
  MQ_CHECK(decode_pdf_facts(encode((*opened)->facts())));
  if (draw) {
    const auto jpeg = (*opened)->jpeg(1, limits::kPdfMinDpi);
    MQ_CHECK(!jpeg.ok() || (jpeg->size() > 100 && jpeg->size() <= limits::kHttpPhotoBodyBytes));
    return;
  }
  const auto page = (*opened)->page_text(1);
  if (!page.ok()) return;
  const auto there = decode_pdf_page_text(encode(*page));
  MQ_CHECK(there && there->words.size() == page->words.size());
}

Bytes page_with(ByteView content) {
  return assemble_pdf(
      {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R "
       "/Resources << /Font << /F1 5 0 R >> >> >>",
       stream_object(to_string(content)), "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"});
}

}  // namespace
}  // namespace mq::vision

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mq::vision;
  if (size == 0) return 0;
  const mq::ByteView rest(data + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      facts(rest);
      break;
    case 1:
      words(rest);
      break;
    case 2:
    case 3:
      document(mq::Bytes(rest.begin(), rest.end()), data[0] % 6 == 2);
      break;
    default:
      document(page_with(rest), data[0] % 6 == 4);
  }
  return 0;
}
