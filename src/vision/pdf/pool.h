// PDFs in locked child processes: how the server reads what came from outside.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "vision/errors.h"
#include "vision/pdf/pdf.h"

namespace mq::vision {

struct PdfConfig {
  std::string program = "/proc/self/exe";
  // Run as `program args… --fd 3`; must end up in run_pdf_worker().
  std::vector<std::string> args = {"pdf-worker"};
  int documents = 1;  // open at once, each in a child of its own
  int timeout_ms = limits::kPdfTimeoutMs;
  std::size_t queue = limits::kPdfQueue;
};

// An open PDF. Has a child of its own, which knows this document only and ends with this object; so
// let go of it soon, others may be waiting. Used by one thread at a time; may outlive its pool, and
// then answers worker_lost. Every call blocks until its answer. A page that kills or stalls the
// child costs that one request: the next call starts another child and hands it the document again.
class PdfDocument {
 public:
  ~PdfDocument();
  PdfDocument(const PdfDocument&) = delete;
  PdfDocument& operator=(const PdfDocument&) = delete;

  const PdfFacts& facts() const;

  // Errors of both: pdf_no_such_page, pdf_damaged, pdf_page_too_large, timeout, worker_lost.
  // The words that are drawn on the page, hidden ones included.
  Result<PdfPageText> page_text(int page);
  // A JPEG that WorkerPool accepts. `dpi` is brought between limits::kPdfMinDpi and kPdfMaxDpi.
  Result<Bytes> render(int page, int dpi);

 private:
  friend class PdfPool;
  struct Impl;
  explicit PdfDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Thread-safe. Starts nothing before the first document comes.
class PdfPool {
 public:
  explicit PdfPool(PdfConfig config = {});
  ~PdfPool();  // ends all children; calls still waiting get busy or worker_lost

  // Waits for a free child. Errors: too_many_bytes, pdf_damaged, pdf_encrypted, pdf_too_many_pages,
  // pdf_unavailable; busy when too many wait or waiting took the time-out; timeout, worker_lost.
  Result<std::unique_ptr<PdfDocument>> open(Bytes pdf);

  // The same for one question.
  Result<PdfFacts> inspect(Bytes pdf);
  Result<PdfPageText> page_text(Bytes pdf, int page);
  Result<Bytes> render(Bytes pdf, int page, int dpi);

  std::int64_t started() const;  // children so far
  std::int64_t lost() const;     // of these, to a document

 private:
  friend class PdfDocument;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// The child's side: tries itself, locks the process, then reads one document on `fd` until the
// parent closes it. Returns the exit status of the process.
int run_pdf_worker(int fd);

// Locks this process as a child does, tries what must be refused, and returns 0 only if all of it
// was and a page with a Chinese font that is not in the file is still read and seen.
int run_pdf_lock_self_test();

}  // namespace mq::vision
