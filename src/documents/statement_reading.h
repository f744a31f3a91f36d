// Bank statements as they are handed in: a PDF, or pictures of its pages, to rows and income.
//
// A PDF page with text is read from its text; its picture is read as well, and where the two differ the text that
// programs read was changed (compare_layers). A page without text is read from its picture. Words that nobody sees
// (hidden, white, painted over, beyond the edge) are no text.
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

// What reads the bytes; all of them came from outside.
struct StatementPorts {
  // One open PDF; pages count from 1.
  struct Pdf {
    int pages = 0;
    std::function<Result<vision::PdfPageText>(int page)> text;
    std::function<Result<Bytes>(int page, int dpi)> render;
  };
  std::function<Result<Pdf>(ByteView pdf)> open_pdf;
  std::function<Result<vision::PageReading>(ByteView picture)> read_page;
  // After each page: how many of all are read. May be empty.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

// Without read_page. The pool must outlive the ports.
StatementPorts pdf_ports(vision::PdfPool& pdfs);
// Both pools must outlive the ports.
StatementPorts statement_ports(vision::PdfPool& pdfs, vision::WorkerPool& pictures);

enum class PageSource {
  text,     // the PDF's own words
  picture,  // recognised
  nothing   // an empty page
};
BOOST_DESCRIBE_ENUM(PageSource, text, picture, nothing)

struct StatementPageFacts {
  PageSource source = PageSource::nothing;
  bool compared = false;    // its text with its picture
  int hidden_words = 0;     // of its text that nobody sees; they were left out
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

// `files` is one PDF, or the pictures of the pages in their order; the ports say what is wrong with one of them. Takes
// seconds a page. Errors: documents.statement_mixed (several PDFs, or a PDF among pictures), statement_too_large
// (pages over limits::kStatementPages, told before any is read), statement_no_text (all pages empty), those of
// read_statement(), and those of the ports: vision.pdf_encrypted, pdf_damaged, not_an_image, unsupported_format,
// too_many_pixels, …
Result<StatementReading> read_statement_files(std::span<const ByteView> files, const StatementPorts& ports);

}  // namespace mq::documents
