#include "vision/pdf/sample.h"

#include <algorithm>

#include "vision/pdf/document.h"

namespace mq::vision {

Bytes assemble_pdf(const std::vector<std::string>& objects, const std::string& trailer) {
  std::string out = "%PDF-1.7\n";
  std::string table;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string offset = std::to_string(out.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string count = std::to_string(objects.size() + 1);
  const std::string start = std::to_string(out.size());
  out += "xref\n0 " + count + "\n0000000000 65535 f \n" + table;
  out += "trailer\n<< /Size " + count + " /Root 1 0 R " + trailer + " >>\n";
  out += "startxref\n" + start + "\n%%EOF\n";
  return to_bytes(out);
}

std::string stream_object(const std::string& content, const std::string& entries) {
  return "<< /Length " + std::to_string(content.size()) + " " + entries + " >>\nstream\n" +
         content + "\nendstream";
}

Bytes foreign_font_pdf(const std::string& utf16) {
  return assemble_pdf(
      {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents 4 0 R "
       "/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
       stream_object("BT /F1 20 Tf 20 60 Td (Mianqian) Tj ET BT /F2 20 Tf 20 20 Td <" + utf16 +
                     "> Tj ET"),
       "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
       "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
       "/DescendantFonts [7 0 R] >>",
       "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo "
       "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 8 0 R >>",
       "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
       "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"});
}

Status check_foreign_fonts(const std::string& utf16, const std::string& utf8) {
  MQ_TRY(const auto document, Document::open(foreign_font_pdf(utf16)));
  MQ_TRY(const PdfPageText page, document->page_text(1));
  for (const std::string& wanted : {std::string("Mianqian"), utf8}) {
    const bool seen = std::any_of(page.words.begin(), page.words.end(), [&](const PdfWord& word) {
      return word.text == wanted && !word.unseen;
    });
    if (!seen) return Error(VisionErrc::pdf_unavailable, "poppler-data or fonts are missing");
  }
  MQ_REQUIRE(document->jpeg(1, limits::kPdfMinDpi));
  return ok();
}

Status warm_up_documents() {
  const Status checked = check_foreign_fonts("53D17968", "\u53d1\u7968");
  // The unwinder reads its tables on the first exception, and the reader may throw.
  try {
    throw 0;
  } catch (int) {
  }
  return checked;
}

}  // namespace mq::vision
