// What is to be known about a PDF and its pages. Whoever wrote the file may lie in all of it.
//
// Pages count from 1. Lengths are points (1/72 inch) of the upright, cropped page (/Rotate and
// /CropBox applied), origin at the top left, y down. Texts are UTF-8 without control characters;
// they are personal data.
#pragma once

#include <string>
#include <vector>

namespace mq::vision {

struct PdfSize {
  float width = 0;  // 0 by 0: the page cannot be found in the file
  float height = 0;
};

struct PdfFacts {
  int pages = 0;
  bool encrypted =
      false;  // opens without a password all the same: only printing or copying is restricted
  bool javascript = false;   // anywhere: on opening, in the name tree, on pages, in form fields
  bool attachments = false;  // embedded files, attached to the document or to a page
  bool forms = false;        // AcroForm or XFA
  bool signatures = false;   // at least one signed signature field; nobody checked the signature
  bool repaired = false;     // the table of objects was broken and has been guessed
  std::string producer;      // of the document's /Info, as are the others; "" when absent
  std::string creator;
  std::string created;  // as written, usually D:YYYYMMDDHHmmSS+zz'zz'
  std::string modified;
  std::vector<PdfSize> sizes;  // one a page
};

// A run of characters between spaces.
struct PdfWord {
  float left = 0, top = 0, right = 0, bottom = 0;
  float font_size = 0;  // points
  // What honest documents rarely do with a number that matters. OCR layers below scans are
  // `invisible`.
  bool invisible =
      false;  // some of it is painted with nothing: render mode 3 or 7, no opacity, clipped away
  bool white = false;    // some of it is white or nearly so, whatever lies behind it
  bool outside = false;  // more than half of it lies beyond the page's edge
  bool unseen = false;   // the rendered page shows nothing in its place: hidden or painted over
  std::string text;
  std::string font;  // as the file names it, e.g. "ABCDEF+SimSun"; "" when it does not
};

struct PdfPageText {
  PdfSize size;
  // Characters beyond the page's edge, which are in no word unless they touch the page.
  int characters_outside = 0;
  std::vector<PdfWord> words;  // in reading order
};

}  // namespace mq::vision
