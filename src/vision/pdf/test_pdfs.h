// PDFs for the tests, made of text.
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "vision/pdf/sample.h"

namespace mq::vision::testing {

struct PageParts {
  std::string content = {};
  std::string entries = {};  // further ones of the page's dictionary
  std::string box = "[0 0 595 842]";
  std::string resources = {};
};

// Pages with a Courier that is not embedded: every character is 0.6 of the size wide (PDF
// 32000-1, 9.6.2.2). `catalog` and `trailer` take further entries, `more` further objects: the
// first of them has the number 4 plus two a page.
inline Bytes pdf_of(const std::vector<PageParts>& pages, const std::string& catalog = {},
                    const std::string& trailer = {}, const std::vector<std::string>& more = {}) {
  std::string kids;
  for (std::size_t i = 0; i < pages.size(); ++i) kids += std::to_string(4 + 2 * i) + " 0 R ";
  std::vector<std::string> objects = {
      "<< /Type /Catalog /Pages 2 0 R " + catalog + " >>",
      "<< /Type /Pages /Count " + std::to_string(pages.size()) + " /Kids [" + kids + "] >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"};
  for (const PageParts& page : pages) {
    objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox " + page.box + " /Contents " +
                      std::to_string(objects.size() + 2) +
                      " 0 R /Resources << /Font << /F1 3 0 R >> "
                      "/ExtGState << /Clear << /ca 0 /CA 0 >> /Half << /ca 0.5 >> >> " +
                      page.resources + " >> " + page.entries + " >>");
    objects.push_back(stream_object(page.content));
  }
  objects.insert(objects.end(), more.begin(), more.end());
  return assemble_pdf(objects, trailer);
}

inline Bytes pdf_with(const std::string& content) { return pdf_of({{content}}); }

// `text` in 10 points with its baseline beginning at x, y, measured upwards from the lower left
// corner.
inline std::string shown(const std::string& text, int x, int y, const std::string& before = {}) {
  return "q " + before + " BT /F1 10 Tf " + std::to_string(x) + " " + std::to_string(y) + " Td (" +
         text + ") Tj ET Q\n";
}

}  // namespace mq::vision::testing
