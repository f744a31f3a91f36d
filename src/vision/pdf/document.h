// One open PDF: the wrapper of poppler. Runs in the calling process; the server lets a locked child
// do that.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "vision/errors.h"
#include "vision/pdf/pdf.h"

namespace mq::vision {

// Not thread-safe, as poppler's settings are of the process.
class Document {
 public:
  // `page_ms` is the time that a page may take. Errors: too_many_bytes, pdf_damaged, pdf_encrypted,
  // pdf_too_many_pages.
  static Result<std::unique_ptr<Document>> open(Bytes pdf, int page_ms = limits::kPdfPageMs);
  ~Document();

  const PdfFacts& facts() const;
  // The words that are drawn, by the drawn characters: a replacement text (/ActualText) is not
  // believed. Errors: pdf_no_such_page, pdf_damaged, pdf_page_too_large, timeout (and can be asked
  // on).
  Result<PdfPageText> page_text(int page) const;
  // The page as a JPEG within the limits of a picture (limits::kImagePixels, kHttpPhotoBodyBytes).
  // `dpi` is brought between limits::kPdfMinDpi and kPdfMaxDpi. Errors: as page_text().
  Result<Bytes> jpeg(int page, int dpi) const;

 private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mq::vision
