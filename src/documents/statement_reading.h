// Bank statements as they are handed in: a PDF, or pictures of its pages, to rows and income.
//
// A PDF page with text is read from its text; its picture is read as well, and where the two differ
// the text that programs read was changed (compare_layers). A page without text is read from its
// picture. Words that nobody sees (hidden, white, painted over, beyond the edge) are no text.
//
// Everything here is personal data: never log a row, a sum or a text.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "documents/statement.h"
#include "vision/vision.h"

namespace mq::documents {

// --- ports: what reads the bytes, all of which came from outside ---
// One open PDF; lets go of its child when it goes. Pages count from 1.
struct OpenPdf {
  vision::PdfFacts facts;
  std::function<Result<vision::PdfPageText>(int page)> page_text;
  std::function<Result<Bytes>(int page, int dpi)> render;  // a JPEG
};
using PdfOpener = std::function<Result<OpenPdf>(Bytes pdf)>;
using PictureReader = std::function<Result<vision::PageReading>(ByteView picture)>;

// The pool must outlive it.
PdfOpener pdf_opener(vision::PdfPool& pdfs);

enum class PageSource {
  text,     // the PDF's own words
  picture,  // recognised
  nothing   // an empty page
};
BOOST_DESCRIBE_ENUM(PageSource, text, picture, nothing)

struct StatementPageFacts {
  PageSource source = PageSource::nothing;
  bool compared = false;  // its text with its picture
  int hidden_words = 0;   // of its text that nobody sees; they were left out
};

// One page as it was read; what a reading is made of.
struct PageRead {
  StatementPage text;
  StatementPageFacts facts;
  std::vector<TextMismatch> mismatches;
};

struct LayerMismatch {
  std::size_t page = 0;            // from 0
  std::optional<std::size_t> row;  // of the statement; absent when it is outside of the rows
  TextMismatch what;
};

struct StatementReading {
  Statement statement;  // rows with a mismatch are flagged picture_differs
  IncomeSummary income;
  std::vector<StatementPageFacts> pages;
  std::vector<LayerMismatch> mismatches;
};

// The text of a photographed or scanned page; never taken for sure.
StatementPage page_of_picture(const vision::PageReading& reading);

// Page by page, for those who keep each page before the next one is read (seconds a page), and who
// keep it alone: only what statement_of() needs is in it. Pages up to
// limits::kStatementComparedPages are compared. Without a reader of pictures none is, and a page
// without text is `nothing`. Errors: those of the ports.
Result<PageRead> read_pdf_page(const OpenPdf& pdf, int page, const PictureReader& read_picture);
Result<PageRead> read_picture_page(ByteView picture, const PictureReader& read_picture);
// Errors: statement_no_text (all pages empty), those of read_statement().
Result<StatementReading> statement_of(std::vector<PageRead> pages);

struct StatementPorts {
  PdfOpener open_pdf;
  PictureReader read_picture;
  // After each page: how many of all are read. May be empty.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

// All of it at once. `files` is one PDF, or the pictures of the pages in their order; the ports say
// what is wrong with one of them. Errors: documents.statement_mixed (several PDFs, or a PDF among
// pictures), statement_too_large (pages over limits::kStatementPages, told before any is read),
// those of statement_of(), and those of the ports: vision.pdf_encrypted, pdf_damaged, not_an_image,
// unsupported_format, too_many_pixels, …
Result<StatementReading> read_statement_files(std::span<const ByteView> files,
                                              const StatementPorts& ports);

}  // namespace mq::documents
