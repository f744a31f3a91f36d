#include "documents/statement_reading.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/limits.h"

namespace mq::documents {
namespace {

// Fewer words that are seen are a stamp or a page number on a scanned page.
constexpr std::size_t kWordsOfText = 12;
// What a recogniser says is never beyond doubt.
constexpr float kSurestReading = 0.999F;

bool is_pdf(ByteView file) {
  // Readers accept some bytes before the mark.
  constexpr std::size_t kWithin = 1'024;
  return as_text(file.first(std::min(file.size(), kWithin))).find("%PDF-") != std::string_view::npos;
}

bool is_seen(const vision::PdfWord& word) {
  return !word.invisible && !word.white && !word.outside && !word.unseen;
}

StatementPage page_of(const vision::PdfPageText& text, StatementPageFacts& facts) {
  StatementPage out;
  out.width = text.size.width;
  out.height = text.size.height;
  for (const auto& word : text.words) {
    PlacedText placed;
    placed.box = {word.left, word.top, word.right - word.left, word.bottom - word.top};
    if (!is_seen(word)) {
      ++facts.hidden_words;
    } else if (placed.box.width > 0 && placed.box.height > 0 && word.text.size() <= limits::kStatementTextBytes) {
      placed.text = word.text;
      out.texts.push_back(std::move(placed));
    }
  }
  return out;
}

struct Pages {
  std::vector<StatementPage> texts;
  std::vector<StatementPageFacts> facts;
  std::vector<LayerMismatch> mismatches;
};

class PdfReader {
 public:
  PdfReader(const StatementPorts& ports, const StatementPorts::Pdf& pdf) : ports_(ports), pdf_(pdf) {}

  Status read(std::size_t index, Pages& out) {
    const int number = static_cast<int>(index) + 1;
    MQ_TRY(const auto text, pdf_.text(number));
    StatementPageFacts facts;
    auto page = page_of(text, facts);
    if (page.texts.size() >= kWordsOfText) {
      facts.source = PageSource::text;
      if (compared_ < limits::kStatementComparedPages) {
        MQ_TRY(const auto seen, picture_of(number));
        MQ_TRY(auto found, compare_layers(page, seen));
        for (auto& one : found) out.mismatches.push_back({index, std::nullopt, std::move(one)});
        facts.compared = true;
        ++compared_;
      }
    } else {
      MQ_TRY(page, picture_of(number));
      facts.source = page.texts.empty() ? PageSource::nothing : PageSource::picture;
    }
    out.texts.push_back(std::move(page));
    out.facts.push_back(facts);
    return ok();
  }

 private:
  Result<StatementPage> picture_of(int number) {
    MQ_TRY(const Bytes jpeg, pdf_.render(number, limits::kPdfMaxDpi));
    MQ_TRY(const auto reading, ports_.read_page(jpeg));
    return page_of_picture(reading);
  }

  const StatementPorts& ports_;
  const StatementPorts::Pdf& pdf_;
  std::size_t compared_ = 0;
};

Result<Pages> pages_of_pdf(ByteView file, const StatementPorts& ports) {
  MQ_TRY(const auto pdf, ports.open_pdf(file));
  const auto count = static_cast<std::size_t>(std::max(pdf.pages, 0));
  if (count > limits::kStatementPages) return DocumentsErrc::statement_too_large;
  Pages out;
  PdfReader reader(ports, pdf);
  for (std::size_t i = 0; i < count; ++i) {
    MQ_REQUIRE(reader.read(i, out));
    if (ports.progress) ports.progress(i + 1, count);
  }
  return out;
}

Result<Pages> pages_of_pictures(std::span<const ByteView> files, const StatementPorts& ports) {
  if (files.size() > limits::kStatementPages) return DocumentsErrc::statement_too_large;
  Pages out;
  for (const ByteView file : files) {
    MQ_TRY(const auto reading, ports.read_page(file));
    StatementPageFacts facts;
    facts.source = reading.lines.empty() ? PageSource::nothing : PageSource::picture;
    out.texts.push_back(page_of_picture(reading));
    out.facts.push_back(facts);
    if (ports.progress) ports.progress(out.texts.size(), files.size());
  }
  return out;
}

bool holds(const vision::Box& box, const vision::Box& part) {
  const float x = part.x + part.width / 2, y = part.y + part.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

void flag_rows(std::vector<LayerMismatch>& mismatches, Statement& statement) {
  for (auto& mismatch : mismatches) {
    for (std::size_t i = 0; i < statement.rows.size() && !mismatch.row; ++i) {
      auto& row = statement.rows[i];
      if (row.page != mismatch.page || !holds(row.box, mismatch.what.box)) continue;
      mismatch.row = i;
      row.flags.set(RowFlag::picture_differs);
    }
  }
}

}  // namespace

StatementPage page_of_picture(const vision::PageReading& reading) {
  StatementPage out;
  out.width = static_cast<float>(reading.width);
  out.height = static_cast<float>(reading.height);
  for (const auto& line : reading.lines) {
    if (line.text.size() > limits::kStatementTextBytes) continue;
    out.texts.push_back({line.box, line.text, std::min(line.confidence, kSurestReading)});
  }
  return out;
}

StatementPorts pdf_ports(vision::PdfPool& pdfs) {
  StatementPorts out;
  out.open_pdf = [&pdfs](ByteView file) -> Result<StatementPorts::Pdf> {
    MQ_TRY(auto opened, pdfs.open(Bytes(file.begin(), file.end())));
    const std::shared_ptr<vision::PdfDocument> document = std::move(opened);
    StatementPorts::Pdf pdf;
    pdf.pages = document->facts().pages;
    pdf.text = [document](int page) { return document->page_text(page); };
    pdf.render = [document](int page, int dpi) { return document->render(page, dpi); };
    return pdf;
  };
  return out;
}

StatementPorts statement_ports(vision::PdfPool& pdfs, vision::WorkerPool& pictures) {
  StatementPorts out = pdf_ports(pdfs);
  out.read_page = [&pictures](ByteView picture) { return pictures.read_page(picture); };
  return out;
}

Result<StatementReading> read_statement_files(std::span<const ByteView> files, const StatementPorts& ports) {
  const bool any_pdf = std::any_of(files.begin(), files.end(), is_pdf);
  if (any_pdf && files.size() > 1) return DocumentsErrc::statement_mixed;
  MQ_TRY(Pages pages, any_pdf ? pages_of_pdf(files.front(), ports) : pages_of_pictures(files, ports));
  const bool empty = std::all_of(pages.texts.begin(), pages.texts.end(),
                                 [](const StatementPage& page) { return page.texts.empty(); });
  if (empty) return DocumentsErrc::statement_no_text;
  StatementReading out;
  MQ_TRY(out.statement, read_statement(pages.texts));
  flag_rows(pages.mismatches, out.statement);
  out.income = income_of(out.statement);
  out.pages = std::move(pages.facts);
  out.mismatches = std::move(pages.mismatches);
  return out;
}

}  // namespace mq::documents
